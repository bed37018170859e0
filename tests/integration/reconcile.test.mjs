// The daily close: three sides of a day, every way in which they can differ, what a person does about it, and the end of the
// day. In a lab of its own, so that a day holds what its check put there; each check has a past day for itself.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';

import { openLab, root } from '../support/lab.mjs';

const opened = await openLab({ name: 'reconcile', students: 260 });
process.env.CAMPUS_LAB = opened.file;
const { calm, campuspay, control, eventually, fault, lab, nextStudent, payInWechat, studentOnPhone } = await import('./client.mjs');
after(() => opened.lab.stop());
afterEach(async () => {
    await calm();
    const { status, out } = await campuspay('verify');
    assert.equal(status, 0, out);
});

const hour = 3600_000;
const dayText = (ms) => new Date(ms + 8 * hour).toISOString().slice(0, 10);
const today = dayText(Date.now());
const before = (count) => dayText(Date.parse(`${today}T12:00:00+08:00`) - count * 24 * hour);
const at = (date, time = '12:00:00') => Date.parse(`${date}T${time}+08:00`);
// From the past on: a day that is closed must not have open ones before it.
let used = 85;
const ownDay = () => before(used--);

const one = async (query) => (await lab.sql(query))[0];
const reconcile = (date, ...words) => campuspay('reconcile', date, ...words);
async function run(date, status, pattern, ...words) {
    const { status: code, out } = await reconcile(date, ...words);
    assert.equal(code, status, out);
    if (pattern) assert.match(out, pattern);
    return out;
}
const surprise = (date, body) => control('POST', `bills/${date}`, body);
const calmBill = (date) => control('DELETE', `bills/${date}`);
const differences = (date) => lab.sql(`SELECT number, kind, state, proposal, resolution, provider_fen, our_fen FROM reconciliation_differences WHERE day = '${date}' ORDER BY number`);
const kinds = async (date) => (await differences(date)).map((row) => `${row.kind} ${row.state}${row.resolution ? ` ${row.resolution}` : ''}`);
/** The bills of today grow while the day goes on, and with them the fees: what finance does about it. */
async function settleFees(date) {
    await reconcile(date);
    for (const row of await differences(date)) if (row.kind === 'fees_differ' && row.state === 'open') await reconcile(date, '--fix', row.number, '--by', 'li');
    await run(date, 0);
}
const decide = (date, word, number, note = '已查明') => run(date, 0, null, word, String(number), '--note', note, '--by', 'li');

async function order() {
    const phone = await studentOnPhone(nextStudent('reconcile'));
    const { order: made } = await phone.order();
    return { phone, number: made.order_no, total: made.amount_fen };
}
async function paid(date, time) {
    const made = await order();
    const { transaction_id } = await payInWechat(made.number, { paid_at: at(date, time) });
    await made.phone.paid(made.number);
    return { ...made, transaction: transaction_id };
}
/** Paid, and nobody tells us. */
async function lost(date, more = {}) {
    const made = await order();
    await lab.sql(`UPDATE orders SET next_ask_ms = NULL WHERE order_no = '${made.number}'`);
    const { transaction_id } = await payInWechat(made.number, { paid_at: at(date), notice: false, ...more });
    return { ...made, transaction: transaction_id };
}

const tables = ['payments', 'refunds', 'refund_lines', 'orders', 'order_lines', 'bills', 'bill_adjustments', 'ledger_journals', 'ledger_entries', 'ledger_chain',
    'audit', 'reconciliation_leases', 'reconciliation_days', 'reconciliation_differences', 'bill_files', 'bill_file_parts', 'bill_rows'];
// Messages leave meanwhile: of them only the number stays.
const everything = async () => ({
    ...Object.fromEntries((await lab.sql(`CHECKSUM TABLE ${tables.join(', ')}`)).map((row) => [row.Table, row.Checksum])),
    ...(await one('SELECT COUNT(*) AS messages FROM outbox')),
});
/** Once more, and nothing is written. */
async function onceMore(date, ...words) {
    const earlier = await everything();
    const { status, out } = await reconcile(date, ...words);
    assert.deepEqual(await everything(), earlier, out);
    return status;
}
/** The command ends at that place as in a power cut; answers its status. */
const crash = (point, ...words) =>
    new Promise((done) => {
        const env = { ...process.env, CAMPUS_CRASH: point };
        execFile(lab.binary, ['--config', lab.config, 'reconcile', ...words], { cwd: root, env }, (error) => done(error ? error.code : 0));
    });
