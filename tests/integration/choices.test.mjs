// What a payer starts himself: optional items, top-ups that leave for the school's other system, projects with places.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { calm, campuspay, control, eventually, everyone, fault, lab, nextStudent, payInWechat, Phone, studentOnPhone } from './client.mjs';

const receiver = async (method, path, body) => {
    const answer = await fetch(`${lab.receiver}/control/${path}`, { method, body: body && JSON.stringify(body) });
    return answer.json();
};
const behave = (mode, times = 0) => receiver('POST', 'behave', { mode, times });
const takenOf = async (number) => (await receiver('GET', 'top-ups')).filter((one) => one.top_up_no === number);

const importItems = async (rows) => {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const file = join(lab.dir, `items-${randomUUID()}.csv`);
    const cell = (text = '') => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    writeFileSync(file, [columns, ...rows.map((row) => columns.map((name) => cell(row[name])))].map((row) => row.join(',')).join('\r\n') + '\r\n');
    return campuspay('import', 'items', file);
};

let serial = 0;
/** A project of this test alone: its item id. */
async function project(more = {}) {
    const name = `测试项目${++serial}`;
    const { status, out } = await importItems([{ 项目名称: name, 类别: '报名', 收费区间: '2026', 价格: '30.00', 名额: '20', ...more }]);
    assert.equal(status, 0, out);
    return (await lab.sql(`SELECT id FROM fee_items WHERE name = '${name}'`))[0].id;
}
const itemNamed = async (name) => (await lab.sql(`SELECT id FROM fee_items WHERE name = '${name}'`))[0].id;
const places = async (item) => Number((await lab.sql(`SELECT places_taken AS n FROM fee_items WHERE id = ${item}`))[0].n);
const student = () => studentOnPhone(nextStudent('choices'));

const wish = (amount, more = {}) => ({ request_id: randomUUID(), amount_fen: amount, ...more });
const choose = (phone, item, body) => phone.call('POST', `/choices/${item}/order`, body);
async function chosen(phone, item, body) {
    const { status, body: answer } = await choose(phone, item, body);
    assert.equal(status, 200, JSON.stringify(answer));
    return answer;
}
const offerOf = async (phone, category, item) => (await phone.must('GET', `/choices?category=${category}`)).choices.find((one) => one.item_id === item);
const signUpOf = async (phone, item) => (await phone.must('GET', '/sign-ups')).sign_ups.find((one) => one.item_id === item);
const topUpOf = async (phone, number) => (await phone.must('GET', '/top-ups')).top_ups.find((one) => one.order_no === number);
const hurry = () => lab.sql("UPDATE outbox SET next_try_ms = 1000 WHERE state = 'queued' AND kind = 'top_up'");
/** Whatever waits between tries is not waited for. */
const hurried = (ask, satisfies, seconds = 30) =>
    eventually(
        async () => {
            await hurry();
            return ask();
        },
        satisfies,
        seconds,
    );
const paidTopUp = async (phone, item, amount, target) => {
    const { order } = await chosen(phone, item, wish(amount, { target }));
    await payInWechat(order.order_no);
    await phone.paid(order.order_no);
    return order.order_no;
};
const booksTie = async () => {
    const { status, out } = await campuspay('verify');
    assert.equal(status, 0, out);
};

let power;
before(async () => {
    power = await itemNamed('电费充值');
});
afterEach(async () => {
    await calm();
    await behave('');
});
after(booksTie);

