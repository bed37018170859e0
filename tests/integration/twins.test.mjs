// Two processes over one database, as behind a load balancer: nothing is kept between requests that the other could not read.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';

import { calm, control, eventually, fault, lab, nextStudent, payInWechat, Phone, stack, studentOnPhone } from './client.mjs';

before(() => lab.startTwin());
after(() => lab.stopTwin());
afterEach(calm);

const there = (phone) => Object.assign(phone, { server: stack.twin });
const here = (phone) => Object.assign(phone, { server: stack.server });
const form = (bills, requestId = randomUUID()) => ({
    request_id: requestId,
    bill_ids: bills.map((bill) => bill.bill_id),
    total_fen: bills.reduce((sum, bill) => sum + bill.owed_fen, 0),
});
const countOf = async (query) => Number((await lab.sql(query))[0].n);

test('a way through OAuth begun at one process ends at the other', async () => {
    const phone = await new Phone().follow();
    const authorize = new URL((await phone.get('/h5/')).headers.get('location'));
    const { return_url: back } = await control('POST', `users/${phone.openid}/oauth`, {
        redirect_uri: authorize.searchParams.get('redirect_uri'),
        state: authorize.searchParams.get('state'),
    });
    assert.equal((await there(phone).get(back)).status, 302);
    assert.equal((await phone.session()).wechat.known, true);
});

test('a session is known to both, and its CSRF token too; signed out at one is signed out at both', async () => {
    const phone = await studentOnPhone(nextStudent('twins'));
    assert.equal((await there(phone).session()).signed_in, true);
    await phone.must('POST', '/binding');
    assert.equal((await here(phone).session()).wechat.bound, true);
    const old = phone.cookie('__Host-campus');
    await phone.must('DELETE', '/session');
    const answer = await fetch(`${stack.twin}/api/v1/bills`, { headers: { cookie: `__Host-campus=${old}` } });
    assert.equal(answer.status, 401);
});

test('wrong tries are counted together', async () => {
    const student = nextStudent('twins');
    const phone = new Phone({ inWechat: false });
    await phone.session();
    const statuses = [];
    for (let i = 0; i < 7; ++i) {
        (i % 2 ? here : there)(phone);
        statuses.push((await phone.call('POST', '/session', { way: 'password', username: student.学号, password: 'wrong!' })).status);
    }
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
});

test('the same request to both at once opens one order, prepared once', async () => {
    const phone = await studentOnPhone(nextStudent('twins'));
    const { bills } = await phone.arrears();
    const same = form(bills);
    const answers = await Promise.all(
        Array.from({ length: 8 }, (_, i) => {
            (i % 2 ? here : there)(phone);
            return phone.call('POST', '/orders', same);
        }),
    );
    here(phone);
    assert.deepEqual(answers.map(({ status }) => status), Array(8).fill(200));
    assert.equal(new Set(answers.map(({ body }) => body.order.order_no)).size, 1);
    const number = answers[0].body.order.order_no;
    const calls = (await control('GET', 'log?limit=500')).entries.filter((one) => one.operation === 'order_jsapi' && one.out_trade_no === number);
    assert.equal(calls.length, 1);
});

test('different requests to both at once never share a bill', async () => {
    const student = nextStudent('twins');
    const phones = await Promise.all(Array.from({ length: 4 }, () => studentOnPhone(student)));
    const { bills } = await phones[0].arrears();
    const answers = await Promise.all(phones.map((phone, i) => (i % 2 ? here : there)(phone).call('POST', '/orders', form(bills))));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1, JSON.stringify(answers.map(({ status }) => status)));
    assert.ok(answers.every(({ status }) => status === 200 || status === 409));
});

test('a notice at both, a question at both and two watches book once', async () => {
    const phone = await studentOnPhone(nextStudent('twins'));
    const { order } = await phone.order();
    const number = order.order_no;
    await control('POST', 'settings', { notices_paused: true });
    await payInWechat(number);
    await lab.sql(`UPDATE orders SET next_ask_ms = 1000 WHERE order_no = '${number}'`);
    await Promise.all([
        control('POST', `orders/${number}/notice`, { times: 4 }),
        phone.confirm(number),
        there(phone).confirm(number),
        here(phone).confirm(number),
    ]);
    await here(phone).paid(number);
    assert.equal(await countOf(`SELECT COUNT(*) AS n FROM payments WHERE order_no = '${number}'`), 1);
    assert.equal(await countOf(`SELECT COUNT(*) AS n FROM ledger_journals WHERE business_key = 'payment:${number}'`), 1);
});

test('one process dies while it prepares an order: the other goes on with the same number', { timeout: 60_000 }, async () => {
    const phone = await studentOnPhone(nextStudent('twins'));
    const { bills } = await phone.arrears();
    const same = form(bills);
    await fault('slow', { where: { operation: 'order_jsapi' }, ms: 4000 });
    const lost = there(phone).call('POST', '/orders', same).catch(() => 'lost');
    await eventually(() => control('GET', `orders?openid=${phone.openid}`), ({ orders }) => orders.length === 1, 10);
    await lab.stopTwin('SIGKILL');
    assert.equal(await lost, 'lost');
    here(phone);
    const ready = await eventually(() => phone.must('POST', '/orders', same), (answer) => answer.wechat === 'ready', 30);
    assert.deepEqual((await control('GET', `orders?openid=${phone.openid}`)).orders.map((one) => one.out_trade_no), [ready.order.order_no]);
    await payInWechat(ready.order.order_no);
    await phone.paid(ready.order.order_no);
    await lab.startTwin();
});

test('the access token has one owner: both need it, WeChat is asked a few times at most', async () => {
    await control('POST', 'tokens/expire');
    await lab.sql("UPDATE wechat_tokens SET expires_ms = 1000");
    const { n: since } = (await control('GET', 'log?limit=1')).entries.at(-1);
    const phone = await studentOnPhone(nextStudent('twins'));
    const url = encodeURIComponent(`${stack.server}/h5/`);
    const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) => {
            (i % 2 ? here : there)(phone);
            return phone.call('GET', `/wechat/jssdk?url=${url}`);
        }),
    );
    here(phone);
    assert.ok(answers.every(({ status }) => status === 200), JSON.stringify(answers.map(({ status, body }) => [status, body.code])));
    const calls = (await control('GET', `log?since=${since}&limit=500`)).entries.filter((one) => /token/.test(one.operation ?? '') && one.operation !== 'oauth_token');
    assert.ok(calls.length >= 1 && calls.length <= 2, `${calls.length} calls`);
});