const canCrash = (await crash('db.before_statement', today)) === 137;
const points = [...new Set(['db', 'server/flows'].flatMap((folder) =>
    readdirSync(join(root, folder)).filter((name) => name.endsWith('.cpp')).flatMap((name) => [...readFileSync(join(root, folder, name), 'utf8').matchAll(/crash_point\("(reconcile\.[a-z_]+)"\)/g)].map((found) => found[1]))))];
/** Nobody waits for the lease of the dead. */
const buried = () => lab.sql('UPDATE reconciliation_leases SET lease_until_ms = 0');

const booked = (date) => one(`SELECT COUNT(*) AS journals, (SELECT COUNT(*) FROM payments) AS payments, (SELECT COUNT(*) FROM bill_rows WHERE day = '${date}') AS bill_rows,
    (SELECT COUNT(*) FROM bill_files WHERE day = '${date}') AS files FROM ledger_journals`);

test('a day that balances: fees are booked, the sheet is written, the day is closed and takes nothing more', async () => {
    const date = ownDay();
    const paidOnes = [await paid(date), await paid(date, '23:59:59'), await paid(date, '00:00:00')];
    const late = await lost(date, { paid_at: at(date, '20:00:00') });
    const total = paidOnes.reduce((sum, each) => sum + each.total, late.total);
    await run(date, 0, /payment_missing_here[\s\S]*已补记：系统/);
    const day = await one(`SELECT * FROM reconciliation_days WHERE day = '${date}'`);
    assert.deepEqual([day.bill_paid_fen, day.our_paid_fen, day.ledger_paid_fen].map(Number), [total, total, total]);
    assert.deepEqual([day.bill_payments, day.our_payments, day.ledger_payments].map(Number), [4, 4, 4]);
    assert.equal(Number(day.booked_fees_fen) * 1000, Number(day.bill_fees_fine));
    assert.ok(Number(day.booked_fees_fen) > 0);
    // This lab has nothing older: what WeChat says it holds is what the ledger says.
    assert.equal(day.flow_closing_fen, day.ledger_balance_fen);
    assert.equal(await onceMore(date), 0);
    // The file is kept as it came.
    assert.equal(Number((await one(`SELECT COUNT(*) AS n FROM bill_files f JOIN bill_file_parts p USING (day, mch_id, kind) WHERE f.day = '${date}' AND LENGTH(p.bytes) = f.raw_size AND HEX(LEFT(p.bytes, 2)) = '1F8B'`)).n), 2);

    if (canCrash) {
        for (const point of ['reconcile.before_close', 'reconcile.between_merchants', 'reconcile.after_close']) {
            assert.equal(await crash(point, date, '--close', '--by', 'li'), 137, point);
            await buried();
        }
    }
    await run(date, 0, /已结账（li/, '--close', '--by', 'li');
    assert.equal(await onceMore(date, '--close', '--by', 'li'), 0);
    assert.equal(await onceMore(date), 0);
    const closed = await one(`SELECT d.closed_seq, HEX(d.closed_hash) AS hash, HEX(j.hash) AS chain FROM reconciliation_days d JOIN ledger_journals j ON j.seq = d.closed_seq WHERE d.day = '${date}'`);
    assert.equal(closed.hash, closed.chain);

    const file = join(lab.dir, 'sheet.html');
    await run(date, 0, null, '--sheet', file);
    const sheet = readFileSync(file, 'utf8');
    for (const word of ['对账单', '制表', '复核', '已结账', closed.hash.toLowerCase(), date]) assert.ok(sheet.includes(word), word);
    assert.doesNotMatch(sheet, /<script|https?:|openid|\bo[A-Za-z0-9_-]{27}\b/);

    // WeChat tells of one more payment of that day: it is true and booked, with a value after the closed day.
    const straggler = await paid(date, '18:00:00');
    const journal = await one(`SELECT value_ms FROM ledger_journals WHERE business_key = 'payment:${straggler.number}'`);
    assert.equal(Number(journal.value_ms), at(date, '24:00:00'));
    assert.match((await campuspay('reconcile', '--list')).out, /近31天没有对过账|\d{4}-/);
});