test('the demo college offers some of each kind, and what is charged by bills is not among them', async () => {
    const phone = await student();
    const other = (await phone.must('GET', '/choices?category=other')).choices;
    assert.deepEqual(other.filter((one) => !one.item.startsWith('测试')).map((one) => [one.item, one.state, one.price_fen]), [
        ['冬季校服', 'open', 26800],
        ['入学体检', 'open', 8500],
        ['毕业照', 'not_yet_open', 4500],
    ]);
    assert.equal(other[2].note, '毕业前一学期的三月开放订购');
    assert.deepEqual(other[0].form[0], { label: '尺码', kind: 'choice', required: true, options: ['S', 'M', 'L', 'XL', 'XXL'] });
    const living = (await phone.must('GET', '/choices?category=living')).choices;
    assert.deepEqual(living.map((one) => [one.item, one.min_fen, one.max_fen]), [['电费充值', 1000, 50000], ['校园卡充值', 100, 100000]]);
    assert.ok(new RegExp(living[0].target.pattern, 'u').test('12-305'));
    assert.ok(!new RegExp(living[0].target.pattern, 'u').test('12-3055'));
    const projects = (await phone.must('GET', '/choices?category=enrolment')).choices;
    assert.deepEqual(projects.filter((one) => !one.item.startsWith('测试')).map((one) => [one.price_fen, one.capacity]), [[0, 300], [12000, 20]]);
    for (const wrong of ['', '?category=', '?category=tuition', '?category=学费', '?category=x']) {
        assert.equal((await phone.call('GET', `/choices${encodeURI(wrong)}`)).status, 400, wrong);
    }
});

test('a project: sign up, pay, see; a second time is refused', async () => {
    const item = await project({ 表单: '手机*:手机号' });
    const phone = await student();
    const { order, wechat } = await chosen(phone, item, wish(3000, { answers: { 手机: ' 13800000000 ' } }));
    assert.equal(wechat, 'ready');
    assert.equal((await signUpOf(phone, item)).state, 'held');
    assert.equal((await offerOf(phone, 'enrolment', item)).own.order_no, order.order_no);
    assert.equal(order.chosen_from, 'enrolment');
    assert.equal((await phone.orderNow(order.order_no)).chosen_from, 'enrolment');
    assert.equal((await offerOf(phone, 'enrolment', item)).places_left, 19);
    const [{ sealed }] = await lab.sql(`SELECT HEX(answers_sealed) AS sealed FROM sign_ups WHERE order_no = '${order.order_no}'`);
    assert.ok(!Buffer.from(sealed, 'hex').includes('13800000000'));
    await payInWechat(order.order_no);
    await phone.paid(order.order_no);
    const own = await signUpOf(phone, item);
    assert.deepEqual([own.state, own.can_cancel, own.answers], ['done', false, undefined]); // not with the initial password
    const again = await choose(phone, item, wish(3000, { answers: { 手机: '13800000000' } }));
    assert.deepEqual([again.status, again.body.code], [409, 'choice_taken']);
    const cancel = await phone.call('POST', `/sign-ups/${own.sign_up_id}/cancel`);
    assert.deepEqual([cancel.status, cancel.body.code], [409, 'sign_up_not_cancellable']);
    assert.equal((await phone.arrears()).bills.some((bill) => bill.item.startsWith('测试项目')), false);
    assert.ok((await phone.must('GET', '/payments')).items.some((one) => one.order_no === order.order_no));
});

test('an unfinished sign-up is cancelled: the place is free, and it may be chosen again', async () => {
    const item = await project({ 名额: '1' });
    const [first, second] = [await student(), await student()];
    await chosen(first, item, wish(3000));
    const full = await choose(second, item, wish(3000));
    assert.deepEqual([full.status, full.body.code, full.body.message], [409, 'choice_full', '名额已满']);
    const own = await signUpOf(first, item);
    assert.equal(own.can_cancel, true);
    const { sign_up: after } = await first.must('POST', `/sign-ups/${own.sign_up_id}/cancel`);
    assert.equal(after.state, 'closed');
    assert.equal((await first.must('POST', `/sign-ups/${own.sign_up_id}/cancel`)).sign_up.state, 'closed');
    assert.equal((await second.call('POST', `/sign-ups/${own.sign_up_id}/cancel`)).status, 404);
    assert.equal(await places(item), 0);
    await chosen(second, item, wish(3000));
    assert.equal((await choose(first, item, wish(3000))).body.code, 'choice_full');
});

