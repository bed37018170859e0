// The load balancer in front of the servers: each request goes to the next one that takes it. It behaves as nginx does, passes
// on the exact bytes, and can be told to lose what the servers said.
import { createServer, request as send } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const answerTimeout = 20_000; // nginx: proxy_read_timeout
const page = '<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>';

export class Balancer {
    #server;
    #backends;
    #turn = 0;
    /** kind → { chance, ms }: see misbehave. */
    #faults = new Map();
    counts = { requests: 0, retried: 0, refused: 0, cut: 0 };

    constructor(backends, luck) {
        this.#backends = backends.map((address) => new URL(address));
        this.luck = luck;
    }

    async listen(address) {
        const { hostname, port } = new URL(address);
        this.#server = createServer((asked, answer) => {
            this.#handle(asked, answer).catch(() => answer.destroy());
        });
        // Longer than any client keeps a connection, so that none is closed under a request without a fault being on.
        this.#server.keepAliveTimeout = 120_000;
        await new Promise((done) => this.#server.listen(Number(port), hostname, done));
    }

    close() {
        this.#server.closeAllConnections();
        return new Promise((done) => this.#server.close(done));
    }

    /**
     * request_lost: the connection ends, nothing arrived at a server. reply_lost: a server has acted, the connection ends without
     * its answer. reply_half: … in the midst of it. reply_slow: … it comes `ms` late. request_doubled: it is sent to two servers, as
     * by a proxy that tried again; the answer of the second counts.
     */
    misbehave(kind, { chance = 1, ms = 0 } = {}) {
        this.#faults.set(kind, { chance, ms });
        return () => this.#faults.delete(kind);
    }
    #hit(kind) {
        const fault = this.#faults.get(kind);
        return fault && this.luck.chance(fault.chance) ? fault : undefined;
    }

    async #handle(asked, answer) {
        ++this.counts.requests;
        const parts = [];
        for await (const part of asked) parts.push(part);
        const body = Buffer.concat(parts);
        if (this.#hit('request_lost')) return this.#cut(answer);
        if (this.#hit('request_doubled')) await this.#pass(asked, body).catch(() => undefined);
        const reply = await this.#pass(asked, body).catch(() => undefined);
        if (!reply) {
            ++this.counts.refused;
            answer.writeHead(502, { 'content-type': 'text/html', 'content-length': page.length });
            return answer.end(page);
        }
        if (this.#hit('reply_lost')) return this.#cut(answer);
        const slow = this.#hit('reply_slow');
        if (slow) await sleep(slow.ms);
        const lines = reply.rawHeaders.filter((_, i, all) => !/^(connection|transfer-encoding|keep-alive)$/i.test(all[i - (i % 2)]));
        answer.writeHead(reply.status, lines);
        if (this.#hit('reply_half') && reply.body.length > 1) {
            answer.write(reply.body.subarray(0, reply.body.length >> 1), () => this.#cut(answer));
            return undefined;
        }
        return answer.end(reply.body);
    }

    #cut(answer) {
        ++this.counts.cut;
        answer.socket?.destroy();
    }

    // The next server that takes the connection. Once something was sent, nobody else is tried: it may have acted.
    async #pass(asked, body) {
        for (let tries = 0; tries < this.#backends.length; ++tries) {
            const backend = this.#backends[this.#turn++ % this.#backends.length];
            const reply = await this.#exchange(backend, asked, body);
            if (reply !== 'not taken') return reply;
            ++this.counts.retried;
        }
        return undefined;
    }

    #exchange(backend, asked, body) {
        return new Promise((resolve, reject) => {
            const headers = asked.rawHeaders.filter(
                (_, i, all) => !/^(connection|keep-alive|content-length|transfer-encoding)$/i.test(all[i - (i % 2)]),
            );
            if (body.length > 0 || asked.method !== 'GET') headers.push('content-length', String(body.length));
            const call = send({ host: backend.hostname, port: backend.port, method: asked.method, path: asked.url, headers, agent: false });
            let connected = false;
            call.setTimeout(answerTimeout, () => call.destroy(new Error('no answer in time')));
            call.once('socket', (socket) => socket.once('connect', () => (connected = true)));
            call.once('error', (failure) => (connected ? reject(failure) : resolve('not taken')));
            call.once('response', (response) => {
                const parts = [];
                response.on('data', (part) => parts.push(part));
                response.once('error', reject);
                response.once('end', () => {
                    if (!response.complete) return reject(new Error('the answer broke off'));
                    return resolve({ status: response.statusCode, rawHeaders: response.rawHeaders, body: Buffer.concat(parts) });
                });
            });
            call.end(body);
        });
    }
}
