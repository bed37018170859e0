// What the clients were told. Every acknowledged answer goes to a file at once, before anybody acts on it; afterwards the books are
// held against it. When money was taken, and when a page first showed it.
import { closeSync, openSync, writeSync } from 'node:fs';

const rank = { opened: 0, awaiting: 0, closed: 1, paid: 2, paid_late: 3 };
// What a client may see after it has seen that: a paid order stays paid, a closed one can only turn paid_late.
const mayFollow = {
    opened: () => true,
    awaiting: (next) => next !== 'opened',
    closed: (next) => next === 'closed' || next === 'paid_late',
    paid: (next) => next === 'paid',
    paid_late: (next) => next === 'paid_late',
};

export class Witness {
    #file;
    /** Everything told, in order: { at, what, … }. */
    told = [];
    /** order number → { student, orderNo, takenAt, shownAt, shownBy, stays, states: [{ state, answered: first time }], prepay: Set } */
    orders = new Map();
    contradictions = [];

    constructor(file) {
        this.#file = openSync(file, 'a', 0o600);
    }
    close() {
        closeSync(this.#file);
    }

    tell(entry) {
        const line = { at: Date.now(), ...entry };
        writeSync(this.#file, JSON.stringify(line) + '\n');
        this.told.push(line);
        return line;
    }

    order(orderNo) {
        if (!this.orders.has(orderNo)) this.orders.set(orderNo, { orderNo, states: [], prepay: new Set() });
        return this.orders.get(orderNo);
    }

    /** An answer about orders reached a client: notes their states and holds them against what was known before it asked. */
    heard(student, path, { status, body }, asked, answered) {
        if (status !== 200 || !body) return;
        const orders = body.order ? [body.order] : Array.isArray(body.orders) ? body.orders : body.order_no ? [body] : [];
        for (const order of orders) this.#state(student, path, order, asked, answered);
    }

    #state(student, path, { order_no: orderNo, state }, asked, answered) {
        if (!(state in rank)) return;
        const known = this.order(orderNo);
        known.student ??= student;
        // Answers may overtake each other: only what was known before the question was asked binds the answer.
        const before = known.states.find((one) => one.answered <= asked && !mayFollow[one.state](state));
        if (before) this.contradictions.push({ orderNo, what: `${path} said ${state} after ${before.state} had been answered` });
        if (!known.states.some((one) => one.state === state)) {
            known.states.push({ state, answered });
            this.tell({ what: 'state', student, order_no: orderNo, state });
        }
        if (rank[state] >= rank.paid && known.shownAt === undefined) {
            known.shownAt = answered;
            known.shownBy = path.endsWith('/confirm') ? 'confirm' : 'page';
        }
    }

    /** WeChat has taken the money. */
    took(orderNo, at = Date.now()) {
        const known = this.order(orderNo);
        if (known.takenAt !== undefined) return;
        known.takenAt = at;
        this.tell({ what: 'taken', order_no: orderNo });
    }

    /** Taken, somebody looks, and his page does not show it yet. (An order whose opening no client heard of has no page.) */
    waiting() {
        return [...this.orders.values()].filter((one) => one.watched && one.takenAt !== undefined && one.shownAt === undefined);
    }
}