test('a double click opens one order; a second device is told its number', async () => {
    const item = await project();
    const who = nextStudent('choices');
    const phone = await studentOnPhone(who);
    const same = wish(3000);
    const answers = await Promise.all(Array.from({ length: 6 }, () => choose(phone, item, same)));
    assert.deepEqual(answers.map(({ status }) => status), Array(6).fill(200));
    assert.equal(new Set(answers.map(({ body }) => body.order.order_no)).size, 1);
    assert.equal(await places(item), 1);
    const device = await studentOnPhone(who);
    const other = await choose(device, item, wish(3000));
    assert.deepEqual([other.status, other.body.code, other.body.order_no], [409, 'bill_in_live_order', answers[0].body.order.order_no]);
    const reused = await choose(phone, item, { ...same, amount_fen: 3001 });
    assert.deepEqual([reused.status, reused.body.code], [409, 'request_id_reused']);
});

test('a free project is done at once, and taken back within its window', async () => {
    const item = await project({ 价格: '0', 名额: '2' });
    const browser = new Phone({ inWechat: false }); // no payment, no WeChat
    await browser.session();
    await browser.signIn(nextStudent('choices'));
    const same = wish(0);
    const answers = await Promise.all(Array.from({ length: 4 }, () => choose(browser, item, same)));
    assert.deepEqual(answers.map(({ status, body }) => [status, body.sign_up?.state]), Array(4).fill([200, 'done']));
    assert.equal(new Set(answers.map(({ body }) => body.sign_up.sign_up_id)).size, 1);
    assert.equal(await places(item), 1);
    assert.equal((await choose(browser, item, wish(0))).body.code, 'choice_taken');
    const own = await signUpOf(browser, item);
    const { sign_up: gone } = await browser.must('POST', `/sign-ups/${own.sign_up_id}/cancel`);
    assert.equal(gone.state, 'cancelled');
    assert.equal(await places(item), 0);
    await chosen(browser, item, wish(0));
    await lab.sql(`UPDATE fee_items SET open_until_ms = 1000 WHERE id = ${item}`);
    const later = await signUpOf(browser, item);
    assert.equal(later.can_cancel, false);
    assert.equal((await browser.call('POST', `/sign-ups/${later.sign_up_id}/cancel`)).body.code, 'sign_up_not_cancellable');
});

test('an optional item: once a period; windows say why not', async () => {
    const phone = await student();
    const uniform = await itemNamed('冬季校服');
    const missing = await choose(phone, uniform, wish(26800));
    assert.deepEqual([missing.status, missing.body.code, missing.body.message], [400, 'answers_wrong', '请填写“尺码”']);
    const { order } = await chosen(phone, uniform, wish(26800, { answers: { 尺码: 'L' } }));
    assert.equal(order.lines[0].item, '冬季校服');
    await payInWechat(order.order_no);
    await phone.paid(order.order_no);
    assert.equal((await choose(phone, uniform, wish(26800, { answers: { 尺码: 'L' } }))).body.code, 'choice_taken');
    const early = await choose(phone, await itemNamed('毕业照'), wish(4500));
    assert.deepEqual([early.status, early.body.code, early.body.message], [409, 'choice_not_open', '毕业前一学期的三月开放订购']);
});