test('an earlier day with movements must be closed first', async () => {
    const [early, later] = [ownDay(), ownDay()];
    await paid(early);
    await paid(later);
    await run(later, 0);
    await run(later, 1, /请先结账较早的一天/, '--close', '--by', 'li');
    for (const row of await lab.sql(`SELECT DISTINCT FROM_UNIXTIME((value_ms + 8 * 3600000) DIV 1000, '%Y-%m-%d') AS day FROM ledger_journals WHERE value_ms >= (SELECT closed_until_ms FROM ledger_chain) AND value_ms < ${at(early, '00:00:00')} ORDER BY day`)) {
        await run(row.day, 0);
        await run(row.day, 0, null, '--close', '--by', 'li');
    }
    await run(early, 0);
    await run(early, 0, null, '--close', '--by', 'li');
    await run(later, 0, null, '--close', '--by', 'wang');
    await run(today, 1, /还没有结束/, '--close', '--by', 'li');
});

test('a payment that nobody told us of is booked from the bill, once, with two at it', async () => {
    const date = ownDay();
    const made = await lost(date);
    const answers = await Promise.all([reconcile(date), reconcile(date), reconcile(date)]);
    assert.deepEqual(answers.map((each) => each.status), [0, 0, 0], JSON.stringify(answers));
    assert.equal((await made.phone.orderNow(made.number)).state, 'paid');
    assert.deepEqual(await lab.sql(`SELECT learnt_by FROM payments WHERE order_no = '${made.number}'`), [{ learnt_by: 'bill' }]);
    assert.deepEqual(await kinds(date), ['payment_missing_here resolved booked']);
    assert.equal(await onceMore(date), 0);
});

test('a payment that WeChat does not confirm is not booked', async () => {
    const date = ownDay();
    const made = await lost(date);
    await fault('wrong_order', { where: { operation: 'query_no' }, times: 0 });
    await run(date, 1, /payment_missing_here[\s\S]*微信的回答不明确/);
    assert.equal((await lab.sql(`SELECT id FROM payments WHERE order_no = '${made.number}'`)).length, 0);
    await control('DELETE', 'faults');
    await run(date, 0, null, '--fix', '1', '--by', 'li');
    assert.deepEqual(await kinds(date), ['payment_missing_here resolved booked']);
});

test('the bill names another amount than the query: nothing is booked, a person explains', async () => {
    const date = ownDay();
    const made = await lost(date);
    await surprise(date, { alter: { [made.number]: { total: made.total - 1000 } } });
    await run(date, 1, /payment_missing_here/);
    await run(date, 1, /不能自动处理/, '--fix', '1', '--by', 'li');
    assert.equal((await lab.sql(`SELECT id FROM payments WHERE order_no = '${made.number}'`)).length, 0);
    await calmBill(date);
    await run(date, 1, /fees_differ/);
    await settleFees(date);
    assert.deepEqual(await kinds(date), ['payment_missing_here resolved booked', 'fees_differ resolved booked']);
});

test('money for an order that nobody knows goes into suspense and can be sent back', async () => {
    const date = ownDay();
    const known = await paid(date);
    const stray = { out_trade_no: `OTHER${Date.now()}`, transaction_id: '4200009999202611220000000001', total: 12345, openid: known.phone.openid, at: at(date, '09:30:00') };
    await surprise(date, { add: [stray] });
    await run(date, 1, /payment_missing_here[\s\S]*记入待定款项/);
    assert.equal(await onceMore(date), 1);
    await decide(date, '--fix', 1, '他校误付');
    assert.equal(await onceMore(date, '--fix', '1', '--by', 'li'), 0);
    assert.equal(await onceMore(date), 0);
    assert.deepEqual(await lab.sql(`SELECT order_no, state, surplus_fen FROM payments WHERE transaction_id = '${stray.transaction_id}'`), [
        { order_no: `X${stray.transaction_id}`, state: 'odd', surplus_fen: '12345' },
    ]);
    const asked = await campuspay('refund', 'ask', `X${stray.transaction_id}`, '--reason', 'mistake', '--by', 'li');
    assert.equal(asked.status, 0, asked.out);
    assert.deepEqual(await lab.sql(`SELECT action, result FROM audit WHERE object = '${date} #1'`), [{ action: 'reconcile.fix', result: 'payment_missing_here' }]);
    await campuspay('refund', 'reject', `X${stray.transaction_id}R01`, '--by', 'li');
});

