// From arrears to a paid bill, and every way in which money must not be lost, doubled or guessed.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';

import { calm, control, eventually, nextStudent, payInWechat, studentOnPhone, twoYears } from './client.mjs';

afterEach(calm);

test('a student pays everything owed, and the books agree', async () => {
    const phone = await studentOnPhone(twoYears);
    const before = await phone.arrears();
    assert.equal(before.total_owed_fen, 530000 * 2 + 100000 * 2 + 48650);
    const { order, wechat, jsapi } = await phone.order();
    assert.equal(wechat, 'ready');
    assert.equal(jsapi.signType, 'RSA');
    assert.match(jsapi.package, /^prepay_id=/);

    await payInWechat(order.order_no);
    const paid = await phone.paid(order.order_no);
    assert.equal(paid.amount_fen, before.total_owed_fen);
    assert.ok(paid.transaction_id && paid.paid_at);

    assert.equal((await phone.arrears()).total_owed_fen, 0);
    const items = await phone.must('GET', '/payments');
    assert.equal(items.total_paid_fen, before.total_owed_fen);
    assert.deepEqual(items.items.map((one) => one.transaction_id), items.items.map(() => paid.transaction_id));
    const books = await control('GET', 'books');
    const entries = books.payments.filter((one) => one.out_trade_no === order.order_no);
    assert.deepEqual(entries.map((one) => one.total), [before.total_owed_fen]);
    assert.deepEqual((await control('GET', 'violations')).entries ?? (await control('GET', 'violations')).violations ?? [], []);
});

test('the same request id gives the same order; another body under it is refused', async () => {
    const phone = await studentOnPhone(nextStudent('money'));
    const { bills } = await phone.arrears();
    const requestId = randomUUID();
    const first = await phone.order({ bills, requestId });
    const again = await phone.order({ bills, requestId });
    assert.equal(again.order.order_no, first.order.order_no);
    const other = await phone.call('POST', '/orders', {
        request_id: requestId,
        bill_ids: [bills[0].bill_id],
        total_fen: bills[0].owed_fen,
    });
    assert.notEqual(other.status, 200);
});

test('ten requests at once open one order', async () => {
    const phone = await studentOnPhone(nextStudent('money'));
    const { bills } = await phone.arrears();
    const answers = await Promise.all(
        Array.from({ length: 10 }, () =>
            phone.call('POST', '/orders', {
                request_id: randomUUID(),
                bill_ids: bills.map((bill) => bill.bill_id),
                total_fen: bills.reduce((sum, bill) => sum + bill.owed_fen, 0),
            }),
        ),
    );
    const numbers = new Set(answers.map(({ body }) => body.order?.order_no ?? body.order_no));
    assert.equal(numbers.size, 1, JSON.stringify(answers.map(({ status, body }) => [status, body.code])));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
});

test('a second phone sees the unfinished order and cannot open another', async () => {
    const student = nextStudent('money');
    const first = await studentOnPhone(student);
    const { order } = await first.order();
    const second = await studentOnPhone(student);
    const seen = (await second.must('GET', '/orders')).orders;
    assert.deepEqual(seen.map((one) => one.order_no), [order.order_no]);
    const { bills } = await second.arrears();
    const refused = await second.call('POST', '/orders', {
        request_id: randomUUID(),
        bill_ids: [bills[0].bill_id],
        total_fen: bills[0].owed_fen,
    });
    assert.equal(refused.status, 409);
    assert.equal(refused.body.order_no, order.order_no);
});

test('continuing an order uses what was made before', async () => {
    const phone = await studentOnPhone(nextStudent('money'));
    const { order, jsapi } = await phone.order();
    const again = await phone.must('POST', `/orders/${order.order_no}/pay`);
    assert.equal(again.jsapi.package, jsapi.package);
    const { orders } = await control('GET', `orders?openid=${phone.openid}`);
    assert.equal(orders.length, 1);
});

test('a cancelled order is closed at WeChat, and its bills are free again', async () => {
    const phone = await studentOnPhone(nextStudent('money'));
    const { order } = await phone.order();
    await phone.must('POST', `/orders/${order.order_no}/cancel`);
    await eventually(
        () => phone.orderNow(order.order_no),
        (one) => one.state === 'closed',
    );
    assert.equal((await control('GET', `orders/${order.order_no}`)).state, 'CLOSED');
    const next = await phone.order();
    assert.notEqual(next.order.order_no, order.order_no);
});

test('a stale total is refused', async () => {
    const phone = await studentOnPhone(nextStudent('money'));
    const { bills } = await phone.arrears();
    const { status, body } = await phone.call('POST', '/orders', {
        request_id: randomUUID(),
        bill_ids: bills.map((bill) => bill.bill_id),
        total_fen: 1,
    });
    assert.equal(status, 409);
    assert.equal(body.code, 'bills_changed');
});

test('nobody sees or pays the bills and orders of another', async () => {
    const owner = await studentOnPhone(nextStudent('money'));
    const stranger = await studentOnPhone(nextStudent('money'));
    const { bills } = await owner.arrears();
    const { order } = await owner.order();
    assert.equal((await stranger.call('GET', `/orders/${order.order_no}`)).status, 404);
    for (const act of ['pay', 'confirm', 'cancel']) {
        assert.equal((await stranger.call('POST', `/orders/${order.order_no}/${act}`)).status, 404);
    }
    const { status } = await stranger.call('POST', '/orders', {
        request_id: randomUUID(),
        bill_ids: [bills[0].bill_id],
        total_fen: bills[0].owed_fen,
    });
    assert.ok([404, 409].includes(status), String(status));
});