test('every wrong input is refused by its name, in Chinese, and nothing is made', async () => {
    const phone = await student();
    const item = await project({ 表单: '姓名*:文本; 日期:日期' });
    const good = { 姓名: '甲' };
    const count = async () => (await lab.sql('SELECT COUNT(*) AS n FROM orders'))[0].n;
    const orders = await count();
    const table = [
        [power, wish(999, { target: '12-305' }), 400, 'amount_outside_limits'],
        [power, wish(50001, { target: '12-305' }), 400, 'amount_outside_limits'],
        [power, wish(1000), 400, 'target_wrong'],
        [power, wish(1000, { target: '12-30' }), 400, 'target_wrong'],
        [power, wish(1000, { target: '💥' }), 400, 'target_wrong'],
        [power, wish(1000, { target: "1' OR 1=1" }), 400, 'target_wrong'],
        [power, wish(1000, { target: '<script>alert(1)</script>' }), 400, 'target_wrong'],
        [power, wish(1000, { target: '1'.repeat(150) }), 400, 'target_wrong'],
        [power, wish(1000, { target: '1'.repeat(201) }), 400, 'bad_request'],
        [power, wish(1000, { target: 12305 }), 400, 'bad_request'],
        [power, wish(1000, { target: null }), 400, 'bad_request'],
        [power, wish(1000, { target: '12-305', answers: { 姓名: '甲' } }), 400, 'answers_wrong'],
        [item, wish(-1, { answers: good }), 400, 'bad_request'],
        [item, wish('3000', { answers: good }), 400, 'bad_request'],
        [item, wish(30.5, { answers: good }), 400, 'bad_request'],
        [item, wish(2999, { answers: good }), 409, 'bills_changed'],
        [item, wish(0, { answers: good }), 409, 'bills_changed'],
        [item, wish(3000), 400, 'answers_wrong'],
        [item, wish(3000, { answers: { 姓名: '💥' } }), 400, 'answers_wrong'],
        [item, wish(3000, { answers: { 姓名: '甲'.repeat(101) } }), 400, 'answers_wrong'],
        [item, wish(3000, { answers: { 姓名: '甲'.repeat(501) } }), 400, 'bad_request'],
        [item, wish(3000, { answers: { ...good, 日期: '2026-02-30' } }), 400, 'answers_wrong'],
        [item, wish(3000, { answers: { ...good, 鞋码: '42' } }), 400, 'answers_wrong'],
        [item, wish(3000, { answers: { 姓名: 1 } }), 400, 'bad_request'],
        [item, wish(3000, { answers: ['甲'] }), 400, 'bad_request'],
        [item, wish(3000, { answers: good, channel: 'app' }), 400, 'bad_request'],
        [item, { ...wish(3000, { answers: good }), request_id: 'short' }, 400, 'bad_request'],
        ['1', wish(3000), 404, 'choice_not_found'],
        ['x', wish(3000), 404, 'choice_not_found'],
        [await itemNamed('学费'), wish(530000), 404, 'choice_not_found'],
        [await itemNamed('教材费'), wish(48650), 404, 'choice_not_found'],
    ];
    for (const [to, body, status, code] of table) {
        const answer = await choose(phone, to, body);
        assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(body));
        assert.match(answer.body.message, /[\u4e00-\u9fff]/);
    }
    assert.equal(await count(), orders);
    assert.equal(await places(item), 0);
});

test('a rush: two hundred students for twenty places, exactly twenty get one, and a closed order frees it', { timeout: 300_000 }, async () => {
    const item = await project();
    const crowd = everyone().slice(-200);
    const phones = [];
    for (let i = 0; i < crowd.length; i += 20) {
        phones.push(...(await Promise.all(crowd.slice(i, i + 20).map((one) => studentOnPhone(one)))));
    }
    const answers = await Promise.all(
        phones.map(async (phone) => {
            const mine = wish(3000);
            for (;;) {
                const { status, body } = await choose(phone, item, mine);
                if (status !== 503) return { phone, status, body };
                await sleep(200 + Math.random() * 300); // busy: the page asks again, with the same request id
            }
        }),
    );
    const won = answers.filter(({ status }) => status === 200);
    const lost = answers.filter(({ status }) => status !== 200);
    assert.equal(won.length, 20);
    assert.deepEqual([...new Set(lost.map(({ status, body }) => `${status} ${body.code}`))], ['409 choice_full']);
    assert.equal(await places(item), 20);
    const [rows] = await lab.sql(`SELECT COUNT(*) AS n, COUNT(DISTINCT person_id) AS people FROM sign_ups WHERE item_id = ${item} AND live = 1`);
    assert.deepEqual(rows, { n: '20', people: '20' });

    await payInWechat(won[0].body.order.order_no);
    await won[0].phone.paid(won[0].body.order.order_no);
    const given = won[1];
    const { order } = await given.phone.must('POST', `/orders/${given.body.order.order_no}/cancel`);
    assert.equal(order.state, 'closed');
    assert.equal(await places(item), 19);
    await chosen(lost[0].phone, item, wish(3000));
    assert.equal((await choose(lost[1].phone, item, wish(3000))).body.code, 'choice_full');
    for (const { phone, body } of won.slice(2)) await phone.must('POST', `/orders/${body.order.order_no}/cancel`);
    await eventually(() => places(item), (n) => n === 2);
});

