// Refunds at the console: one person asks, another releases; one by one, by file, and for those who leave. Never twice, never more.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, before, test } from 'node:test';

import { calm, campuspay, control, eventually, fault, lab, nextStudent, payInWechat, studentOnPhone } from './client.mjs';
import { operatorAtWork } from './console.mjs';

let li; // asks
let wang; // releases
let zhao; // a third one
let auditor;

before(async () => {
    [li, wang, zhao, auditor] = await Promise.all(['finance', 'finance', 'finance', 'auditor'].map((role) => operatorAtWork(role)));
});
afterEach(calm);

const one = async (query) => (await lab.sql(query))[0];

async function paidOrder() {
    const student = nextStudent('console_refunds');
    const phone = await studentOnPhone(student);
    const { order } = await phone.order();
    await payInWechat(order.order_no);
    const paid = await phone.paid(order.order_no);
    return { student, phone, order: paid, number: order.order_no };
}

const wish = (orderNo, more = {}) => ({ request_id: randomUUID(), order_no: orderNo, reason_code: 'mistake', ...more });
const ask = (desk, body) => desk.must('POST', '/refunds', body);
const refused = async (desk, path, body, status, code) => {
    const answer = await desk.call('POST', path, body);
    assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(answer.body));
    return answer.body.message;
};
const release = (desk, refund, amount_fen) => desk.call('POST', `/refunds/${refund}/release`, { amount_fen });
const reject = (desk, refund, reason = '金额不对') => desk.call('POST', `/refunds/${refund}/reject`, { reason });
const refundNow = (desk, refund) => desk.must('GET', `/refunds/${refund}`);
const becomes = (refund, state) => eventually(() => refundNow(li, refund), (now) => now.state === state, 30);

test('two people, one refund, to its end', async () => {
    const { number, order } = await paidOrder();
    const body = wish(number, { reason: '重复缴费', note: '学生来电' });
    const made = await ask(li, body);
    assert.deepEqual([made.state, made.amount_fen, made.reason, made.note], ['asked', order.amount_fen, '重复缴费', '学生来电']);
    assert.deepEqual([made.asked_by.me, made.can], [true, ['reject']]);
    assert.equal((await ask(li, body)).refund, made.refund);
    await refused(li, '/refunds', { ...body, reason_code: 'leaver' }, 409, 'request_id_reused');
    await refused(wang, '/refunds', wish(number), 409, 'refund_not_possible');

    assert.match(await refused(li, `/refunds/${made.refund}/release`, { amount_fen: made.amount_fen }, 403, 'refund_needs_another_person'), /另一人/);
    assert.equal((await refundNow(li, made.refund)).state, 'asked');
    const seen = await refundNow(wang, made.refund);
    assert.deepEqual(seen.can, ['release', 'reject']);
    await refused(wang, `/refunds/${made.refund}/release`, { amount_fen: seen.amount_fen - 1 }, 409, 'refund_figures_changed');
    const after = await release(wang, made.refund, seen.amount_fen);
    assert.equal(after.status, 200);
    assert.equal((await release(wang, made.refund, seen.amount_fen)).status, 200, 'a repeat by the same person is no fault');
    const done = await becomes(made.refund, 'success');
    assert.deepEqual(done.deeds.map((deed) => [deed.action, deed.result, deed.who.me]), [
        ['refund.ask', 'done', true],
        ['refund.release', 'same_person', true],
        ['refund.release', 'done', false],
    ]);
    assert.ok(done.succeeded_at > 0 && done.lines.length === order.lines.length && done.can.length === 0);
    assert.equal((await reject(zhao, made.refund)).body.code, 'refund_not_possible');
    const life = await li.must('GET', `/orders/${number}`);
    assert.equal(life.order.refunded_fen, order.amount_fen);
    assert.match(life.refundable.refusal, /已全部退款/);
    assert.deepEqual(life.refunds.map((each) => each.refund), [made.refund]);
    assert.ok(life.journals.some((journal) => journal.kind === '退款成功'));
});

