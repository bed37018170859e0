// Finance closes days at the console, reads reports and takes them along as spreadsheets. In a lab of its own, so that days and
// sums hold what this file put there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { openLab } from '../support/lab.mjs';

const opened = await openLab({ name: 'console_days', students: 80 });
process.env.CAMPUS_LAB = opened.file;
const { campuspay, control, eventually, fault, lab, nextStudent, payInWechat, studentOnPhone } = await import('./client.mjs');
const { operatorAtWork } = await import('./console.mjs');
const { judgeAnswer } = await import('./contract.mjs');

const folder = mkdtempSync(join(tmpdir(), 'campus-days-'));
after(async () => {
    rmSync(folder, { recursive: true });
    await opened.lab.stop();
});

const hour = 3600_000;
const dayText = (ms) => new Date(ms + 8 * hour).toISOString().slice(0, 10);
const before_ = (count) => dayText(Date.now() - count * 24 * hour);
const [early, late] = [before_(3), before_(2)]; // ascending: the earlier is closed first
const at = (date, time = '12:00:00') => Date.parse(`${date}T${time}+08:00`);
const codeOf = ({ status, body }) => [status, body.code];

let finance;
let auditor;
let admin;
before(async () => {
    [finance, auditor, admin] = await Promise.all([operatorAtWork('finance'), operatorAtWork('auditor'), operatorAtWork('admin')]);
});

