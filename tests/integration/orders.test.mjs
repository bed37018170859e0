// Orders: one intent, one order; one bill, one live order; one order, one number at WeChat; and nothing ended by a timer alone.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { calm, control, eventually, fault, lab, nextStudent, payInWechat, Phone, stack, studentOnPhone } from './client.mjs';

afterEach(calm);

const form = (bills, requestId = randomUUID()) => ({
    request_id: requestId,
    bill_ids: bills.map((bill) => bill.bill_id),
    total_fen: bills.reduce((sum, bill) => sum + bill.owed_fen, 0),
});
const atWechat = async (phone) => (await control('GET', `orders?openid=${phone.openid}&limit=50`)).orders;
const callsFor = async (orderNo) => (await control('GET', 'log?limit=1000')).entries.filter((one) => one.out_trade_no === orderNo);

test('a double click opens one order and asks WeChat for one', async () => {
    const phone = await studentOnPhone(nextStudent('orders'));
    const { bills } = await phone.arrears();
    const same = form(bills);
    const answers = await Promise.all(Array.from({ length: 6 }, () => phone.call('POST', '/orders', same)));
    assert.deepEqual(answers.map(({ status }) => status), Array(6).fill(200));
    assert.equal(new Set(answers.map(({ body }) => body.order.order_no)).size, 1);
    assert.ok(answers.every(({ body }) => body.wechat === 'ready'));
    assert.equal(new Set(answers.map(({ body }) => body.jsapi.package)).size, 1);
    const [only, ...more] = await atWechat(phone);
    assert.deepEqual(more, []);
    assert.equal((await callsFor(only.out_trade_no)).filter((one) => one.operation === 'order_jsapi').length, 1);
});

test('the request id is the intent: the same later, after paying, gives the same paid order', async () => {
    const phone = await studentOnPhone(nextStudent('orders'));
    const { bills } = await phone.arrears();
    const same = form(bills);
    const { order } = await phone.must('POST', '/orders', same);
    await payInWechat(order.order_no);
    await phone.paid(order.order_no);
    const again = await phone.must('POST', '/orders', same);
    assert.equal(again.order.order_no, order.order_no);
    assert.equal(again.order.state, 'paid');
    assert.equal(again.wechat, 'settled');
    assert.equal(again.jsapi, undefined);
});

test('a request id under another body is refused by name', async () => {
    const phone = await studentOnPhone(nextStudent('orders'));
    const { bills } = await phone.arrears();
    const first = form(bills.slice(0, 1));
    await phone.must('POST', '/orders', first);
    const { status, body } = await phone.call('POST', '/orders', form(bills.slice(0, 2), first.request_id));
    assert.deepEqual([status, body.code], [409, 'request_id_reused']);
});

test('the request id of one student is nothing to another', async () => {
    const requestId = randomUUID();
    const phones = await Promise.all([studentOnPhone(nextStudent('orders')), studentOnPhone(nextStudent('orders'))]);
    const numbers = [];
    for (const phone of phones) numbers.push((await phone.order({ requestId })).order.order_no);
    assert.notEqual(numbers[0], numbers[1]);
});

test('two devices of one student at the same moment: one order, the other is told its number', async () => {
    const student = nextStudent('orders');
    const phones = [await studentOnPhone(student), await studentOnPhone(student)];
    const { bills } = await phones[0].arrears();
    const answers = await Promise.all(phones.map((phone) => phone.call('POST', '/orders', form(bills))));
    const won = answers.filter(({ status }) => status === 200);
    const lost = answers.filter(({ status }) => status === 409);
    assert.deepEqual([won.length, lost.length], [1, 1]);
    assert.equal(lost[0].body.code, 'bill_in_live_order');
    assert.equal(lost[0].body.order_no, won[0].body.order.order_no);
    const rows = await lab.sql(`SELECT COUNT(DISTINCT live_order_no) AS n FROM bills WHERE live_order_no = '${lost[0].body.order_no}'`);
    assert.deepEqual(rows, [{ n: '1' }]);
});

test('overlapping choices from two devices never share a bill', async () => {
    const student = nextStudent('orders');
    const phones = await Promise.all(Array.from({ length: 3 }, () => studentOnPhone(student)));
    const { bills } = await phones[0].arrears();
    const choices = [bills, bills.slice(0, 1), bills.slice(-1)];
    const answers = await Promise.all(phones.map((phone, i) => phone.call('POST', '/orders', form(choices[i]))));
    const lines = answers.filter(({ status }) => status === 200).flatMap(({ body }) => body.order.lines.map((line) => line.bill_id));
    assert.equal(new Set(lines).size, lines.length);
    assert.ok(lines.length >= 1);
});

