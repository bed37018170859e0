// Short scenes, one for each way through opening, paying, noticing, closing and importing. Each plays with a student of its own and
// ends where nothing is left to happen, however often the server ends on the way: the client repeats, as pages and WeChat do.
import { setTimeout as sleep } from 'node:timers/promises';

import { Phone } from '../support/phone.mjs';

/** Asks until true, hurrying the watch: a lease of the dead would cost a minute, and time is measured elsewhere. */
async function eventually(world, student, what, ask) {
    for (const deadline = Date.now() + 40_000; ; await sleep(100)) {
        if (await ask()) return;
        if (Date.now() > deadline) throw new Error(`${what} did not happen`);
        await hurry(world, student);
    }
}
const hurry = ({ lab }, student) =>
    lab
        .sql(
            `UPDATE orders o JOIN people p ON p.id = o.person_id SET o.next_ask_ms = 1000, o.lease_until_ms = 0, o.asked_count = 0
             WHERE p.student_no = '${student.name}' AND o.state IN ('opened', 'awaiting') AND o.next_ask_ms IS NOT NULL`,
        )
        .catch(() => undefined); // a lock in the way: the next round

const stateOf = async (world, orderNo) => (await world.lab.sql(`SELECT state FROM orders WHERE order_no = '${orderNo}'`))[0]?.state;
const becomes = (world, student, orderNo, ...states) =>
    eventually(world, student, `${orderNo} becoming ${states.join(' or ')}`, async () => states.includes(await stateOf(world, orderNo)));

async function opened(student) {
    const phone = await student.phone();
    const bills = (await student.bills()).filter((bill) => bill.state === 'payable');
    const { orderNo } = await student.open(phone, bills);
    if (!orderNo) throw new Error('no order was opened');
    return { phone, bills, orderNo };
}
/** Taken, and what WeChat says about it reaches us or not. */
async function taken(student, orderNo, more = {}) {
    if (!(await student.payInWechat(orderNo, more))) throw new Error(`${orderNo} could not be paid`);
}
const silent = (world) => world.control('POST', 'faults', { kind: 'notice_never', times: 0 });

async function paidByNotice(world, student) {
    const { orderNo } = await opened(student);
    await taken(student, orderNo);
    // The notice alone: WeChat repeats it until it is answered.
    await eventually(world, student, `${orderNo} being paid`, async () => {
        await world.control('POST', 'notices/flush');
        return (await stateOf(world, orderNo)) === 'paid';
    });
}

async function paidByAsking(world, student) {
    const { phone, orderNo } = await opened(student);
    await student.ask(phone, 'POST', `/orders/${orderNo}/confirm`); // too early
    await silent(world);
    await taken(student, orderNo);
    await student.confirm(phone, orderNo);
    await becomes(world, student, orderNo, 'paid');
}

async function paidByWatch(world, student) {
    const { orderNo } = await opened(student);
    await silent(world);
    const asked = async () => Number((await world.lab.sql(`SELECT asked_count AS n FROM orders WHERE order_no = '${orderNo}'`))[0].n) > 0;
    await eventually(world, student, 'the watch asking', asked);
    await taken(student, orderNo);
    await becomes(world, student, orderNo, 'paid');
}

/** Through a link, by somebody who is not signed in, and who presses again until there is a sheet. */
async function paidByFamily(world, student) {
    const phone = await student.phone();
    const bills = (await student.bills()).filter((bill) => bill.state === 'payable');
    const total_fen = bills.reduce((sum, bill) => sum + bill.owed_fen, 0);
    const made = await student.askOn(phone, 'POST', '/family-links', { bill_ids: bills.map((bill) => bill.bill_id), total_fen, hours: 1 });
    const { link, path } = made.body;
    const parent = await new Phone({ lab: world.lab, patience: 12_000 }).follow();
    await parent.enter('/h5/family');
    const form = { token: path.split('/').pop(), total_fen };
    for (const deadline = Date.now() + 40_000; ; await sleep(200)) {
        const { body } = (await student.askOn(parent, 'POST', '/family/pay', form)) ?? {};
        if (body?.wechat === 'ready') break;
        if (Date.now() > deadline) throw new Error(`no sheet for the family: ${JSON.stringify(body)}`);
    }
    const orders = await world.lab.sql(`SELECT order_no FROM family_orders WHERE link_id = ${link}`);
    if (orders.length !== 1) throw new Error(`${orders.length} orders of one link`);
    const orderNo = orders[0].order_no;
    world.owners.set(orderNo, student);
    await taken(student, orderNo);
    await becomes(world, student, orderNo, 'paid');
}

