// When all checks have run: the books tie, the history is a walk through the table, and no log knows anybody.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';

import { logsOf, personalDataIn, secretsIn, secretsOf } from '../support/logs.mjs';
import { control, eventually, everyone, lab } from './client.mjs';
import { operations } from './contract.mjs';

const none = async (query, what) => assert.deepEqual(await lab.sql(query), [], what);

before(async () => {
    await control('DELETE', 'faults');
    await control('POST', 'settings', { notices_paused: false });
    await control('POST', 'notices/flush');
    // Whatever was paid becomes known: hurry the watch instead of waiting for it.
    await lab.sql("UPDATE orders SET next_ask_ms = 1000, lease_until_ms = 0 WHERE state IN ('opened', 'awaiting') AND next_ask_ms IS NOT NULL");
    const { payments } = await control('GET', 'books');
    const ours = payments.map((one) => `'${one.out_trade_no}'`).join(',') || "''";
    await eventually(
        () => lab.sql(`SELECT order_no FROM orders WHERE order_no IN (${ours}) AND state NOT IN ('paid', 'paid_late') AND attention IS NULL`),
        (rows) => rows.length === 0,
        60,
    );
    await eventually(() => lab.sql("SELECT order_no FROM payments WHERE state = 'parked'"), (rows) => rows.length === 0, 60);
    await lab.sql("UPDATE outbox SET next_try_ms = 1000, lease_until_ms = 0 WHERE state = 'queued'");
    await eventually(() => lab.sql("SELECT business_key FROM outbox WHERE state = 'queued'"), (rows) => rows.length === 0, 60);
    await control('POST', 'wait', { for: 'idle' });
});

test('every payment in WeChat’s book is in ours, with the same amount and number, and none besides', async () => {
    const { payments } = await control('GET', 'books');
    const theirs = payments.map((one) => `${one.out_trade_no} ${one.transaction_id} ${one.total}`).sort();
    const ours = (await lab.sql('SELECT order_no, transaction_id, amount_fen FROM payments'))
        .map((row) => `${row.order_no} ${row.transaction_id} ${row.amount_fen}`)
        .sort();
    assert.deepEqual(ours, theirs);
    assert.ok(ours.length > 0);
});

test('every refund in WeChat’s book is in ours, with the same amount and end, and none besides', async () => {
    const { refunds } = await control('GET', 'books');
    const word = { SUCCESS: 'success', CLOSED: 'closed', PROCESSING: 'processing', ABNORMAL: 'abnormal' };
    const theirs = refunds.map((one) => `${one.out_trade_no} ${one.out_refund_no} ${one.refund} ${word[one.status]}`).sort();
    const ours = (await lab.sql("SELECT order_no, out_refund_no, amount_fen, state FROM refunds WHERE refund_id IS NOT NULL"))
        .map((row) => `${row.order_no} ${row.out_refund_no} ${row.amount_fen} ${row.state}`)
        .sort();
    assert.deepEqual(ours, theirs);
});

test('the books keep every promise that the product itself checks', async () => {
    const { status, out } = await lab.campuspay('verify');
    assert.equal(status, 0, out);
});

test('the daily close of all that happened balances', async () => {
    const { payments, refunds } = await control('GET', 'books');
    const dayOf = (ms) => new Date(ms + 8 * 3600_000).toISOString().slice(0, 10);
    const days = [...new Set([...payments.map((one) => dayOf(one.paid_at)), ...refunds.map((one) => dayOf(one.created_at))])].sort();
    for (const day of days) {
        const { status, out } = await lab.campuspay('reconcile', day);
        assert.equal(status, 0, out);
    }
    const [{ n: paid }] = await lab.sql('SELECT COALESCE(SUM(bill_paid_fen), 0) AS n FROM reconciliation_days');
    assert.equal(Number(paid), payments.reduce((sum, one) => sum + one.total, 0));
});

test('money and state agree', async () => {
    await none("SELECT o.order_no FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.state NOT IN ('paid', 'paid_late') AND l.credited_fen <> 0");
    await none("SELECT order_no FROM orders WHERE state IN ('paid', 'paid_late') AND (paid_ms IS NULL OR transaction_id IS NULL OR next_ask_ms IS NOT NULL)");
    await none("SELECT order_no FROM orders WHERE state = 'closed' AND (closed_ms IS NULL OR next_ask_ms IS NOT NULL OR closing = 1)");
    await none(`SELECT b.id FROM bills b JOIN orders o ON o.order_no = b.live_order_no LEFT JOIN order_lines l ON l.order_id = o.id AND l.bill_id = b.id
                WHERE l.bill_id IS NULL OR o.person_id <> b.person_id`);
});