test('rejected with a reason, or taken back: the money is free again', async () => {
    const { number, order } = await paidOrder();
    const part = { parts: [{ line_no: 1, amount_fen: 100 }] };
    const first = await ask(li, wish(number, part));
    assert.equal(first.amount_fen, 100);
    const no = (await reject(wang, first.refund, '请附申请表')).body;
    assert.deepEqual([no.state, no.reject_reason, no.decided_by.me], ['rejected', '请附申请表', true]);
    assert.equal((await release(zhao, first.refund, 100)).body.code, 'refund_not_possible');
    const second = await ask(li, wish(number));
    assert.equal(second.amount_fen, order.amount_fen);
    assert.equal((await reject(li, second.refund)).body.state, 'rejected');
    assert.equal(Number((await one(`SELECT refund_held_fen AS n FROM payments WHERE order_no = '${number}'`)).n), 0);
});

test('two release at once: one wins, the other hears so', async () => {
    for (let round = 0; round < 3; ++round) {
        const { number, order } = await paidOrder();
        const { refund } = await ask(li, wish(number));
        const both = await Promise.all([release(wang, refund, order.amount_fen), release(zhao, refund, order.amount_fen)]);
        assert.deepEqual(both.map((answer) => answer.status).sort(), [200, 409]);
        assert.equal(both.find((answer) => answer.status === 409).body.code, 'refund_not_possible');
        assert.equal(Number((await one(`SELECT COUNT(*) AS n FROM audit WHERE object = '${refund}' AND action = 'refund.release'`)).n), 1);
    }
});

test('release and reject at once: one of the two happens', async () => {
    const { number, order } = await paidOrder();
    const { refund } = await ask(li, wish(number));
    const both = await Promise.all([release(wang, refund, order.amount_fen), reject(zhao, refund)]);
    assert.deepEqual(both.map((answer) => answer.status).sort(), [200, 409]);
});

test('two ask at once for more than half: one is taken', async () => {
    const { number, order } = await paidOrder();
    const parts = [{ line_no: 1, amount_fen: Math.floor(order.lines[0].amount_fen * 0.6) }];
    const both = await Promise.all([li, wang].map((desk) => desk.call('POST', '/refunds', wish(number, { parts }))));
    assert.deepEqual(both.map((answer) => answer.status).sort(), [200, 409]);
});

test('lists: what waits for me, what I asked, by state, student and day', async () => {
    const { number, student } = await paidOrder();
    const { refund } = await ask(li, wish(number, { parts: [{ line_no: 1, amount_fen: 1 }] }));
    const find = async (desk, filter) => (await desk.must('POST', '/refunds/search', { filter })).refunds.map((each) => each.refund);
    for (const filter of [{ refund }, { order_no: number }, { student_no: student.学号 }, { states: ['asked'], order_no: number }, { mine: 'asked', order_no: number }, { name: student.姓名, order_no: number }, { who: li.name, order_no: number }]) {
        assert.deepEqual(await find(li, filter), [refund], JSON.stringify(filter));
    }
    assert.ok((await find(wang, { mine: 'to_decide' })).includes(refund));
    for (const filter of [{ mine: 'to_decide', order_no: number }, { mine: 'decided', order_no: number }, { states: ['success'], order_no: number }, { asked_to: '2020-01-01' }, { who: 'nobody' }]) {
        assert.deepEqual(await find(li, filter), [], JSON.stringify(filter));
    }
    const [seen] = (await auditor.must('POST', '/refunds/search', { filter: { refund } })).refunds;
    assert.deepEqual([/\*/.test(seen.student.name), seen.can], [true, []]);
    for (const [path, body] of [['', wish(number)], [`/${refund}/release`, { amount_fen: 1 }], [`/${refund}/reject`, { reason: 'x' }]]) {
        await refused(auditor, `/refunds${path}`, body, 403, 'not_your_role');
    }
    for (const filter of [{ states: ['x'] }, { mine: 'x' }, { batch: 'x' }, { asked_from: '2026-02-30' }]) {
        assert.equal((await li.call('POST', '/refunds/search', { filter })).status, 400, JSON.stringify(filter));
    }
});