test('the second device may look at and cancel the order, but not pay it with another WeChat', async () => {
    const student = nextStudent('orders');
    const first = await studentOnPhone(student);
    const { order } = await first.order();
    const second = await studentOnPhone(student);
    const seen = await second.orderNow(order.order_no);
    assert.equal(seen.other_wechat, true);
    assert.equal(seen.can_pay, false);
    const pay = await second.call('POST', `/orders/${order.order_no}/pay`);
    assert.deepEqual([pay.status, pay.body.code], [409, 'other_wechat_account']);
    const { order: after } = await second.must('POST', `/orders/${order.order_no}/cancel`);
    assert.equal(after.state, 'closed');
});

test('outside WeChat an order in WeChat cannot be opened, and the page is told why', async () => {
    const student = nextStudent('orders');
    const browser = new Phone({ inWechat: false });
    await browser.session();
    await browser.signIn(student);
    const { bills } = await browser.arrears();
    const { status, body } = await browser.call('POST', '/orders', form(bills));
    assert.deepEqual([status, body.code], [409, 'wechat_identity_needed']);
    assert.deepEqual((await browser.must('GET', '/orders')).orders, []);
});

test('what WeChat was asked is what the student saw', async () => {
    const phone = await studentOnPhone(nextStudent('orders'));
    const { order } = await phone.order();
    const asked = await control('GET', `orders/${order.order_no}`);
    assert.equal(asked.total, order.amount_fen);
    assert.equal(asked.openid, phone.openid);
    assert.equal(asked.total, order.lines.reduce((sum, line) => sum + line.amount_fen, 0));
    const body = typeof asked.request_body === 'string' ? JSON.parse(asked.request_body) : asked.request_body;
    assert.equal(body.notify_url, `${stack.server}/wechat/pay/notify`);
    assert.equal(Date.parse(body.time_expire), order.pay_until);
    assert.ok(order.pay_until > Date.now() + 20 * 60_000 && order.pay_until < Date.now() + 31 * 60_000);
    assert.match(order.order_no, /^[0-9A-Za-z]{6,32}$/);
    assert.equal(order.state, 'awaiting');
});

test('the prepay id is kept: continuing asks WeChat nothing, until it has grown old', async () => {
    const phone = await studentOnPhone(nextStudent('orders'));
    const { order, jsapi } = await phone.order();
    for (let i = 0; i < 3; ++i) {
        const again = await phone.must('POST', `/orders/${order.order_no}/pay`);
        assert.equal(again.jsapi.package, jsapi.package);
        assert.notEqual(again.jsapi.nonceStr, jsapi.nonceStr); // signed afresh
    }
    const asked = async () => (await callsFor(order.order_no)).filter((one) => one.operation === 'order_jsapi').length;
    assert.equal(await asked(), 1);
    await lab.sql(`UPDATE orders SET prepared_ms = prepared_ms - 111 * 60000 WHERE order_no = '${order.order_no}'`);
    const fresh = await phone.must('POST', `/orders/${order.order_no}/pay`);
    assert.equal(fresh.wechat, 'ready');
    assert.equal(await asked(), 2);
    assert.equal((await atWechat(phone)).length, 1);
});

test('an order past its time cannot be continued, neither by its number nor by its request id', async () => {
    const phone = await studentOnPhone(nextStudent('orders'));
    const { bills } = await phone.arrears();
    const same = form(bills);
    const { order } = await phone.must('POST', '/orders', same);
    await lab.sql(`UPDATE orders SET pay_until_ms = pay_until_ms - 3600000 + 3540000 - 1800000 WHERE order_no = '${order.order_no}'`);
    const pay = await phone.call('POST', `/orders/${order.order_no}/pay`);
    assert.deepEqual([pay.status, pay.body.code], [409, 'order_not_payable']);
    const again = await phone.call('POST', '/orders', same);
    assert.equal(again.body.jsapi, undefined, JSON.stringify(again.body));
});