test('an order that runs out frees its place by itself, once WeChat has said so', async () => {
    const item = await project({ 名额: '1' });
    const phone = await student();
    const { order } = await chosen(phone, item, wish(3000));
    await lab.sql(`UPDATE orders SET pay_until_ms = 1000, next_ask_ms = 1000 WHERE order_no = '${order.order_no}'`);
    await eventually(() => phone.orderNow(order.order_no), (one) => one.state === 'closed', 30);
    assert.equal(await places(item), 0);
    assert.equal((await signUpOf(phone, item)).state, 'closed');
});

test('a paid top-up is delivered once, rightly signed, and shown as delivered', async () => {
    const phone = await student();
    const number = await paidTopUp(phone, power, 2050, '12-305');
    const shown = await eventually(() => topUpOf(phone, number), (one) => one.delivery === 'delivered');
    assert.deepEqual([shown.state, shown.target, shown.target_label, shown.amount_fen], ['paid', '12-305', '宿舍', 2050]);
    const [one, ...more] = await takenOf(number);
    assert.deepEqual(more, []);
    assert.deepEqual([one.item, one.target, one.amount_fen, one.paid_at_ms, one.calls], ['电费充值', '12-305', '2050', String(shown.paid_at), 1]);
    assert.deepEqual(await receiver('GET', 'refusals'), []);
    assert.equal((await offerOf(phone, 'living', power)).unfinished_order_no, undefined);
});

test('one unfinished top-up at a time; cancelled, nothing leaves; a new one may begin', async () => {
    const phone = await student();
    const { order } = await chosen(phone, power, wish(1000, { target: '1-101' }));
    assert.equal((await offerOf(phone, 'living', power)).unfinished_order_no, order.order_no);
    const other = await choose(phone, power, wish(2000, { target: '1-101' }));
    assert.deepEqual([other.status, other.body.order_no], [409, order.order_no]);
    await phone.must('POST', `/orders/${order.order_no}/cancel`);
    assert.deepEqual([(await topUpOf(phone, order.order_no)).state, (await topUpOf(phone, order.order_no)).delivery], ['closed', 'none']);
    await chosen(phone, power, wish(2000, { target: '1-101' }));
    assert.deepEqual(await takenOf(order.order_no), []);
});

test('late money for a closed top-up goes back, and nothing is handed out', async () => {
    const phone = await student();
    const { order } = await chosen(phone, power, wish(1500, { target: '2-202' }));
    await phone.must('POST', `/orders/${order.order_no}/cancel`);
    await payInWechat(order.order_no, { force: true });
    await eventually(() => phone.orderNow(order.order_no), (one) => one.state === 'paid_late', 30);
    await eventually(
        async () => {
            await lab.sql(`UPDATE refunds SET next_ms = 1, lease_until_ms = 0 WHERE order_no = '${order.order_no}' AND next_ms IS NOT NULL`);
            return phone.orderNow(order.order_no);
        },
        (one) => one.refunded_fen === 1500,
        40,
    );
    assert.equal((await topUpOf(phone, order.order_no)).state, 'closed');
    assert.deepEqual(await takenOf(order.order_no), []);
});

for (const mode of ['unavailable', 'dead', 'garbled', 'late']) {
    test(`the other system is ${mode} for a while: delivered in the end, once`, { timeout: 120_000 }, async () => {
        const phone = await student();
        await behave(mode, mode === 'late' ? 1 : 3);
        const number = await paidTopUp(phone, power, 1234, '3-303');
        await hurried(async () => (await lab.sql(`SELECT tries FROM outbox WHERE business_key = 'top_up:${number}'`))[0], (row) => Number(row.tries) >= 1);
        assert.equal((await topUpOf(phone, number)).delivery, 'on_its_way');
        await hurried(() => topUpOf(phone, number), (one) => one.delivery === 'delivered', 60);
        const [one, ...more] = await takenOf(number);
        assert.deepEqual([more, one.amount_fen], [[], '1234']);
        if (mode === 'garbled' || mode === 'late') assert.ok(one.calls > 1);
    });
}