test('wrong wishes get a sentence and change nothing', async () => {
    const { number, order } = await paidOrder();
    const over = { parts: [{ line_no: 1, amount_fen: order.lines[0].amount_fen + 1 }] };
    assert.match(await refused(li, '/refunds', wish(number, over), 409, 'refund_not_possible'), /第1行退款金额超过可退金额/);
    assert.match(await refused(li, '/refunds', wish(number, { parts: [{ line_no: 9, amount_fen: 1 }] }), 409, 'refund_not_possible'), /没有第9行/);
    await refused(li, '/refunds', wish('CP404404'), 404, 'order_not_found');
    const bad = [{ reason_code: 'late_money' }, { request_id: 'short' }, { parts: [{ line_no: 1, amount_fen: 0 }] }, { parts: [{ line_no: 51, amount_fen: 1 }] }, { reason: 'x'.repeat(21) },
        { reason: '换\n行' }, { note: 'x'.repeat(201) }, { parts: 'all' }];
    for (const more of bad) await refused(li, '/refunds', wish(number, more), 400, 'bad_request');
    await refused(wang, '/refunds/CP404R01/release', { amount_fen: 1 }, 404, 'refund_not_found');
    await refused(wang, '/refunds/CP404R01/reject', { reason: '' }, 400, 'bad_request');
    assert.equal(Number((await one(`SELECT COUNT(*) AS n FROM refunds WHERE order_no = '${number}'`)).n), 0);
});

test('what WeChat refused: again or given up, and not by whoever asked', async () => {
    const { number, order } = await paidOrder();
    await fault('error', { where: { operation: 'refund_apply' }, status: 403, code: 'USER_ACCOUNT_ABNORMAL', times: 2 });
    const { refund } = await ask(li, wish(number));
    await release(wang, refund, order.amount_fen);
    const no = await becomes(refund, 'refused');
    assert.deepEqual([no.attention, no.can], ['USER_ACCOUNT_ABNORMAL', []]);
    assert.match(no.attention_text, /付款人账户异常/);
    await refused(li, `/refunds/${refund}/again`, {}, 403, 'refund_needs_another_person');
    assert.deepEqual((await refundNow(zhao, refund)).can, ['again', 'give_up']);
    assert.equal((await zhao.call('POST', `/refunds/${refund}/again`)).status, 200);
    await eventually(() => one(`SELECT state, sent_count FROM refunds WHERE out_refund_no = '${refund}'`), (row) => row.state === 'refused' && row.sent_count === '2', 30);
    await refused(li, `/refunds/${refund}/give-up`, {}, 403, 'refund_needs_another_person');
    assert.equal((await zhao.must('POST', `/refunds/${refund}/give-up`)).state, 'closed');
});

test('an operator of another college neither sees nor moves it', async () => {
    const { number, order, student } = await paidOrder();
    const { refund } = await ask(li, wish(number));
    const college = lab.college('students').find((each) => each.学院 !== student.学院).学院;
    const far = await operatorAtWork('finance', { colleges: [college] });
    await refused(far, '/refunds', wish(number), 404, 'order_not_found');
    await refused(far, `/refunds/${refund}/release`, { amount_fen: order.amount_fen }, 404, 'refund_not_found');
    await refused(far, `/refunds/${refund}/reject`, { reason: 'x' }, 404, 'refund_not_found');
    assert.equal((await far.call('GET', `/refunds/${refund}`)).status, 404);
    assert.deepEqual((await far.must('POST', '/refunds/search', { filter: { refund } })).refunds, []);
    await refused(far, '/leavers/figures', { student_no: student.学号, left_on: '2026-11-15' }, 404, 'leaver_not_found');
    const csv = Buffer.from(`订单号,金额,原因\r\n${number},1.00,多收\r\n`).toString('base64');
    const check = await far.must('POST', '/refund-files/check', { name: 'a.csv', content: csv });
    assert.equal(check.rows[0].problem, '没有找到该订单');
    assert.equal((await refundNow(wang, refund)).state, 'asked');
});

// ---- by file

const csvOf = (rows, head = '订单号,金额,原因') => Buffer.from([head, ...rows].join('\r\n') + '\r\n').toString('base64');
const file = (content, more = {}) => ({ request_id: randomUUID(), name: '多收退款.csv', content, reason_code: 'overcharged', ...more });

