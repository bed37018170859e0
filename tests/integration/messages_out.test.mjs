// What students are told after a payment: once and in the end always, whatever happens to WeChat, to us, or between.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { calm, campuspay, control, eventually, fault, lab, nextStudent, payInWechat, Phone, stack, studentOnPhone } from './client.mjs';

const one = async (query) => (await lab.sql(query))[0];
const rowOf = (number) => one(`SELECT state, reason, last_code, way, tries, openid, delivery, next_try_ms, created_ms FROM outbox WHERE business_key = 'paid:${number}'`);
const settled = (number, seconds = 20) => eventually(() => rowOf(number), (row) => row && row.state !== 'queued', seconds);
const postponed = (number) => eventually(() => rowOf(number), (row) => Number(row?.tries) >= 1 && row.reason !== null, 20);
const hurry = () => lab.sql("UPDATE outbox SET next_try_ms = 1000 WHERE state = 'queued'");
const drained = () => eventually(() => lab.sql("SELECT business_key FROM outbox WHERE state = 'queued'"), (rows) => rows.length === 0, 40);

/** Messages of the account in somebody's chat that speak of an order. */
const told = async (openid, number) => {
    const { messages } = await control('GET', `users/${openid}`);
    return messages.filter((one) => one.from === 'account' && JSON.stringify(one).includes(number));
};
const now = async () => (await control('GET', 'log?limit=1')).entries.at(-1)?.n ?? 0;
const callsSince = async (n, operation) => (await control('GET', `log?since=${n}&limit=5000`)).entries.filter((one) => one.operation === operation);

const opened = async () => {
    const phone = await studentOnPhone(nextStudent('messages_out'));
    const { order } = await phone.order();
    return { phone, number: order.order_no, order };
};
const paid = async () => {
    const made = await opened();
    await payInWechat(made.number);
    await made.phone.paid(made.number);
    return made;
};
const restart = async (env) => {
    await lab.stopServer();
    await lab.startServer(env);
};
const withTexts = { CAMPUSPAY__WECHAT__ACCOUNT__TEMPLATES__PAID: '' };

before(async () => {
    // What other checks left behind must not take the faults that are meant for ours.
    await restart();
    await hurry();
    await drained();
});
afterEach(async () => {
    await calm();
    await control('POST', 'settings', { template_delay_ms: 2000 });
});
after(() => restart());

test('a paid order is told once, with items, amount, time and number, and WeChat says that it arrived', async () => {
    const { phone, number, order } = await paid();
    const row = await settled(number);
    assert.deepEqual([row.state, row.way, row.openid, row.tries], ['sent', 'template', phone.openid, '1']);
    await eventually(() => rowOf(number), ({ delivery }) => delivery === 'delivered');
    const [card, ...more] = await told(phone.openid, number);
    assert.deepEqual(more, []);
    assert.equal(card.kind, 'template');
    assert.equal(card.data.title, '缴费成功通知');
    const { thing1, amount2, time3, character_string4 } = card.data.values;
    assert.ok(order.lines.every((line) => thing1.includes(line.item_name) || thing1.endsWith('…')), thing1);
    assert.equal(amount2, `${(order.amount_fen / 100).toFixed(2)}元`);
    assert.match(time3, /^\d{4}年\d{1,2}月\d{1,2}日 \d{2}:\d{2}$/);
    assert.equal(character_string4, number);
    assert.equal(card.data.url, `${stack.server}/h5/order?no=${number}`);
    // A notice that comes again tells nothing again.
    await control('POST', `orders/${number}/notice`, { times: 3 });
    await sleep(2500);
    assert.equal((await told(phone.openid, number)).length, 1);
});

