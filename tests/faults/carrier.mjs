// The thread of line.mjs: carries the bytes, and cuts where it was told to.
import { rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

import { luckFor } from './luck.mjs';

// A command packet: its length, number 0, "query", and the text. Nothing is sent after it before the answer has come.
const commit = Buffer.concat([Buffer.from([7, 0, 0, 0, 3]), Buffer.from('COMMIT')]);
const asksToCommit = (bytes) => bytes.length >= commit.length && bytes.subarray(-commit.length).equals(commit);

class Carrier {
    #to;
    /** kind → { chance, ms } */
    #faults = new Map();
    #closedUntil = 0;
    /** kind → how often it hit. */
    hits = {};

    constructor(to, luck) {
        this.#to = to;
        this.luck = luck;
    }

    listen(at) {
        rmSync(at, { force: true });
        const server = createServer((client) => this.#carry(client));
        return new Promise((done) => server.listen(at, done));
    }

    /** how: { chance, ms }; nothing ends it. */
    misbehave(kind, how) {
        if (how) this.#faults.set(kind, how);
        else this.#faults.delete(kind);
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

const carrier = new Carrier(workerData.socket, luckFor(workerData.seed, 'line'));
parentPort.on('message', ({ kind, how }) => {
    carrier.misbehave(kind, how);
    parentPort.postMessage(carrier.hits);
});
await carrier.listen(workerData.at);
parentPort.postMessage(carrier.hits);