test('restarts and a system that is away between: nothing is lost, nothing is doubled', { timeout: 120_000 }, async () => {
    const phone = await student();
    await lab.stopReceiver();
    const number = await paidTopUp(phone, power, 1700, '4-404');
    await hurried(async () => (await lab.sql(`SELECT reason FROM outbox WHERE business_key = 'top_up:${number}'`))[0], (row) => row.reason === 'busy');
    const { out } = await campuspay('outbox', 'list');
    assert.match(out, new RegExp(`待发送.*top_up:${number}[^]*对方系统繁忙或连接不上`));
    await lab.killServer();
    await lab.startServer();
    await lab.startReceiver();
    await behave('dead', 1);
    await hurried(() => topUpOf(phone, number), (one) => one.delivery === 'delivered', 60);
    assert.equal((await takenOf(number)).length, 1);
    // Told once more by whatever accident: the number is known.
    await lab.sql(`UPDATE outbox SET state = 'queued', next_try_ms = 1000 WHERE business_key = 'top_up:${number}'`);
    await hurried(() => takenOf(number), ([one]) => one.calls > 1);
    assert.equal((await takenOf(number)).length, 1);
    await hurried(() => topUpOf(phone, number), (one) => one.delivery === 'delivered');
});

test('what the other system refuses is left to a person, who sees it and sends it again', async () => {
    const phone = await student();
    await behave('refuse', 1);
    const number = await paidTopUp(phone, power, 1800, '5-505');
    await hurried(() => topUpOf(phone, number), (one) => one.delivery === 'held_up');
    const { out } = await campuspay('outbox', 'list', '--failed');
    assert.match(out, new RegExp(`未发出.*top_up:${number}[^]*对方系统拒绝了这笔充值.*HTTP 422`));
    assert.equal((await campuspay('outbox', 'retry', `top_up:${number}`)).status, 0);
    await hurried(() => topUpOf(phone, number), (one) => one.delivery === 'delivered');
});

test('money that is going back is not handed out meanwhile; gone, it never is', async () => {
    const phone = await student();
    await behave('unavailable');
    const number = await paidTopUp(phone, power, 1900, '6-606');
    const asked = await campuspay('refund', 'ask', number, '--reason', 'mistake', '--by', 'li');
    assert.equal(asked.status, 0, asked.out);
    await behave('');
    await hurried(async () => (await lab.sql(`SELECT reason FROM outbox WHERE business_key = 'top_up:${number}'`))[0], (row) => row.reason === 'refund_under_way');
    assert.deepEqual(await takenOf(number), []);
    assert.equal((await campuspay('refund', 'release', `${number}R01`, '--by', 'wang')).status, 0);
    await hurried(
        async () => {
            await lab.sql(`UPDATE refunds SET next_ms = 1, lease_until_ms = 0 WHERE order_no = '${number}' AND next_ms IS NOT NULL`);
            return topUpOf(phone, number);
        },
        (one) => one.delivery === 'returned',
        40,
    );
    assert.deepEqual(await takenOf(number), []);
    assert.ok((await phone.arrears()).bills.every((bill) => bill.item !== '电费充值')); // nobody owes it again
});

test('money gone back after a try without a clear word: a person asks the other system, the payer has it again', async () => {
    const phone = await student();
    await behave('garbled'); // taken there, but it does not say so
    const number = await paidTopUp(phone, power, 2100, '7-707');
    await hurried(async () => (await lab.sql(`SELECT unsure FROM outbox WHERE business_key = 'top_up:${number}'`))[0], (row) => Number(row.unsure) > 0);
    await campuspay('refund', 'ask', number, '--reason', 'mistake', '--by', 'li');
    await campuspay('refund', 'release', `${number}R01`, '--by', 'wang');
    await hurried(
        async () => {
            await lab.sql(`UPDATE refunds SET next_ms = 1, lease_until_ms = 0 WHERE order_no = '${number}' AND next_ms IS NOT NULL`);
            return (await lab.sql(`SELECT state, reason FROM outbox WHERE business_key = 'top_up:${number}'`))[0];
        },
        (row) => row.state === 'failed' && row.reason === 'refunded_unsure',
        40,
    );
    await behave('');
    assert.equal((await topUpOf(phone, number)).delivery, 'returned');
    const { out } = await campuspay('outbox', 'list', '--failed');
    assert.match(out, new RegExp(`未发出.*top_up:${number}[^]*对方可能已充值`));
});

