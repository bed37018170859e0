// Random commands against the real program and against a small model; after each the two must agree. fast-check prints the seed of a
// failing list and shrinks it: CAMPUS_MODEL_SEED=n repeats one, CAMPUS_MODEL_RUNS=n makes a long run of it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

import fc from 'fast-check';

import { calm, campuspay, control, eventually, lab, nextStudent, studentOnPhone } from './client.mjs';
import { Model } from './model.mjs';

const runs = Number(process.env.CAMPUS_MODEL_RUNS ?? 10);
const seed = process.env.CAMPUS_MODEL_SEED ? Number(process.env.CAMPUS_MODEL_SEED) : undefined;

after(async () => {
    await calm();
    await control('POST', 'settings', { clock_offset_ms: 0 });
});

const played = {};
const stateWord = { opened: 'live', awaiting: 'live', paid: 'paid', closed: 'closed', paid_late: 'paid_late' };
const pick = (list, n) => list[n % list.length];

async function agree(model, real) {
    const expected = {
        arrears: model.arrears,
        bills: Object.fromEntries(model.bills.filter((bill) => model.owed(bill) > 0).map((bill) => [bill.id, [model.owed(bill), bill.heldBy]])),
        orders: Object.fromEntries(model.orders.map((order) => [order.no, [order.state, model.goneOf(order)]])),
        collected: model.collected,
    };
    const look = async () => {
        const [arrears, payments, page] = [await real.phone.arrears(), await real.phone.must('GET', '/payments'), await real.phone.must('GET', '/orders')];
        assert.ok(!page.next, 'the model stays within one page of orders');
        return {
            arrears: arrears.total_owed_fen,
            bills: Object.fromEntries(arrears.bills.map((bill) => [bill.bill_id, [bill.owed_fen, bill.order_no ?? null]])),
            orders: Object.fromEntries(page.orders.map((order) => [order.order_no, [stateWord[order.state], order.refunded_fen ?? 0]])),
            collected: payments.total_paid_fen,
        };
    };
    let seen;
    const same = () => {
        try {
            assert.deepEqual(seen, expected);
            return true;
        } catch {
            return false;
        }
    };
    // What WeChat tells takes its time; it must come by itself.
    await eventually(async () => (seen = await look()), same, 20).catch(() => assert.deepEqual(seen, expected));
}

class Command {
    constructor(name, check, act, ...details) {
        Object.assign(this, { name, check, act, details });
    }
    async run(model, real) {
        played[this.name] = (played[this.name] ?? 0) + 1;
        await this.act(model, real);
        await agree(model, real);
    }
    toString() {
        return `${this.name}(${this.details.join(', ')})`;
    }
}

const always = () => true;
const withOrders = (model) => model.orders.length > 0;
const withRefunds = (model) => model.refunds.length > 0;

const open = (mask) =>
    new Command('open', always, async (model, { phone }) => {
        const ids = model.bills.filter((_, i) => (mask >> i) % 2 === 1).map((bill) => bill.id);
        if (ids.length === 0 || model.orders.length > 12) return;
        const total = ids.reduce((sum, id) => sum + model.owed(model.bill(id)), 0);
        const form = { request_id: randomUUID(), bill_ids: ids, total_fen: total };
        const [first, second] = await Promise.all([phone.call('POST', '/orders', form), phone.call('POST', '/orders', form)]);
        const verdict = model.judge(ids);
        if (verdict === 'opened') {
            assert.deepEqual([first.status, second.status], [200, 200], JSON.stringify([first.body, second.body]));
            assert.equal(first.body.order.order_no, second.body.order.order_no);
            model.open(first.body.order.order_no, form.request_id, ids);
        } else {
            for (const { status, body } of [first, second]) assert.ok([400, 409].includes(status), `${verdict}: ${JSON.stringify(body)}`);
        }
    }, mask);

const pay = (n) =>
    new Command('pay', withOrders, async (model) => {
        const order = pick(model.orders, n);
        const paying = control('POST', 'pay', { out_trade_no: order.no });
        if (order.state === 'live') {
            await paying;
            model.pay(order);
        } else {
            await assert.rejects(paying, /409|404/);
        }
    }, n);

const payLate = (n) =>
    new Command('payLate', (model) => model.orders.some((order) => order.state === 'closed'), async (model, { phone }) => {
        const order = pick(model.orders.filter((one) => one.state === 'closed'), n);
        // Known to WeChat at all? An order that was given up before it was prepared is not.
        if ((await phone.orderNow(order.no)).state !== 'closed') return;
        const found = await control('GET', `orders/${order.no}`).catch(() => undefined);
        if (!found) return;
        await control('POST', 'pay', { out_trade_no: order.no, force: true });
        model.pay(order);
    }, n);

const tellAgain = (n, times) =>
    new Command('tellAgain', (model) => model.orders.some((order) => order.moneyAtWechat), async (model) => {
        const order = pick(model.orders.filter((one) => one.moneyAtWechat), n);
        await control('POST', `orders/${order.no}/notice`, { times });
    }, n, times);

const confirm = (n) =>
    new Command('confirm', withOrders, async (model, { phone }) => {
        const order = pick(model.orders, n);
        const answer = await phone.confirm(order.no);
        if (order.state === 'live') assert.equal(stateWord[answer.order.state], 'live');
    }, n);