test('the link of a message leads to its order, also through the OAuth page, and takes nothing else along', async () => {
    const phone = await new Phone().follow();
    await phone.enter('/h5/order?no=CP20261122120000ABCDEFGHJK');
    assert.equal(phone.landed.headers.get('location'), '/h5/order?no=CP20261122120000ABCDEFGHJK');
    for (const query of ['?no=', '?no=%3Cscript%3E', `?no=${'9'.repeat(33)}`, '?no=1%0d%0aSet-Cookie:x', '?no=1/../..', '?other=1']) {
        const stranger = await new Phone().follow();
        await stranger.enter(`/h5/order${query}`);
        assert.equal(stranger.landed.headers.get('location'), '/h5/order', query);
    }
    const elsewhere = await new Phone().follow();
    await elsewhere.enter('/h5/orders?no=1');
    assert.equal(elsewhere.landed.headers.get('location'), '/h5/orders');
});

test('the answer to the send is lost, twice: the student sees one message', async () => {
    const since = await now();
    await fault('lost_after', { where: { operation: 'template_send' }, times: 2 });
    const { phone, number } = await paid();
    assert.equal((await settled(number, 40)).state, 'sent');
    assert.equal((await callsSince(since, 'template_send')).length, 3);
    await sleep(300);
    assert.equal((await told(phone.openid, number)).length, 1);
});

for (const [kind, more] of [['lost_before', {}], ['half', {}], ['malformed', {}], ['html', {}], ['error', {}], ['errcode', { errcode: -1 }], ['errcode', { errcode: 43117 }]]) {
    test(`${kind} ${more.errcode ?? ''}: sent in the end, once`, async () => {
        await fault(kind, { where: { operation: 'template_send' }, ...more });
        const { phone, number } = await paid();
        const row = await settled(number, 30);
        assert.deepEqual([row.state, row.tries], ['sent', '2']);
        await sleep(300);
        assert.equal((await told(phone.openid, number)).length, 1);
    });
}

test('a token that WeChat refuses is renewed within the same try', async () => {
    await fault('errcode', { errcode: 40001, where: { operation: 'template_send' } });
    const first = await paid();
    assert.deepEqual([(await settled(first.number)).state, (await rowOf(first.number)).tries], ['sent', '1']);
    await control('POST', 'tokens/expire');
    const second = await paid();
    assert.deepEqual([(await settled(second.number)).state, (await rowOf(second.number)).tries], ['sent', '1']);
    for (const { phone, number } of [first, second]) await eventually(() => told(phone.openid, number), (cards) => cards.length === 1, 5);
});

test('WeChat is away for a while: everybody is told when it is back', { timeout: 90_000 }, async () => {
    const all = [];
    for (let i = 0; i < 3; ++i) all.push(await opened());
    // The first sends find the door closed; those after them do not even get a token.
    await fault('lost_before', { where: { operation: 'account' }, times: 0 });
    await payInWechat(all[0].number);
    await postponed(all[0].number);
    await control('POST', 'tokens/expire');
    await control('DELETE', 'faults');
    await fault('lost_before', { where: { operation: 'stable_token' }, times: 0 });
    for (const { number } of all.slice(1)) await payInWechat(number);
    for (const { number } of all) assert.equal((await postponed(number)).state, 'queued');
    await control('DELETE', 'faults');
    await drained();
    for (const { phone, number } of all) {
        assert.equal((await rowOf(number)).state, 'sent');
        await eventually(() => told(phone.openid, number), (cards) => cards.length === 1, 5);
    }
});

test('too fast: the account rests for a minute, and no message is lost', { timeout: 60_000 }, async () => {
    const since = await now();
    await fault('errcode', { errcode: 45011, where: { operation: 'template_send' } });
    const first = await paid();
    const row = await postponed(first.number);
    assert.deepEqual([row.state, row.reason, row.last_code], ['queued', 'too_fast', '45011']);
    assert.ok(Number(row.next_try_ms) - Number(row.created_ms) >= 60_000);
    const second = await paid();
    await sleep(3000);
    assert.equal((await rowOf(second.number)).tries, '0');
    assert.equal((await callsSince(since, 'template_send')).length, 1);
    await restart();
    await hurry();
    for (const { phone, number } of [first, second]) {
        assert.equal((await settled(number)).state, 'sent');
        await eventually(() => told(phone.openid, number), (cards) => cards.length === 1, 5);
    }
});