test('a file is shown row by row, asked for as one batch, and released as one by another person', async () => {
    const orders = [await paidOrder(), await paidOrder()];
    const content = csvOf(orders.map((each, i) => `${each.number},${i + 1}.50,宿舍调整`));
    const check = await li.must('POST', '/refund-files/check', { name: 'a.csv', content });
    assert.deepEqual([check.ok_count, check.problem_count, check.total_fen], [2, 0, 400]);
    assert.equal(check.rows[0].student.student_no, orders[0].student.学号);
    await refused(li, '/refund-files', file(content, { total_fen: 401 }), 409, 'refund_figures_changed');
    const wanted = file(content, { total_fen: 400, note: '宿管科2026-17号' });
    const made = await li.must('POST', '/refund-files', wanted);
    assert.deepEqual([made.batch.state, made.batch.total_fen, made.batch.can], ['asked', 400, ['reject']]);
    assert.ok(made.rows.every((row) => row.state === 'asked' && row.refund && !row.problem));
    const again = await li.must('POST', '/refund-files', wanted);
    assert.equal(again.batch.batch, made.batch.batch);
    assert.equal(Number((await one(`SELECT COUNT(*) AS n FROM refunds WHERE batch_id = ${made.batch.batch}`)).n), 2);
    await refused(wang, '/refund-files', file(content, { total_fen: 400 }), 409, 'refund_file_known');
    const known = await wang.must('POST', '/refund-files/check', { name: 'b.csv', content });
    assert.equal(known.known_batch, made.batch.batch);

    // One of its rows goes nowhere alone.
    assert.match(await refused(wang, `/refunds/${made.rows[0].refund}/release`, { amount_fen: 150 }, 409, 'refund_not_possible'), /整批/);
    const path = `/refund-batches/${made.batch.batch}`;
    await refused(li, `${path}/release`, { total_fen: 400 }, 403, 'refund_needs_another_person');
    await refused(wang, `${path}/release`, { total_fen: 399 }, 409, 'refund_figures_changed');
    const both = await Promise.all([wang, zhao].map((desk) => desk.call('POST', `${path}/release`, { total_fen: 400 })));
    assert.deepEqual(both.map((answer) => answer.status).sort(), [200, 409], JSON.stringify(both));
    assert.equal(both.find((answer) => answer.status === 409).body.code, 'refund_batch_not_possible');
    const released = await wang.must('GET', path);
    assert.deepEqual([released.batch.state, released.batch.can], ['released', []]);
    for (const row of made.rows) await becomes(row.refund, 'success');
    await refused(zhao, `${path}/reject`, { reason: '晚了' }, 409, 'refund_batch_not_possible');
    const listed = await auditor.must('GET', '/refund-batches');
    assert.ok(listed.batches.some((each) => each.batch === made.batch.batch && each.note === '宿管科2026-17号'));
});

test('a faulty file is refused as a whole, with a sentence for each row', async () => {
    const { number, order } = await paidOrder();
    const unpaid = await (await studentOnPhone(nextStudent('console_refunds'))).order();
    const rows = [
        [`${number},1.00,多收`, undefined],
        [`${number},1.00,多收`, /与第2行是同一订单/],
        ['CP404404,1.00,多收', /没有找到该订单/],
        [`${unpaid.order.order_no},1.00,多收`, /没有收款/],
        [',1.00,多收', /没有订单号/],
        ['1.23457E+17,1.00,多收', /表格软件/],
        [`X${number},,多收`, /没有金额/],
        [`Y${number},0.00,多收`, /大于零/],
        [`Z${number},一元,多收`, /./],
        [`W${number},1.00,`, /没有原因/],
        [`V${number},1.00,${'长'.repeat(21)}`, /最多20个字/],
        [`U${number},${(order.amount_fen + 1) / 100},多收`, /没有找到该订单/],
    ];
    const content = csvOf(rows.map(([row]) => row));
    const check = await li.must('POST', '/refund-files/check', { name: 'a.csv', content });
    assert.deepEqual([check.ok_count, check.problem_count, check.total_fen], [1, rows.length - 1, 100]);
    rows.forEach(([row, sentence], i) => {
        assert.equal(check.rows[i].row, i + 2);
        if (sentence) assert.match(check.rows[i].problem, sentence, row);
        else assert.equal(check.rows[i].problem, undefined, row);
    });
    await refused(li, '/refund-files', file(content, { total_fen: 100 }), 400, 'refund_file_unfit');
    const over = csvOf([`${number},${((order.amount_fen + 1) / 100).toFixed(2)},多收`]);
    assert.match((await li.must('POST', '/refund-files/check', { name: 'a.csv', content: over })).rows[0].problem, /超过可退金额/);
    const bad = [csvOf([], '订单号,金额'), csvOf([]), Buffer.from('PK\u0003\u0004xlsx').toString('base64'), Buffer.from('').toString('base64'), 'not base64!'];
    for (const each of bad) await refused(li, '/refund-files/check', { name: 'a.csv', content: each }, 400, 'refund_file_unfit');
    assert.equal(Number((await one(`SELECT COUNT(*) AS n FROM refunds WHERE order_no = '${number}'`)).n), 0);
});

