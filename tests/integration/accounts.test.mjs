// The desk portal's door: captcha, the initial password that leads nowhere but to a new one, recovery, personal data.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { logsOf } from '../support/logs.mjs';
import { calm, eventually, lab, nextStudent, Phone, payInWechat, studentOnPhone } from './client.mjs';

afterEach(calm);

const digits = '零一二三四五六七八九';
/** What a person with a screen reader does. */
function solve(question) {
    const [, a, sign, b] = /请计算：(.)(.)(.)等于几/.exec(question);
    return String(sign === '加' ? digits.indexOf(a) + digits.indexOf(b) : digits.indexOf(a) - digits.indexOf(b));
}

export async function captchaFor(browser) {
    const { captcha, question } = await browser.must('POST', '/captcha', { form: 'question' });
    return { captcha, captcha_answer: solve(question) };
}

const userName = (student) => student.学号 || student.证件号码;
const initial = (student) => student.证件号码.slice(-6);
const ownPassword = 'rain-on-the-rails-7';
const answers = [
    { question: 'birthplace', answer: '长春市' },
    { question: 'book', answer: 'Dream of the Red Chamber' },
    { question: 'food', answer: '锅包肉' },
];

async function desk() {
    const browser = new Phone({ inWechat: false });
    await browser.session();
    return browser;
}

const enter = async (browser, student, password) =>
    browser.call('POST', '/portal/session', { username: userName(student), password, ...(await captchaFor(browser)) });

/** A student whose password is his own. */
async function settledIn(student) {
    const browser = await desk();
    await enter(browser, student, initial(student));
    await browser.must('POST', '/account/first-password', { new_password: ownPassword, answers });
    await enter(browser, student, ownPassword);
    return browser;
}

test('a captcha is a picture or a question, good once and for the browser that asked', async () => {
    const student = nextStudent('accounts');
    const browser = await desk();
    const seen = await browser.must('POST', '/captcha', { form: 'picture' });
    const png = Buffer.from(seen.picture.replace('data:image/png;base64,', ''), 'base64');
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [320, 112]);
    assert.equal(seen.question, undefined);

    const wrong = await browser.call('POST', '/portal/session', {
        username: userName(student), password: initial(student), captcha: seen.captcha, captcha_answer: '0000',
    });
    assert.deepEqual([wrong.status, wrong.body.code], [400, 'captcha_wrong']);

    const right = await captchaFor(browser);
    const other = await desk();
    const stolen = await other.call('POST', '/portal/session', { username: userName(student), password: initial(student), ...right });
    assert.equal(stolen.body.code, 'captcha_wrong');
    const used = await browser.call('POST', '/portal/session', { username: userName(student), password: '000000', ...right });
    assert.equal(used.body.code, 'sign_in_failed');
    const again = await browser.call('POST', '/portal/session', { username: userName(student), password: initial(student), ...right });
    assert.equal(again.body.code, 'captcha_wrong', 'a captcha is good once, right or wrong');
});

test('one captcha sent many times at once opens one try', async () => {
    const student = nextStudent('accounts');
    const browser = await desk();
    const right = await captchaFor(browser);
    const form = { username: userName(student), password: '000000', ...right };
    const codes = (await Promise.all(Array.from({ length: 8 }, () => browser.call('POST', '/portal/session', form)))).map(
        ({ body }) => body.code,
    );
    assert.equal(codes.filter((code) => code === 'sign_in_failed').length, 1, codes.join());
});

