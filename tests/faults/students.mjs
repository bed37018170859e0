// Students who do what students do, all at once: pay, walk away, change their mind, click twice, use two phones.
import { setTimeout as sleep } from 'node:timers/promises';

import { Phone } from '../support/phone.mjs';

const patience = 12_000;
const form = (bills, requestId) => ({
    request_id: requestId,
    bill_ids: bills.map((bill) => bill.bill_id),
    total_fen: bills.reduce((sum, bill) => sum + bill.owed_fen, 0),
});

export class Student {
    #phones = [];
    /** Orders that this student left open and does not come back to. */
    forgotten = new Set();

    /** world: { lab, control, witness, over: no new stories, leaving: nobody waits any longer } */
    constructor(world, person, luck) {
        this.world = world;
        this.person = person;
        this.name = person.学号 || `new-${luck.whole(1, 1e9)}`;
        this.luck = luck;
    }

    pause(least, most) {
        return sleep(this.luck.between(least, most));
    }
    tell(entry) {
        return this.world.witness.tell({ student: this.name, ...entry });
    }

    /** The n-th phone of this student, signed in; a way in that broke off is begun anew, as a person would. */
    async phone(n = 0) {
        while (!this.#phones[n]) {
            try {
                this.#phones[n] = await this.#newPhone();
            } catch (failure) {
                if (this.world.ended) throw failure;
                this.world.trouble(failure);
                await this.pause(200, 1200);
            }
        }
        return this.#phones[n];
    }
    async #newPhone() {
        const phone = new Phone({ lab: this.world.lab, patience });
        await phone.follow();
        await phone.enter();
        await phone.signIn(this.person);
        return phone;
    }

    /** One call: { status, body }; 0 means that nobody knows what became of it. */
    async ask(phone, method, path, body) {
        const asked = Date.now();
        const [, orderNo] = /^\/orders\/(\w+)\/(?:confirm|cancel)$/.exec(path) ?? [];
        if (orderNo) this.world.witness.order(orderNo).asked = true;
        try {
            const answer = await phone.call(method, path, body);
            // Signed out: by a server whose clock says that the session is old.
            if (answer.status === 401) this.#phones = this.#phones.filter((one) => one !== phone);
            this.world.witness.heard(this.name, path, answer, asked, Date.now());
            return answer;
        } catch (failure) {
            return { status: 0, failure };
        }
    }

    /** Asks until the answer is certain: 200 or a refusal. undefined when the run ended before. */
    async askOn(phone, method, path, body) {
        while (!this.world.leaving) {
            const answer = await this.ask(phone, method, path, body);
            if (answer.status === 200 || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)) return answer;
            await this.pause(200, 1500);
        }
        return undefined;
    }

    async bills() {
        const answer = await this.askOn(await this.phone(), 'GET', '/bills');
        return answer?.status === 200 ? answer.body.periods.flatMap((one) => one.bills) : [];
    }

    // What one answer to "open an order" said, for the file: every answer counts, also of a repeated request.
    #note(wanted, { status, body }) {
        const order = status === 200 ? body.order : undefined;
        this.tell({
            what: 'open',
            status,
            code: body?.code,
            request_id: wanted.request_id,
            bill_ids: wanted.bill_ids,
            total_fen: wanted.total_fen,
            order_no: order?.order_no,
            held_by: status === 409 ? body.order_no : undefined,
            wechat: body?.wechat,
            prepay: body?.jsapi?.package,
        });
        if (!order) return;
        this.world.owners.set(order.order_no, this);
        if (body.jsapi) this.world.witness.order(order.order_no).prepay.add(body.jsapi.package);
    }

    /** Opens an order and goes on until it can be paid: { orderNo, refused, heldBy }. */
    async open(phone, bills, requestId = this.luck.uuid()) {
        const wanted = form(bills, requestId);
        for (let unknown = 0; !this.world.leaving && unknown < 12; ) {
            const answer = await this.ask(phone, 'POST', '/orders', wanted);
            this.#note(wanted, answer);
            if (answer.status === 200) {
                const orderNo = answer.body.order.order_no;
                if (answer.body.wechat !== 'unknown') return { orderNo, ready: answer.body.wechat === 'ready' };
                ++unknown;
            } else if (answer.status >= 400 && answer.status < 500) {
                return { refused: answer.body.code, heldBy: answer.body.order_no };
            } else if (answer.body?.code === 'wechat_refused') {
                return { refused: answer.body.code };
            }
            await this.pause(300, 1500);
        }
        return {};
    }

    /** Goes on with an unfinished order until it can be paid. */
    async continueWith(phone, orderNo) {
        for (let unknown = 0; !this.world.leaving && unknown < 8; ) {
            const answer = await this.ask(phone, 'POST', `/orders/${orderNo}/pay`);
            if (answer.status === 200 && answer.body.jsapi) this.world.witness.order(orderNo).prepay.add(answer.body.jsapi.package);
            if (answer.status === 200 && answer.body.wechat !== 'unknown') return answer.body.wechat === 'ready';
            if (answer.status >= 400 && answer.status < 500) return false;
            if (answer.status === 200) ++unknown;
            await this.pause(300, 1500);
        }
        return false;
    }

    /** In WeChat's sheet. Answers whether the money was taken. */
    async payInWechat(orderNo, more = {}) {
        const taken = await this.world.control('POST', 'pay', { out_trade_no: orderNo, ...more }).then(
            () => true,
            () => false, // closed, paid or expired meanwhile
        );
        if (taken) {
            this.world.witness.took(orderNo);
            this.world.watchPage(this, orderNo);
        }
        return taken;
    }

    /** The page after the sheet: asks until it is certain. */
    async confirm(phone, orderNo) {
        while (!this.world.leaving) {
            const answer = await this.ask(phone, 'POST', `/orders/${orderNo}/confirm`);
            if (answer.status >= 400 && answer.status < 500) return answer.body.code;
            if (['paid', 'paid_late', 'closed'].includes(answer.body?.order?.state)) return answer.body.order.state;
            await this.pause(400, 1500);
        }
        return undefined;
    }

    /** Gives an order up; answers its state when it is over, undefined when WeChat has not said so yet. */
    async cancel(phone, orderNo, tries = 4) {
        for (; tries > 0 && !this.world.leaving; --tries) {
            const answer = await this.ask(phone, 'POST', `/orders/${orderNo}/cancel`);
            if (answer.status >= 400 && answer.status < 500) return answer.body.code;
            const state = answer.body?.order?.state;
            if (['paid', 'paid_late', 'closed'].includes(state)) return state;
            await this.pause(300, 1500);
        }
        return undefined;
    }
}
