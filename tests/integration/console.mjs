// An operator at the console, over HTTP. The codes come from a library that is not ours.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { TOTP, URI } from 'otpauth';

import { campuspay, lab } from './client.mjs';
import { judgeAnswer } from './contract.mjs';

const agent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36';
const oneOf = (count) => Math.floor(Math.random() * count);
const someAddress = () => `10.${1 + oneOf(250)}.${oneOf(250)}.${1 + oneOf(250)}`;
const stepMs = 30_000;

export const consoleCookie = '__Host-campus-console';

/** A browser that may sit at the console; `at` is the server that it talks to. */
export class ConsoleBrowser {
    #token = '';
    csrf = '';

    constructor({ address = someAddress(), at = lab.server } = {}) {
        this.address = address;
        this.server = at;
    }

    get token() {
        return this.#token;
    }

    /** Another browser that stole the cookie: the same session, at another server if wanted. */
    twin(at = this.server) {
        const out = Object.assign(new ConsoleBrowser({ address: this.address, at }), { csrf: this.csrf });
        out.#token = this.#token;
        return out;
    }

    /** The raw exchange. */
    async fetch(path, { method = 'GET', body, headers = {} } = {}) {
        const answer = await fetch(this.server + path, {
            method,
            body,
            redirect: 'manual',
            headers: {
                'user-agent': agent,
                'x-forwarded-for': this.address,
                ...(this.#token ? { cookie: `${consoleCookie}=${this.#token}` } : {}),
                ...headers,
            },
        });
        this.lastCookies = answer.headers.getSetCookie();
        for (const line of this.lastCookies) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
            if (name === consoleCookie) this.#token = value;
        }
        return answer;
    }

    /** JSON API below /console: { status, body }. */
    async call(method, path, body, headers = {}) {
        const answer = await this.fetch(`/api/v1/console${path}`, {
            method,
            body: method === 'GET' ? undefined : JSON.stringify(body ?? {}),
            headers: {
                ...(method === 'GET' ? {} : { 'content-type': 'application/json', 'x-csrf-token': this.csrf }),
                ...headers,
            },
        });
        const text = await answer.text();
        judgeAnswer(method, `/console${path}`, answer, text);
        const parsed = JSON.parse(text);
        if (parsed?.csrf_token) this.csrf = parsed.csrf_token;
        return { status: answer.status, body: parsed };
    }

    async must(method, path, body) {
        const { status, body: answer } = await this.call(method, path, body);
        if (status !== 200) throw new Error(`${method} /console${path}: ${status} ${JSON.stringify(answer)}`);
        return answer;
    }

    session() {
        return this.must('GET', '/session');
    }
}

/** What an authenticator app does with what it scanned. */
export function authenticator(uri) {
    const totp = URI.parse(uri);
    if (!(totp instanceof TOTP)) throw new Error(`${uri} is none`);
    return totp;
}

/** Somebody with a name, a password and an authenticator. */
export class Operator extends ConsoleBrowser {
    constructor({ name, password, ...rest }) {
        super(rest);
        this.name = name;
        this.password = password;
    }

    /** A code whose step was not used by this operator before; `ahead` steps from now. */
    code(ahead = 0) {
        return this.totp.generate({ timestamp: Date.now() + ahead * stepMs });
    }

    /**
     * Codes are good once and 30 seconds apart: forget which was the last instead of waiting. Afterwards the present step lasts
     * for some seconds, so that codes around it can be counted on.
     */
    async forgetCodes() {
        const left = stepMs - (Date.now() % stepMs);
        if (left < 8000) await sleep(left + 100);
        await lab.sql(`UPDATE operators SET totp_last_step = 0 WHERE name = '${this.name}'`);
    }

    async signIn(code) {
        await this.session();
        return this.call('POST', '/session', { name: this.name, password: this.password, ...(code === undefined ? {} : { code }) });
    }

    /** From the initial password to a session that may do what the role may. */
    async setUp() {
        const { status, body } = await this.signIn();
        if (status !== 200 || body.stage !== 'setup') throw new Error(`${status} ${JSON.stringify(body)}`);
        this.totp = authenticator((await this.must('POST', '/setup')).uri);
        const own = `own-${randomUUID()}`;
        this.me = (await this.must('POST', '/setup/finish', { new_password: own, code: this.code() })).operator;
        this.password = own;
        this.id = this.me.operator;
        return this;
    }

    /** Signed in anew, with a code as good as new. */
    async enter() {
        await this.forgetCodes();
        const { status, body } = await this.signIn(this.code());
        if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
        return this;
    }
}

let made = 0;
export const someName = (role = 'op') => `${role}-${process.pid}-${++made}`;

/** Added at the command line; not signed in yet. */
export async function newOperator(role, { colleges = [], ...rest } = {}) {
    const name = someName(role);
    const { status, out } = await campuspay('operator', 'add', name, '--role', role, '--display', '甲乙', ...colleges.flatMap((one) => ['--college', one]));
    const password = /初始密码 (\S+)/.exec(out)?.[1];
    if (status !== 0 || !password) throw new Error(`operator add: ${status} ${out}`);
    return new Operator({ name, password, ...rest });
}

/** ... and at work. */
export const operatorAtWork = async (role, options) => (await newOperator(role, options)).setUp();