test('the initial password leads to changing it and nowhere else', async () => {
    const student = nextStudent('accounts');
    const browser = await desk();
    const { status, body } = await enter(browser, student, initial(student));
    assert.equal(status, 200);
    assert.deepEqual([body.signed_in, body.level, body.must_change_password], [true, 'initial', true]);
    for (const [method, path] of [['GET', '/bills'], ['GET', '/orders'], ['GET', '/payments'], ['GET', '/profile'], ['POST', '/orders'], ['POST', '/profile'], ['POST', '/account/password']]) {
        const answer = await browser.call(method, path, {});
        assert.deepEqual([answer.status, answer.body.code], [403, 'password_change_needed'], path);
    }

    const first = (new_password, given = answers) => browser.call('POST', '/account/first-password', { new_password, answers: given });
    for (const bad of ['short1', 'onlyletters', '12345678', 'aaaaaaa1', `A${initial(student)}b`, `x${student.学号}`, '空格和中文不行12', 'a1'.repeat(33)]) {
        const answer = await first(bad);
        assert.equal(answer.body.code, 'password_too_weak', bad);
        assert.match(answer.body.message, /新密码/);
    }
    for (const bad of [[], answers.slice(1), [answers[0], answers[0], answers[1]], [...answers.slice(1), { question: 'nonsense', answer: '长春市' }],
        answers.map((one) => ({ ...one, answer: '一样的' })), answers.map((one) => ({ ...one, answer: `${one.answer[0]}` }))]) {
        assert.equal((await first(ownPassword, bad)).body.code, 'security_answers_unfit');
    }

    const done = await first(ownPassword);
    assert.deepEqual([done.status, done.body.signed_in], [200, false]);
    assert.equal((await enter(browser, student, initial(student))).body.code, 'sign_in_failed', 'the initial password is dead');
    const back = await enter(browser, student, ownPassword);
    assert.deepEqual([back.body.level, back.body.must_change_password], ['own', undefined]);
    assert.ok((await browser.arrears()).total_owed_fen > 0);
    const chosen = await browser.must('GET', '/account/questions');
    assert.deepEqual(chosen.chosen, answers.map((one) => one.question).sort());
    const others = [{ question: 'film', answer: '大闹天宫' }, answers[0], answers[1]];
    assert.equal((await browser.call('POST', '/account/questions', { password: 'not-this-one-9', answers: others })).body.code, 'password_wrong');
    const changed = await browser.must('POST', '/account/questions', { password: ownPassword, answers: others });
    assert.deepEqual(changed.chosen, ['birthplace', 'book', 'film']);
});

test('on the phone the initial password still pays, and is not changed there', async () => {
    const phone = await studentOnPhone(nextStudent('accounts'));
    const { status, body } = await phone.call('POST', '/account/first-password', { new_password: ownPassword, answers });
    assert.deepEqual([status, body.code], [403, 'not_allowed_at_this_level']);
    const change = await phone.call('POST', '/profile', { password: 'x', phone: '13800000000' });
    assert.equal(change.body.code, 'not_allowed_at_this_level');
    await phone.order();
});

test('a changed password ends every other session, and asks for the present one', async () => {
    const student = nextStudent('accounts');
    const browser = await settledIn(student);
    const other = await desk();
    await enter(other, student, ownPassword);
    const wrong = await browser.call('POST', '/account/password', { password: 'not-this-one-9', new_password: 'other-rails-8' });
    assert.deepEqual([wrong.status, wrong.body.code], [403, 'password_wrong']);
    await browser.must('POST', '/account/password', { password: ownPassword, new_password: 'other-rails-8' });
    assert.equal((await browser.call('GET', '/bills')).status, 200);
    assert.equal((await other.call('GET', '/bills')).status, 401);
    for (let i = 0; i < 5; ++i) await browser.call('POST', '/account/password', { password: 'wrong-guess-1', new_password: 'x' });
    const throttled = await browser.call('POST', '/account/password', { password: 'other-rails-8', new_password: 'third-rails-9' });
    assert.deepEqual([throttled.status, throttled.body.code], [429, 'sign_in_throttled']);
});

test('personal data: masked, checked, kept sealed', async () => {
    const student = nextStudent('accounts');
    const browser = await settledIn(student);
    const change = (more) => browser.call('POST', '/profile', { password: ownPassword, ...more });
    for (const [bad, word] of [[{ phone: '12345' }, '手机号'], [{ email: 'nobody' }, '邮箱'], [{ postcode: '13000' }, '邮编'], [{ address: '长春\n市' }, '地址']]) {
        const { status, body } = await change(bad);
        assert.deepEqual([status, body.code], [400, 'profile_unfit']);
        assert.ok(body.message.includes(word), body.message);
    }
    const { body } = await change({ phone: '138 0013-8000', email: 'someone@example.com', postcode: '130000', address: '吉林省长春市无名路 1 号 😀' });
    assert.deepEqual([body.phone, body.email, body.postcode], ['138****8000', 's***@example.com', '130000']);
    assert.match(body.address, /^吉林省长春市\*+$/);
    const card = await browser.call('POST', '/profile/bank-card', { password: ownPassword, bank_card: '6222 0000 0000 0002' });
    assert.equal(card.body.code, 'profile_unfit');
    const kept = await browser.must('POST', '/profile/bank-card', { password: ownPassword, bank_card: '6222 0000 0000 0009' });
    assert.equal(kept.bank_card, '**** **** **** 0009');
    const [row] = await lab.sql(
        `SELECT HEX(phone_sealed) AS phone, HEX(bank_card_sealed) AS card FROM people WHERE student_no = '${student.学号}'`,
    );
    assert.ok(!row.phone.includes(Buffer.from('13800138000').toString('hex').toUpperCase()));
    assert.ok(row.card.length > 40);
    const gone = await change({ phone: '', email: '' });
    assert.deepEqual([gone.body.phone, gone.body.email, gone.body.postcode], ['', '', '130000']);
});