test('the quota of the day is used up: tomorrow, just after midnight in Beijing', { timeout: 60_000 }, async () => {
    await fault('errcode', { errcode: 45009, where: { operation: 'template_send' } });
    const { phone, number } = await paid();
    const row = await postponed(number);
    assert.deepEqual([row.state, row.reason, row.last_code], ['queued', 'quota', '45009']);
    const beijing = new Date(Number(row.next_try_ms) + 8 * 3600_000).toISOString();
    assert.match(beijing, /T00:0[5-9]:/);
    const aDay = 24 * 3600_000;
    assert.ok(Number(row.next_try_ms) - Date.now() <= aDay + 600_000);
    await restart();
    await hurry();
    assert.equal((await settled(number)).state, 'sent');
    await eventually(() => told(phone.openid, number), (cards) => cards.length === 1, 5);
});

test('a template that does not fit: a person is shown it, corrects it, and sends it again', { timeout: 60_000 }, async () => {
    const errmsg = 'argument invalid! data.thing1.value invalid rid: 1-2-3';
    await fault('errcode', { errcode: 47003, errmsg, where: { operation: 'template_send' } });
    const { phone, number } = await paid();
    const row = await settled(number);
    assert.deepEqual([row.state, row.reason, row.last_code], ['failed', 'content_refused', '47003']);
    await sleep(2500);
    assert.equal((await rowOf(number)).tries, '1');

    const { status, out } = await campuspay('outbox', 'list', '--failed');
    assert.equal(status, 0);
    assert.match(out, new RegExp(`未发出 .*paid:${number} .*\n.*模板字段`));
    assert.ok(!out.includes(phone.openid));
    assert.equal((await campuspay('outbox', 'retry', 'paid:CP0')).status, 1);
    assert.equal((await campuspay('outbox', 'retry', `paid:${number}`)).status, 0);
    await eventually(() => rowOf(number), ({ state }) => state === 'sent');
    await eventually(() => told(phone.openid, number), (cards) => cards.length === 1, 5);
    assert.equal((await campuspay('outbox', 'retry', `paid:${number}`)).status, 1);
    assert.ok(!(await campuspay('outbox', 'list', '--failed')).out.includes(number));
    const trace = await one(`SELECT actor, result FROM audit WHERE action = 'retry_message' AND object = 'paid:${number}'`);
    assert.deepEqual(trace, { actor: 'command:outbox', result: 'queued' });
});

test('a refund is told too, with its amount and reason, and that it went back the way it came', async () => {
    const { phone, number, order } = await paid();
    const asked = await campuspay('refund', 'ask', number, '--by', 'li', '--reason', 'mistake');
    assert.equal(asked.status, 0, asked.out);
    const refund = /^(\S+) /.exec(asked.out)[1];
    assert.equal((await campuspay('refund', 'release', refund, '--by', 'wang')).status, 0);
    const row = await eventually(() => one(`SELECT state, way, openid FROM outbox WHERE business_key = 'refunded:${refund}'`), (found) => found && found.state !== 'queued', 40);
    assert.deepEqual([row.state, row.way, row.openid], ['sent', 'template', phone.openid]);
    const cards = await eventually(() => told(phone.openid, number), (list) => list.length === 2, 5);
    const { data } = cards.find((card) => card.data.title === '退款成功通知');
    assert.equal(data.values.amount1, `${(order.amount_fen / 100).toFixed(2)}元`);
    assert.equal(data.values.character_string3, number);
    assert.equal(data.values.thing4, '误缴退款');
    assert.equal(data.url, `${stack.server}/h5/order?no=${number}`);
});