test('a sign-up whose money went back gives its place back', async () => {
    const item = await project({ 名额: '1' });
    const phone = await student();
    const { order } = await chosen(phone, item, wish(3000));
    await payInWechat(order.order_no);
    await phone.paid(order.order_no);
    await campuspay('refund', 'ask', order.order_no, '--reason', 'mistake', '--by', 'li');
    await campuspay('refund', 'release', `${order.order_no}R01`, '--by', 'wang');
    await eventually(
        async () => {
            await lab.sql(`UPDATE refunds SET next_ms = 1, lease_until_ms = 0 WHERE order_no = '${order.order_no}' AND next_ms IS NOT NULL`);
            return signUpOf(phone, item);
        },
        (one) => one.state === 'refunded',
        40,
    );
    assert.equal(await places(item), 0);
    await chosen(phone, item, wish(3000));
});

test('an answer of WeChat that is lost, and a server that dies: the order stands, and its place with it', { timeout: 120_000 }, async () => {
    const item = await project();
    const phone = await student();
    await fault('lost_after', { where: { operation: 'order_jsapi' }, times: 1 });
    const same = wish(3000);
    const first = await choose(phone, item, same);
    assert.equal(first.body.wechat, 'unknown', JSON.stringify(first.body));
    await lab.killServer();
    await lab.startServer();
    const again = await eventually(() => choose(phone, item, same), ({ body }) => body.wechat === 'ready', 30);
    assert.equal(again.body.order.order_no, first.body.order.order_no);
    await payInWechat(again.body.order.order_no);
    await phone.paid(again.body.order.order_no);
    assert.equal(await places(item), 1);
});

test('an import refuses what does not go together, and changes nothing', async () => {
    const item = await project({ 名额: '3' });
    await chosen(await student(), item, wish(3000));
    const [{ name }] = await lab.sql(`SELECT name FROM fee_items WHERE id = ${item}`);
    const refused = async (row, pattern) => {
        const { status, out } = await importItems([row]);
        assert.notEqual(status, 0, out);
        assert.match(out, pattern);
    };
    await refused({ 项目名称: name, 类别: '报名', 名额: '0' }, /少于已占用的名额1个/);
    await refused({ 项目名称: '新充值', 类别: '生活', 最低金额: '10', 最高金额: '5' }, /低于最低金额/);
    await refused({ 项目名称: '新充值', 类别: '生活', 最低金额: '10', 最高金额: '50', 充值对象: '宿舍', 对象格式: '9{' }, /写法不正确/);
    await refused({ 项目名称: '新项目', 类别: '报名', 价格: '10' }, /收费区间/);
    await refused({ 项目名称: '新项目', 类别: '报名', 价格: '10', 收费区间: '2026', 表单: '尺码:单选' }, /应有2到20个选项/);
    // Without the columns nothing of the offer changes.
    assert.equal((await importItems([{ 项目名称: name, 类别: '报名', 顺序: '77' }])).status, 0);
    const [kept] = await lab.sql(`SELECT price_fen, capacity, places_taken, settle_order FROM fee_items WHERE id = ${item}`);
    assert.deepEqual(kept, { price_fen: '3000', capacity: '3', places_taken: '1', settle_order: '77' });
    assert.equal((await importItems([{ 项目名称: name, 类别: '报名', 名额: '不限' }])).status, 0);
    const [free] = await lab.sql(`SELECT capacity FROM fee_items WHERE id = ${item}`);
    assert.equal(free.capacity, null);
});