test('no order that WeChat has closed is still open here, and none is closed here that can be paid there', async () => {
    const ours = Object.fromEntries((await lab.sql('SELECT order_no, state, attention FROM orders')).map((row) => [row.order_no, row]));
    const { orders } = await control('GET', 'orders?limit=100000');
    for (const order of orders) {
        const here = ours[order.out_trade_no];
        assert.ok(here, `${order.out_trade_no} is known to WeChat alone`);
        if (here.state === 'closed') assert.equal(order.state, 'CLOSED', order.out_trade_no);
        if (order.state === 'SUCCESS' && !here.attention) assert.match(here.state, /^paid/, order.out_trade_no);
    }
});

test('every message left or had nobody to go to; a template was seen once, a text at least once', async () => {
    // One top-up is left to a person on purpose: choices.test.mjs.
    await none("SELECT business_key, reason, last_code FROM outbox WHERE state = 'failed' AND NOT (reason <=> 'refunded_unsure')");
    const sent = await lab.sql(`
        SELECT m.openid, COALESCE(r.order_no, SUBSTRING(m.business_key, 6)) AS about, COUNT(*) AS n, SUM(m.way = 'text') AS texts
        FROM outbox m LEFT JOIN refunds r ON m.business_key = CONCAT('refunded:', r.out_refund_no)
        WHERE m.state = 'sent' AND m.kind <> 'top_up' GROUP BY m.openid, about`);
    assert.ok(sent.length > 0);
    for (const { openid, about: number, n, texts } of sent) {
        const { following, messages } = await control('GET', `users/${openid}`);
        if (!following) continue; // the chat went with him
        const seen = messages.filter((one) => one.from === 'account' && JSON.stringify(one).includes(number)).length;
        if (texts === '0') assert.equal(seen, Number(n), number);
        else assert.ok(seen >= Number(n), number);
    }
});

test('every payment and sign-in left its trace', async () => {
    const [{ n: signIns }] = await lab.sql("SELECT COUNT(*) AS n FROM audit WHERE action = 'sign_in' AND result = 'ok'");
    assert.ok(Number(signIns) > 0);
    await none("SELECT id FROM audit WHERE actor = '' AND result = 'ok'");
});

test('no personal data is in any log', () => {
    for (const { name, text } of logsOf(lab)) assert.deepEqual(personalDataIn(text, everyone()), [], name);
});

test('no openid, session, code or key is in any log', async () => {
    const secrets = await secretsOf(lab, control);
    assert.ok(secrets.length > 6);
    for (const { name, text } of logsOf(lab)) assert.deepEqual(secretsIn(text, secrets), [], name);
});

test('every line of the server’s log is one JSON object of known form', () => {
    const lines = readFileSync(join(lab.dir, 'log/server.log'), 'utf8').split('\n').filter(Boolean);
    assert.ok(lines.length > 20);
    for (const line of lines) {
        const { at, level, event } = JSON.parse(line);
        const names = [...line.matchAll(/(?<=[{,])"([a-z_]+)":/g)].map((match) => match[1]);
        assert.equal(new Set(names).size, names.length, line);
        assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/);
        assert.ok(['debug', 'info', 'warning', 'alarm'].includes(level));
        assert.match(event, /^[a-z_]+(\.[a-z_]+)*$/);
    }
});

test('nothing broke inside: no call ended as an internal error', () => {
    const text = readFileSync(join(lab.dir, 'log/server.log'), 'utf8');
    const bad = text.split('\n').filter((line) => /"code":"internal"|broken: |request\.failed|terminate called|Sanitizer/.test(line));
    assert.deepEqual(bad.slice(0, 5), []);
});

test('every operation of the document was answered well and refused', { skip: !process.env.CAMPUS_ALL }, () => {
    const seen = new Set(readFileSync(process.env.CAMPUS_SEEN, 'utf8').trim().split('\n'));
    for (const { id } of operations) {
        assert.ok(seen.has(`${id} 200`), `${id} was never answered with 200`);
        if (['getSite', 'getEnglishNames', 'getSession', 'getConsoleSession'].includes(id)) continue;
        assert.ok([...seen].some((line) => line.startsWith(`${id} 4`)), `${id} was never refused`);
    }
});