test('the payer does not follow: the WeChat account that is bound to the student is told', async () => {
    const student = nextStudent('messages_out');
    const bound = await studentOnPhone(student);
    await bound.must('POST', '/binding');
    const payer = await studentOnPhone(student);
    const { order } = await payer.order();
    await control('POST', `users/${payer.openid}/unfollow`);
    await payInWechat(order.order_no);
    await payer.paid(order.order_no);
    const row = await settled(order.order_no);
    assert.deepEqual([row.state, row.openid], ['sent', bound.openid]);
    await eventually(() => told(bound.openid, order.order_no), (cards) => cards.length === 1, 5);
    assert.deepEqual(await told(payer.openid, order.order_no), []);
});

test('nobody follows, nobody is bound, or nobody is known: passed over without a fuss', async () => {
    const stranger = await opened();
    await control('POST', `users/${stranger.phone.openid}/unfollow`);
    await payInWechat(stranger.number);
    const first = await settled(stranger.number);
    assert.deepEqual([first.state, first.reason, first.last_code, first.tries], ['skipped', 'not_reachable', '43004', '1']);

    const { number } = await opened();
    await lab.sql(`UPDATE orders SET openid = NULL WHERE order_no = '${number}'`);
    await payInWechat(number);
    const second = await settled(number);
    assert.deepEqual([second.state, second.reason], ['skipped', 'nobody_to_tell']);
});

test('accepted, but the student refuses messages: WeChat tells, and it is kept on the message', async () => {
    await control('POST', 'settings', { template_delay_ms: 60 * 2500 });
    const { phone, number } = await paid();
    assert.equal((await settled(number)).state, 'sent');
    await control('POST', `users/${phone.openid}/unfollow`);
    await eventually(() => rowOf(number), ({ delivery }) => delivery === 'blocked', 20);
    assert.equal((await rowOf(number)).state, 'sent');
});

test('a page and a notice wait for no message', async () => {
    await fault('slow', { where: { operation: 'template_send' }, ms: 4500, before: true, times: 0 });
    const first = await paid();
    await sleep(1200); // its message is on the way now
    const second = await opened();
    const began = Date.now();
    await payInWechat(second.number);
    const { sends } = await control('POST', `orders/${second.number}/notice`, {});
    assert.equal((await second.phone.confirm(second.number)).order.state, 'paid');
    await second.phone.arrears();
    assert.ok(Date.now() - began < 1500, `${Date.now() - began} ms`);
    assert.ok([200, 204].includes(sends[0].status));
    await control('DELETE', 'faults');
    for (const { number } of [first, second]) assert.equal((await settled(number, 40)).state, 'sent');
});

test('the server dies between taking a message and noting that it left: the next one sends it, and it is seen once', { timeout: 90_000 }, async () => {
    await fault('slow', { where: { operation: 'template_send' }, ms: 4000 });
    const { phone, number } = await paid();
    await eventually(() => told(phone.openid, number), (cards) => cards.length === 1, 10);
    await lab.killServer();
    assert.equal((await rowOf(number)).state, 'queued');
    await lab.startServer();
    const row = await settled(number, 45);
    assert.deepEqual([row.state, row.tries], ['sent', '2']);
    await sleep(300);
    assert.equal((await told(phone.openid, number)).length, 1);
});

test('the database goes while a message is on its way: told once, and noted when it is back', { timeout: 90_000 }, async () => {
    await fault('slow', { where: { operation: 'template_send' }, ms: 2000 });
    const { phone, number } = await paid();
    await eventually(() => told(phone.openid, number), (cards) => cards.length === 1, 10);
    await lab.killDatabase();
    await sleep(2500);
    await lab.startDatabase();
    assert.equal((await settled(number, 50)).state, 'sent');
    await sleep(300);
    assert.equal((await told(phone.openid, number)).length, 1);
});

