// 电子凭证: a paper for who has paid, and for nobody else; a real one is told from a forged one.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { promisify } from 'node:util';

import { calm, campuspay, eventually, lab, nextStudent, payInWechat, Phone, studentOnPhone } from './client.mjs';

afterEach(calm);

const run = promisify(execFile);
const yuan = (fen) => (fen / 100).toLocaleString('en-US', { minimumFractionDigits: 2 });

async function textOf(pdf) {
    const folder = mkdtempSync(join(tmpdir(), 'receipt-'));
    try {
        writeFileSync(join(folder, 'it.pdf'), pdf);
        return (await run('pdftotext', ['-layout', join(folder, 'it.pdf'), '-'])).stdout;
    } finally {
        rmSync(folder, { recursive: true });
    }
}

async function paidOrder() {
    const student = nextStudent('receipts');
    const phone = await studentOnPhone(student);
    const { order } = await phone.order();
    await payInWechat(order.order_no);
    return { student, phone, order: await phone.paid(order.order_no) };
}

async function stranger() {
    const out = new Phone({ inWechat: false });
    await out.session();
    return out;
}

const { student, phone, order } = await paidOrder();
const facts = await phone.must('GET', `/orders/${order.order_no}/receipt/facts`);
const paper = { number: facts.number, code: facts.code };

test('the paper of a paid order says what was paid, as text', async () => {
    const { status, bytes, headers } = await phone.download(`/orders/${order.order_no}/receipt`);
    assert.equal(status, 200);
    assert.equal(headers.get('content-disposition'), `attachment; filename="receipt-${order.order_no}.pdf"`);
    const text = await textOf(bytes);
    const wanted = ['电子缴费凭证', facts.school, facts.number, student.学号, '人民币大写', facts.total_in_capitals, order.merchant_name, order.order_no,
        order.transaction_id, facts.code, `¥${yuan(order.amount_fen)}`, ...order.lines.flatMap((line) => [line.period, line.item, yuan(line.amount_fen)])];
    for (const piece of wanted) assert.ok(text.includes(piece), piece);
    // An initial password sees names masked; ID numbers stand on no paper.
    assert.ok(text.includes(`${student.姓名[0]}*`));
    assert.ok(!text.includes(student.姓名));
    assert.ok(!text.includes(student.证件号码));
    assert.ok(!text.includes('已退款'));
});

test('the facts for the page are those of the paper', async () => {
    assert.equal(facts.total_fen, order.amount_fen);
    assert.equal(facts.order_no, order.order_no);
    assert.equal(facts.transaction_id, order.transaction_id);
    assert.equal(facts.paid_at, order.paid_at);
    assert.deepEqual(facts.lines, order.lines.map(({ period, item, amount_fen }) => ({ period, item, amount_fen })));
    assert.match(facts.code, /^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}$/);
    assert.match(facts.qr, /^data:image\/svg\+xml;base64,/);
    assert.match(facts.total_in_capitals, /元.*[整分]$/);
});

test('nobody gets the paper of another, nor one without money', async () => {
    const other = await studentOnPhone(nextStudent('receipts'));
    for (const end of ['receipt', 'receipt/facts']) {
        const foreign = await other.call('GET', `/orders/${order.order_no}/${end}`);
        assert.deepEqual([foreign.status, foreign.body.code], [404, 'order_not_found']);
        const nobody = await (await stranger()).call('GET', `/orders/${order.order_no}/${end}`);
        assert.deepEqual([nobody.status, nobody.body.code], [401, 'not_signed_in']);
    }
    const { order: open } = await other.order();
    for (const end of ['receipt', 'receipt/facts']) {
        const unpaid = await other.call('GET', `/orders/${open.order_no}/${end}`);
        assert.deepEqual([unpaid.status, unpaid.body.code], [409, 'receipt_not_possible']);
    }
    await other.must('POST', `/orders/${open.order_no}/cancel`);
    assert.equal((await other.call('GET', `/orders/${open.order_no}/receipt`)).status, 409);
});

test('anybody can verify it, however it is typed', async () => {
    const desk = await stranger();
    const real = await desk.must('POST', '/receipts/verify', paper);
    assert.equal(real.state, 'valid');
    assert.equal(real.total_fen, order.amount_fen);
    assert.equal(real.refunded_fen, 0);
    assert.equal(real.name[0], student.姓名[0]);
    assert.ok(real.name.includes('*'));
    assert.deepEqual(real.lines, facts.lines);
    const typed = { number: ` ${order.order_no.toLowerCase()} `, code: facts.code.toLowerCase().replaceAll('-', ' ') };
    assert.deepEqual(await desk.must('POST', '/receipts/verify', typed), real);
});

