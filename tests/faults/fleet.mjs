// The servers and the database as a machine room keeps them: what has ended is started again. Faults stop, freeze and crash them
// through here, so that one hand knows what should be running.
import { setTimeout as sleep } from 'node:timers/promises';

export class Fleet {
    #lab;
    #env;
    #keeping = [];
    #over = false;
    /** Per server: how it is to be started next, where somebody asked for it; and whether it is to run at all. */
    #servers;
    /** The database stays down while a fault holds it. */
    databaseHeld = false;
    starts = 0;
    /** How often a server ended at a crash point. */
    crashes = 0;

    constructor(lab, env = {}) {
        this.#lab = lab;
        this.#env = env;
        this.#servers = lab.servers.map(() => ({ next: undefined, wanted: true }));
    }

    get size() {
        return this.#servers.length;
    }

    start() {
        this.#keeping = [...this.#servers.keys()].map((i) => this.#keepServer(i));
        this.#keeping.push(this.#keepDatabase());
    }
    async stop() {
        this.#over = true;
        await Promise.all(this.#keeping);
    }

    async #keepServer(i) {
        const one = this.#servers[i];
        while (!this.#over) {
            if (this.#lab.serverAtLives(i) || !one.wanted) {
                await sleep(40);
                continue;
            }
            await this.#countCrash(i);
            const { env = {}, pause = 0 } = one.next ?? {};
            one.next = undefined; // a crash is appointed once
            await sleep(pause);
            ++this.starts;
            const ready = await this.#lab.startServerAt(i, { ...this.#env, ...env }).catch(() => false);
            if (!ready) await sleep(150); // crashed as appointed, or the database is away: not in a tight circle
        }
    }

    async #countCrash(i) {
        // Gone already, but its parent (this process) hears of it a moment later.
        for (let n = 0; n < 50 && this.#lab.exitOfServerAt(i) === undefined; ++n) await sleep(10);
        if (this.#lab.exitOfServerAt(i) === 137) ++this.crashes;
    }

    // Nobody but us starts it: a database that leaves by itself (a full disk) comes back as under an init system.
    async #keepDatabase() {
        while (!this.#over) {
            if (!this.databaseHeld && !this.#lab.databaseLives()) await this.#lab.startDatabase().catch(() => undefined);
            await sleep(40);
        }
    }

    /** Ends server i and has it started again after `pause` ms with that environment. */
    async restart(i, { signal = 'SIGKILL', ...next } = {}) {
        this.#servers[i].next = next;
        await this.#lab.stopServerAt(i, signal).catch(() => this.#lab.stopServerAt(i, 'SIGKILL'));
    }
    /** Leaves one server alone. */
    async keepOne() {
        for (let i = 1; i < this.size; ++i) {
            this.#servers[i].wanted = false;
            await this.#lab.stopServerAt(i);
        }
    }
    lives(i) {
        return this.#lab.serverAtLives(i);
    }

    async #isReady(i) {
        const answer = await fetch(`${this.#lab.servers[i].ops}/readyz`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
        return answer?.ok ?? false;
    }
    /** Until every server answers. */
    async allReady(seconds = 60) {
        for (const deadline = Date.now() + seconds * 1000; ; await sleep(50)) {
            const ready = await Promise.all(this.#servers.map((one, i) => !one.wanted || this.#isReady(i)));
            if (ready.every(Boolean)) return;
            if (Date.now() > deadline) throw new Error(`not all servers became ready in ${seconds} s`);
        }
    }
}