async function recover(browser, student) {
    return browser.must('POST', '/recoveries', { username: userName(student), ...(await captchaFor(browser)) });
}

test('a forgotten password comes back by the answers', async () => {
    const student = nextStudent('accounts');
    const before = await settledIn(student);
    const browser = await desk();
    const begun = await recover(browser, student);
    assert.equal(begun.state, 'asked');
    assert.deepEqual(begun.questions.map((one) => one.question), answers.map((one) => one.question).sort());
    const at = `/recoveries/${begun.recovery}`;
    assert.equal((await (await desk()).call('GET', at)).body.code, 'recovery_not_possible', 'of this browser only');
    assert.equal((await browser.call('POST', `${at}/password`, { new_password: 'new-rails-77' })).body.code, 'recovery_not_possible');
    const wrong = await browser.call('POST', `${at}/answers`, { answers: answers.map((one) => ({ ...one, answer: '不是这个' })) });
    assert.deepEqual([wrong.status, wrong.body.code], [403, 'recovery_failed']);

    // Blanks and capitals are not what somebody remembers.
    const remembered = [answers[2], { question: 'book', answer: ' dream of the red  chamber' }, answers[0]];
    const right = await browser.must('POST', `${at}/answers`, { answers: remembered });
    assert.equal(right.state, 'approved');
    assert.equal((await browser.call('POST', `${at}/password`, { new_password: 'short' })).body.code, 'password_too_weak');
    const done = await browser.must('POST', `${at}/password`, { new_password: 'new-rails-77' });
    assert.equal(done.state, 'done');
    assert.equal((await before.call('GET', '/bills')).status, 401, 'every session has ended');
    assert.equal((await browser.call('POST', `${at}/password`, { new_password: 'newer-rails-78' })).body.code, 'recovery_not_possible');
    assert.equal((await enter(browser, student, 'new-rails-77')).status, 200);
});

test('five wrong answers end a recovery', async () => {
    const student = nextStudent('accounts');
    await settledIn(student);
    const browser = await desk();
    const begun = await recover(browser, student);
    const wrong = { answers: answers.map((one) => ({ ...one, answer: '不是这个' })) };
    const codes = [];
    for (let i = 0; i < 6; ++i) codes.push((await browser.call('POST', `/recoveries/${begun.recovery}/answers`, wrong)).body.code);
    assert.deepEqual(codes, [...Array(5).fill('recovery_failed'), 'recovery_not_possible']);
    const right = await browser.call('POST', `/recoveries/${begun.recovery}/answers`, { answers });
    assert.equal(right.body.code, 'recovery_not_possible');
    assert.equal((await browser.must('GET', `/recoveries/${begun.recovery}`)).state, 'over');
});

test('a name without an account is asked like any other', async () => {
    const browser = await desk();
    const nobody = { 学号: '2099999999', 证件号码: '' };
    const first = await recover(browser, nobody);
    const second = await recover(browser, nobody);
    assert.equal(first.questions.length, 3);
    assert.deepEqual(first.questions, second.questions, 'the same questions each time');
    const given = { answers: first.questions.map(({ question }, i) => ({ question, answer: `答案 ${i}` })) };
    assert.equal((await browser.call('POST', `/recoveries/${first.recovery}/answers`, given)).body.code, 'recovery_failed');
});

