// A student's phone and the simulator's staff, as the checks of this folder need them.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Lab } from '../support/lab.mjs';
import { judgeAnswer } from './contract.mjs';

export const lab = Lab.here();
export const stack = lab;

/** The simulator's control API. */
export async function control(method, path, body) {
    const ask = () =>
        fetch(`${stack.phone}/control/${path}`, {
            method,
            headers: body ? { 'content-type': 'application/json' } : {},
            body: body && JSON.stringify(body),
        });
    // A kept connection may have been closed under the question; asking again is safe for a GET.
    const answer = await ask().catch((failure) => (method === 'GET' ? ask() : Promise.reject(failure)));
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
}

export const fault = (kind, more = {}) => control('POST', 'faults', { kind, ...more });

/** Nothing of one check reaches the next. */
export async function calm() {
    await control('DELETE', 'faults');
    await control('POST', 'settings', { notices_paused: false });
    await control('DELETE', 'violations');
}

/** campuspay as a command: { status, out }. */
export const campuspay = (...words) => lab.campuspay(...words);

/** Asks again until the answer satisfies, at most `seconds`. */
export async function eventually(ask, satisfies, seconds = 15) {
    let answer;
    for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(100)) {
        answer = await ask();
        if (satisfies(answer)) return answer;
    }
    throw new Error(`did not happen in ${seconds} s; last: ${JSON.stringify(answer)}`);
}

const table = (name) => {
    const [head, ...rows] = readFileSync(join(stack.dir, `college/${name}.csv`), 'utf8')
        .trimEnd()
        .split('\r\n')
        .map((line) => line.split(','));
    return rows.map((row) => Object.fromEntries(head.map((column, i) => [column, row[i]])));
};

const bills = table('bills');
const owes = (one) => bills.some((bill) => (one.学号 ? bill.学号 === one.学号 : bill.证件号码 === one.证件号码));
const everybody = table('students');
export const everyone = () => everybody;
/** The demo accounts: owes two years; new; owes nothing. */
export const [twoYears, newcomer, settled] = everybody;

// Each check takes students of its own, so that none depends on the order of checks.
const inDebt = everybody.slice(3).filter((one) => one.学号 && owes(one));
const startAt = { money: 0, faults: 12, messages: 34, service: 38, entry: 44, orders: 70, lost: 105, crash: 185, modes: 215, fuzz: 225, twins: 235, refunds: 260, messages_out: 290, model: 350, reconcile: 0 };
let taken = 0;
export function nextStudent(area) {
    const one = inDebt[startAt[area] + taken++];
    if (!one) throw new Error('the invented college is too small');
    return one;
}

const wechatAgent =
    'Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.44 NetType/WIFI Language/zh_CN';

// Every phone has an address of its own, told by a proxy that the server trusts.
const oneOf = (count) => Math.floor(Math.random() * count);
const someAddress = () => `10.${1 + oneOf(250)}.${oneOf(250)}.${1 + oneOf(250)}`;

export class Phone {
    #cookies = new Map();
    #csrf = '';

    /** inWechat: false is an ordinary browser. */
    constructor({ inWechat = true, address = someAddress() } = {}) {
        this.inWechat = inWechat;
        this.address = address;
        this.server = stack.server;
    }

    get csrf() {
        return this.#csrf;
    }

    async get(url, headers = {}) {
        return this.#fetch(url, { headers });
    }

    /** The raw exchange, with this phone's cookies. */
    fetch(url, options) {
        return this.#fetch(url, options);
    }

    // Addresses of the server lead to the process that this phone talks to, as a load balancer would.
    #at(url) {
        const asked = new URL(url, stack.server);
        return asked.origin === stack.server ? new URL(asked.pathname + asked.search, this.server) : asked;
    }

    async #fetch(url, { method = 'GET', headers = {}, body } = {}) {
        const answer = await fetch(this.#at(url), {
            method,
            body,
            redirect: 'manual',
            headers: {
                ...(this.inWechat ? { 'user-agent': wechatAgent } : { 'user-agent': 'Mozilla/5.0 Chrome/130.0' }),
                'x-forwarded-for': this.address,
                cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
                ...headers,
            },
        });
        for (const line of answer.headers.getSetCookie()) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
            if (/max-age=0\b/i.test(line)) this.#cookies.delete(name);
            else this.#cookies.set(name, value);
        }
        return answer;
    }

    cookie(name) {
        return this.#cookies.get(name);
    }

    /** A new WeChat user follows the account. */
    async follow() {
        this.user = await control('POST', 'users', {});
        this.openid = this.user.openid;
        this.welcome = await control('POST', `users/${this.openid}/follow`, {});
        return this;
    }

    /** Opens an address of ours in WeChat: through the OAuth page and back. */
    async enter(path = '/h5/') {
        const sent = await this.get(path);
        if (sent.status !== 302) throw new Error(`${path}: ${sent.status} instead of the way to WeChat`);
        const authorize = new URL(sent.headers.get('location'));
        const { return_url } = await control('POST', `users/${this.openid}/oauth`, {
            redirect_uri: authorize.searchParams.get('redirect_uri'),
            state: authorize.searchParams.get('state'),
            scope: authorize.searchParams.get('scope'),
        });
        this.returnUrl = return_url;
        this.landed = await this.get(return_url);
        await this.session();
        return this;
    }

    /** JSON API: { status, body }. */
    async call(method, path, body, headers = {}) {
        const answer = await this.#fetch(`/api/v1${path}`, {
            method,
            body: method === 'GET' ? undefined : JSON.stringify(body ?? {}),
            headers: {
                ...(method === 'GET' ? {} : { 'content-type': 'application/json', 'x-csrf-token': this.#csrf }),
                ...headers,
            },
        });
        const text = await answer.text();
        judgeAnswer(method, path, answer, text);
        const parsed = JSON.parse(text);
        if (parsed?.csrf_token) this.#csrf = parsed.csrf_token;
        return { status: answer.status, body: parsed };
    }

    /** As call, but anything else than 200 is a failure. */
    async must(method, path, body) {
        const { status, body: answer } = await this.call(method, path, body);
        if (status !== 200) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
        return answer;
    }

    session() {
        return this.must('GET', '/session');
    }

    async signIn(student) {
        return this.must('POST', '/session', {
            way: 'password',
            username: student.学号 || student.证件号码,
            password: student.证件号码.slice(-6),
        });
    }

    async arrears() {
        const answer = await this.must('GET', '/bills');
        return { ...answer, bills: answer.periods.flatMap((one) => one.bills) };
    }

    /** Opens an order over all that is owed, or the given bills. */
    async order({ bills: chosen, requestId = randomUUID() } = {}) {
        const list = chosen ?? (await this.arrears()).bills.filter((bill) => bill.state === 'payable');
        return this.must('POST', '/orders', {
            request_id: requestId,
            bill_ids: list.map((bill) => bill.bill_id),
            total_fen: list.reduce((sum, bill) => sum + bill.owed_fen, 0),
        });
    }

    orderNow(number) {
        return this.must('GET', `/orders/${number}`);
    }

    confirm(number) {
        return this.must('POST', `/orders/${number}/confirm`);
    }

    paid(number, seconds = 15) {
        return eventually(
            () => this.orderNow(number),
            (order) => order.state === 'paid',
            seconds,
        );
    }
}

/** A follower who is signed in and stands before his arrears. */
export async function studentOnPhone(student) {
    const phone = await new Phone().follow();
    await phone.enter();
    await phone.signIn(student);
    return phone;
}

export const payInWechat = (orderNo, more = {}) => control('POST', 'pay', { out_trade_no: orderNo, ...more });
