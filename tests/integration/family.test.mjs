// 家人代付: somebody who is not signed in pays a student's bills by a link, and never a bill twice.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';

import { calm, control, eventually, fault, lab, nextStudent, payInWechat, Phone, studentOnPhone } from './client.mjs';

afterEach(calm);

const secrets = [];
async function studentWithLink(more = {}) {
    const student = nextStudent('family');
    const phone = await studentOnPhone(student);
    const { bills } = await phone.arrears();
    const link = await makeLink(phone, bills, more);
    return { student, phone, bills, ...link };
}

async function makeLink(phone, bills, more = {}) {
    const made = await phone.must('POST', '/family-links', {
        bill_ids: bills.map((bill) => bill.bill_id),
        total_fen: bills.reduce((sum, bill) => sum + bill.owed_fen, 0),
        hours: 24,
        ...more,
    });
    const token = made.path.split('/').pop();
    secrets.push(token);
    return { link: made.link, token, made };
}

/** Somebody in WeChat who has never signed in: follows the link, and comes through WeChat's door to the page that pays. */
async function parent() {
    const phone = await new Phone().follow();
    return phone.enter('/h5/family');
}
const open = (phone, token) => phone.must('POST', '/family/open', { token });
const press = async (phone, token) => phone.call('POST', '/family/pay', { token, total_fen: (await open(phone, token)).total_fen });
const linkNow = async (phone, link) => (await phone.must('GET', '/family-links')).links.find((one) => one.link === link);
const orderOf = async (link) => (await lab.sql(`SELECT order_no, openid, person_id, state FROM orders WHERE request_id LIKE 'family-${link}-%' ORDER BY created_ms DESC`))[0];

test('a parent pays without signing in, and both see it', async () => {
    const { student, phone, link, token, bills, made } = await studentWithLink({ message: '妈妈，谢谢' });
    assert.equal(made.url, lab.server + made.path);
    assert.match(token, /^[\w-]{43}$/);
    assert.equal((await linkNow(phone, link)).state, 'open');

    const mother = await parent();
    const seen = await open(mother, token);
    const owed = bills.reduce((sum, bill) => sum + bill.owed_fen, 0);
    assert.deepEqual([seen.state, seen.mine, seen.by_me, seen.can_pay, seen.total_fen], ['open', false, false, true, owed]);
    assert.equal(seen.message, '妈妈，谢谢');
    assert.equal(seen.lines.length, bills.length);
    // What she may see, and nothing else of the student.
    const text = JSON.stringify(seen);
    for (const hidden of [student.姓名, student.学号, student.证件号码, student.证件号码.slice(-4), student.班级].filter(Boolean)) {
        assert.ok(!text.includes(hidden), hidden);
    }
    assert.equal(seen.name[0], student.姓名[0]);

    const { status, body } = await press(mother, token);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.wechat, body.family.state, body.family.by_me], ['ready', 'being_paid', true]);
    assert.equal((await linkNow(phone, link)).state, 'being_paid');
    const order = await orderOf(link);
    assert.equal(order.openid, mother.openid);
    const atWechat = await control('GET', `orders/${order.order_no}`);
    assert.deepEqual([atWechat.total, atWechat.openid], [owed, mother.openid]);

    await payInWechat(order.order_no, { openid: mother.openid });
    const after = await eventually(() => mother.must('POST', '/family/confirm', { token }), ({ family }) => family.state === 'paid');
    assert.deepEqual([after.wechat, after.family.by_me, after.family.total_fen, after.family.paid_at > 0], ['paid', true, owed, true]);
    assert.equal((await linkNow(phone, link)).state, 'paid');
    assert.equal((await phone.arrears()).total_owed_fen, 0);
    assert.equal((await phone.orderNow(order.order_no)).state, 'paid');
    await phone.must('GET', `/orders/${order.order_no}/receipt/facts`);

    const uncle = await parent();
    const late = await open(uncle, token);
    assert.deepEqual([late.state, late.name, late.lines, late.can_pay], ['paid', undefined, undefined, false]);
    const again = await uncle.call('POST', '/family/pay', { token, total_fen: owed });
    assert.deepEqual([again.status, again.body.wechat, again.body.jsapi], [200, 'settled', undefined]);
});