async function paid(date, more = {}) {
    const phone = await studentOnPhone(nextStudent('console_days'));
    const { order } = await phone.order();
    await payInWechat(order.order_no, { paid_at: at(date, more.time), ...more });
    if (more.notice !== false) await phone.paid(order.order_no);
    return { phone, number: order.order_no, total: order.amount_fen };
}
const ended = (desk, job) => eventually(() => desk.must('GET', `/jobs/${job.job_id}`), (one) => !['waiting', 'working'].includes(one.state), 60);
async function run(date) {
    const job = await ended(finance, await finance.must('POST', `/days/${date}/run`, { request_id: randomUUID() }));
    return { job, day: await finance.must('GET', `/days/${date}`) };
}
/** The bytes of a file that the contract names. */
async function file(desk, path) {
    const answer = await desk.fetch(`/api/v1/console${path}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    judgeAnswer('GET', `/console${path}`, answer, bytes.toString('latin1'));
    return { status: answer.status, bytes, name: decodeURIComponent(/UTF-8''(.+)$/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? '') };
}
/** The cells of a sheet, read by another program than the one that wrote it. */
function cells(bytes) {
    const path = join(folder, `${randomUUID()}.xlsx`);
    writeFileSync(path, bytes);
    const xml = execFileSync('unzip', ['-p', path, 'xl/worksheets/sheet1.xml'], { maxBuffer: 1 << 26 }).toString();
    return [...xml.matchAll(/<row [^>]*>(.*?)<\/row>/gs)].map(([, row]) => [...row.matchAll(/<(?:t|v)[^>]*>([^<]*)<\/(?:t|v)>/g)].map(([, text]) => text));
}
async function exported(desk, path, wish) {
    const job = await ended(desk, await desk.must('POST', path, { ...wish, request_id: randomUUID() }));
    assert.equal(job.state, 'done', job.said);
    const { bytes, name } = await file(desk, `/jobs/${job.job_id}/file`);
    assert.equal(bytes.length, job.file_size);
    assert.match(name, /^[^/]+-\d{8}\.xlsx$/);
    return cells(bytes);
}

test('a day with a surprise: compared by a job, mended and explained, closed; then nothing moves in it', async () => {
    const even = await paid(early);
    const lost = await paid(early, { notice: false, time: '13:00:00' });
    await control('POST', `bills/${early}`, { add: [{ out_trade_no: 'POS20261122001', transaction_id: '4200009999202611220000000001', total: 4321, openid: 'oStranger', at: at(early, '15:00:00') }] });
    const { job, day } = await run(early);
    assert.equal(job.state, 'done', job.said);
    const [merchant] = day.merchants;
    // What only the bill knew, and is ours, is booked; the stranger waits for a person.
    assert.deepEqual([merchant.ours.payments, merchant.ours.paid_fen, merchant.bill.paid_fen], [2, even.total + lost.total, even.total + lost.total + 4321]);
    const [stray] = day.differences.filter((one) => one.kind === 'payment_missing_here' && one.state === 'open');
    assert.deepEqual([stray.provider_fen, stray.our_fen, stray.proposal], [4321, 0, 'into_suspense']);
    const mended = await finance.must('POST', `/days/${early}/differences/${stray.number}/fix`, {});
    assert.deepEqual([mended.merchants[0].ours.payments, mended.merchants[0].ledger], [3, mended.merchants[0].ours]);
    assert.deepEqual(await finance.must('POST', `/days/${early}/differences/${stray.number}/fix`, {}), mended); // again is no fault
    assert.deepEqual(merchant.files.map((one) => one.kind), ['trade', 'flow']);
    for (const one of mended.differences.filter((difference) => difference.state !== 'resolved')) {
        const note = await finance.call('POST', `/days/${early}/differences/${one.number}/explain`, { note: '' });
        assert.deepEqual(codeOf(note), [409, 'day_not_mended']);
        await finance.must('POST', `/days/${early}/differences/${one.number}/explain`, { note: '已与微信支付核对' });
    }
    const closed = await finance.must('POST', `/days/${early}/close`);
    assert.deepEqual([closed.merchants[0].state, closed.merchants[0].closed_by], ['closed', '甲乙']);
    assert.match(closed.merchants[0].closed_hash, /^[0-9a-f]{64}$/);
    assert.deepEqual(await finance.must('POST', `/days/${early}/close`), closed); // again is no fault
    const tile = (await auditor.must('GET', `/days?month=${early.slice(0, 7)}`)).days.find((one) => one.day === early);
    assert.deepEqual([tile.state, tile.unresolved, tile.ours.paid_fen], ['closed', 0, even.total + lost.total + 4321]);
    const trace = await lab.sql(`SELECT actor, action FROM audit WHERE object LIKE '${early}%' ORDER BY number`);
    assert.ok(trace.some((row) => row.action === 'reconcile.close' && row.actor === `operator:${finance.id}`));
});

test('two of finance decide at once: one decision, and both see it', async () => {
    await paid(late);
    await lab.sql(`UPDATE payments SET amount_fen = amount_fen + 1 WHERE paid_ms >= ${at(late, '00:00:00')} AND paid_ms < ${at(late, '23:59:59')}`);
    const { day } = await run(late);
    const open = day.differences.filter((one) => one.state === 'open');
    assert.ok(open.length > 0);
    assert.deepEqual(codeOf(await finance.call('POST', `/days/${late}/close`)), [409, 'day_not_mended']);
    const other = await operatorAtWork('finance');
    const [first] = open;
    const both = await Promise.all([finance, other].map((desk, i) => desk.call('POST', `/days/${late}/differences/${first.number}/explain`, { note: `第${i + 1}人` })));
    assert.deepEqual(both.map((one) => one.status), [200, 200]);
    const seen = both.map((one) => one.body.differences.find((row) => row.number === first.number).note);
    assert.equal(new Set(seen.filter(Boolean)).size, 1);
    const rows = await lab.sql(`SELECT COUNT(*) AS n FROM audit WHERE action = 'reconcile.explain' AND object = '${late} #${first.number}'`);
    assert.equal(Number(rows[0].n), 1);
    await lab.sql(`UPDATE payments SET amount_fen = amount_fen - 1 WHERE paid_ms >= ${at(late, '00:00:00')} AND paid_ms < ${at(late, '23:59:59')}`);
});

test('the bill is there as WeChat gave it', async () => {
    const mch = (await finance.must('GET', `/days/${early}`)).merchants[0].mch_id;
    const { bytes, name } = await file(auditor, `/days/${early}/bills/${mch}/trade`);
    assert.equal(name, `${early}-${mch}-trade.csv.gz`);
    assert.match(gunzipSync(bytes).toString(), /交易时间/);
    assert.equal((await file(finance, `/days/${early}/bills/${mch}/flow`)).status, 200);
    assert.deepEqual(codeOf(await finance.call('GET', `/days/${early}/bills/1999999999/trade`)), [404, 'not_found']);
});

test('days that are none, WeChat that is silent, and who may not', async () => {
    const tomorrow = dayText(Date.now() + 24 * hour);
    for (const day of [tomorrow, '2026-02-30', 'today']) {
        assert.deepEqual(codeOf(await finance.call('GET', `/days/${day}`)), [404, 'day_not_found']);
        assert.deepEqual(codeOf(await finance.call('POST', `/days/${day}/run`, { request_id: randomUUID() })), [404, 'day_not_found']);
    }
    assert.deepEqual(codeOf(await finance.call('GET', '/days?month=2026-13')), [404, 'day_not_found']);
    assert.deepEqual(codeOf(await finance.call('POST', `/days/${early}/differences/999/fix`, {})), [409, 'day_not_mended']);
    const some = await operatorAtWork('finance', { colleges: ['汽车工程学院'] });
    for (const [method, path] of [['GET', `/days/${early}`], ['POST', `/days/${early}/close`]]) {
        assert.deepEqual(codeOf(await some.call(method, path)), [403, 'outside_your_colleges']);
    }
    assert.deepEqual(codeOf(await auditor.call('POST', `/days/${early}/close`)), [403, 'not_your_role']);
    assert.deepEqual(codeOf(await admin.call('GET', `/days/${early}`)), [403, 'not_your_role']);
});

test('a job is one for its request id, its operator’s own, and ends when it is cancelled', async () => {
    const request_id = randomUUID();
    const begin = (more = {}) => finance.call('POST', '/exports/fees', { by: 'college', request_id, ...more });
    const [first, second] = await Promise.all([begin(), begin()]);
    assert.equal(first.body.job_id, second.body.job_id);
    assert.deepEqual(codeOf(await begin({ by: 'major' })), [409, 'request_id_reused']);
    assert.deepEqual(codeOf(await auditor.call('GET', `/jobs/${first.body.job_id}`)), [404, 'job_not_found']);
    assert.deepEqual(codeOf(await auditor.call('GET', `/jobs/${first.body.job_id}/file`)), [404, 'job_not_found']);
    assert.deepEqual(codeOf(await auditor.call('POST', `/jobs/${first.body.job_id}/cancel`)), [404, 'job_not_found']);
    await ended(finance, first.body);
    assert.ok((await finance.must('GET', '/jobs')).jobs.some((one) => one.job_id === first.body.job_id));
    // Ended, it stays as it is.
    assert.equal((await finance.must('POST', `/jobs/${first.body.job_id}/cancel`)).state, 'done');
    const audits = await lab.sql(`SELECT COUNT(*) AS n FROM audit WHERE action = 'export' AND actor = 'operator:${finance.id}' AND object = 'export_fees'`);
    assert.equal(Number(audits[0].n), 1);
    await lab.killServer();
    await lab.sql(
        `INSERT INTO jobs (id, operator_id, request_id, kind, argument, state, lease_owner, lease_until_ms, tries, created_ms)
         VALUES (1, ${finance.id}, 'left', 'export_fees', 'by=class', 'working', 'dead', 1, 1, 1), (2, ${finance.id}, 'wait', 'export_fees', 'by=class', 'waiting', NULL, 99999999999999, 0, 1)`,
    );
    await lab.startServer();
    assert.equal((await ended(finance, { job_id: '1' })).state, 'done'); // taken over from the dead
    assert.equal((await finance.must('POST', '/jobs/2/cancel')).state, 'cancelled');
    assert.deepEqual(codeOf(await finance.call('GET', '/jobs/2/file')), [404, 'job_not_found']);
});

test('too many jobs at once are refused, and one that keeps failing ends with a sentence', async () => {
    const other = await operatorAtWork('finance');
    const waiting = Array.from({ length: 5 }, (_, i) => `(${100 + i}, ${other.id}, 'w${i}', 'export_fees', 'by=class', 'waiting', 99999999999999, 0, 1)`);
    await lab.sql(`INSERT INTO jobs (id, operator_id, request_id, kind, argument, state, lease_until_ms, tries, created_ms) VALUES ${waiting.join(', ')}`);
    assert.deepEqual(codeOf(await other.call('POST', '/exports/fees', { by: 'item', request_id: randomUUID() })), [409, 'too_many_jobs']);
    await lab.sql("UPDATE jobs SET tries = 5, lease_until_ms = 0 WHERE id = 100");
    const gone = await ended(other, { job_id: '100' });
    assert.deepEqual([gone.state, /多次/.test(gone.said)], ['failed', true]);
});

test('what is due, paid and owed adds up in every group, within the operator’s colleges', async () => {
    const [sums] = await lab.sql('SELECT SUM(due_fen) AS due, SUM(paid_fen) AS paid, SUM(GREATEST(due_fen - paid_fen, 0)) AS owed, COUNT(DISTINCT person_id) AS students FROM bills WHERE due_fen > 0');
    for (const by of ['college', 'major', 'class', 'grade', 'item', 'period']) {
        const { rows, all } = await finance.must('POST', '/reports/fees', { by });
        assert.deepEqual([all.due_fen, all.paid_fen, all.owed_fen, all.students], Object.values(sums).map(Number));
        for (const what of ['due_fen', 'paid_fen', 'owed_fen', 'bills']) assert.equal(rows.reduce((sum, row) => sum + row[what], 0), all[what], `${by} ${what}`);
    }
    const { rows, choices } = await finance.must('POST', '/reports/fees', { by: 'college' });
    const [largest] = rows;
    const narrowed = await finance.must('POST', '/reports/fees', { by: 'class', college: largest.key });
    assert.deepEqual(narrowed.all.due_fen, largest.due_fen);
    assert.ok(narrowed.choices.majors.length < choices.majors.length);
    const some = await operatorAtWork('finance', { colleges: [largest.key] });
    const seen = await some.must('POST', '/reports/fees', { by: 'college' });
    assert.deepEqual([seen.rows.map((row) => row.key), seen.choices.colleges], [[largest.key], [largest.key]]);
    assert.ok((await some.must('POST', '/reports/debts', {})).debts.every((debt) => debt.college === largest.key));
    const outside = rows.find((row) => row.key !== largest.key).key;
    assert.equal((await some.must('POST', '/reports/fees', { by: 'class', college: outside })).all.bills, 0);
    const sheet = await exported(some, '/exports/debts', { college: outside });
    assert.equal(sheet.length, 1); // the head alone
    assert.deepEqual(codeOf(await some.call('POST', '/reports/money', { by: 'day', from: early, until: late })), [403, 'outside_your_colleges']);
});

test('money of a span adds up by every group, and empty days and hours are there', async () => {
    const [sums] = await lab.sql(`SELECT COUNT(*) AS n, SUM(amount_fen) AS paid FROM payments WHERE paid_ms >= ${at(early, '00:00:00')} AND paid_ms < ${at(late, '23:59:59')}`);
    for (const by of ['day', 'hour', 'merchant', 'channel', 'item']) {
        const { rows } = await finance.must('POST', '/reports/money', { by, from: early, until: late });
        assert.equal(rows.reduce((sum, row) => sum + row.paid_fen, 0), Number(sums.paid), by);
        if (by === 'day') assert.deepEqual(rows.map((row) => row.key), [early, late]);
        if (by === 'hour') assert.equal(rows.length, 48);
    }
    for (const [from, until] of [[late, early], ['2025-01-01', '2026-06-01']]) {
        assert.deepEqual(codeOf(await finance.call('POST', '/reports/money', { by: 'day', from, until })), [400, 'bad_request']);
    }
    const sheet = await exported(finance, '/exports/money', { by: 'day', from: early, until: late });
    assert.equal(sheet.length, 3);
    assert.equal(sheet[1][0], early);
});

test('the list of debts is whole page by page, names nobody’s ID number, and the spreadsheet says the same', async () => {
    const all = [];
    for (let after; ; ) {
        const page = await auditor.must('POST', '/reports/debts', { ...(after ? { after } : {}) });
        all.push(...page.debts);
        after = page.next;
        if (!after) break;
    }
    const [sums] = await lab.sql('SELECT COUNT(*) AS n, SUM(due_fen - paid_fen) AS owed FROM bills WHERE due_fen > paid_fen AND chosen = 0');
    assert.deepEqual([all.length, all.reduce((sum, one) => sum + one.owed_fen, 0)], [Number(sums.n), Number(sums.owed)]);
    assert.equal(new Set(all.map((one) => one.bill_id)).size, all.length);
    const sheet = await exported(auditor, '/exports/debts', {});
    assert.equal(sheet.length, all.length + 1);
    assert.deepEqual(sheet[0].slice(0, 5), ['学号', '姓名', '院系', '专业', '班级']);
    const ids = lab.college('students').map((one) => one.证件号码);
    const text = JSON.stringify([all, sheet]);
    assert.ok(ids.every((id) => !text.includes(id)));
    const fees = await exported(auditor, '/exports/fees', { by: 'item' });
    assert.equal(fees.at(-1)[0], '合计');
    for (const after of ['x', '1.2', '..']) assert.deepEqual(codeOf(await finance.call('POST', '/reports/debts', { after })), [400, 'bad_request']);
});

test('orders leave as a spreadsheet: what the search finds, long numbers whole, within the colleges', async () => {
    const { orders } = await finance.must('POST', '/orders/search', { filter: { states: ['paid'] } });
    const sheet = await exported(finance, '/exports/orders', { filter: { states: ['paid'] } });
    assert.deepEqual(sheet.slice(1).map((row) => row[0]), orders.map((one) => one.order_no));
    assert.equal(sheet[1][9], (orders[0].amount_fen / 100).toString());
    assert.equal((await exported(finance, '/exports/orders', { filter: { student_no: '20990000000' } })).length, 1);
    const some = await operatorAtWork('finance', { colleges: [orders[0].student.college] });
    const within = await exported(some, '/exports/orders', { filter: {} });
    assert.ok(within.length > 1 && within.slice(1).every((row) => row[4] === orders[0].student.college));
    assert.deepEqual(codeOf(await admin.call('POST', '/exports/orders', { filter: {}, request_id: randomUUID() })), [403, 'not_your_role']);
});

test('the books are content', async () => {
    const { status, out } = await campuspay('verify');
    assert.equal(status, 0, out);
});
