// The line between the servers and the database: late, or cut at a chosen place, above all at COMMIT. Killing sessions hits one there
// once in a thousand times; what becomes of money then must be seen every time.
import { rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

// A command packet: its length, number 0, "query", and the text. Nothing is sent after it before the answer has come.
const commit = Buffer.concat([Buffer.from([7, 0, 0, 0, 3]), Buffer.from('COMMIT')]);
const asksToCommit = (bytes) => bytes.length >= commit.length && bytes.subarray(-commit.length).equals(commit);

export class Line {
    #server;
    #to;
    /** kind → { chance, ms } */
    #faults = new Map();
    #closedUntil = 0;
    /** kind → how often it hit. */
    hits = {};

    constructor(luck) {
        this.luck = luck;
    }

    /** Listens in front of the database's socket; answers the environment that makes a server call here. */
    async listen(socket) {
        this.#to = socket;
        const at = `${socket}.line`;
        rmSync(at, { force: true });
        this.#server = createServer((client) => this.#carry(client));
        await new Promise((done) => this.#server.listen(at, done));
        return { CAMPUSPAY__DATABASE__URL: `mysql://${encodeURIComponent(userInfo().username)}@/campuspay?socket=${at}` };
    }
    close() {
        this.#server?.close();
    }

    /**
     * commit_lost: the line is cut before COMMIT arrives, so nothing happened. commit_answer_lost: … after it was done, before its
     * answer; then nobody gets through for `ms`. statement_lost: cut in the midst of a unit. statement_slow: anything takes up to
     * `ms` longer, so that units overlap which else would just miss each other.
     */
    misbehave(kind, { chance = 1, ms = 0 } = {}) {
        this.#faults.set(kind, { chance, ms });
        return () => this.#faults.delete(kind);
    }
    #hit(kind) {
        const fault = this.#faults.get(kind);
        if (!fault || !this.luck.chance(fault.chance)) return undefined;
        this.hits[kind] = (this.hits[kind] ?? 0) + 1;
        return fault;
    }

    async #carry(client) {
        const database = createConnection(this.#to);
        const cut = () => {
            client.destroy();
            database.destroy();
        };
        for (const side of [client, database]) side.on('error', cut).on('close', cut);
        if (Date.now() < this.#closedUntil) return cut();
        let answerIsLost = false;
        database.on('data', (bytes) => (answerIsLost ? cut() : client.write(bytes)));
        try {
            for await (const bytes of client) {
                const commits = asksToCommit(bytes);
                if (this.#hit(commits ? 'commit_lost' : 'statement_lost')) return cut();
                const slow = this.#hit('statement_slow');
                if (slow) await sleep(this.luck.between(0, slow.ms));
                const lost = commits && this.#hit('commit_answer_lost');
                if (lost) {
                    answerIsLost = true;
                    this.#closedUntil = Date.now() + lost.ms;
                }
                database.write(bytes);
            }
        } catch {
            cut(); // broken off by one side
        }
        return undefined;
    }
}
