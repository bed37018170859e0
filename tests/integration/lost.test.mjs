// Whatever is lost, doubled, late, broken or forged between us and WeChat: nothing is guessed, nothing is booked twice.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { calm, control, eventually, fault, lab, nextStudent, payInWechat, stack, studentOnPhone } from './client.mjs';

afterEach(calm);

const opened = async () => {
    const phone = await studentOnPhone(nextStudent('lost'));
    const { order } = await phone.order();
    return { phone, number: order.order_no, order };
};
const one = async (query) => (await lab.sql(query))[0];
const booked = (number) =>
    one(`SELECT (SELECT COUNT(*) FROM payments WHERE order_no = '${number}') AS payments,
                (SELECT COUNT(*) FROM ledger_journals WHERE business_key = 'payment:${number}') AS journals,
                (SELECT COUNT(*) FROM outbox WHERE business_key = 'paid:${number}') AS messages`);
const once = { payments: '1', journals: '1', messages: '1' };
const never = { payments: '0', journals: '0', messages: '0' };
const quiet = () => control('POST', 'settings', { notices_paused: true });
const closedByStudent = async (phone, number) => {
    await phone.must('POST', `/orders/${number}/cancel`);
    await eventually(() => phone.orderNow(number), (order) => order.state === 'closed');
};

test('thirty notices at once and the question on return book once', async () => {
    const { phone, number } = await opened();
    await quiet();
    await payInWechat(number);
    const [{ sends }] = await Promise.all([
        control('POST', `orders/${number}/notice`, { times: 30 }),
        phone.confirm(number),
        phone.confirm(number),
    ]);
    assert.ok(sends.every((send) => [200, 204].includes(send.status)), JSON.stringify(sends.map((send) => send.status)));
    assert.deepEqual(await booked(number), once);
    assert.equal((await phone.orderNow(number)).state, 'paid');
});

test('the answer to a notice is lost: WeChat sends again, nothing is booked again', async () => {
    const { phone, number } = await opened();
    await fault('notice_answer_lost', { times: 3 });
    await payInWechat(number);
    await eventually(
        () => control('GET', `notices?out_trade_no=${number}`),
        ({ notices }) => notices[0]?.state === 'accepted' && notices[0].sends.length >= 4,
        30,
    );
    assert.deepEqual(await booked(number), once);
    assert.equal((await phone.orderNow(number)).state, 'paid');
    const row = await one(`SELECT received_count AS n FROM notices WHERE order_no = '${number}'`);
    assert.ok(Number(row.n) >= 4);
});

test('a notice that comes minutes later meets an order that is paid already', async () => {
    const { phone, number } = await opened();
    await quiet();
    await payInWechat(number);
    await phone.confirm(number);
    const first = await phone.orderNow(number);
    const { sends } = await control('POST', `orders/${number}/notice`, {});
    assert.ok([200, 204].includes(sends[0].status));
    assert.deepEqual(await phone.orderNow(number), first);
    assert.deepEqual(await booked(number), once);
});

for (const signing of ['public_key', 'certificate']) {
    test(`notices and answers signed with ${signing} are both good`, async () => {
        const before = await control('GET', 'settings');
        await control('POST', 'settings', { signing, notice_signing: signing });
        const { phone, number } = await opened();
        await payInWechat(number);
        await phone.paid(number);
        await control('POST', 'settings', { signing: before.signing, notice_signing: before.notice_signing });
    });
}

test('a genuine notice about an order that we do not have is kept, answered with success, and pays nothing', async () => {
    const { phone, number } = await opened();
    await quiet();
    await payInWechat(number);
    const before = await one("SELECT COUNT(*) AS n FROM notices WHERE outcome = 'unknown_order'");
    const { sends } = await control('POST', `orders/${number}/notice`, { forge: 'unknown_order' });
    assert.ok(sends.every((send) => [200, 204].includes(send.status)), JSON.stringify(sends));
    const after = await one("SELECT COUNT(*) AS n FROM notices WHERE outcome = 'unknown_order'");
    assert.equal(Number(after.n), Number(before.n) + 1);
    assert.equal((await phone.orderNow(number)).state, 'awaiting');
    assert.deepEqual(await booked(number), never);
    await phone.confirm(number);
});