test('a payment that the bill lacks: WeChat confirms it, so it waits for the neighbour day', async () => {
    const date = before(2);
    const made = await paid(date, '23:59:59');
    await surprise(date, { drop: [made.number] });
    const noticed = await reconcile(date);
    // Nothing else happened that day: the bill may not be made yet, and yesterday's is believed from noon on.
    assert.equal(noticed.status, 1, noticed.out);
    assert.match(noticed.out, /payment_missing_there[\s\S]*等待次日账单/);
    assert.equal(await onceMore(date), 1);
    await run(date, 1, /还有未处理的差异/, '--close', '--by', 'li');
    const next = before(1);
    await surprise(next, { add: [{ out_trade_no: made.number, transaction_id: made.transaction, total: made.total, openid: made.phone.openid, at: at(next, '00:00:01') }] });
    await run(next, 0);
    await run(date, 0, /跨日/);
    assert.deepEqual(await kinds(date), ['payment_missing_there resolved day_cut']);
    await calmBill(next);
    await calmBill(date);
});

test('a payment that WeChat denies is an alarm at once, and ends with a person’s word', async () => {
    const date = before(3);
    const made = await paid(date);
    await surprise(date, { drop: [made.number] });
    await fault('error', { where: { operation: 'query_no', out_trade_no: made.number }, status: 404, code: 'ORDER_NOT_EXIST', times: 0 });
    await run(date, 1, /payment_missing_there[\s\S]*--explain/);
    assert.equal((await differences(date))[0].state, 'open');
    await run(date, 2, null, '--explain', '1');
    await decide(date, '--explain', 1, '微信已书面确认');
    assert.deepEqual(await kinds(date), ['payment_missing_there resolved explained']);
    assert.equal(await onceMore(date), 0);
    await calmBill(date);
});

test('other amounts, doubled rows, rows of no kind: each is named, and again silent when the bill is put right', async () => {
    const date = ownDay();
    const [altered, twice, odd] = [await paid(date), await paid(date), await paid(date)];
    await surprise(date, { alter: { [altered.number]: { total: altered.total + 1 }, [odd.number]: { state: 'REVOKED' } }, twice: [twice.number] });
    await run(date, 1);
    const found = await kinds(date);
    for (const kind of ['payment_amount_differs', 'row_twice', 'row_odd']) assert.ok(found.includes(`${kind} open`), `${kind} in ${found}`);
    assert.equal(await onceMore(date), 1);
    await calmBill(date);
    await run(date, 0);
    assert.equal((await differences(date)).filter((row) => row.state !== 'resolved').length, 0);
});

test('what was explained stays explained, and opens again when its amount changes', async () => {
    const date = ownDay();
    const made = await paid(date);
    await surprise(date, { alter: { [made.number]: { total: made.total + 1 } } });
    await run(date, 1);
    for (const row of await differences(date)) if (row.state !== 'resolved') await reconcile(date, '--explain', row.number, '--note', '微信更正中', '--by', 'li');
    assert.equal(await onceMore(date), 0);
    await surprise(date, { alter: { [made.number]: { total: made.total + 2 } } });
    await run(date, 1, /payment_amount_differs/);
    await calmBill(date);
});