test('a rejected batch frees the money, and its file may come again', async () => {
    const { number } = await paidOrder();
    const content = csvOf([`${number},3.00,多收`]);
    const first = await li.must('POST', '/refund-files', file(content, { total_fen: 300 }));
    const no = await wang.must('POST', `/refund-batches/${first.batch.batch}/reject`, { reason: '缺审批' });
    assert.deepEqual([no.batch.state, no.batch.reject_reason, no.rows[0].state], ['rejected', '缺审批', 'rejected']);
    const second = await li.must('POST', '/refund-files', file(content, { total_fen: 300 }));
    assert.notEqual(second.batch.batch, first.batch.batch);
    assert.equal(second.batch.state, 'asked');
    await li.must('POST', `/refund-batches/${second.batch.batch}/reject`, { reason: '撤回' });
    await refused(wang, `/refund-batches/${second.batch.batch}/release`, { total_fen: 300 }, 409, 'refund_batch_not_possible');
    await refused(wang, '/refund-batches/404/release', { total_fen: 300 }, 404, 'refund_batch_not_found');
});

test('a batch that was interrupted goes on with the same call, and not a second time', async () => {
    const { number } = await paidOrder();
    const content = csvOf([`${number},4.00,多收`]);
    const wanted = file(content, { total_fen: 400 });
    const made = await li.must('POST', '/refund-files', wanted);
    // As if the server had gone after the row and before its end.
    await lab.sql(`UPDATE refund_batches SET state = 'asking' WHERE id = ${made.batch.batch}`);
    await refused(wang, `/refund-batches/${made.batch.batch}/release`, { total_fen: 400 }, 409, 'refund_batch_not_possible');
    const on = await li.must('POST', '/refund-files', wanted);
    assert.deepEqual([on.batch.state, on.rows[0].refund], ['asked', made.rows[0].refund]);
    // ... and after the release was begun.
    await lab.sql(`UPDATE refund_batches SET state = 'releasing' WHERE id = ${made.batch.batch}`);
    const released = await zhao.must('POST', `/refund-batches/${made.batch.batch}/release`, { total_fen: 400 });
    assert.equal(released.batch.state, 'released');
    await becomes(made.rows[0].refund, 'success');
});

// ---- leavers