test('a rightly signed notice of another merchant pays nothing', async () => {
    const { phone, number } = await opened();
    await quiet();
    await payInWechat(number);
    await control('POST', `orders/${number}/notice`, { forge: 'other_mch' });
    assert.deepEqual(await booked(number), never);
    assert.equal((await phone.orderNow(number)).state, 'awaiting');
    await phone.confirm(number);
    assert.deepEqual(await booked(number), once);
});

test('a notice whose associated data is empty is a notice like any other', async () => {
    const { phone, number } = await opened();
    await quiet();
    await payInWechat(number);
    await control('POST', `orders/${number}/notice`, { forge: 'empty_aad' });
    assert.equal((await phone.orderNow(number)).state, 'paid');
    assert.deepEqual(await booked(number), once);
});

test('a forged notice leaves no row, and the genuine one after it is taken', async () => {
    const { phone, number } = await opened();
    await quiet();
    await payInWechat(number);
    const before = await one('SELECT COUNT(*) AS n FROM notices');
    for (const how of ['bad_signature', 'stale', 'other_key', 'unsigned', 'tampered', 'other_api_v3_key']) {
        const { sends } = await control('POST', `orders/${number}/notice`, { forge: how });
        // Rightly signed, but it does not open: a wrong key of ours, perhaps; WeChat shall send again.
        const expected = ['tampered', 'other_api_v3_key'].includes(how) ? 500 : 401;
        assert.equal(sends[0].status, expected, how);
    }
    assert.deepEqual(await one('SELECT COUNT(*) AS n FROM notices'), before);
    assert.deepEqual(await booked(number), never);
    const { sends } = await control('POST', `orders/${number}/notice`, {});
    assert.ok([200, 204].includes(sends[0].status));
    assert.equal((await phone.orderNow(number)).state, 'paid');
});

// What can go wrong with one call; `acted` tells whether WeChat did what was asked.
const troubles = [
    ['lost_before', {}],
    ['lost_after', {}],
    ['half', {}],
    ['malformed', {}],
    ['html', {}],
    ['html', { status: 200, acted: true }],
    ['error', { status: 500, code: 'SYSTEM_ERROR' }],
    ['error', { status: 500, code: 'SYSTEM_ERROR', acted: true }],
    ['rate_limit', {}],
    ['unsigned', {}],
    ['bad_signature', {}],
    ['other_key', {}],
    ['stale', {}],
    ['unknown_serial', {}],
];
const named = ([kind, more]) => `${kind}${more.acted ? ' (acted)' : ''}`;

for (const [kind, more] of troubles) {
    test(`order call: ${named([kind, more])}: the same number is tried again and can be paid`, { timeout: 60_000 }, async () => {
        const phone = await studentOnPhone(nextStudent('lost'));
        await fault(kind, { where: { operation: 'order_jsapi' }, ...more });
        const first = await phone.order();
        const number = first.order.order_no;
        assert.ok(['ready', 'unknown'].includes(first.wechat), first.wechat);
        const ready = await eventually(
            () => phone.must('POST', `/orders/${number}/pay`),
            (answer) => answer.wechat === 'ready',
            40,
        );
        assert.match(ready.jsapi.package, /^prepay_id=/);
        const { orders } = await control('GET', `orders?openid=${phone.openid}`);
        assert.deepEqual(orders.map((order) => order.out_trade_no), [number]);
        await payInWechat(number);
        await phone.paid(number);
        assert.deepEqual(await booked(number), once);
    });
}

