// Money that goes back: asked for by one person, released by another, followed until WeChat says how it ended, and never twice.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { calm, campuspay, control, eventually, fault, lab, nextStudent, payInWechat, studentOnPhone } from './client.mjs';

afterEach(async () => {
    await calm();
    await control('POST', 'settings', { refund_result: 'SUCCESS', refund_spacing_check: false });
});

const one = async (query) => (await lab.sql(query))[0];
const refundRow = (number) => one(`SELECT state, attention, sent_count FROM refunds WHERE out_refund_no = '${number}'`);
const becomes = (number, state, seconds = 30) => eventually(() => refundRow(number), (row) => row?.state === state, seconds);
/** What is due in a while is due now. */
const hurry = (number) => lab.sql(`UPDATE refunds SET next_ms = 1 WHERE out_refund_no = '${number}' AND next_ms IS NOT NULL`);
/** A minute has passed since the last application for this order. */
const aMinuteLater = async (orderNo) => {
    await lab.sql(`UPDATE payments SET refund_sent_ms = 1 WHERE order_no = '${orderNo}'`);
    await lab.sql(`UPDATE refunds SET next_ms = 1 WHERE order_no = '${orderNo}' AND next_ms IS NOT NULL`);
};
const atWechat = async (orderNo) => (await control('GET', `orders/${orderNo}`)).refunds;
async function paidOrder() {
    const phone = await studentOnPhone(nextStudent('refunds'));
    const { order } = await phone.order();
    await payInWechat(order.order_no);
    const paid = await phone.paid(order.order_no);
    return { phone, order: paid, number: order.order_no };
}

async function ask(orderNo, ...words) {
    const { status, out } = await campuspay('refund', 'ask', orderNo, '--by', 'li', '--reason', 'mistake', ...words);
    assert.equal(status, 0, out);
    return /^(\S+) /.exec(out)[1];
}
async function release(number, by = 'wang') {
    const { status, out } = await campuspay('refund', 'release', number, '--by', by);
    assert.equal(status, 0, out);
}
async function released(orderNo, ...words) {
    const number = await ask(orderNo, ...words);
    await release(number);
    return number;
}

test('two people, one refund: the fees are owed again and the student has the money', async () => {
    const { phone, order, number } = await paidOrder();
    const id = randomUUID();
    const refund = await ask(number, '--request-id', id);
    assert.equal(await ask(number, '--request-id', id), refund);
    const alone = await campuspay('refund', 'release', refund, '--by', 'li');
    assert.equal(alone.status, 1);
    assert.match(alone.out, /另一人复核.*refund_needs_another_person/s);
    assert.equal((await atWechat(number)).length, 0);
    const more = await campuspay('refund', 'ask', number, '--by', 'li', '--reason', 'mistake');
    assert.deepEqual([more.status, /已全部退款/.test(more.out)], [1, true]);

    await release(refund);
    await becomes(refund, 'success');
    const theirs = await atWechat(number);
    assert.deepEqual(theirs.map((each) => [each.out_refund_no, each.amount ?? each.refund, each.status]), [[refund, order.amount_fen, 'SUCCESS']]);
    assert.equal((await phone.arrears()).total_owed_fen, order.amount_fen);
    const seen = await phone.orderNow(number);
    assert.equal(seen.refunded_fen, order.amount_fen);
    assert.deepEqual(seen.refunds.map((each) => [each.amount_fen, each.state, each.reason, each.at_ms > 0]), [[order.amount_fen, 'success', '误缴退款', true]]);
    const items = await phone.must('GET', '/payments');
    assert.equal(items.total_paid_fen, 0);
    assert.ok(items.items.every((each) => each.refunded_fen === each.amount_fen));
    const shown = await campuspay('refund', 'show', refund);
    assert.match(shown.out, /退款成功.*申请 finance:li.*复核 finance:wang/s);
});

test('a leaver keeps no debt: one line goes back and the fee is lowered by it', async () => {
    const { phone, number } = await paidOrder();
    const { status, out } = await campuspay('refund', 'ask', number, '--by', 'li', '--reason', 'leaver', '--line', '1=1000.00');
    assert.equal(status, 0, out);
    const refund = /^(\S+) /.exec(out)[1];
    await release(refund);
    await becomes(refund, 'success');
    assert.equal((await phone.arrears()).total_owed_fen, 0);
    const row = await one(`SELECT a.amount_fen, a.reason FROM bill_adjustments a JOIN refund_lines l ON l.bill_id = a.bill_id
        JOIN refunds r ON r.id = l.refund_id WHERE r.out_refund_no = '${refund}'`);
    assert.deepEqual(row, { amount_fen: '-100000', reason: '离校退费' });
});