async function cancelled(world, student) {
    const { phone, orderNo } = await opened(student);
    await student.cancel(phone, orderNo);
    await becomes(world, student, orderNo, 'closed');
    return { phone, orderNo };
}

async function paidWhileClosing(world, student) {
    const { phone, orderNo } = await opened(student);
    await world.control('POST', 'faults', { kind: 'paid_while_closing', where: { out_trade_no: orderNo } });
    await student.cancel(phone, orderNo);
    await becomes(world, student, orderNo, 'paid', 'closed');
}

async function lateMoney(world, student) {
    const first = await cancelled(world, student);
    const { orderNo: newer } = await opened(student);
    await taken(student, first.orderNo, { force: true });
    await becomes(world, student, first.orderNo, 'paid_late');
    await becomes(world, student, newer, 'closed');
    const settled = async () => (await world.lab.sql(`SELECT state FROM payments WHERE order_no = '${first.orderNo}'`))[0].state === 'settled';
    await eventually(world, student, 'the late money finding its place', settled);
}

async function refusedByWechat(world, student) {
    const phone = await student.phone();
    const bills = (await student.bills()).filter((bill) => bill.state === 'payable');
    await world.control('POST', 'faults', { kind: 'error', status: 403, code: 'NO_AUTH', where: { operation: 'order_jsapi' }, times: 0 });
    const { refused } = await student.open(phone, bills);
    if (refused !== 'wechat_refused' && refused !== undefined) throw new Error(`refused by us: ${refused}`);
    // Nobody was told its number: the newest of the student.
    const newest = `SELECT o.state FROM orders o JOIN people p ON p.id = o.person_id WHERE p.student_no = '${student.name}' ORDER BY o.id DESC LIMIT 1`;
    await eventually(world, student, 'the refused order being closed', async () => (await world.lab.sql(newest))[0].state === 'closed');
}

async function askedToWait(world, student) {
    await world.control('POST', 'faults', { kind: 'rate_limit', where: { operation: 'order_jsapi' }, times: 2 });
    await paidByNotice(world, student);
}

/** A rightly signed notice about another amount: kept for finance, and WeChat is asked what is true. */
async function oddAmount(world, student) {
    const { orderNo } = await opened(student);
    await world.control('POST', 'settings', { notices_paused: true });
    await taken(student, orderNo);
    const odd = async () => {
        await world.control('POST', `orders/${orderNo}/notice`, { forge: 'wrong_amount' });
        return (await world.lab.sql(`SELECT id FROM notices WHERE order_no = '${orderNo}' AND outcome = 'amount_differs'`)).length > 0;
    };
    await eventually(world, student, 'the odd notice being kept', odd);
    await becomes(world, student, orderNo, 'paid');
}

async function told(world, student) {
    const { orderNo } = await opened(student);
    await taken(student, orderNo);
    const sent = async () => {
        await world.control('POST', 'notices/flush');
        await world.lab.sql(`UPDATE outbox SET next_try_ms = 1, lease_until_ms = 0 WHERE business_key = 'paid:${orderNo}' AND state = 'queued'`);
        const [row] = await world.lab.sql(`SELECT state FROM outbox WHERE business_key = 'paid:${orderNo}'`);
        return row !== undefined && row.state !== 'queued';
    };
    await eventually(world, student, 'the student being told', sent);
}

const refundEnds = (world, student, orderNo) =>
    eventually(world, student, `the refund of ${orderNo}`, async () => {
        await world.lab.sql(`UPDATE refunds SET next_ms = 1, lease_until_ms = 0 WHERE order_no = '${orderNo}' AND next_ms IS NOT NULL`);
        const [row] = await world.lab.sql(`SELECT state FROM refunds WHERE order_no = '${orderNo}'`);
        return row?.state === 'success';
    });

async function sentBack(world, student) {
    const { orderNo } = await opened(student);
    await taken(student, orderNo);
    await becomes(world, student, orderNo, 'paid');
    const asked = await world.lab.campuspay('refund', 'ask', orderNo, '--reason', 'mistake', '--by', 'li');
    const released = await world.lab.campuspay('refund', 'release', `${orderNo}R01`, '--by', 'wang');
    if (asked.status !== 0 || released.status !== 0) throw new Error(asked.out + released.out);
    await refundEnds(world, student, orderNo);
}

/** Late money for fees that a newer order has paid: it goes back by itself. */
async function lateMoneyBack(world, student) {
    const first = await cancelled(world, student);
    const { orderNo: newer } = await opened(student);
    await taken(student, newer);
    await becomes(world, student, newer, 'paid');
    await taken(student, first.orderNo, { force: true });
    await refundEnds(world, student, first.orderNo);
}

