// The line between the servers and the database: late, or cut at a chosen place, above all at COMMIT. Killing sessions hits one there
// once in a thousand times; what becomes of money then must be seen every time. A thread of its own carries the bytes (carrier.mjs), or
// the database would be as slow as a crowd of students is busy.
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { Worker } from 'node:worker_threads';

export class Line {
    #thread;
    /** kind → how often it hit, as of the last change. */
    hits = {};

    /** Listens in front of the database's socket; answers the environment that makes a server call here. */
    async listen(socket, seed) {
        const at = `${socket}.line`;
        this.#thread = new Worker(new URL('./carrier.mjs', import.meta.url), { workerData: { socket, at, seed } });
        this.#thread.on('message', (hits) => (this.hits = hits));
        await once(this.#thread, 'message');
        return { CAMPUSPAY__DATABASE__URL: `mysql://${encodeURIComponent(userInfo().username)}@/campuspay?socket=${at}` };
    }
    close() {
        return this.#thread?.terminate();
    }

    /**
     * commit_lost: the line is cut before COMMIT arrives, so nothing happened. commit_answer_lost: … after it was done, before its
     * answer; then nobody gets through for `ms`. statement_lost: cut in the midst of a unit. statement_slow: anything takes up to
     * `ms` longer, so that units overlap which else would just miss each other.
     */
    misbehave(kind, { chance = 1, ms = 0 } = {}) {
        this.#thread.postMessage({ kind, how: { chance, ms } });
        return () => this.#thread.postMessage({ kind });
    }
}