test('our refund on the same day balances; one by hand in the console is booked by a person', async () => {
    const date = today;
    const mine = await order();
    await payInWechat(mine.number);
    await mine.phone.paid(mine.number);
    const ask = await campuspay('refund', 'ask', mine.number, '--by', 'li', '--reason', 'mistake');
    const number = /^(\S+) /.exec(ask.out)[1];
    await campuspay('refund', 'release', number, '--by', 'wang');
    await eventually(() => one(`SELECT state FROM refunds WHERE out_refund_no = '${number}'`), (row) => row.state === 'success', 30);
    await run(date, 0);
    assert.equal(Number((await one(`SELECT bill_refunds FROM reconciliation_days WHERE day = '${date}'`)).bill_refunds), 1);

    const other = await order();
    await payInWechat(other.number);
    await other.phone.paid(other.number);
    const byHand = await control('POST', `orders/${other.number}/refund`, { amount: 100 });
    await eventually(() => control('GET', 'refunds'), ({ refunds }) => refunds.find((each) => each.out_refund_no === byHand.out_refund_no).status === 'SUCCESS');
    await run(date, 1, /platform_refund[\s\S]*补记为手工退款/);
    await fault('lost_before', { where: { operation: 'refund_query' } });
    const [{ number: which }] = (await differences(date)).filter((row) => row.kind === 'platform_refund');
    await run(date, 3, /没有明确回答/, '--fix', which, '--by', 'li');
    await reconcile(date, '--fix', which, '--by', 'li');
    assert.equal(await onceMore(date, '--fix', which, '--by', 'li'), 0);
    assert.equal((await other.phone.arrears()).total_owed_fen, 100);
    assert.equal((await one(`SELECT origin FROM refunds WHERE out_refund_no = '${byHand.out_refund_no}'`)).origin, 'platform');
    await settleFees(date);
});

test('refunds that the bill alters, drops or that we lost', async () => {
    const date = today;
    const made = await order();
    await payInWechat(made.number);
    await made.phone.paid(made.number);
    const ask = await campuspay('refund', 'ask', made.number, '--by', 'li', '--reason', 'mistake', '--line', '1=1.00');
    const number = /^(\S+) /.exec(ask.out)[1];
    await campuspay('refund', 'release', number, '--by', 'wang');
    await eventually(() => one(`SELECT state FROM refunds WHERE out_refund_no = '${number}'`), (row) => row.state === 'success', 30);
    await surprise(date, { alter_refunds: { [number]: { amount: 101 } } });
    await run(date, 1, /refund_amount_differs/);
    await surprise(date, { drop_refunds: [number] });
    await run(date, 1, /refund_missing_there[\s\S]*等待次日账单/);
    await calmBill(date);
    await settleFees(date);

    // WeChat took it, and neither answer nor notice reached us.
    const next = await order();
    await payInWechat(next.number);
    await next.phone.paid(next.number);
    await fault('notice_never', { where: { operation: 'notice_refund' }, times: 0 });
    await fault('lost_after', { where: { operation: 'refund_apply' } });
    const second = /^(\S+) /.exec((await campuspay('refund', 'ask', next.number, '--by', 'li', '--reason', 'mistake')).out)[1];
    await campuspay('refund', 'release', second, '--by', 'wang');
    await eventually(() => control('GET', `orders/${next.number}`), ({ refunds }) => refunds.length === 1, 20);
    await lab.sql(`UPDATE refunds SET next_ms = NULL WHERE out_refund_no = '${second}'`);
    await settleFees(date);
    assert.match((await one(`SELECT state FROM refunds WHERE out_refund_no = '${second}'`)).state, /processing|success/);
    await lab.sql(`UPDATE refunds SET next_ms = 1 WHERE out_refund_no = '${second}' AND state = 'processing'`);
    await eventually(() => one(`SELECT state FROM refunds WHERE out_refund_no = '${second}'`), (row) => row.state === 'success', 30);
});

test('fees that the two bills tell differently are booked by a person, once', async () => {
    const date = ownDay();
    const made = await paid(date);
    await surprise(date, { alter: { [made.number]: { fee_fine: 5940 } } });
    await run(date, 1, /fees_differ[\s\S]*按资金账单记手续费/);
    const rows = await differences(date);
    assert.deepEqual(rows.map((row) => row.kind).sort(), ['fees_differ', 'fees_not_whole']);
    assert.equal((await lab.sql(`SELECT id FROM ledger_journals WHERE business_key LIKE 'fees:%:${date}'`)).length, 0);
    await reconcile(date, '--fix', rows.find((row) => row.kind === 'fees_differ').number, '--by', 'li');
    await reconcile(date, '--explain', rows.find((row) => row.kind === 'fees_not_whole').number, '--note', '微信按分收取', '--by', 'li');
    assert.equal(await onceMore(date), 0);
    const fees = await one(`SELECT booked_fees_fen, flow_fees_fen FROM reconciliation_days WHERE day = '${date}'`);
    assert.equal(fees.booked_fees_fen, fees.flow_fees_fen);
    // The bill comes out otherwise later: a correction, not a second booking.
    await control('POST', 'settings', { fee_rate_bp: 30 });
    await calmBill(date);
    await run(date, 1, /fees_differ/);
    const again = (await differences(date)).find((row) => row.kind === 'fees_differ');
    await decide(date, '--fix', again.number);
    const after = await one(`SELECT booked_fees_fen, flow_fees_fen FROM reconciliation_days WHERE day = '${date}'`);
    assert.equal(after.booked_fees_fen, after.flow_fees_fen);
    assert.equal((await lab.sql(`SELECT id FROM ledger_journals WHERE business_key LIKE 'fees:%:${date}%'`)).length, 2);
    assert.equal(await onceMore(date), 0);
    await control('POST', 'settings', { fee_rate_bp: 60 });
});