test('wrong wishes get a sentence and change nothing', async () => {
    const { number } = await paidOrder();
    const cases = [
        [['--line', '9=1.00'], 1, /没有第9行/],
        [['--line', '1=0'], 1, /大于零/],
        [['--line', '1=99999999.00'], 1, /超过可退金额/],
        [['--line', '1=1.001'], 2, /行号=金额/],
        [['--line', '1=-5'], 2, /行号=金额/],
        [['--line', 'x=5'], 2, /行号=金额/],
    ];
    for (const [words, code, sentence] of cases) {
        const { status, out } = await campuspay('refund', 'ask', number, '--by', 'li', '--reason', 'mistake', ...words);
        assert.equal(status, code, `${words}: ${out}`);
        assert.match(out, sentence);
    }
    const reason = await campuspay('refund', 'ask', number, '--reason', 'late_money');
    assert.equal(reason.status, 2);
    const nobody = await campuspay('refund', 'ask', 'CP404', '--reason', 'mistake');
    assert.deepEqual([nobody.status, /没有找到该订单/.test(nobody.out)], [1, true]);
    assert.equal((await campuspay('refund', 'release', 'CP404R01')).status, 1);
    assert.equal(Number((await one(`SELECT COUNT(*) AS n FROM refunds WHERE order_no = '${number}'`)).n), 0);
});

for (const [kind, more] of [
    ['lost_after', {}],
    ['lost_before', {}],
    ['half', {}],
    ['malformed', {}],
    ['unsigned', {}],
    ['bad_signature', {}],
    ['error', { status: 500 }],
    ['error', { status: 500, acted: true }],
    ['rate_limit', {}],
    ['rate_limit', { acted: true }],
]) {
    test(`the application meets ${kind} ${JSON.stringify(more)}: one refund all the same`, async () => {
        const { order, number } = await paidOrder();
        await fault('notice_never', { where: { operation: 'notice_refund' }, times: 0 });
        await fault(kind, { where: { operation: 'refund_apply' }, ...more });
        const refund = await released(number);
        await eventually(
            async () => {
                await hurry(refund);
                return refundRow(refund);
            },
            (row) => row.state === 'success',
            40,
        );
        const theirs = await atWechat(number);
        assert.deepEqual(theirs.map((each) => each.out_refund_no), [refund]);
        assert.equal(Number((await one(`SELECT refund_done_fen AS n FROM payments WHERE order_no = '${number}'`)).n), order.amount_fen);
    });
}

test('an account that is short: the same number again after the top-up', async () => {
    const { number } = await paidOrder();
    await fault('error', { where: { operation: 'refund_apply' }, status: 403, code: 'NOT_ENOUGH' });
    const refund = await released(number);
    await eventually(() => refundRow(refund), (row) => row.attention === 'NOT_ENOUGH');
    assert.equal((await refundRow(refund)).state, 'accepted');
    await hurry(refund);
    await becomes(refund, 'success');
});

test('a definite refusal waits for a person: again with the same number, or given up', async () => {
    const { number } = await paidOrder();
    await fault('error', { where: { operation: 'refund_apply' }, status: 403, code: 'USER_ACCOUNT_ABNORMAL', times: 2 });
    const refund = await released(number);
    assert.equal((await becomes(refund, 'refused')).attention, 'USER_ACCOUNT_ABNORMAL');
    // The money stays reserved while nobody has decided.
    assert.equal((await campuspay('refund', 'ask', number, '--by', 'li', '--reason', 'mistake')).status, 1);
    await campuspay('refund', 'again', refund, '--by', 'wang');
    await eventually(() => refundRow(refund), (row) => row.state === 'refused' && row.sent_count === '2');
    const given = await campuspay('refund', 'give-up', refund, '--by', 'wang');
    assert.equal(given.status, 0, given.out);
    const second = await released(number);
    assert.notEqual(second, refund);
    await aMinuteLater(number);
    await becomes(second, 'success');
    assert.deepEqual((await atWechat(number)).map((each) => each.out_refund_no), [second]);
});

test('abnormal is not the end: what WeChat says later counts', async () => {
    await control('POST', 'settings', { refund_result: 'ABNORMAL' });
    const { number } = await paidOrder();
    const refund = await released(number);
    assert.equal((await becomes(refund, 'abnormal')).attention, 'ABNORMAL');
    await control('POST', `refunds/${refund}`, { status: 'SUCCESS' });
    assert.equal((await becomes(refund, 'success')).attention, null);
});

test('a closed refund leaves the fees paid and the money free', async () => {
    await control('POST', 'settings', { refund_result: 'CLOSED' });
    const { phone, number } = await paidOrder();
    const refund = await released(number);
    await becomes(refund, 'closed');
    assert.equal((await phone.arrears()).total_owed_fen, 0);
    await control('POST', 'settings', { refund_result: 'SUCCESS' });
    const second = await released(number);
    await aMinuteLater(number);
    await becomes(second, 'success');
});

test('a notice that overtakes the answer, and no notice at all', async () => {
    const { number } = await paidOrder();
    await fault('slow', { where: { operation: 'refund_apply' }, ms: 2500 });
    await becomes(await released(number), 'success');

    await fault('notice_never', { where: { operation: 'notice_refund' }, times: 0 });
    const quiet = await paidOrder();
    const refund = await released(quiet.number);
    await becomes(refund, 'processing');
    await sleep(300);
    await hurry(refund);
    await becomes(refund, 'success');
});

