// Machines stop without a word: the server between two steps, the database under it, both. What was acknowledged stays, what
// was not is found out.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { calm, control, eventually, fault, lab, nextStudent, payInWechat, stack, studentOnPhone } from './client.mjs';

afterEach(async () => {
    await calm();
    if (!lab.serverLives()) await lab.startServer();
});
after(async () => {
    if (!lab.serverLives()) await lab.startServer();
});

const form = (bills, requestId = randomUUID()) => ({
    request_id: requestId,
    bill_ids: bills.map((bill) => bill.bill_id),
    total_fen: bills.reduce((sum, bill) => sum + bill.owed_fen, 0),
});
const one = async (query) => (await lab.sql(query))[0];
const paymentsOf = async (number) => Number((await one(`SELECT COUNT(*) AS n FROM payments WHERE order_no = '${number}'`)).n);
const crash = async () => {
    await lab.killServer();
    await lab.startServer();
};
const opened = async () => {
    const phone = await studentOnPhone(nextStudent('crash'));
    const { order } = await phone.order();
    return { phone, number: order.order_no };
};

test('sessions, bindings and orders are not in the process: after a crash the page goes on', async () => {
    const { phone, number } = await opened();
    await crash();
    assert.equal((await phone.session()).signed_in, true);
    const again = await phone.must('POST', `/orders/${number}/pay`);
    assert.equal(again.wechat, 'ready');
    await payInWechat(number);
    await phone.paid(number);
});

test('killed while WeChat makes the order: the same request gives the same order, once', { timeout: 60_000 }, async () => {
    const phone = await studentOnPhone(nextStudent('crash'));
    const { bills } = await phone.arrears();
    const same = form(bills);
    await fault('slow', { where: { operation: 'order_jsapi' }, ms: 3000 });
    const lost = phone.call('POST', '/orders', same).catch(() => 'lost');
    await eventually(() => control('GET', `orders?openid=${phone.openid}`), ({ orders }) => orders.length === 1, 10);
    await crash();
    assert.equal(await lost, 'lost');
    const ready = await eventually(() => phone.must('POST', '/orders', same), (answer) => answer.wechat === 'ready', 30);
    const { orders } = await control('GET', `orders?openid=${phone.openid}`);
    assert.deepEqual(orders.map((order) => order.out_trade_no), [ready.order.order_no]);
    await payInWechat(ready.order.order_no);
    await phone.paid(ready.order.order_no);
    assert.equal(await paymentsOf(ready.order.order_no), 1);
});

test('paid while the server is down: it asks by itself when it is back', { timeout: 90_000 }, async () => {
    const { phone, number } = await opened();
    await lab.killServer();
    await fault('notice_never', { times: 0 });
    await payInWechat(number);
    await sleep(500);
    await lab.startServer();
    await phone.paid(number, 65);
    assert.equal(await paymentsOf(number), 1);
});

test('paid while the server is down: the notice is repeated and taken', { timeout: 60_000 }, async () => {
    const { phone, number } = await opened();
    await lab.killServer();
    await payInWechat(number);
    await eventually(() => control('GET', `notices?out_trade_no=${number}`), ({ notices }) => notices[0]?.sends.length >= 1, 15);
    await lab.startServer();
    await control('POST', 'notices/flush');
    await phone.paid(number, 20);
    assert.equal(await paymentsOf(number), 1);
});

test('killed while the notice is being booked, many times: booked exactly once', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 6; ++round) {
        const { phone, number } = await opened();
        await control('POST', 'settings', { notices_paused: true });
        await payInWechat(number);
        const sent = control('POST', `orders/${number}/notice`, { times: 3 });
        await sleep(2 * round + Math.random() * 6);
        await lab.killServer();
        await sent.catch(() => undefined);
        const before = await paymentsOf(number);
        assert.ok(before <= 1);
        await lab.startServer();
        const { sends } = await control('POST', `orders/${number}/notice`, {});
        assert.ok([200, 204].includes(sends[0].status));
        assert.equal(await paymentsOf(number), 1);
        assert.equal((await phone.orderNow(number)).state, 'paid');
        await control('POST', 'settings', { notices_paused: false });
    }
});

test('killed while closing: the closing is finished by the next process', { timeout: 120_000 }, async () => {
    const { phone, number } = await opened();
    await fault('slow', { where: { operation: 'close', out_trade_no: number }, ms: 3000 });
    const lost = phone.call('POST', `/orders/${number}/cancel`).catch(() => 'lost');
    await eventually(() => control('GET', `orders/${number}`), (order) => order.state === 'CLOSED', 10);
    await crash();
    await lost;
    await eventually(() => phone.orderNow(number), (order) => order.state === 'closed', 70);
    assert.ok((await phone.arrears()).bills.every((bill) => bill.state === 'payable'));
});