test('a repeated press finds the same order; a double click opens one', async () => {
    const { token, link } = await studentWithLink();
    const mother = await parent();
    const presses = await Promise.all(Array.from({ length: 5 }, () => press(mother, token)));
    assert.deepEqual(presses.map(({ status }) => status), Array(5).fill(200));
    assert.equal(new Set(presses.map(({ body }) => body.jsapi.package)).size, 1);
    const rows = await lab.sql(`SELECT order_no FROM orders WHERE request_id LIKE 'family-${link}-%'`);
    assert.equal(rows.length, 1);
    const later = await press(mother, token);
    assert.equal(later.body.jsapi.package, presses[0].body.jsapi.package);
});

test('two payers at once: one order, the other is told that somebody pays', async () => {
    const { token, link } = await studentWithLink();
    const both = [await parent(), await parent()];
    const total = (await open(both[0], token)).total_fen;
    const answers = await Promise.all(both.map((one) => one.call('POST', '/family/pay', { token, total_fen: total })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    const lost = answers.findIndex(({ status }) => status === 409);
    assert.equal(answers[lost].body.code, 'family_someone_pays');
    assert.equal((await lab.sql(`SELECT order_no FROM family_orders WHERE link_id = ${link}`)).length, 1);
    const seen = await open(both[lost], token);
    assert.deepEqual([seen.state, seen.by_me, seen.can_pay, seen.can_cancel], ['being_paid', false, false, false]);
    // Nor may he ask about it or end it.
    for (const call of ['confirm', 'cancel']) {
        const { status, body } = await both[lost].call('POST', `/family/${call}`, { token });
        assert.deepEqual([status, body.code], [409, 'family_someone_pays']);
    }
});

test('the student pays himself meanwhile: the link stands behind, then shows that nothing is owed', async () => {
    const { phone, token, link } = await studentWithLink();
    const { order } = await phone.order();
    const mother = await parent();
    assert.deepEqual([(await open(mother, token)).state, (await linkNow(phone, link)).state], ['being_paid', 'being_paid']);
    const refused = await press(mother, token);
    assert.deepEqual([refused.status, refused.body.code], [409, 'family_someone_pays']);
    await payInWechat(order.order_no);
    await phone.paid(order.order_no);
    assert.equal((await open(mother, token)).state, 'settled');
    assert.equal((await linkNow(phone, link)).state, 'settled');
    const late = await mother.call('POST', '/family/pay', { token, total_fen: order.amount_fen });
    assert.deepEqual([late.status, late.body.code], [409, 'family_link_over']);
});

test('the student cancels his own order, and the link is open again', async () => {
    const { phone, token } = await studentWithLink();
    const { order } = await phone.order();
    await phone.must('POST', `/orders/${order.order_no}/cancel`);
    const mother = await parent();
    assert.equal((await open(mother, token)).state, 'open');
    assert.equal((await press(mother, token)).status, 200);
});

test('the parent gives up: asked, closed and asked again at WeChat, then anybody may pay', async () => {
    const { phone, token, link } = await studentWithLink();
    const mother = await parent();
    await press(mother, token);
    const first = await orderOf(link);
    const gone = await mother.must('POST', '/family/cancel', { token });
    assert.deepEqual([gone.wechat, gone.family.state], ['closed', 'open']);
    const calls = (await control('GET', 'log?limit=1000')).entries.filter((one) => one.out_trade_no === first.order_no).map((one) => one.operation);
    assert.deepEqual(calls, ['order_jsapi', 'query_no', 'close', 'query_no']);
    assert.equal((await linkNow(phone, link)).state, 'open');
    // Another one, under another number.
    const father = await parent();
    assert.equal((await press(father, token)).status, 200);
    const second = await orderOf(link);
    assert.notEqual(second.order_no, first.order_no);
    await payInWechat(second.order_no, { openid: father.openid });
    await eventually(() => open(father, token), (now) => now.state === 'paid');
});

test('paid at the moment of giving up is paid', async () => {
    const { token, link } = await studentWithLink();
    const mother = await parent();
    await press(mother, token);
    const order = await orderOf(link);
    await fault('notice_never', { times: 0 });
    await payInWechat(order.order_no, { openid: mother.openid });
    const said = await mother.must('POST', '/family/cancel', { token });
    assert.deepEqual([said.wechat, said.family.state], ['paid', 'paid']);
    const after = await mother.call('POST', '/family/cancel', { token });
    assert.deepEqual([after.status, after.body.code], [409, 'order_not_cancellable']);
});

test('withdrawn: nothing is told and nothing opens; repeating it changes nothing', async () => {
    const { phone, token, link } = await studentWithLink();
    const mother = await parent();
    const total = (await open(mother, token)).total_fen;
    for (let i = 0; i < 2; ++i) {
        const { links } = await phone.must('POST', `/family-links/${link}/withdraw`);
        assert.equal(links.find((one) => one.link === link).state, 'withdrawn');
    }
    const seen = await open(mother, token);
    assert.deepEqual([seen.state, seen.name, seen.lines, seen.message], ['withdrawn', undefined, undefined, undefined]);
    const late = await mother.call('POST', '/family/pay', { token, total_fen: total });
    assert.deepEqual([late.status, late.body.code], [409, 'family_link_over']);
    const other = await studentOnPhone(nextStudent('family'));
    const foreign = await other.call('POST', `/family-links/${link}/withdraw`);
    assert.deepEqual([foreign.status, foreign.body.code], [404, 'family_link_not_found']);
});

test('withdrawn while somebody pays: no new sheet, but what WeChat took is kept', async () => {
    const { phone, token, link } = await studentWithLink();
    const mother = await parent();
    await press(mother, token);
    await phone.must('POST', `/family-links/${link}/withdraw`);
    assert.equal((await linkNow(phone, link)).state, 'being_paid');
    const again = await press(mother, token);
    assert.deepEqual([again.status, again.body.code], [409, 'family_link_over']);
    const order = await orderOf(link);
    await payInWechat(order.order_no, { openid: mother.openid });
    await phone.paid(order.order_no);
    assert.equal((await linkNow(phone, link)).state, 'paid');
});

test('the end comes by the database’s clock; an order that lives may be finished after it', async () => {
    const { phone, token, link } = await studentWithLink({ hours: 1 });
    const end = () => lab.sql(`UPDATE family_links SET ends_ms = UNIX_TIMESTAMP(NOW(3)) * 1000 - 1 WHERE id = ${link}`);
    const row = (await lab.sql(`SELECT ends_ms - created_ms AS life FROM family_links WHERE id = ${link}`))[0];
    assert.ok(Math.abs(Number(row.life) - 3_600_000) < 5_000);
    const mother = await parent();
    await press(mother, token);
    await end();
    assert.equal((await open(mother, token)).state, 'being_paid');
    assert.equal((await press(mother, token)).status, 200);
    const order = await orderOf(link);
    await payInWechat(order.order_no, { openid: mother.openid });
    await phone.paid(order.order_no);
    assert.equal((await linkNow(phone, link)).state, 'paid');
});

test('after the end a link tells nothing and opens nothing', async () => {
    const { phone, token, link } = await studentWithLink();
    const mother = await parent();
    const total = (await open(mother, token)).total_fen;
    await lab.sql(`UPDATE family_links SET ends_ms = UNIX_TIMESTAMP(NOW(3)) * 1000 - 1 WHERE id = ${link}`);
    const seen = await open(mother, token);
    assert.deepEqual([seen.state, seen.name, seen.can_pay], ['ended', undefined, false]);
    const late = await mother.call('POST', '/family/pay', { token, total_fen: total });
    assert.deepEqual([late.status, late.body.code], [409, 'family_link_over']);
    assert.equal((await linkNow(phone, link)).state, 'ended');
});

test('a changed amount is seen before it is paid', async () => {
    const { token, link } = await studentWithLink();
    const mother = await parent();
    const total = (await open(mother, token)).total_fen;
    const wrong = await mother.call('POST', '/family/pay', { token, total_fen: total - 1 });
    assert.deepEqual([wrong.status, wrong.body.code], [409, 'bills_changed']);
    assert.equal(await orderOf(link), undefined);
});

test('links are made over one’s own bills that can be paid now, and not without end', async () => {
    const phone = await studentOnPhone(nextStudent('family'));
    const { bills } = await phone.arrears();
    const other = await studentOnPhone(nextStudent('family'));
    const theirs = (await other.arrears()).bills;
    const form = (list, more = {}) => ({
        bill_ids: list.map((bill) => bill.bill_id),
        total_fen: list.reduce((sum, bill) => sum + bill.owed_fen, 0),
        hours: 24,
        ...more,
    });
    const cases = [
        [form(theirs), 404, 'bill_not_found'],
        [form(bills, { total_fen: 1 }), 409, 'bills_changed'],
        [form(bills, { hours: 2 }), 400, 'bad_request'],
        [form(bills, { message: '谢'.repeat(61) }), 400, 'bad_request'],
        [form(bills, { message: '一行\n两行' }), 400, 'bad_request'],
        [form([]), 400, 'bad_request'],
    ];
    for (const [body, status, code] of cases) {
        const answer = await phone.call('POST', '/family-links', body);
        assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(body).slice(0, 100));
    }
    const { order } = await phone.order({ bills: bills.slice(0, 1) });
    const held = await phone.call('POST', '/family-links', form(bills));
    assert.deepEqual([held.status, held.body.code, held.body.order_no], [409, 'bill_in_live_order', order.order_no]);
    await phone.must('POST', `/orders/${order.order_no}/cancel`);
    for (let i = 0; i < 10; ++i) await makeLink(phone, bills, { message: i ? '' : '谢'.repeat(60) });
    const more = await phone.call('POST', '/family-links', form(bills));
    assert.deepEqual([more.status, more.body.code], [429, 'too_many_requests']);
    assert.equal((await phone.must('GET', '/family-links')).links.length, 10);
    const stranger = new Phone({ inWechat: false });
    await stranger.session();
    assert.equal((await stranger.call('POST', '/family-links', form(bills))).status, 401);
});

test('the student sees his own link as his own; a browser may look but not pay', async () => {
    const { phone, token } = await studentWithLink();
    assert.equal((await open(phone, token)).mine, true);
    const browser = new Phone({ inWechat: false });
    await browser.session();
    const seen = await open(browser, token);
    assert.deepEqual([seen.state, seen.mine], ['open', false]);
    const { status, body } = await press(browser, token);
    assert.deepEqual([status, body.code], [409, 'wechat_identity_needed']);
});

test('a stranger who guesses is stopped by his address, and nobody else is', async () => {
    const { token } = await studentWithLink();
    const stranger = new Phone({ inWechat: false });
    await stranger.session();
    const guesses = ['', 'a', 'a'.repeat(43), token.slice(0, -1), `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`];
    for (const guess of guesses) {
        const { status, body } = await stranger.call('POST', '/family/open', { token: guess });
        assert.deepEqual([status, body.code], [404, 'family_link_not_found']);
    }
    const answers = await Promise.all(Array.from({ length: 70 }, (_, i) => stranger.call('POST', '/family/open', { token: String(i).padStart(43, 'x') })));
    assert.ok(answers.some(({ status }) => status === 429));
    assert.ok(answers.every(({ status }) => status === 404 || status === 429));
    // Who holds a real link behind the same address is not locked out.
    const neighbour = new Phone({ inWechat: false, address: stranger.address });
    await neighbour.session();
    assert.equal((await open(neighbour, token)).state, 'open');
});

test('the message after payment goes to the student, not to the payer', async () => {
    const { phone, token, link } = await studentWithLink();
    await phone.must('POST', '/binding');
    const mother = await parent();
    await press(mother, token);
    const order = await orderOf(link);
    await payInWechat(order.order_no, { openid: mother.openid });
    const told = await eventually(
        async () => (await lab.sql(`SELECT state, openid FROM outbox WHERE business_key = 'paid:${order.order_no}'`))[0],
        (row) => row && row.state !== 'queued',
        30,
    );
    assert.deepEqual(told, { state: 'sent', openid: phone.openid });
});

test('the page of a link opens without WeChat’s question, and its secret stands in no log and no table', async () => {
    const { token } = await studentWithLink();
    const mother = new Phone();
    const page = await mother.get(`/h5/family/${token}`);
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
    const door = await mother.get('/h5/family');
    assert.equal(door.status, 302);
    await open(await parent(), token);

    const logs = readdirSync(join(lab.dir, 'log')).map((name) => readFileSync(join(lab.dir, 'log', name), 'utf8'));
    const states = await lab.sql('SELECT next_path FROM oauth_states');
    for (const secret of secrets) {
        assert.ok(logs.every((log) => !log.includes(secret)));
        assert.ok(states.every((one) => !one.next_path.includes(secret)));
    }
});