test('forged refund notices change nothing', async () => {
    await control('POST', 'settings', { refund_result: 'PROCESSING' });
    const { number } = await paidOrder();
    const refund = await released(number);
    await becomes(refund, 'processing');
    for (const how of ['bad_signature', 'unsigned', 'other_key', 'tampered']) {
        await fault('notice_forge', { where: { operation: 'notice_refund' }, how, instead: true });
    }
    await control('POST', `refunds/${refund}`, { status: 'SUCCESS' });
    await sleep(1000);
    assert.equal((await refundRow(refund)).state, 'processing');
    await hurry(refund);
    await becomes(refund, 'success');
});

test('ten wishes at once for more than half: one is taken', async () => {
    const { order, number } = await paidOrder();
    const line = await one(`SELECT l.line_no, l.amount_fen FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.order_no = '${number}' ORDER BY l.amount_fen DESC LIMIT 1`);
    const yuan = `${Math.floor((Number(line.amount_fen) * 0.6) / 100)}.00`;
    const answers = await Promise.all(
        Array.from({ length: 10 }, () => campuspay('refund', 'ask', number, '--by', 'li', '--reason', 'mistake', '--line', `${line.line_no}=${yuan}`)),
    );
    assert.equal(answers.filter(({ status }) => status === 0).length, 1, JSON.stringify(answers));
    assert.ok(order.amount_fen > 0);
});

test('released twice at once: WeChat hears it once', async () => {
    const { number } = await paidOrder();
    const refund = await ask(number);
    await Promise.all(['wang', 'zhao', 'qian'].map((by) => campuspay('refund', 'release', refund, '--by', by)));
    assert.equal((await becomes(refund, 'success')).sent_count, '1');
});

test('two refunds of one order keep their distance instead of running into the limit', async () => {
    await control('POST', 'settings', { refund_spacing_check: true });
    const { number } = await paidOrder();
    const first = await ask(number, '--line', '1=1.00');
    const second = await ask(number, '--line', '1=2.00');
    await release(first);
    await release(second);
    const sent = () => lab.sql(`SELECT out_refund_no FROM refunds WHERE order_no = '${number}' AND sent_count > 0`);
    await eventually(sent, (rows) => rows.length === 1);
    await sleep(3000);
    assert.equal((await sent()).length, 1);
    // A minute later, for both clocks.
    await control('POST', 'settings', { refund_spacing_check: false });
    await aMinuteLater(number);
    for (const each of [first, second]) await becomes(each, 'success');
    assert.deepEqual((await lab.sql(`SELECT sent_count FROM refunds WHERE order_no = '${number}'`)).map((row) => row.sent_count), ['1', '1']);
});

test('late money for fees that are settled goes back by itself', async () => {
    const student = nextStudent('refunds');
    const phone = await studentOnPhone(student);
    const { order } = await phone.order();
    await phone.must('POST', `/orders/${order.order_no}/cancel`);
    await eventually(() => phone.orderNow(order.order_no), (now) => now.state === 'closed');
    const again = await phone.order();
    await payInWechat(again.order.order_no);
    await phone.paid(again.order.order_no);
    await payInWechat(order.order_no, { force: true });
    const row = await eventually(
        () => one(`SELECT out_refund_no, state, origin FROM refunds WHERE order_no = '${order.order_no}'`),
        (found) => found?.state === 'success',
        30,
    );
    assert.equal(row.origin, 'late_money');
    assert.equal((await one(`SELECT state FROM payments WHERE order_no = '${order.order_no}'`)).state, 'settled');
    assert.equal((await phone.orderNow(again.order.order_no)).state, 'paid');
    assert.equal((await phone.arrears()).total_owed_fen, 0);
});

test('the server dies between WeChat’s yes and our note of it: the same number, once', { timeout: 60_000 }, async () => {
    const { number } = await paidOrder();
    const refund = await ask(number);
    await fault('slow', { where: { operation: 'refund_apply' }, ms: 3000 });
    await release(refund);
    await eventually(() => atWechat(number), (theirs) => theirs.length === 1);
    await lab.killServer();
    await lab.startServer();
    await lab.sql('UPDATE refunds SET lease_until_ms = 0');
    assert.equal((await becomes(refund, 'success', 40)).sent_count, '1');
    assert.equal((await atWechat(number)).length, 1);
});

test('every promise of the books still holds, and the balances of a past day stay', async () => {
    const { status, out } = await campuspay('verify');
    assert.equal(status, 0, out);
    const longAgo = await campuspay('ledger', 'balance', '--on', '2020-01-01');
    assert.match(longAgo.out, /没有分录/);
    const { out: today } = await campuspay('ledger', 'balance');
    assert.match(today, /provider:\d+ +借/);
    assert.match(today, /fee:\d+ +贷/);
});