// ---- What the payer starts himself ----

const offered = async (world, name) => (await world.lab.sql(`SELECT id FROM fee_items WHERE name = '${name}'`))[0].id;

/** Chooses until the answer is certain, always with the same request id; an answer that names WeChat unknown is asked again. */
async function chosen(world, student, item, wish) {
    const phone = await student.phone();
    const form = { request_id: student.luck.uuid(), ...wish };
    const id = await offered(world, item);
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(300)) {
        const { status, body } = await student.ask(phone, 'POST', `/choices/${id}/order`, form);
        if (status === 200 && body.wechat !== 'unknown') return { phone, orderNo: body.order?.order_no, signUp: body.sign_up };
        if (status >= 400 && status < 500 && status !== 401) throw new Error(`${item}: ${body.code}`);
    }
    throw new Error(`${item} was not chosen`);
}
const driving = { amount_fen: 12_000, answers: { 联系手机: '13800000000', 车型: 'C1' } };

async function signedUp(world, student) {
    const { orderNo } = await chosen(world, student, '驾驶技能培训班', driving);
    await taken(student, orderNo);
    await becomes(world, student, orderNo, 'paid');
}

/** The place of an order that is given up is free, and may be taken again. */
async function placeGivenBack(world, student) {
    const { phone, orderNo } = await chosen(world, student, '驾驶技能培训班', driving);
    await student.cancel(phone, orderNo);
    await becomes(world, student, orderNo, 'closed');
    const again = await chosen(world, student, '驾驶技能培训班', driving);
    await student.cancel(again.phone, again.orderNo);
    await becomes(world, student, again.orderNo, 'closed');
}

async function signedUpFree(world, student) {
    const { phone, signUp } = await chosen(world, student, '职业技能竞赛讲座', { amount_fen: 0 });
    await student.askOn(phone, 'POST', `/sign-ups/${signUp.sign_up_id}/cancel`);
}

async function toppedUp(world, student) {
    const { orderNo } = await chosen(world, student, '电费充值', { amount_fen: 2000, target: '12-305' });
    await taken(student, orderNo);
    await becomes(world, student, orderNo, 'paid');
    await eventually(world, student, 'the top-up being delivered', async () => {
        await world.lab.sql(`UPDATE outbox SET next_try_ms = 1, lease_until_ms = 0 WHERE business_key = 'top_up:${orderNo}' AND state = 'queued'`);
        return (await world.lab.sql(`SELECT state FROM outbox WHERE business_key = 'top_up:${orderNo}'`))[0]?.state === 'sent';
    });
    const handedOut = (await (await fetch(`${world.lab.receiver}/control/top-ups`)).json()).filter((one) => one.top_up_no === orderNo);
    if (handedOut.length !== 1) throw new Error(`${orderNo} was handed out ${handedOut.length} times`);
}

/** In the process that imports, not in the server. */
async function imported(world, _student, point, importer) {
    await importer.newPeriod(point);
}
imported.crashesIn = 'import';

export const scenarios = {
    paidByNotice,
    paidByAsking,
    paidByWatch,
    paidByFamily,
    cancelled,
    paidWhileClosing,
    lateMoney,
    refusedByWechat,
    askedToWait,
    oddAmount,
    told,
    sentBack,
    lateMoneyBack,
    signedUp,
    placeGivenBack,
    signedUpFree,
    toppedUp,
    imported,
};

/** Where to look first for a point, by the beginning of its name; all others are tried after it. */
export const likely = [
    ['import.', 'imported'],
    ['choose.after_cancel', 'signedUpFree'],
    ['choose.', 'signedUp'],
    ['choice.', 'placeGivenBack'],
    ['top_up.', 'toppedUp'],
    ['payment.after_top_up', 'toppedUp'],
    ['payment.after_sign_up', 'signedUp'],
    ['settle.', 'lateMoney'],
    ['watch.before_settle', 'lateMoney'],
    ['watch.after_settle', 'lateMoney'],
    ['watch.', 'paidByWatch'],
    ['confirm.', 'paidByAsking'],
    ['ask.', 'paidByAsking'],
    ['family.', 'paidByFamily'],
    ['cancel.', 'cancelled'],
    ['close.', 'cancelled'],
    ['prepare.after_refusal', 'refusedByWechat'],
    ['prepare.after_release', 'askedToWait'],
    ['message.', 'told'],
    ['refund.before_ask', 'lateMoneyBack'],
    ['refund.after_ask', 'lateMoneyBack'],
    ['refund.', 'sentBack'],
];