test('a withdrawal is a transfer to the bank; a movement that is missing and balances that do not follow are named', async () => {
    const date = ownDay();
    const made = [await paid(date, '10:00:00'), await paid(date, '10:01:00'), await paid(date, '10:02:00')];
    await surprise(date, { flow_add: [{ number: `W${date}`, at: at(date, '22:00:00'), fen: -5000, name: '提现' }, { number: `T${date}`, at: at(date, '22:10:00'), fen: 700, name: '充值' }] });
    await run(date, 1, /flow_other[\s\S]*提现/);
    for (const row of await differences(date)) await reconcile(date, '--fix', row.number, '--by', 'li');
    assert.equal(await onceMore(date), 0);
    const bank = await one("SELECT SUM(amount_fen) AS n FROM ledger_entries WHERE account LIKE 'bank:%'");
    assert.equal(Number(bank.n), 5000 - 700);

    const other = ownDay();
    const [first] = [await paid(other, '10:00:00'), await paid(other, '10:01:00'), await paid(other, '10:02:00')];
    await surprise(other, { flow_drop: [first.number] });
    await run(other, 1, /flow_missing/);
    await surprise(other, { spoil: { flow: 'shuffled' } });
    await run(other, 1, /flow_broken/);
    await calmBill(other);
    await run(other, 0);
    assert.equal(made.length, 3);
});

for (const [what, body, kind] of [
    ['a hash that does not fit', { spoil: { trade: 'hash' } }, /交易账单不可信.*hash_differs/],
    ['totals that do not fit', { spoil: { trade: 'totals' } }, /交易账单不可信.*totals_differ/],
    ['a file without its end', { spoil: { trade: 'cut' } }, /交易账单不可信.*totals/],
    ['another merchant’s rows', { spoil: { trade: 'other_merchant' } }, /交易账单不可信.*other_merchant/],
    ['a flow whose totals do not fit', { spoil: { flow: 'totals' } }, /资金账单不可信.*totals_differ/],
]) {
    test(`${what}: refused whole, nothing is booked`, async () => {
        const date = ownDay();
        const made = await lost(date);
        const earlier = await booked(date);
        await surprise(date, body);
        await run(date, 3, kind);
        const now = await booked(date);
        assert.deepEqual([now.journals, now.payments], [earlier.journals, earlier.payments]);
        if (body.spoil.trade) assert.deepEqual([now.bill_rows, now.files], ['0', '0']);
        assert.equal(await onceMore(date), 3);
        await run(date, 3, null, '--close', '--by', 'li');
        await calmBill(date);
        await run(date, 0);
        assert.equal((await made.phone.orderNow(made.number)).state, 'paid');
    });
}

for (const [kind, operation] of [['malformed', 'billdownload'], ['half', 'billdownload'], ['lost_after', 'billdownload'], ['lost_before', 'tradebill'], ['bad_signature', 'tradebill'],
    ['unsigned', 'fundflowbill'], ['rate_limit', 'tradebill'], ['html', 'billdownload']]) {
    test(`the bill meets ${kind} at ${operation}: nothing is booked, and the next run goes well`, async () => {
        const date = ownDay();
        await lost(date);
        const earlier = await booked(date);
        await fault(kind, { where: { operation } });
        await run(date, 3);
        const now = await booked(date);
        assert.deepEqual([now.journals, now.payments], [earlier.journals, earlier.payments]);
        await control('DELETE', 'faults');
        await run(date, 0);
    });
}

