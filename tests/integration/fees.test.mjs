// What a school allows for a bill: parts, deferrals, loans, reductions; and why a student owes what he owes.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';

import { calm, campuspay, lab, nextStudent, payInWechat, studentOnPhone } from './client.mjs';

afterEach(calm);

let files = 0;
async function imported(kind, rows) {
    const file = join(lab.dir, `fees-${++files}.csv`);
    writeFileSync(file, rows.map((row) => row.join(',')).join('\r\n'));
    const { status, out } = await campuspay('import', kind, file);
    assert.equal(status, 0, out);
}

const adjust = (student, bill, period, ...rest) =>
    imported('adjustments', [
        ['学号', '收费区间', '收费项目', '类型', '金额', '截止日期', '原因', '文号'],
        [student.学号, period, bill.item, ...rest],
    ]);

/** A student and the dearest of his bills, of which a part may be paid. */
async function standing(phone) {
    const answer = await phone.arrears();
    const bill = answer.bills.toSorted((a, b) => b.owed_fen - a.owed_fen)[0];
    return { bill, period: answer.periods.find((one) => one.bills.includes(bill) || one.bills.some((b) => b.bill_id === bill.bill_id)).period };
}

const allowParts = (bill) => lab.sql(`UPDATE fee_items SET partial_allowed = 1 WHERE name = '${bill.item}'`);
const forbidParts = (bill) => lab.sql(`UPDATE fee_items SET partial_allowed = 0 WHERE name = '${bill.item}'`);

const wish = (bill, part) => ({
    request_id: randomUUID(),
    bill_ids: [bill.bill_id],
    total_fen: part,
    parts: [{ bill_id: bill.bill_id, amount_fen: part }],
});

test('a bill is paid in parts, and says so', async () => {
    const phone = await studentOnPhone(nextStudent('fees'));
    const { bill } = await standing(phone);
    assert.equal(bill.least_part_fen, undefined);
    const refused = await phone.call('POST', '/orders', wish(bill, 20_000));
    assert.deepEqual([refused.status, refused.body.code], [409, 'part_not_allowed']);
    await allowParts(bill);
    try {
        assert.equal((await standing(phone)).bill.least_part_fen, 10_000);
        for (const part of [1, 9_999, bill.owed_fen + 1]) {
            assert.equal((await phone.call('POST', '/orders', wish(bill, part))).body.code, 'part_not_allowed');
        }
        const first = await phone.must('POST', '/orders', wish(bill, 20_000));
        assert.equal(first.order.amount_fen, 20_000);
        const held = (await phone.arrears()).bills.find((one) => one.bill_id === bill.bill_id);
        assert.deepEqual([held.state, held.order_no, held.held_fen], ['in_order', first.order.order_no, 20_000]);
        await payInWechat(first.order.order_no);
        await phone.paid(first.order.order_no);
        const left = (await phone.arrears()).bills.find((one) => one.bill_id === bill.bill_id);
        assert.deepEqual([left.paid_fen, left.owed_fen], [20_000, bill.owed_fen - 20_000]);
        const rest = await phone.must('POST', '/orders', { request_id: randomUUID(), bill_ids: [bill.bill_id], total_fen: left.owed_fen });
        await payInWechat(rest.order.order_no);
        await phone.paid(rest.order.order_no);
        const story = await phone.must('GET', `/bills/${bill.bill_id}`);
        assert.equal(story.bill.state, 'settled');
        assert.deepEqual(story.payments.map((one) => one.amount_fen), [20_000, left.owed_fen]);
    } finally {
        await forbidParts(bill);
    }
});

