// The finance office: sends money back while everything fails. One person asks, another releases, sometimes twice at once, and a call that
// died or was not answered is repeated under the same number of its own until it is certain.
import { setTimeout as sleep } from 'node:timers/promises';

import { crashPoints } from './points.mjs';

export class Finance {
    #world;
    #luck;
    #served = new Set();

    constructor(world, luck) {
        this.#world = world;
        this.#luck = luck;
    }

    /** Where this call is to end, if at all. */
    #cut() {
        if (!this.#world.faultsOn('refund-command') || !this.#luck.chance(0.3)) return {};
        const name = this.#luck.pick(crashPoints.filter((one) => /^refund\.(before_ask|after_ask|after_decision)$|^db\./.test(one)));
        return { CAMPUS_CRASH: name.startsWith('db.') ? `${name}:${this.#luck.whole(1, 10)}` : name };
    }

    /** Until the answer is certain: { status, out }; undefined when the run ended before. */
    async #certainly(...words) {
        for (let env = this.#cut(); ; env = this.#cut()) {
            const answer = await this.#world.lab.campuspayWith(env, 'refund', ...words);
            if (answer.status === 0 || answer.status === 1) return answer;
            if (answer.status === 137) this.#world.count('crashed at refund command');
            if (this.#world.leaving) return undefined;
            await sleep(300);
        }
    }

    async #paidOrder() {
        const rows = await this.#world.lab
            .sql("SELECT o.order_no, COUNT(*) AS n, MIN(l.amount_fen) AS least FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.state = 'paid' GROUP BY o.id, o.order_no")
            .catch(() => []);
        const fresh = rows.filter((one) => !this.#served.has(one.order_no));
        if (fresh.length === 0) return undefined;
        const chosen = this.#luck.pick(fresh);
        this.#served.add(chosen.order_no);
        return chosen;
    }

    /** One order's money goes back, wholly or in part; answers the refund's number. */
    async sendBack(orderNo, words = []) {
        const asked = await this.#certainly('ask', orderNo, '--by', 'li', '--request-id', this.#luck.uuid(), ...words);
        if (asked?.status !== 0) return undefined;
        const number = /^(\S+) /.exec(asked.out)[1];
        if (this.#luck.chance(0.15)) {
            await this.#certainly('reject', number, '--by', 'wang');
            return number;
        }
        const twice = this.#luck.chance(0.3) ? ['wang', 'zhao'] : ['wang'];
        await Promise.all(twice.map((by) => this.#certainly('release', number, '--by', by)));
        return number;
    }

    async work() {
        while (!this.#world.over) {
            const order = await this.#paidOrder();
            if (order) {
                const part = this.#luck.chance(0.4) ? ['--line', `1=${Math.max(1, Math.floor(Number(order.least) / 250))}.00`] : [];
                this.#world.count('story refund');
                await this.sendBack(order.order_no, ['--reason', this.#luck.pick(['mistake', 'leaver', 'overcharged']), ...part]);
            }
            for (let rest = this.#luck.between(200, 1200); rest > 0 && !this.#world.over; rest -= 100) await sleep(100);
        }
    }
}