test('two servers share the messages and double none', { timeout: 90_000 }, async () => {
    await lab.startTwin();
    try {
        const since = await now();
        const all = await Promise.all(Array.from({ length: 10 }, opened));
        await Promise.all(all.map(({ number }) => payInWechat(number)));
        for (const { number } of all) assert.deepEqual([(await settled(number, 30)).state, (await rowOf(number)).tries], ['sent', '1']);
        assert.equal((await callsSince(since, 'template_send')).length, all.length);
        for (const { phone, number } of all) await eventually(() => told(phone.openid, number), (cards) => cards.length === 1, 5);
    } finally {
        await lab.stopTwin();
    }
});

test('the outbox is in the metrics', async () => {
    const text = await (await fetch(`${stack.ops}/metrics`)).text();
    for (const name of ['campuspay_outbox{what="queued"}', 'campuspay_outbox{what="failed"}', 'campuspay_outbox_oldest_seconds', 'campuspay_outbox_total{what="sent"}', 'campuspay_outbox_total{what="skipped"}']) {
        assert.match(text, new RegExp(`^${name.replaceAll(/[{}"]/g, '\\$&')} \\d+$`, 'm'), name);
    }
    assert.ok(Number(/campuspay_outbox_total\{what="sent"\} (\d+)/.exec(text)[1]) > 0);
});

// Without templates from here on.
test('a school without templates tells by a text in the chat, with a link', async () => {
    await restart(withTexts);
    const { phone, number, order } = await paid();
    const row = await settled(number);
    assert.deepEqual([row.state, row.way, row.delivery], ['sent', 'text', null]);
    const [message, ...more] = await told(phone.openid, number);
    assert.deepEqual(more, []);
    assert.equal(message.kind, 'text');
    const amount = (order.amount_fen / 100).toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',');
    assert.ok(message.text.includes(`${amount} 元`), message.text);
    assert.ok(message.text.includes(`<a href="${stack.server}/h5/order?no=${number}">`), message.text);
});

test('outside WeChat’s window a text cannot be sent: passed over, not tried for ever', async () => {
    const { phone, number } = await opened();
    await control('POST', `users/${phone.openid}/unfollow`);
    await payInWechat(number);
    const row = await settled(number);
    assert.deepEqual([row.state, row.reason, row.last_code], ['skipped', 'not_reachable', '45015']);
    await fault('errcode', { errcode: 45047, where: { operation: 'custom_send' } });
    const second = await paid();
    const used = await settled(second.number);
    assert.deepEqual([used.state, used.reason, used.last_code], ['skipped', 'not_reachable', '45047']);
});

test('a text whose answer was lost is sent again: at least once, and not over and over', { timeout: 60_000 }, async () => {
    await fault('lost_after', { where: { operation: 'custom_send' } });
    const { phone, number } = await paid();
    const row = await postponed(number);
    assert.deepEqual([row.state, row.reason], ['queued', 'outcome_unknown']);
    assert.ok(Number(row.next_try_ms) - Date.now() > 20_000);
    assert.equal((await told(phone.openid, number)).length, 1);
    await hurry();
    assert.equal((await settled(number)).state, 'sent');
    assert.equal((await told(phone.openid, number)).length, 2);
    await sleep(2500);
    assert.equal((await told(phone.openid, number)).length, 2);
});

test('killed with a text on its way: the next process tells, at least once', { timeout: 90_000 }, async () => {
    await fault('slow', { where: { operation: 'custom_send' }, ms: 4000, before: true });
    const { phone, number } = await paid();
    await eventually(() => rowOf(number), ({ tries }) => tries === '1', 10);
    await lab.killServer();
    await lab.startServer(withTexts);
    assert.equal((await settled(number, 45)).state, 'sent');
    const count = (await told(phone.openid, number)).length;
    assert.ok(count >= 1 && count <= 2, String(count));
});
