// Finance looks for orders and at one order’s whole life, and asks WeChat: within its colleges, by its role, and never more than it
// needs to know.
import assert from 'node:assert/strict';
import { afterEach, before, test } from 'node:test';

import { calm, control, eventually, fault, lab, nextStudent, payInWechat, studentOnPhone } from './client.mjs';
import { operatorAtWork } from './console.mjs';

let finance;
let auditor;
let elsewhere; // finance of another college only
let mine; // a student with a paid order
let paid;
let phone;

const one = async (query) => (await lab.sql(query))[0];
const search = (desk, filter, more = {}) => desk.must('POST', '/orders/search', { filter, ...more });
const numbers = async (desk, filter) => (await search(desk, filter)).orders.map((order) => order.order_no);
const today = () => new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10);

async function paidOrder() {
    const student = nextStudent('console_orders');
    const on = await studentOnPhone(student);
    const { order } = await on.order();
    await payInWechat(order.order_no);
    return { student, phone: on, order: await on.paid(order.order_no) };
}

before(async () => {
    ({ student: mine, phone, order: paid } = await paidOrder());
    const other = lab.college('students').find((student) => student.学院 !== mine.学院);
    [finance, auditor, elsewhere] = await Promise.all([
        operatorAtWork('finance'),
        operatorAtWork('auditor'),
        operatorAtWork('finance', { colleges: [other.学院] }),
    ]);
});
afterEach(calm);

test('an order is found by whatever finance knows of it', async () => {
    const choices = await finance.must('GET', '/orders/choices');
    const line = paid.lines[0];
    const item = choices.items.find((each) => each.item === line.item);
    const whole = { student_no: mine.学号 };
    const filters = {
        number: { order_no: paid.order_no },
        wechat: { transaction_id: paid.transaction_id },
        student: whole,
        name: { name: mine.姓名, ...whole },
        class: { class_name: mine.班级, ...whole },
        major: { major: mine.专业, ...whole },
        college: { college: mine.学院, ...whole },
        grade: { grade: mine.年级, ...whole },
        item: { item_id: item.item_id, period: line.period, ...whole },
        state: { states: ['paid', 'paid_late'], ...whole },
        channel: { channel: 'jsapi', ...whole },
        merchant: { mch_id: choices.merchants[0].mch_id, amount_min_fen: paid.amount_fen, amount_max_fen: paid.amount_fen, ...whole },
        range: { amount_min_fen: paid.amount_fen - 1, amount_max_fen: paid.amount_fen + 1, ...whole },
        opened: { opened_from: today(), opened_to: today(), ...whole },
        paid: { paid_from: today(), paid_to: today(), ...whole },
    };
    for (const [what, filter] of Object.entries(filters)) assert.deepEqual(await numbers(finance, filter), [paid.order_no], what);
    const not = {
        state: { states: ['closed'] },
        channel: { channel: 'native' },
        amount: { amount_min_fen: paid.amount_fen + 1 },
        opened: { opened_to: '2020-01-01' },
        paid: { paid_to: '2020-01-01' },
        odd: { odd: true },
        college: { college: '没有这个学院' },
    };
    for (const [what, filter] of Object.entries(not)) assert.deepEqual(await numbers(finance, { ...filter, ...whole }), [], what);
    const [row] = (await search(finance, { order_no: paid.order_no })).orders;
    assert.equal(row.student.name, mine.姓名);
    assert.equal(row.what, `${line.item} ${line.period}`);
    assert.equal(row.line_count, paid.lines.length);
    assert.equal(row.student.id_number, undefined);
    assert.ok(choices.colleges.includes(mine.学院) && choices.classes.includes(mine.班级));
});

test('pages follow each other, and sums say what a filter holds', async () => {
    await paidOrder();
    const filter = { states: ['paid'] };
    const all = await lab.sql("SELECT COUNT(*) AS n, SUM(amount_fen) AS fen FROM orders WHERE state = 'paid'");
    const sums = await finance.must('POST', '/orders/sums', { filter });
    assert.deepEqual([sums.count, sums.paid_fen, sums.complete], [Number(all[0].n), Number(all[0].fen), true]);
    const seen = [];
    for (let next; ; ) {
        const page = await search(finance, filter, next ? { next } : {});
        seen.push(...page.orders.map((order) => order.order_no));
        next = page.next;
        if (!next) break;
    }
    assert.equal(seen.length, sums.count);
    assert.equal(new Set(seen).size, seen.length);
});

