// The network, WeChat and an enemy misbehave; the state stays true and becomes certain.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { calm, control, eventually, fault, nextStudent, payInWechat, studentOnPhone } from './client.mjs';

afterEach(calm);

const opened = async () => {
    const phone = await studentOnPhone(nextStudent('faults'));
    const answer = await phone.order();
    return { phone, number: answer.order.order_no, answer };
};

test('no notice ever: the query on return settles it', async () => {
    const { phone, number } = await opened();
    await fault('notice_never', { times: 0 });
    await payInWechat(number);
    const { order, wechat } = await phone.confirm(number);
    assert.equal(wechat, 'paid');
    assert.equal(order.state, 'paid');
});

test('no notice and nobody asks: the watch settles it within 60 seconds', { timeout: 70_000 }, async () => {
    const { phone, number } = await opened();
    await fault('notice_never', { times: 0 });
    await payInWechat(number);
    await phone.paid(number, 60);
});

test('notices doubled and answers lost book the money once', async () => {
    const { phone, number } = await opened();
    await fault('notice_double', { copies: 5 });
    await payInWechat(number);
    await phone.paid(number);
    await control('POST', `orders/${number}/notice`, { times: 5 });
    const { items } = await phone.must('GET', '/payments');
    const sum = items.filter((one) => one.order_no === number).reduce((total, one) => total + one.amount_fen, 0);
    assert.equal(sum, (await phone.orderNow(number)).amount_fen);
});

for (const how of ['bad_signature', 'unsigned', 'unknown_serial', 'other_key', 'stale', 'other_api_v3_key', 'tampered', 'probe', 'probe_undecodable']) {
    test(`a forged notice (${how}) changes nothing and is not answered with success`, async () => {
        const { phone, number } = await opened();
        await control('POST', 'settings', { notices_paused: true });
        await payInWechat(number);
        const { sends } = await control('POST', `orders/${number}/notice`, { forge: how });
        assert.ok(sends.length > 0);
        for (const send of sends) assert.ok(send.status >= 400, `${how}: ${send.status}`);
        assert.equal((await phone.orderNow(number)).state, 'awaiting');
    });
}

test('a genuine notice about another amount pays nothing; WeChat is asked, and its answer does', async () => {
    const { phone, number } = await opened();
    await control('POST', 'settings', { notices_paused: true });
    await fault('lost_before', { where: { operation: 'query' }, times: 0 });
    await payInWechat(number);
    const { sends } = await control('POST', `orders/${number}/notice`, { forge: 'wrong_amount' });
    for (const send of sends) assert.ok([200, 204].includes(send.status), String(send.status));
    assert.equal((await phone.orderNow(number)).state, 'awaiting');
    await control('DELETE', 'faults');
    await phone.paid(number);
});

test("the order call's answer is lost: nothing is guessed, and the same order goes on", async () => {
    const phone = await studentOnPhone(nextStudent('faults'));
    await fault('lost_after', { where: { operation: 'order_jsapi' } });
    const first = await phone.order();
    const number = first.order.order_no;
    const ready =
        first.wechat === 'ready'
            ? first
            : await eventually(
                  () => phone.must('POST', `/orders/${number}/pay`),
                  (answer) => answer.wechat === 'ready',
              );
    assert.match(ready.jsapi.package, /^prepay_id=/);
    await payInWechat(number);
    await phone.paid(number);
});

test('answers that cannot be verified are no proof of payment', async () => {
    const { phone, number } = await opened();
    await fault('bad_signature', { where: { operation: 'query' }, times: 0 });
    await fault('notice_never', { times: 0 });
    await payInWechat(number);
    const { order, wechat } = await phone.confirm(number);
    assert.equal(wechat, 'unknown');
    assert.notEqual(order.state, 'paid');
    await control('DELETE', 'faults');
    assert.equal((await phone.confirm(number)).order.state, 'paid');
});

test('the payment is quicker than the cancelling', async () => {
    const { phone, number } = await opened();
    await fault('paid_while_closing');
    await phone.must('POST', `/orders/${number}/cancel`);
    await phone.paid(number);
});

test('late money after closing settles the bills or waits for a person, and is never lost', async () => {
    const { phone, number } = await opened();
    await phone.must('POST', `/orders/${number}/cancel`);
    await eventually(
        () => phone.orderNow(number),
        (one) => one.state === 'closed',
    );
    await payInWechat(number, { force: true });
    await eventually(
        () => phone.orderNow(number),
        (one) => one.state === 'paid_late',
    );
    assert.equal((await phone.arrears()).total_owed_fen, 0);
});

test('WeChat is away while cancelling: the bills stay held until it has said so', async () => {
    const { phone, number } = await opened();
    await fault('lost_before', { where: { operation: 'query' }, times: 0 });
    await fault('lost_before', { where: { operation: 'close' }, times: 0 });
    const { order } = await phone.must('POST', `/orders/${number}/cancel`);
    assert.notEqual(order.state, 'closed');
    const { bills } = await phone.arrears();
    assert.ok(bills.every((bill) => bill.state === 'in_order'));
    await control('DELETE', 'faults');
    await eventually(
        () => phone.orderNow(number),
        (one) => one.state === 'closed',
        60,
    );
    await sleep(10);
    assert.ok((await phone.arrears()).bills.every((bill) => bill.state === 'payable'));
});
