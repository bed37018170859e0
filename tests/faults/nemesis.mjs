// Draws faults and lets them strike, several at once, until it is told to stop; then waits until all of them are over.
import { setTimeout as sleep } from 'node:timers/promises';

import { diskIsOwn, faults } from './faults.mjs';
import { luckFor } from './luck.mjs';

/** Names that --only may be part of. */
export const faultNames = faults.map((one) => one.name);

const stormy = 40_000;
const calmer = 80_000;

export class Nemesis {
    #to;
    #seed;
    #choice = [];
    #places = new Set();
    #running = new Set();
    #over = false;
    /** What struck when: [{ name, detail, from, to, excuses }]. */
    timeline = [];
    skipped = [];
    failures = [];

    /** to: { lab, control, fleet, balancer, count }; only: parts of names, empty for all. */
    constructor(to, seed, only = []) {
        this.#to = to;
        this.#seed = seed;
        this.only = only;
    }

    async prepare() {
        const ownDisk = await diskIsOwn(this.#to.lab);
        for (const one of faults) {
            if (this.only.length > 0 && !this.only.some((part) => one.name.includes(part))) continue;
            const lacks = one.name === 'full-disk' && !ownDisk ? 'no disk of its own for the database (needs root)' : one.lacks;
            if (lacks) this.skipped.push(`${one.name}: ${lacks}`);
            else this.#choice.push([one.weight, one]);
        }
        if (this.#choice.length === 0) throw new Error(`no fault is called like ${this.only.join(', ')}: ${faultNames.join(' ')}`);
    }

    async #strike(fault, luck) {
        const entry = { name: fault.name, detail: '', from: Date.now(), to: undefined, excuses: fault.excuses };
        this.timeline.push(entry);
        this.#places.add(fault.place);
        const context = { ...this.#to, luck, over: () => this.#over, detail: (text) => (entry.detail = text) };
        try {
            await fault.strike(context);
        } catch (failure) {
            this.failures.push(`${fault.name}: ${failure.stack ?? failure}`);
        }
        entry.to = Date.now();
        this.#places.delete(fault.place);
        this.#to.count(`fault ${fault.name}`);
    }

    // A long run has its calmer times, in which every promise must be kept although notices are lost and customers change their mind.
    #isCalmer(since) {
        const at = since % (stormy + calmer);
        return at >= stormy;
    }

    /** Several at once, with short rests. The n-th draw depends on the seed alone; it is passed over while its place is taken. */
    async rage(atOnce) {
        const began = Date.now();
        for (let n = 0; !this.#over; ++n) {
            const luck = luckFor(this.#seed, `strike ${n}`);
            const fault = luck.weighted(this.#choice);
            const free = this.#running.size < atOnce && !this.#places.has(fault.place);
            if (free && !(fault.excuses && this.#isCalmer(Date.now() - began))) {
                const strike = this.#strike(fault, luck).finally(() => this.#running.delete(strike));
                this.#running.add(strike);
            }
            await sleep(luck.between(50, 500));
        }
    }

    /** No new fault; answers when the last one is over. */
    async calm() {
        this.#over = true;
        await Promise.all(this.#running);
    }
}