test('a pasted list says what each number was and which are unknown', async () => {
    const pasted = [paid.order_no, ` ${paid.transaction_id}\t`, mine.学号, 'CP404', '', paid.order_no];
    const found = await finance.must('POST', '/orders/lookup', { numbers: pasted });
    assert.deepEqual(found.not_found, ['CP404']);
    assert.deepEqual(found.found.map((each) => [each.asked, each.kind]), [
        [paid.order_no, 'order_no'],
        [paid.transaction_id, 'transaction_id'],
        [mine.学号, 'student_no'],
    ]);
    assert.deepEqual(found.orders.map((order) => order.order_no), [paid.order_no]);
    const many = Array.from({ length: 500 }, (_, i) => `CP${i}`);
    assert.equal((await finance.must('POST', '/orders/lookup', { numbers: many })).not_found.length, 500);
    for (const numbers of [[...many, 'CP500'], [], ['x'.repeat(65)], [1], 'CP1']) {
        const { status, body } = await finance.call('POST', '/orders/lookup', { numbers });
        assert.deepEqual([status, body.code], [400, 'bad_request'], JSON.stringify(numbers).slice(0, 40));
    }
});

test('one order from its opening to the books, without the payer’s WeChat account', async () => {
    const { status, body: life } = await finance.call('GET', `/orders/${paid.order_no}`);
    assert.equal(status, 200);
    assert.deepEqual(life.steps.map((step) => step.step), ['opened', 'prepared', 'paid', 'booked']);
    assert.ok(life.steps.every((step) => step.at_ms > 0));
    assert.equal(life.payment.amount_fen, paid.amount_fen);
    assert.equal(life.refundable.left_fen, paid.amount_fen);
    assert.equal(life.refundable.refusal, undefined);
    assert.deepEqual(life.lines.map((line) => line.credited_fen), paid.lines.map((line) => line.amount_fen));
    assert.ok(life.notices.length + life.questions.length >= 1, 'nobody told us of the payment');
    assert.deepEqual(life.messages.map((message) => message.kind), ['paid']);
    const [journal] = life.journals;
    assert.equal(journal.entries.reduce((sum, entry) => sum + entry.amount_fen, 0), 0);
    assert.ok(journal.entries.some((entry) => entry.account_text === paid.lines[0].item));
    assert.match(life.order.student.id_number, /^\*+.$/);
    const text = JSON.stringify(life);
    assert.ok(!text.includes(phone.openid) && !text.includes(mine.证件号码) && !text.includes('openid'));
    assert.equal((await finance.call('GET', '/orders/CP404404404')).status, 404);
});

test('an auditor reads without names, and asks nobody', async () => {
    const [row] = (await search(auditor, { order_no: paid.order_no })).orders;
    assert.match(row.student.name, /\*/);
    const life = await auditor.must('GET', `/orders/${paid.order_no}`);
    assert.equal(life.can_ask_wechat, false);
    assert.ok(!JSON.stringify(life).includes(mine.姓名));
    const { status, body } = await auditor.call('POST', `/orders/${paid.order_no}/ask`);
    assert.deepEqual([status, body.code], [403, 'not_your_role']);
});

test('another college’s operator sees nothing of it, by whatever way', async () => {
    assert.deepEqual(await numbers(elsewhere, { order_no: paid.order_no }), []);
    assert.deepEqual(await numbers(elsewhere, { college: mine.学院 }), []);
    assert.ok((await search(elsewhere, {})).orders.every((order) => order.student.college !== mine.学院));
    const sums = await elsewhere.must('POST', '/orders/sums', { filter: { order_no: paid.order_no } });
    assert.equal(sums.count, 0);
    const pasted = [paid.order_no, paid.transaction_id, mine.学号];
    assert.deepEqual((await elsewhere.must('POST', '/orders/lookup', { numbers: pasted })).not_found, pasted);
    assert.ok(!(await elsewhere.must('GET', '/orders/choices')).colleges.includes(mine.学院));
    for (const [method, path] of [['GET', ''], ['POST', '/ask']]) {
        const { status, body } = await elsewhere.call(method, `/orders/${paid.order_no}${path}`);
        assert.deepEqual([status, body.code], [404, 'order_not_found'], path);
    }
});

test('asked now, WeChat tells of a payment whose notice never came: booked, and noted who asked', async () => {
    await fault('notice_never', { where: { operation: 'notice_payment' }, times: 0 });
    const on = await studentOnPhone(nextStudent('console_orders'));
    const { order } = await on.order();
    const before = await finance.must('POST', `/orders/${order.order_no}/ask`);
    assert.equal(before.wechat, 'not_paid');
    assert.deepEqual(before.changed, []);
    assert.equal(before.life.order.state, 'awaiting');

    await fault('lost_before', { where: { operation: 'query' }, times: 0 });
    const lost = await finance.must('POST', `/orders/${order.order_no}/ask`);
    assert.deepEqual([lost.wechat, lost.changed], ['unknown', []]);
    assert.match(lost.text, /没有给出明确答复/);
    await control('DELETE', 'faults');
    await fault('notice_never', { where: { operation: 'notice_payment' }, times: 0 });

    await payInWechat(order.order_no);
    const told = await finance.must('POST', `/orders/${order.order_no}/ask`);
    assert.equal(told.wechat, 'paid');
    assert.equal(told.life.order.state, 'paid');
    const answers = told.life.questions.map((question) => [question.kind, question.answer]);
    assert.ok(answers.some(([kind, answer]) => kind === 'query' && answer === 'open'), JSON.stringify(answers));
    assert.ok(answers.some(([kind, answer]) => kind === 'query' && answer === 'paid'), JSON.stringify(answers));
    const asked = told.life.deeds.filter((deed) => deed.action === 'order.ask_wechat');
    assert.deepEqual(asked.map((deed) => [deed.result, deed.who.me]), [['not_paid', true], ['unknown', true], ['paid', true]]);
    // The watcher may have been faster by a moment.
    if (told.changed.length) assert.ok(told.changed.some((sentence) => /变为“已支付”/.test(sentence)), told.changed.join());
    const again = await finance.must('POST', `/orders/${order.order_no}/ask`);
    assert.deepEqual([again.wechat, again.changed], ['paid', []]);
});

