// Plays the school's other system (power, card): takes paid top-ups from campuspay, each number once, and keeps them in a file.
// It checks the signature with code of its own, and misbehaves when it is told to.
//
//   node main.mjs --config FILE      { "listen": "127.0.0.1:8092", "key": "…", "state_file": "…" }
//
//   POST /top-ups                    the notice; 200 "ok NUMBER"
//   GET  /control/health
//   GET  /control/top-ups            [{ top_up_no, item, target, amount_fen, paid_at_ms, calls }]
//   GET  /control/refusals           [{ why }] of what was turned away
//   POST /control/behave             { mode, times }: the next `times` (0: all) notices are
//                                      unavailable   503, not taken
//                                      dead          the connection ends without an answer, not taken
//                                      late          taken, but the answer does not come in time
//                                      garbled       taken, 200 with another text
//                                      refuse        422: this top-up is wrong
//                                    mode "" ends it.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const at = process.argv.indexOf('--config');
if (at < 0) throw new Error('--config FILE is missing');
const conf = JSON.parse(readFileSync(process.argv[at + 1], 'utf8'));
const [host, port] = conf.listen.split(':');

const clockTolerance = 300; // seconds
const bodyMax = 4096;
const lateMs = 20_000;

const taken = new Map();
const nonces = new Map(); // → when it was seen
const refusals = [];
let behaviour = { mode: '', times: 0 };

for (const line of existsSync(conf.state_file) ? readFileSync(conf.state_file, 'utf8').split('\n') : []) {
    if (line) taken.set(JSON.parse(line).top_up_no, { ...JSON.parse(line), calls: 0 });
}

/** '' or why the notice is not believed. */
function flawOf(headers, body) {
    const timestamp = headers['x-campus-timestamp'] ?? '';
    const nonce = headers['x-campus-nonce'] ?? '';
    const given = Buffer.from(headers['x-campus-signature'] ?? '', 'hex');
    const wanted = createHmac('sha256', conf.key).update(`${timestamp}\n${nonce}\n`).update(body).digest();
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 'signature';
    const now = Date.now() / 1000;
    if (!/^\d{10}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > clockTolerance) return 'timestamp';
    for (const [old, seen] of nonces) if (now - seen > 2 * clockTolerance) nonces.delete(old);
    if (!/^[0-9a-f]{32}$/.test(nonce) || nonces.has(nonce)) return 'nonce';
    nonces.set(nonce, now);
    return '';
}

function nextMode() {
    const { mode, times } = behaviour;
    if (mode && times > 0 && --behaviour.times === 0) behaviour = { mode: '', times: 0 };
    return mode;
}

function take(body) {
    const form = new URLSearchParams(body.toString('utf8'));
    const wish = Object.fromEntries(form);
    const known = taken.get(wish.top_up_no);
    if (known) {
        known.calls += 1;
        const same = ['item', 'target', 'amount_fen', 'paid_at_ms'].every((name) => known[name] === wish[name]);
        return same ? wish.top_up_no : undefined; // the same number for something else
    }
    // On the disk before it is answered.
    appendFileSync(conf.state_file, JSON.stringify(wish) + '\n');
    taken.set(wish.top_up_no, { ...wish, calls: 1 });
    return wish.top_up_no;
}

async function bodyOf(request) {
    const parts = [];
    let size = 0;
    for await (const part of request) {
        size += part.length;
        if (size > bodyMax) throw new Error('too large');
        parts.push(part);
    }
    return Buffer.concat(parts);
}

const say = (response, status, text) => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(text + '\n');
};
const sayJson = (response, value) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
};

async function hear(request, response) {
    const body = await bodyOf(request);
    const flaw = flawOf(request.headers, body);
    if (flaw) {
        refusals.push({ why: flaw });
        return say(response, 401, flaw);
    }
    const mode = nextMode();
    if (mode === 'unavailable') return say(response, 503, 'busy');
    if (mode === 'dead') return void request.socket.destroy();
    if (mode === 'refuse') return say(response, 422, 'no such room');
    const number = take(body);
    if (mode === 'late') return void setTimeout(() => say(response, 200, `ok ${number}`), lateMs).unref();
    if (mode === 'garbled') return say(response, 200, 'welcome');
    if (number === undefined) return say(response, 409, 'another top-up has this number');
    return say(response, 200, `ok ${number}`);
}

async function control(request, response) {
    const what = `${request.method} ${request.url.slice('/control/'.length)}`;
    if (what === 'GET health') return sayJson(response, { ok: true });
    if (what === 'GET top-ups') return sayJson(response, [...taken.values()]);
    if (what === 'GET refusals') return sayJson(response, refusals);
    if (what === 'POST behave') {
        const { mode = '', times = 0 } = JSON.parse((await bodyOf(request)).toString('utf8'));
        behaviour = { mode, times };
        return sayJson(response, behaviour);
    }
    return say(response, 404, 'not here');
}

const server = createServer((request, response) => {
    const story = request.method === 'POST' && request.url === '/top-ups' ? hear : control;
    story(request, response).catch((failure) => say(response, 400, failure.message));
});
server.listen(Number(port), host, () => process.stdout.write(`top-up receiver on ${conf.listen}\n`));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