test('an orderly stop finishes what it has begun and refuses nothing half-way', { timeout: 60_000 }, async () => {
    const { phone, number } = await opened();
    await fault('slow', { where: { operation: 'query' }, ms: 1500 });
    await fault('notice_never', { times: 0 });
    await payInWechat(number);
    const asked = phone.confirm(number);
    await sleep(300);
    const began = Date.now();
    await lab.stopServer();
    assert.ok(Date.now() - began < 15_000);
    assert.equal((await asked).wechat, 'paid');
    await lab.startServer();
});

test('the database is killed and comes back: pages say busy, then go on; the notice is refused, then taken', { timeout: 90_000 }, async () => {
    const { phone, number } = await opened();
    await control('POST', 'settings', { notices_paused: true });
    await payInWechat(number);
    await lab.killDatabase();

    const began = Date.now();
    const page = await phone.call('GET', '/bills');
    assert.equal(page.status, 503);
    assert.ok(['database_unavailable', 'busy', 'database_outcome_unknown'].includes(page.body.code), page.body.code);
    assert.ok(Date.now() - began < 10_000);
    const { sends } = await control('POST', `orders/${number}/notice`, {});
    assert.ok(sends[0].status >= 500 || sends[0].outcome !== 'accepted', JSON.stringify(sends));
    assert.notEqual((await fetch(`${stack.ops}/readyz`)).status, 200);
    assert.equal((await fetch(`${stack.ops}/healthz`)).status, 200);
    assert.ok(lab.serverLives());

    await lab.startDatabase();
    await eventually(async () => (await fetch(`${stack.ops}/readyz`)).status, (status) => status === 200, 20);
    const again = await control('POST', `orders/${number}/notice`, {});
    assert.ok([200, 204].includes(again.sends[0].status));
    assert.equal((await phone.orderNow(number)).state, 'paid');
    assert.equal(await paymentsOf(number), 1);
});

test('the database dies under open orders: each request ends known or confessed unknown, and none twice', { timeout: 120_000 }, async () => {
    const phones = [];
    for (let i = 0; i < 4; ++i) phones.push(await studentOnPhone(nextStudent('crash')));
    const wanted = await Promise.all(phones.map(async (phone) => form((await phone.arrears()).bills)));
    const asked = phones.map((phone, i) => phone.call('POST', '/orders', wanted[i]).catch((failure) => ({ status: 0, failure })));
    await sleep(15);
    await lab.killDatabase();
    const first = await Promise.all(asked);
    for (const { status, failure } of first) assert.ok([200, 503].includes(status), String(failure ?? status));
    await lab.startDatabase();
    await eventually(async () => (await fetch(`${stack.ops}/readyz`)).status, (status) => status === 200, 20);
    for (const [i, phone] of phones.entries()) {
        const { order } = await eventually(() => phone.must('POST', '/orders', wanted[i]), (answer) => answer.wechat === 'ready', 30);
        if (first[i].status === 200) assert.equal(order.order_no, first[i].body.order.order_no);
        assert.equal((await phone.must('GET', '/orders')).orders.length, 1);
        await payInWechat(order.order_no);
        await phone.paid(order.order_no);
    }
});

test('the database freezes: nobody waits for ever, and it thaws well', { timeout: 90_000 }, async () => {
    const { phone, number } = await opened();
    lab.freezeDatabase(true);
    const began = Date.now();
    const page = await phone.call('GET', '/bills').finally(() => lab.freezeDatabase(false));
    assert.equal(page.status, 503);
    assert.ok(Date.now() - began < 20_000, `${Date.now() - began} ms`);
    await eventually(async () => (await fetch(`${stack.ops}/readyz`)).status, (status) => status === 200, 20);
    await payInWechat(number);
    await phone.paid(number, 20);
});

test('WeChat is away when the server starts: pages work, and the watch goes on when it is back', { timeout: 90_000 }, async () => {
    const { phone, number } = await opened();
    await fault('notice_never', { times: 0 });
    await payInWechat(number);
    await fault('lost_before', { where: { operation: 'pay' }, times: 0 });
    await fault('lost_before', { where: { operation: 'account' }, times: 0 });
    await crash();
    assert.equal((await phone.arrears()).bills[0].state, 'in_order');
    assert.equal((await phone.confirm(number)).wechat, 'unknown');
    await control('DELETE', 'faults');
    await fault('notice_never', { times: 0 });
    await phone.paid(number, 60);
});