test('where WeChat is bound its word is asked for as well', async () => {
    const student = nextStudent('accounts');
    const phone = await studentOnPhone(student);
    await phone.must('POST', '/binding');
    await settledIn(student);
    const browser = await desk();
    const begun = await recover(browser, student);
    const at = `/recoveries/${begun.recovery}`;
    const waiting = await browser.must('POST', `${at}/answers`, { answers });
    assert.equal(waiting.state, 'waiting_for_wechat');
    assert.equal(waiting.wechat_url, `${lab.server}/h5/recovery`);
    assert.equal((await browser.call('POST', `${at}/password`, { new_password: 'new-rails-77' })).body.code, 'recovery_not_possible');

    const stranger = await studentOnPhone(nextStudent('accounts'));
    assert.deepEqual((await stranger.must('GET', '/account/recoveries')).requests, []);
    assert.equal((await stranger.call('POST', `/account/${at.slice(1)}`, { approve: true })).body.code, 'recovery_not_possible');

    await phone.must('POST', '/session/wechat');
    const { requests } = await phone.must('GET', '/account/recoveries');
    assert.deepEqual(requests.map((one) => one.recovery), [begun.recovery]);
    await phone.must('POST', `/account/recoveries/${begun.recovery}`, { approve: true });
    assert.equal((await browser.must('GET', at)).state, 'approved');
    await browser.must('POST', `${at}/password`, { new_password: 'new-rails-77' });

    const second = await recover(browser, student);
    await browser.must('POST', `/recoveries/${second.recovery}/answers`, { answers });
    await phone.must('POST', '/session/wechat');
    await phone.must('POST', `/account/recoveries/${second.recovery}`, { approve: false });
    assert.equal((await browser.must('GET', `/recoveries/${second.recovery}`)).state, 'denied');
    assert.equal((await browser.call('POST', `/recoveries/${second.recovery}/password`, { new_password: 'bad-rails-99' })).body.code, 'recovery_not_possible');

    const back = await desk();
    await enter(back, student, 'new-rails-77');
    assert.equal((await back.must('GET', '/profile')).wechat_accounts, 1);
    assert.equal((await back.call('POST', '/profile/wechat', { password: 'not-this-one-9' })).body.code, 'password_wrong');
    assert.equal((await back.must('POST', '/profile/wechat', { password: 'new-rails-77' })).wechat_accounts, 0);
    await phone.must('DELETE', '/session');
    assert.equal((await phone.call('POST', '/session/wechat')).body.code, 'sign_in_failed', 'the phone enters by itself no more');
});

test('the desk pays by a QR code, the phone sees the same order', async () => {
    const student = nextStudent('accounts');
    const browser = await settledIn(student);
    const { bills } = await browser.arrears();
    const wish = {
        request_id: crypto.randomUUID(), channel: 'native',
        bill_ids: bills.map((bill) => bill.bill_id), total_fen: bills.reduce((sum, bill) => sum + bill.owed_fen, 0),
    };
    const made = await browser.must('POST', '/orders', wish);
    assert.match(made.code_url, /^weixin:\/\/wxpay\//);
    assert.equal(made.jsapi, undefined);
    assert.deepEqual([made.order.channel, made.order.can_pay], ['native', true]);
    const again = await browser.must('POST', '/orders', wish);
    assert.deepEqual([again.order.order_no, again.code_url], [made.order.order_no, made.code_url]);

    const phone = await new Phone().follow();
    await phone.enter();
    await phone.must('POST', '/session', { way: 'password', username: userName(student), password: ownPassword });
    const held = await phone.call('POST', '/orders', { ...wish, request_id: crypto.randomUUID(), channel: 'jsapi' });
    assert.deepEqual([held.status, held.body.code, held.body.order_no], [409, 'bill_in_live_order', made.order.order_no]);
    await payInWechat(made.order.order_no, { openid: phone.openid });
    await eventually(() => browser.orderNow(made.order.order_no), (order) => order.state === 'paid', 15);
    assert.equal((await phone.arrears()).total_owed_fen, 0);

    const found = await browser.must('GET', `/orders?text=${encodeURIComponent(made.order.order_no.slice(4, 16))}&state=paid`);
    assert.deepEqual(found.orders.map((one) => one.order_no), [made.order.order_no]);
    assert.deepEqual((await browser.must('GET', '/orders?to=2020-01-01')).orders, []);
    assert.equal((await browser.call('GET', '/orders?from=2026-02-30')).status, 400);
    assert.equal((await browser.call('GET', '/orders?state=anything')).status, 400);
});

test('the log has none of it', async () => {
    const said = logsOf(lab).map(({ text }) => text).join('\n');
    for (const word of [ownPassword, '长春市', '锅包肉', '13800138000', '6222000000000009', 'someone@example.com']) {
        assert.ok(!said.includes(word), word);
    }
});