test('the sweep ends an order only after WeChat has said so', async () => {
    const phone = await studentOnPhone(nextStudent('orders'));
    const { order } = await phone.order();
    const number = order.order_no;
    // WeChat cannot be reached: whatever the clock says, the bills stay held.
    await fault('lost_before', { where: { operation: 'query' }, times: 0 });
    await fault('lost_before', { where: { operation: 'close' }, times: 0 });
    await lab.sql(`UPDATE orders SET pay_until_ms = 1000, next_ask_ms = 1000 WHERE order_no = '${number}'`);
    await eventually(() => callsFor(number), (calls) => calls.some((one) => one.operation === 'query_no' && one.fault), 20);
    await sleep(1000);
    const now = await phone.orderNow(number);
    assert.notEqual(now.state, 'closed');
    assert.equal(now.can_pay, false);
    assert.ok((await phone.arrears()).bills.every((bill) => bill.state === 'in_order'));

    await control('DELETE', 'faults');
    await lab.sql(`UPDATE orders SET next_ask_ms = 1000, lease_until_ms = 0 WHERE order_no = '${number}' AND state IN ('opened', 'awaiting')`);
    await eventually(() => phone.orderNow(number), (one) => one.state === 'closed', 30);
    assert.equal((await control('GET', `orders/${number}`)).state, 'CLOSED');
    const told = (await callsFor(number)).filter((one) => !one.fault).map((one) => one.operation);
    assert.deepEqual(told.slice(-3), ['query_no', 'close', 'query_no']);
    assert.ok((await phone.arrears()).bills.every((bill) => bill.state === 'payable'));
});

test('the sweep finds money that came in the last moment, and keeps it', async () => {
    const phone = await studentOnPhone(nextStudent('orders'));
    const { order } = await phone.order();
    await fault('notice_never', { times: 0 });
    await payInWechat(order.order_no);
    await lab.sql(`UPDATE orders SET pay_until_ms = 1000, next_ask_ms = 1000 WHERE order_no = '${order.order_no}'`);
    await phone.paid(order.order_no, 20);
    assert.equal((await phone.arrears()).total_owed_fen, 0);
});

test('a paid order can be neither cancelled nor paid again', async () => {
    const phone = await studentOnPhone(nextStudent('orders'));
    const { order } = await phone.order();
    await payInWechat(order.order_no);
    await phone.paid(order.order_no);
    const cancel = await phone.call('POST', `/orders/${order.order_no}/cancel`);
    assert.deepEqual([cancel.status, cancel.body.code], [409, 'order_not_cancellable']);
    const pay = await phone.must('POST', `/orders/${order.order_no}/pay`);
    assert.equal(pay.wechat, 'settled');
    assert.equal(pay.jsapi, undefined);
    const refused = await phone.call('POST', '/orders', {
        request_id: randomUUID(),
        bill_ids: order.lines.map((line) => line.bill_id),
        total_fen: order.amount_fen,
    });
    assert.deepEqual([refused.status, refused.body.code], [409, 'bill_not_payable']);
});

test('cancelling twice, and at once from two tabs, is one cancelling', async () => {
    const phone = await studentOnPhone(nextStudent('orders'));
    const { order } = await phone.order();
    const answers = await Promise.all(Array.from({ length: 3 }, () => phone.call('POST', `/orders/${order.order_no}/cancel`)));
    assert.ok(answers.every(({ status }) => status === 200), JSON.stringify(answers));
    await eventually(() => phone.orderNow(order.order_no), (one) => one.state === 'closed');
    assert.equal((await phone.must('POST', `/orders/${order.order_no}/cancel`)).wechat, 'closed');
});

test('part of the arrears is paid, the rest stays', async () => {
    const phone = await studentOnPhone(nextStudent('orders'));
    const { bills, total_owed_fen: before } = await phone.arrears();
    const { order } = await phone.order({ bills: bills.slice(0, 1) });
    await payInWechat(order.order_no);
    await phone.paid(order.order_no);
    const after = await phone.arrears();
    assert.equal(after.total_owed_fen, before - bills[0].owed_fen);
    assert.ok(after.bills.every((bill) => bill.bill_id !== bills[0].bill_id));
});

test('the list of orders goes back page by page, newest first', async () => {
    const phone = await studentOnPhone(nextStudent('orders'));
    const numbers = [];
    for (let i = 0; i < 23; ++i) {
        const { order } = await phone.order();
        numbers.unshift(order.order_no);
        await phone.must('POST', `/orders/${order.order_no}/cancel`);
    }
    const first = await phone.must('GET', '/orders');
    const second = await phone.must('GET', `/orders?before=${first.next}`);
    assert.deepEqual([...first.orders, ...second.orders].map((one) => one.order_no), numbers);
    assert.equal(first.orders.length, 20);
    assert.equal(second.next, undefined);
});

test('an unknown order is not there, whatever is asked of it', async () => {
    const phone = await studentOnPhone(nextStudent('orders'));
    for (const number of ['CP20260101000000ZZZZZZZZZZ', 'x', `${'A'.repeat(33)}`, "'%20OR%201=1"]) {
        assert.equal((await phone.call('GET', `/orders/${number}`)).status, 404, number);
        assert.equal((await phone.call('POST', `/orders/${number}/cancel`)).status, 404, number);
    }
    assert.equal((await phone.call('GET', '/orders/%00')).status, 400);
});