test('a leaver: the months that are left go back, prepared as refunds that wait for another person', async () => {
    const { student, phone, order } = await paidOrder();
    const left = { student_no: student.学号, left_on: '2026-11-15' };
    const figures = await li.must('POST', '/leavers/figures', left);
    assert.match(figures.rule, /按月计退.*教财〔2006〕2号/);
    assert.match(figures.student.id_number, /^\*+.$/);
    let total = 0;
    for (const bill of figures.bills) {
        const thisYear = bill.period === '2026-2027学年';
        const monthly = ['学费', '住宿费'].includes(bill.item);
        const used = thisYear ? 3 : 10;
        const back = monthly ? Math.floor((bill.due_fen * (10 - used)) / 10) : 0;
        assert.equal(bill.refund_fen, back, `${bill.item} ${bill.period}`);
        if (monthly) assert.deepEqual([bill.months, bill.months_used, bill.keep_fen], [10, used, bill.due_fen - back]);
        else assert.match(bill.how, /不按月计退/);
        assert.ok(bill.parts.every((part) => part.order_no === order.order_no));
        assert.equal(bill.parts.reduce((sum, part) => sum + part.amount_fen, 0), back);
        total += back;
    }
    assert.ok(total > 0 && figures.total_fen === total);

    await refused(li, '/leavers', { ...left, request_id: randomUUID(), total_fen: total + 1 }, 409, 'refund_figures_changed');
    const wanted = { ...left, request_id: randomUUID(), total_fen: total, note: '教务处2026-88号' };
    const made = await li.must('POST', '/leavers', wanted);
    assert.deepEqual([made.batch.kind, made.batch.state, made.batch.total_fen, made.rows.length], ['leaver', 'asked', total, 1]);
    assert.deepEqual(made.figures.bills.map((bill) => bill.how), figures.bills.map((bill) => bill.how));
    assert.equal((await li.must('POST', '/leavers', wanted)).batch.batch, made.batch.batch);
    await refused(wang, '/leavers', { ...left, request_id: randomUUID(), total_fen: total }, 409, 'leaver_waits_already');
    // What is on its way is not reckoned again.
    assert.equal((await li.must('POST', '/leavers/figures', left)).total_fen, 0);

    const path = `/refund-batches/${made.batch.batch}/release`;
    await refused(li, path, { total_fen: total }, 403, 'refund_needs_another_person');
    assert.equal((await wang.must('POST', path, { total_fen: total })).batch.state, 'released');
    await becomes(made.rows[0].refund, 'success');
    // Nothing is owed for it, and a second reckoning finds nothing more.
    assert.equal((await phone.arrears()).total_owed_fen, 0);
    const after = await li.must('POST', '/leavers/figures', left);
    assert.equal(after.total_fen, 0);
    assert.deepEqual(after.bills.filter((bill) => bill.months).map((bill) => bill.due_fen), figures.bills.filter((bill) => bill.months).map((bill) => bill.due_fen));
});

test('two prepare the same leaver at once: one batch', async () => {
    const { student } = await paidOrder();
    const left = { student_no: student.学号, left_on: '2026-10-08' };
    const { total_fen } = await li.must('POST', '/leavers/figures', left);
    const both = await Promise.all([li, wang].map((desk) => desk.call('POST', '/leavers', { ...left, total_fen, request_id: randomUUID() })));
    assert.deepEqual(both.map((answer) => answer.status).sort(), [200, 409]);
    assert.ok(['leaver_waits_already', 'refund_figures_changed'].includes(both.find((answer) => answer.status === 409).body.code));
});

test('a leaver whose payment is more than a year old is told to be paid another way', async () => {
    const { student, number } = await paidOrder();
    await lab.sql(`UPDATE payments SET paid_ms = paid_ms - 366 * 86400000 WHERE order_no = '${number}'`);
    const figures = await li.must('POST', '/leavers/figures', { student_no: student.学号, left_on: '2026-10-08' });
    assert.equal(figures.total_fen, 0);
    assert.ok(figures.other_way_fen > 0);
    assert.ok(figures.bills.some((bill) => /其他方式退回/.test(bill.how)));
    await lab.sql(`UPDATE payments SET paid_ms = paid_ms + 366 * 86400000 WHERE order_no = '${number}'`);
    for (const bad of [{ student_no: student.学号, left_on: '2026-02-30' }, { student_no: 7, left_on: '2026-10-08' }, { student_no: student.学号 }]) {
        await refused(li, '/leavers/figures', bad, 400, 'bad_request');
    }
    await refused(li, '/leavers/figures', { student_no: '2099', left_on: '2026-10-08' }, 404, 'leaver_not_found');
});

test('the books tie after all of it', async () => {
    await eventually(() => one("SELECT COUNT(*) AS n FROM refunds WHERE state IN ('accepted', 'processing')"), (row) => row.n === '0', 60);
    const { status, out } = await campuspay('verify');
    assert.equal(status, 0, out);
    assert.ok(await control('GET', 'health'));
});