test('no statement: balanced only when nothing happened here either', async () => {
    const empty = ownDay();
    await run(empty, 0, /相符/);
    assert.equal(await onceMore(empty), 0);
    const date = ownDay();
    await paid(date);
    await surprise(date, { status: 'STATEMENT_CREATING' });
    await run(date, 3, /还在生成/);
    // Long after the day WeChat's word counts, against our books.
    await surprise(date, { status: 'NO_STATEMENT_EXIST' });
    await run(date, 1, /payment_missing_there/);
    const recent = today;
    await surprise(recent, { status: 'NO_STATEMENT_EXIST' });
    await run(recent, 3, /微信称当日没有/);
    await calmBill(recent);
    await calmBill(date);
    await run(date, 0);
});

test('a ledger that was tampered with shows', async () => {
    const date = ownDay();
    const made = await paid(date);
    await run(date, 0);
    const change = (sign) => lab.sql(`UPDATE ledger_entries e JOIN ledger_journals j ON j.id = e.journal_id SET e.amount_fen = e.amount_fen ${sign} 1 WHERE j.business_key = 'payment:${made.number}' AND e.account LIKE 'provider:%'`);
    await change('-');
    const seen = await reconcile(date);
    await change('+');
    assert.equal(seen.status, 1);
    assert.match(seen.out, /总账与收款、退款记录不同.*ledger_differs/);
    await run(date, 0);
});

test('it dies at any step, and the next run ends as if it had not', { skip: !canCrash, timeout: 300_000 }, async () => {
    const seen = new Set();
    for (const point of points) {
        const date = ownDay();
        const made = await lost(date);
        const stray = { out_trade_no: `OTHER${date}`, transaction_id: `42000088${date.replaceAll('-', '')}000000000001`, total: 777, openid: made.phone.openid, at: at(date) };
        await surprise(date, { add: [stray], flow_add: [{ number: `W${date}`, at: at(date, '22:00:00'), fen: -5, name: '提现' }] });
        for (const times of [1, 2]) {
            if ((await crash(`${point}:${times}`, date)) === 137) seen.add(point);
            await buried();
        }
        await run(date, 1);
        const rows = (await differences(date)).filter((row) => row.state === 'open');
        assert.deepEqual(rows.map((row) => row.kind).sort(), ['flow_other', 'payment_missing_here'], point);
        for (const { number } of rows) {
            if ((await crash(point, date, '--fix', number, '--by', 'li')) === 137) seen.add(point);
            await buried();
            await reconcile(date, '--fix', number, '--by', 'li');
        }
        assert.equal(await onceMore(date), 0, point);
        const sums = await one(`SELECT COUNT(*) AS n, SUM(amount_fen) AS fen FROM payments WHERE paid_ms >= ${at(date, '00:00:00')} AND paid_ms < ${at(date, '24:00:00')}`);
        assert.deepEqual([Number(sums.n), Number(sums.fen)], [2, made.total + 777], point);
        assert.equal((await lab.sql(`SELECT id FROM audit WHERE object LIKE '${date} #%'`)).length, 2, point);
    }
    const elsewhere = ['reconcile.before_close', 'reconcile.between_merchants', 'reconcile.after_close', 'reconcile.after_refund_answer', 'reconcile.after_refund_query'];
    assert.deepEqual(points.filter((point) => !seen.has(point) && !elsewhere.includes(point)), []);
});

test('wrong words are told apart from faults', async () => {
    for (const words of [['2026-13-01'], ['gestern'], ['2999-01-01'], [], ['2026-01-01', '--fix', '0'], ['2026-01-01', '--fix', '1', '--close'], ['2026-01-01', '--explain', '1']]) {
        assert.equal((await campuspay('reconcile', ...words)).status, 2, words.join(' '));
    }
    const date = ownDay();
    await run(date, 1, /没有这个编号/, '--fix', '9', '--by', 'li');
});

test('nothing about persons is in the rows that are kept', async () => {
    const { users } = await control('GET', 'users');
    for (const name of ['bill_rows', 'reconciliation_differences', 'reconciliation_days']) {
        const text = JSON.stringify(await lab.sql(`SELECT * FROM ${name}`));
        for (const { openid } of users) assert.ok(!text.includes(openid), name);
    }
});