test('the same wish with another part is another wish', async () => {
    const phone = await studentOnPhone(nextStudent('fees'));
    const { bill } = await standing(phone);
    await allowParts(bill);
    try {
        const first = wish(bill, 30_000);
        await phone.must('POST', '/orders', first);
        const other = await phone.call('POST', '/orders', { ...wish(bill, 30_000), request_id: first.request_id, parts: [{ bill_id: bill.bill_id, amount_fen: 20_000 }] });
        assert.deepEqual([other.status, other.body.code], [409, 'request_id_reused']);
        const odd = await phone.call('POST', '/orders', { ...first, request_id: randomUUID(), parts: [{ bill_id: '4711', amount_fen: 20_000 }] });
        assert.deepEqual([odd.status, odd.body.code], [400, 'bad_request']);
    } finally {
        await forbidParts(bill);
    }
});

test('a reduction, a deferral and a loan, each with its reason', async () => {
    const student = nextStudent('fees');
    const phone = await studentOnPhone(student);
    const { bill, period } = await standing(phone);
    await adjust(student, bill, period, '减免', '800.00', '', '家庭经济困难', '资助〔2026〕3号');
    const reduced = (await phone.arrears()).bills.find((one) => one.bill_id === bill.bill_id);
    assert.equal(reduced.due_fen, bill.due_fen - 80_000);
    assert.equal(reduced.ticked, true);

    await adjust(student, bill, period, '缓缴', '', '2030-03-01', '助学贷款办理中', '');
    const deferred = (await phone.arrears()).bills.find((one) => one.bill_id === bill.bill_id);
    assert.deepEqual([deferred.state, deferred.ticked], ['payable', false]);
    assert.match(deferred.note, /缓缴至 2030-03-01/);

    const loan = deferred.owed_fen - 50_000;
    await adjust(student, bill, period, '助学贷款', (loan / 100).toFixed(2), '2030-12-31', '国家助学贷款', 'HT-7');
    const before = await phone.arrears();
    const covered = before.bills.find((one) => one.bill_id === bill.bill_id);
    assert.deepEqual([covered.owed_fen, covered.payable_fen], [deferred.owed_fen, 50_000]);
    assert.equal(before.total_owed_fen - before.total_payable_fen, loan);
    const { order } = await phone.must('POST', '/orders', { request_id: randomUUID(), bill_ids: [bill.bill_id], total_fen: 50_000 });
    await payInWechat(order.order_no);
    await phone.paid(order.order_no);
    const after = (await phone.arrears()).bills.find((one) => one.bill_id === bill.bill_id);
    assert.deepEqual([after.state, after.payable_fen, after.owed_fen], ['covered', 0, loan]);
    assert.equal((await phone.call('POST', '/orders', { request_id: randomUUID(), bill_ids: [bill.bill_id], total_fen: loan })).body.code, 'bill_not_payable');

    const story = await phone.must('GET', `/bills/${bill.bill_id}`);
    assert.deepEqual(story.adjustments.map((one) => [one.kind, one.amount_fen, one.reason, one.paper_no]), [['reduction', -80_000, '家庭经济困难', '资助〔2026〕3号']]);
    assert.deepEqual(story.terms.map((one) => [one.kind, one.amount_fen]), [['deferral', 0], ['loan', loan]]);
    assert.equal(story.standard_fen + story.adjustments[0].amount_fen, story.bill.due_fen);
    assert.deepEqual(story.payments.map((one) => [one.order_no, one.amount_fen]), [[order.order_no, 50_000]]);

    await adjust(student, bill, period, '助学贷款', (loan / 100).toFixed(2), '2026-01-01', '贷款未获批准', 'HT-7');
    const back = (await phone.arrears()).bills.find((one) => one.bill_id === bill.bill_id);
    assert.deepEqual([back.state, back.payable_fen], ['payable', loan]);
});

test('nobody learns why another one owes', async () => {
    const phone = await studentOnPhone(nextStudent('fees'));
    const other = await studentOnPhone(nextStudent('fees'));
    const { bill } = await standing(other);
    for (const id of [bill.bill_id, '1', '99999999999999999999', 'x', '0']) {
        const { status, body } = await phone.call('GET', `/bills/${id}`);
        assert.deepEqual([status, body.code], [404, 'bill_not_found'], id);
    }
});