test('a changed letter, another order’s code and an unknown number are all the same to it', async () => {
    const desk = await stranger();
    const second = await paidOrder();
    const secondFacts = await second.phone.must('GET', `/orders/${second.order.order_no}/receipt/facts`);
    const turned = (text, at) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
    const forged = [
        { ...paper, code: turned(facts.code, 0) },
        { ...paper, code: turned(facts.code, facts.code.length - 1) },
        { ...paper, code: facts.code.slice(0, -1) },
        { ...paper, code: '' },
        { ...paper, code: secondFacts.code },
        { number: second.order.order_no, code: facts.code },
        { number: turned(facts.number, facts.number.length - 1), code: facts.code },
        { number: '', code: facts.code },
        { number: '缴费', code: '凭证' },
    ];
    const answers = [];
    for (const each of forged) {
        const { status, body } = await desk.call('POST', '/receipts/verify', each);
        assert.deepEqual([status, body.code], [404, 'receipt_not_genuine'], JSON.stringify(each));
        answers.push(body.message);
    }
    assert.equal(new Set(answers).size, 1);
});

test('figures that were changed in the books are found out', async () => {
    const changed = await paidOrder();
    const theirs = await changed.phone.must('GET', `/orders/${changed.order.order_no}/receipt/facts`);
    const held = { number: theirs.number, code: theirs.code };
    const desk = await stranger();
    await desk.must('POST', '/receipts/verify', held);
    const lines = `order_lines SET item_name = %s WHERE order_id = (SELECT id FROM orders WHERE order_no = '${changed.order.order_no}')`;
    await lab.sql(`UPDATE ${lines.replace('%s', "CONCAT(item_name, '改')")}`);
    const { body } = await desk.call('POST', '/receipts/verify', held);
    assert.equal(body.code, 'receipt_not_genuine');
    await lab.sql(`UPDATE ${lines.replace('%s', "REPLACE(item_name, '改', '')")}`);
    await desk.must('POST', '/receipts/verify', held);
});

test('what went back stands on the next paper, and the one before is shown with it', async () => {
    const { phone: payer, order: paid } = await paidOrder();
    const before = await payer.must('GET', `/orders/${paid.order_no}/receipt/facts`);
    const back = async (...words) => {
        const { status, out } = await campuspay('refund', 'ask', paid.order_no, '--by', 'li', '--reason', 'mistake', ...words);
        assert.equal(status, 0, out);
        const released = await campuspay('refund', 'release', /^(\S+) /.exec(out)[1], '--by', 'wang');
        assert.equal(released.status, 0, released.out);
    };
    await back('--line', '1=1.00');
    await eventually(() => payer.orderNow(paid.order_no), (now) => now.refunded_fen === 100, 30);
    const desk = await stranger();
    const held = { number: before.number, code: before.code };
    const part = await desk.must('POST', '/receipts/verify', held);
    assert.deepEqual([part.state, part.refunded_fen, part.total_fen], ['refunded_in_part', 100, paid.amount_fen]);
    const after = await payer.must('GET', `/orders/${paid.order_no}/receipt/facts`);
    assert.equal(after.code, before.code);
    assert.equal(after.refunded_fen, 100);
    const text = await textOf((await payer.download(`/orders/${paid.order_no}/receipt`)).bytes);
    assert.ok(text.includes('其中 ¥1.00 已退款（壹元整）'), text);

    await lab.sql(`UPDATE payments SET refund_sent_ms = 1 WHERE order_no = '${paid.order_no}'`);
    await back();
    const whole = await eventually(() => desk.must('POST', '/receipts/verify', held), (now) => now.state === 'refunded', 40);
    assert.equal(whole.refunded_fen, paid.amount_fen);
});

test('guessing ends: an address may ask so often in an hour', async () => {
    const desk = await stranger();
    const guess = { number: order.order_no, code: 'AAAA-AAAA-AAAA-AAAA' };
    let refused;
    for (let i = 0; i < 32 && !refused; ++i) {
        const answers = await Promise.all(Array.from({ length: 10 }, () => desk.call('POST', '/receipts/verify', guess)));
        refused = answers.find(({ status }) => status === 429);
    }
    assert.equal(refused?.body.code, 'too_many_requests');
    const real = await desk.call('POST', '/receipts/verify', paper);
    assert.equal(real.status, 429);
    // Elsewhere it still answers.
    await (await stranger()).must('POST', '/receipts/verify', paper);
});

test('the verification page opens without WeChat’s question who one is; other pages ask', async () => {
    const visitor = new Phone();
    const page = await visitor.get('/h5/verify');
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type'), /text\/html/);
    assert.equal((await visitor.get('/h5/paid')).status, 302);
});
