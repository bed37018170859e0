// The stories that the students of a run live through, each with its weight. A story ends where its student would walk away.
import { setTimeout as sleep } from 'node:timers/promises';

const payable = (bills) => bills.filter((bill) => bill.state === 'payable');

// All that is owed, or some of it.
function choice(student, bills) {
    const free = payable(bills);
    if (free.length < 2 || student.luck.chance(0.6)) return free;
    return student.luck.some(free, student.luck.whole(1, free.length - 1));
}

/** Pays; half of the students wait for the page, half close it at once and leave the rest to notices and the watch. */
async function pay(student, phone, chosen) {
    const { orderNo, ready } = await student.open(phone, chosen);
    if (!orderNo || !ready) return;
    await student.pause(50, 800);
    if ((await student.payInWechat(orderNo)) && student.luck.chance(0.5)) await student.confirm(phone, orderNo);
}

async function failThenPay(student, phone, chosen) {
    const { orderNo, ready } = await student.open(phone, chosen);
    if (!ready) return;
    await student.world.control('POST', 'fail', { out_trade_no: orderNo }).catch(() => undefined);
    await student.ask(phone, 'POST', `/orders/${orderNo}/confirm`);
    if (await student.continueWith(phone, orderNo)) await student.payInWechat(orderNo);
}

async function cancelAndReopen(student, phone, chosen) {
    const { orderNo } = await student.open(phone, chosen);
    if (!orderNo) return;
    if ((await student.cancel(phone, orderNo)) === 'closed') await pay(student, phone, chosen);
}

/** The same request several times at once; nothing but one order may come of it. */
async function doubleClick(student, phone, chosen) {
    const requestId = student.luck.uuid();
    const answers = await Promise.all(Array.from({ length: student.luck.whole(2, 4) }, () => student.open(phone, chosen, requestId)));
    const ready = answers.find((one) => one.ready);
    if (!ready) return;
    await student.payInWechat(ready.orderNo);
    await Promise.all([student.confirm(phone, ready.orderNo), student.confirm(phone, ready.orderNo)]);
}

/** Two phones, two requests, the same bills; who gets the order pays it, the other may try to cancel it under his hands. */
async function twoDevices(student, phone, chosen) {
    const other = await student.phone(1);
    const opened = await Promise.all([student.open(phone, chosen), student.open(other, chosen)]);
    const mine = opened.findIndex((one) => one.ready);
    if (mine < 0) return;
    const { orderNo } = opened[mine];
    const [payer, rival] = mine === 0 ? [phone, other] : [other, phone];
    const deeds = [student.payInWechat(orderNo)];
    if (student.luck.chance(0.5)) deeds.push(student.cancel(rival, orderNo, 2));
    if (student.luck.chance(0.5)) deeds.push(student.open(rival, chosen));
    const [paid] = await Promise.all(deeds);
    if (paid) await student.confirm(payer, orderNo);
}

async function payWhileCancelling(student, phone, chosen) {
    const { orderNo, ready } = await student.open(phone, chosen);
    if (!ready) return;
    const cancelling = student.cancel(phone, orderNo, 2);
    await student.pause(0, 60);
    await student.payInWechat(orderNo);
    await cancelling;
}

/** Opens an order and walks away: half of them come back to it, the others only when its time is over. */
async function abandon(student, phone, chosen) {
    const { orderNo } = await student.open(phone, chosen);
    if (orderNo && student.luck.chance(0.5)) student.forgotten.add(orderNo);
}

/** Money for an order that is closed, with nothing else, a newer unpaid or a newer paid order of the same bills beside it. */
async function lateMoney(student, phone, chosen) {
    const { orderNo } = await student.open(phone, chosen);
    if (!orderNo || (await student.cancel(phone, orderNo)) !== 'closed') return;
    const beside = student.luck.pick(['nothing', 'unpaid', 'paid']);
    const newer = beside === 'nothing' ? undefined : (await student.open(phone, chosen)).orderNo;
    const late = student.payInWechat(orderNo, { force: true });
    if (newer && beside === 'paid') await student.payInWechat(newer);
    await late;
    if (student.luck.chance(0.5)) await student.confirm(phone, orderNo);
}

/** Money that comes a moment after WeChat has closed the order, while two phones are still to hear that it is over. */
async function paidAsItCloses(student, phone, chosen) {
    const other = await student.phone(1);
    const { orderNo } = await student.open(phone, chosen);
    if (!orderNo) return;
    const payment = { kind: 'paid_after_closing', ms: student.luck.whole(0, 150), where: { out_trade_no: orderNo } };
    await student.world.control('POST', 'faults', payment);
    await Promise.all([student.cancel(phone, orderNo, 2), student.cancel(other, orderNo, 2)]);
}

async function lookAround(student, phone) {
    await student.askOn(phone, 'GET', '/orders');
    await student.askOn(phone, 'GET', '/payments');
}

/** What is open already: pay it, give it up, or leave it lying. */
async function finish(student, phone, bills) {
    const open = bills.filter((bill) => bill.state === 'in_order').map((bill) => bill.order_no);
    const numbers = [...new Set(open)].filter((one) => !student.forgotten.has(one));
    if (numbers.length === 0) return;
    const orderNo = student.luck.pick(numbers);
    const deed = student.luck.weighted([
        [4, 'pay'],
        [3, 'cancel'],
        [3, 'leave'],
    ]);
    if (deed === 'cancel') await student.cancel(phone, orderNo);
    if (deed === 'pay' && (await student.continueWith(phone, orderNo))) {
        if (await student.payInWechat(orderNo)) await student.confirm(phone, orderNo);
    }
}

const stories = [
    [8, pay],
    [1, failThenPay],
    [2, cancelAndReopen],
    [3, doubleClick],
    [3, twoDevices],
    [3, payWhileCancelling],
    [1, abandon],
    [3, lateMoney],
    [2, paidAsItCloses],
    [1, lookAround],
];

/** Lives until the world is over. A run may be about some stories alone: parts of their names. */
export async function live(student) {
    const { world } = student;
    const parts = world.options.stories ?? [];
    const possible = stories.filter(([, { name }]) => parts.length === 0 || parts.some((part) => name.includes(part)));
    if (possible.length === 0) throw new Error(`no story is called like ${parts.join(', ')}: ${stories.map(([, { name }]) => name).join(' ')}`);
    while (!world.over) {
        const phone = await student.phone();
        const bills = await student.bills();
        const chosen = choice(student, bills);
        if (chosen.length > 0) {
            const story = student.luck.weighted(possible);
            world.count(`story ${story.name}`);
            await story(student, phone, chosen);
        } else if (bills.some((bill) => bill.state === 'in_order')) {
            await finish(student, phone, bills);
            await student.pause(500, 2000);
        } else {
            await sleep(300); // owes nothing: waits for the next bills
        }
        await student.pause(100, 1500);
    }
}