const cancel = (n) =>
    new Command('cancel', withOrders, async (model, { phone }) => {
        const order = pick(model.orders, n);
        const { status } = await phone.call('POST', `/orders/${order.no}/cancel`);
        if (order.state === 'live') {
            assert.equal(status, 200);
            model.cancel(order);
        } else {
            assert.equal(status, order.state === 'closed' ? 200 : 409);
        }
    }, n);

const askRefund = (n, share, lowered) =>
    new Command('askRefund', (model) => model.orders.some((order) => order.moneyAtWechat), async (model) => {
        const order = pick(model.orders.filter((one) => one.moneyAtWechat), n);
        const left = model.refundable(order);
        const index = n % left.length;
        const amount = Math.max(1, Math.floor((left[index] * share) / 100));
        const words = ['--line', `${index + 1}=${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`];
        const { status, out } = await campuspay('refund', 'ask', order.no, '--by', 'li', '--reason', lowered ? 'leaver' : 'mistake', ...words);
        if (amount <= left[index]) {
            assert.equal(status, 0, out);
            model.askRefund(/^(\S+) /.exec(out)[1], order, index, amount, lowered ? 'settled' : 'due_again');
        } else {
            assert.equal(status, 1, out);
        }
    }, n, share, lowered);

const decide = (n, yes) =>
    new Command(yes ? 'release' : 'reject', withRefunds, async (model) => {
        const refund = pick(model.refunds, n);
        const { status, out } = await campuspay('refund', yes ? 'release' : 'reject', refund.no, '--by', 'wang');
        if (refund.state !== 'asked') return;
        assert.equal(status, 0, out);
        if (yes) model.refund(refund);
        else model.reject(refund);
        // A minute passes between two applications of one order.
        await lab.sql(`UPDATE payments SET refund_sent_ms = 1 WHERE order_no = '${refund.order.no}'`);
        await lab.sql(`UPDATE refunds SET next_ms = 1 WHERE out_refund_no = '${refund.no}' AND next_ms IS NOT NULL`);
    }, n);

const importDue = (n, percent) =>
    new Command('importDue', always, async (model, { student }) => {
        const bill = pick(model.bills, n);
        const [row] = await lab.sql(`SELECT i.name, b.period, b.standard_fen, b.due_fen FROM bills b JOIN fee_items i ON i.id = b.item_id WHERE b.id = ${bill.id}`);
        const standard = Math.max(1, Math.floor((Number(row.standard_fen) * percent) / 100));
        const due = bill.due + standard - Number(row.standard_fen);
        const file = join(lab.dir, 'model.csv');
        writeFileSync(file, `学号,收费区间,收费项目,应缴金额\r\n${student.学号},${row.period},${row.name},${(standard / 100).toFixed(2)}\r\n`);
        const { status, out } = await campuspay('import', 'bills', file, '--by', 'li');
        if (due === bill.due) return;
        assert.equal(status, model.mayChangeDue(bill, due) ? 0 : 1, out);
        if (status === 0) bill.due = due;
    }, n, percent);

const clockStep = (seconds) =>
    new Command('clockStep', always, () => control('POST', 'settings', { clock_offset_ms: seconds * 1000 }), seconds);

const crash = () =>
    new Command('crash', always, async () => {
        await lab.killServer();
        await lab.startServer();
    });

const small = fc.nat({ max: 11 });
const commands = [
    fc.integer({ min: 1, max: 127 }).map(open),
    fc.integer({ min: 1, max: 127 }).map(open),
    small.map(pay),
    small.map(pay),
    small.map(payLate),
    fc.tuple(small, fc.integer({ min: 1, max: 4 })).map(([n, times]) => tellAgain(n, times)),
    small.map(confirm),
    small.map(cancel),
    fc.tuple(small, fc.integer({ min: 1, max: 100 }), fc.boolean()).map(([n, share, lowered]) => askRefund(n, share, lowered)),
    small.map((n) => decide(n, true)),
    small.map((n) => decide(n, false)),
    fc.tuple(small, fc.integer({ min: 50, max: 150 })).map(([n, percent]) => importDue(n, percent)),
    fc.integer({ min: -200, max: 200 }).map(clockStep),
    fc.constant(0).map(crash),
];

test('any list of commands leaves the program and the model agreed', { timeout: 3_600_000 }, async (t) => {
    const play = fc.asyncProperty(fc.commands(commands, { maxCommands: 40, size: 'max' }), async (list) => {
        const student = nextStudent('model');
        const phone = await studentOnPhone(student);
        const { bills } = await phone.arrears();
        const owed = bills.map((bill) => ({ id: bill.bill_id, due: bill.owed_fen }));
        await fc.asyncModelRun(() => ({ model: new Model(owed), real: { phone, student } }), list);
    });
    await fc.assert(play, { numRuns: runs, seed, endOnFailure: false, verbose: 1, interruptAfterTimeLimit: runs * 60_000, markInterruptAsFailure: false });
    t.diagnostic(`played ${JSON.stringify(played)}`);
    const { status, out } = await campuspay('verify');
    assert.equal(status, 0, out);
});
