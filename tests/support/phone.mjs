// A student's phone: what WeChat's browser and the pages do, over HTTP.
import { randomUUID } from 'node:crypto';

import { controlOf, eventually } from './control.mjs';

const wechatAgent =
    'Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.44 NetType/WIFI Language/zh_CN';

// Every phone has an address of its own, told by a proxy that the server trusts.
const oneOf = (count) => Math.floor(Math.random() * count);
const someAddress = () => `10.${1 + oneOf(250)}.${oneOf(250)}.${1 + oneOf(250)}`;

/** A browser with its cookies, in WeChat or not, of one student. */
export class Phone {
    #cookies = new Map();
    #csrf = '';

    #lab;
    #judge;
    #patience;

    /**
     * inWechat: false is an ordinary browser. judge(method, path, answer, text) may throw at an answer of the API.
     * patience: ms after which a request is given up; 0 waits for ever.
     */
    constructor({ lab, inWechat = true, address = someAddress(), judge = () => {}, patience = 0 }) {
        this.#lab = lab;
        this.#judge = judge;
        this.#patience = patience;
        this.control = controlOf(lab);
        this.inWechat = inWechat;
        this.address = address;
        this.server = lab.server;
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
        const asked = new URL(url, this.#lab.server);
        return asked.origin === this.#lab.server ? new URL(asked.pathname + asked.search, this.server) : asked;
    }

    async #fetch(url, { method = 'GET', headers = {}, body } = {}) {
        const answer = await fetch(this.#at(url), {
            method,
            body,
            redirect: 'manual',
            signal: this.#patience ? AbortSignal.timeout(this.#patience) : undefined,
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
        this.user = await this.control('POST', 'users', {});
        this.openid = this.user.openid;
        this.welcome = await this.control('POST', `users/${this.openid}/follow`, {});
        return this;
    }

    /** Opens an address of ours in WeChat: through the OAuth page and back. */
    async enter(path = '/h5/') {
        const sent = await this.get(path);
        if (sent.status !== 302) throw new Error(`${path}: ${sent.status} instead of the way to WeChat`);
        const authorize = new URL(sent.headers.get('location'));
        const { return_url } = await this.control('POST', `users/${this.openid}/oauth`, {
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
        this.#judge(method, path, answer, text);
        const parsed = JSON.parse(text);
        if (parsed?.csrf_token) this.#csrf = parsed.csrf_token;
        return { status: answer.status, body: parsed };
    }

    /** A file: { status, bytes, headers }. */
    async download(path) {
        const answer = await this.#fetch(`/api/v1${path}`);
        const bytes = Buffer.from(await answer.arrayBuffer());
        this.#judge('GET', path, answer, bytes.toString('latin1'));
        return { status: answer.status, bytes, headers: answer.headers };
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