for (const [kind, more] of troubles) {
    test(`question: ${named([kind, more])}: unknown changes nothing, the next question settles it`, { timeout: 60_000 }, async () => {
        const { phone, number } = await opened();
        await fault('notice_never', { times: 0 });
        await payInWechat(number);
        await fault(kind, { where: { operation: 'query', out_trade_no: number }, ...more });
        const first = await phone.confirm(number);
        if (first.wechat !== 'paid') {
            assert.equal(first.wechat, 'unknown');
            assert.equal(first.order.state, 'awaiting');
            assert.deepEqual(await booked(number), never);
        }
        await phone.paid(number, 40);
        assert.deepEqual(await booked(number), once);
    });
}

test('a rightly signed answer about another order settles nothing', async () => {
    const { phone, number } = await opened();
    const other = await opened();
    await payInWechat(other.number);
    await fault('wrong_order', { where: { operation: 'query', out_trade_no: number }, times: 0 });
    const { order, wechat } = await phone.confirm(number);
    assert.equal(wechat, 'unknown');
    assert.equal(order.state, 'awaiting');
    assert.deepEqual(await booked(number), never);
});

for (const [kind, more] of troubles) {
    test(`close: ${named([kind, more])}: the bills stay held until WeChat says closed`, { timeout: 60_000 }, async () => {
        const { phone, number } = await opened();
        await fault(kind, { where: { operation: 'close', out_trade_no: number }, ...more });
        const { order, wechat } = await phone.must('POST', `/orders/${number}/cancel`);
        const atWechat = (await control('GET', `orders/${number}`)).state;
        if (order.state === 'closed') assert.equal(atWechat, 'CLOSED');
        else assert.notEqual(wechat, 'closed');
        await eventually(() => phone.orderNow(number), (now) => now.state === 'closed', 40);
        assert.equal((await control('GET', `orders/${number}`)).state, 'CLOSED');
        assert.ok((await phone.arrears()).bills.every((bill) => bill.state === 'payable'));
    });
}

test('paid a moment after the closing: the late money settles the bills that still owe', async () => {
    const { phone, number } = await opened();
    await fault('paid_after_closing', { ms: 300 });
    await phone.must('POST', `/orders/${number}/cancel`);
    const late = await eventually(() => phone.orderNow(number), (order) => order.state === 'paid_late' || order.state === 'paid', 30);
    assert.ok(late.transaction_id);
    assert.equal((await phone.arrears()).total_owed_fen, 0);
    assert.deepEqual(await booked(number), once);
});

test('late money for bills that were paid meanwhile is queued for refund, and no bill is overpaid', async () => {
    const { phone, number } = await opened();
    await closedByStudent(phone, number);
    const next = await phone.order();
    await payInWechat(next.order.order_no);
    await phone.paid(next.order.order_no);
    await payInWechat(number, { force: true });
    await eventually(() => phone.orderNow(number), (order) => order.state === 'paid_late');
    const row = await one(`SELECT state, surplus_fen, amount_fen FROM payments WHERE order_no = '${number}'`);
    assert.deepEqual([row.state, row.surplus_fen], ['refund_due', row.amount_fen]);
    const suspense = await one(
        `SELECT SUM(e.amount_fen) AS n FROM ledger_entries e JOIN ledger_journals j ON j.id = e.journal_id
         WHERE j.business_key = 'payment:${number}' AND e.account = 'suspense'`,
    );
    assert.equal(suspense.n, `-${row.amount_fen}`);
    const over = await one('SELECT COUNT(*) AS n FROM bills WHERE paid_fen > due_fen');
    assert.equal(over.n, '0');
    // The student sees it as paid once.
    const { items } = await phone.must('GET', '/payments');
    assert.ok(items.every((item) => item.order_no === next.order.order_no));
    assert.equal((await one(`SELECT attention FROM orders WHERE order_no = '${number}'`)).attention, 'late_money');
});