test('asked about a cancelled order, WeChat says that it is over; the close was noted', async () => {
    const on = await studentOnPhone(nextStudent('console_orders'));
    const { order } = await on.order();
    await on.must('POST', `/orders/${order.order_no}/cancel`);
    await eventually(() => on.orderNow(order.order_no), (now) => now.state === 'closed');
    const told = await finance.must('POST', `/orders/${order.order_no}/ask`);
    assert.equal(told.wechat, 'closed');
    assert.ok(told.life.steps.some((step) => step.step === 'closed'));
    assert.ok(told.life.questions.some((question) => question.kind === 'close' && question.answer === 'closed'));
});

test('searches are kept for oneself: named, renamed, forgotten, and not without end', async () => {
    const keep = (desk, name, filter = { states: ['paid'] }, id = '') => desk.call('POST', `/order-searches${id}`, { name, filter });
    const desk = await operatorAtWork('finance');
    const filter = { name: '张', states: ['closed'], opened_from: '2026-09-01', amount_min_fen: 0, odd: true, item_id: '1', channel: 'native' };
    const kept = await keep(desk, '九月关闭', filter);
    assert.deepEqual(kept.body.searches.map((each) => [each.name, each.filter]), [['九月关闭', filter]]);
    const id = kept.body.searches[0].search;
    // The same once more is no second one.
    assert.equal((await keep(desk, '九月关闭', filter)).body.searches.length, 1);
    assert.deepEqual((await keep(desk, '九月关闭', {})).body.code, 'search_name_taken');
    assert.equal((await keep(desk, '十月', {}, `/${id}`)).body.searches[0].name, '十月');
    assert.deepEqual((await auditor.must('GET', '/order-searches')).searches, []);
    assert.deepEqual([(await keep(auditor, '别人的', {}, `/${id}`)).status, (await keep(desk, 'x', {}, '/404')).body.code], [404, 'search_not_found']);
    await auditor.must('DELETE', `/order-searches/${id}`);
    assert.equal((await desk.must('GET', '/order-searches')).searches.length, 1);
    for (let i = 1; i < kept.body.limit; ++i) assert.equal((await keep(desk, `查询${i}`)).status, 200);
    assert.deepEqual((await keep(desk, '多一个')).body.code, 'too_many_searches');
    await desk.must('DELETE', `/order-searches/${id}`);
    assert.equal((await desk.must('DELETE', `/order-searches/${id}`)).searches.length, kept.body.limit - 1);
    for (const [name, bad] of [['', {}], ['x'.repeat(33), {}], ['a', { states: ['gone'] }], ['a', { opened_from: '2026-13-01' }], ['a', null]]) {
        assert.equal((await keep(desk, name, bad)).status, 400, `${name} ${JSON.stringify(bad)}`);
    }
});

test('bad filters are bad requests, whatever they are made of', async () => {
    const bad = [{ item_id: 'x' }, { item_id: '0' }, { states: 'paid' }, { states: ['paid', 'x'] }, { channel: 'cash' }, { amount_min_fen: -1 }, { amount_max_fen: 1.5 },
        { amount_min_fen: '1' }, { opened_from: '2026-02-30' }, { paid_to: 'today' }, { odd: 'yes' }, { name: 7 }, { name: 'x'.repeat(65) }, { order_no: '\u0000' }];
    for (const filter of bad) {
        for (const path of ['search', 'sums']) {
            const { status, body } = await finance.call('POST', `/orders/${path}`, { filter });
            assert.deepEqual([status, body.code], [400, 'bad_request'], JSON.stringify(filter));
        }
    }
    for (const next of ['x', '1', '-1', '1-', '0-0', '1-99999999999999999999']) {
        assert.equal((await finance.call('POST', '/orders/search', { filter: {}, next })).status, 400, next);
    }
    for (const name of ["' OR 1=1 --", '%', '_', '\\', '💥']) assert.deepEqual(await numbers(finance, { name }), [], name);
    assert.equal((await finance.call('POST', '/orders/search', {})).status, 400);
    const row = await one("SELECT COUNT(*) AS n FROM audit WHERE action = 'order.ask_wechat'");
    assert.ok(Number(row.n) >= 4);
});