test('late money while a newer order holds the bills waits for it, then is credited', { timeout: 60_000 }, async () => {
    const { phone, number } = await opened();
    await closedByStudent(phone, number);
    const next = await phone.order();
    await payInWechat(number, { force: true });
    await eventually(() => phone.orderNow(number), (order) => order.state === 'paid_late');
    // The newer order is given up at WeChat first; only then the money is placed.
    await eventually(() => phone.orderNow(next.order.order_no), (order) => order.state === 'closed', 40);
    await eventually(
        () => one(`SELECT state FROM payments WHERE order_no = '${number}'`),
        (row) => row.state === 'settled',
        40,
    );
    assert.equal((await phone.arrears()).total_owed_fen, 0);
    const suspense = await one(
        `SELECT SUM(e.amount_fen) AS n FROM ledger_entries e JOIN ledger_journals j ON j.id = e.journal_id
         WHERE j.business_key LIKE '%${number}%' AND e.account = 'suspense'`,
    );
    assert.equal(suspense.n, '0');
});

test('late money while the newer order is being paid: one is credited, the other goes back', { timeout: 60_000 }, async () => {
    const { phone, number } = await opened();
    await closedByStudent(phone, number);
    const next = await phone.order();
    await quiet();
    await payInWechat(number, { force: true });
    await payInWechat(next.order.order_no);
    await Promise.all([
        control('POST', `orders/${number}/notice`, {}),
        control('POST', `orders/${next.order.order_no}/notice`, {}),
    ]);
    await eventually(
        () => lab.sql(`SELECT state FROM payments WHERE order_no IN ('${number}', '${next.order.order_no}') ORDER BY state`),
        (rows) => rows.map((row) => row.state).join() === 'refund_due,settled' || rows.map((row) => row.state).join() === 'settled,refund_due',
        40,
    );
    assert.equal((await phone.arrears()).total_owed_fen, 0);
    assert.equal((await one('SELECT COUNT(*) AS n FROM bills WHERE paid_fen > due_fen')).n, '0');
});

test('a failed try in the pay sheet leaves the order payable', async () => {
    const { phone, number } = await opened();
    await control('POST', 'fail', { out_trade_no: number });
    const { order, wechat } = await phone.confirm(number);
    assert.equal(wechat, 'not_paid');
    assert.equal(order.state, 'awaiting');
    assert.equal(order.can_pay, true);
    await payInWechat(number);
    await phone.paid(number);
});

test('WeChat closes the order itself: the watch frees the bills', { timeout: 70_000 }, async () => {
    const { phone, number } = await opened();
    await control('POST', 'close', { out_trade_no: number });
    await eventually(() => phone.orderNow(number), (order) => order.state === 'closed', 60);
    assert.ok((await phone.arrears()).bills.every((bill) => bill.state === 'payable'));
});

test('the server answers pages while WeChat hangs', async () => {
    const { phone, number } = await opened();
    await fault('slow', { where: { operation: 'query' }, ms: 8000, times: 0 });
    const waiting = phone.confirm(number).catch(() => undefined);
    const began = Date.now();
    assert.equal((await phone.get('/h5/')).status, 200);
    await phone.arrears();
    assert.ok(Date.now() - began < 1500);
    const answer = await waiting;
    assert.equal(answer?.wechat, 'unknown');
});

test('the notice address takes nothing else: other methods, huge bodies, rubbish', async () => {
    const address = `${stack.server}/wechat/pay/notify`;
    assert.equal((await fetch(address)).status, 405);
    for (const body of ['', '{}', '[]', 'null', '{"id":1}', '<xml/>', '\u0000', 'x'.repeat(100_000)]) {
        const { status } = await fetch(address, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
        assert.equal(status, 401, body.slice(0, 20));
    }
    const { status } = await fetch(address, { method: 'POST', body: 'x'.repeat(3_000_000) }).catch(() => ({ status: 413 }));
    assert.equal(status, 413);
});
