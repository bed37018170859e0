// The API against its document: every call refuses what the document does not allow, whatever it is made of, and never breaks.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';

import fc from 'fast-check';

import { nextStudent, Phone, stack, studentOnPhone } from './client.mjs';
import { newOperator, operatorAtWork } from './console.mjs';
import { document, operations } from './contract.mjs';

const seed = Number(process.env.CAMPUS_SEED ?? Date.now() % 2 ** 31);
const rounds = Number(process.env.CAMPUS_FUZZ_ROUNDS ?? 60);
const runs = { seed, numRuns: rounds, interruptAfterTimeLimit: 60_000 };
console.log(`fuzz seed ${seed}`);

let student;
let phone;
const operators = {};
before(async () => {
    student = nextStudent('fuzz');
    phone = await studentOnPhone(student);
    for (const role of ['admin', 'finance', 'auditor']) operators[role] = await operatorAtWork(role);
    operators.setup = await newOperator('finance');
    await operators.setup.signIn();
});

const ofConsole = (one) => one.path.startsWith('/console/');
// The console has callers of its own, in a role and at the stage that let them in; operators.test.mjs asks for the rights.
const operatorFor = (one) => operators[/Setup$/.test(one.id) ? 'setup' : one.roles?.find((role) => role !== 'auditor') ?? 'auditor'];
function callerOf(one) {
    if (!ofConsole(one)) return phone;
    const operator = operatorFor(one);
    return {
        csrf: operator.csrf,
        fetch: (...words) => operator.fetch(...words),
        call: (method, path, ...more) => operator.call(method, path.replace('/console', ''), ...more),
    };
}
const fillConsole = (path) => (path.startsWith('/console/') ? path.replaceAll(/\{[^}]+\}/g, '4711') : path);
const fill = (path) => fillConsole(path).replace('{order_no}', 'CP20260101000000ZZZZZZZZZZ').replace('{recovery}', '4711000000').replace('{bill_id}', '4711').replace('{item_id}', '1').replace('{sign_up_id}', '1').replace('{link}', '4711000000');
const withQuery = { getJssdkConfig: `?url=${encodeURIComponent(`${stack.server}/h5/`)}`, listChoices: '?category=other' };
const changes = operations.filter((one) => one.method !== 'GET');
const withBody = operations.filter((one) => one.bodySchema);
const refusals = (status) => status >= 400 && status < 500;

test('the document says of every change that it takes a CSRF token', () => {
    for (const one of changes) assert.ok(one.parameters.some((parameter) => parameter.name === 'X-CSRF-Token'), one.id);
    assert.equal(document.openapi.slice(0, 3), '3.1');
});

for (const one of operations.filter((operation) => operation.needsSession && !ofConsole(operation))) {
    test(`${one.id} is refused without a session`, async () => {
        const stranger = new Phone({ inWechat: false });
        await stranger.session();
        const query = withQuery[one.id] ?? '';
        const { status, body } = await stranger.call(one.method, fill(one.path) + query);
        // Signing out nobody is no fault.
        if (one.id === 'signOut') return assert.equal(status, 200);
        assert.ok([401, 409, 400].includes(status), `${status} ${body.code}`);
        if (one.method === 'GET' && one.id !== 'getJssdkConfig') assert.equal(status, 401);
    });
}

for (const one of changes) {
    test(`${one.id} is refused without the CSRF token`, async () => {
        const { status, body } = await callerOf(one).call(one.method, fill(one.path), {}, { 'x-csrf-token': '' });
        assert.deepEqual([status, body.code], [403, 'csrf_token_wrong']);
    });
}

test('signing of a page: ours and nobody else’s', async () => {
    const url = `${stack.server}/h5/fees`;
    const made = await phone.must('GET', `/wechat/jssdk?url=${encodeURIComponent(url)}`);
    assert.match(made.signature, /^[0-9a-f]{40}$/);
    assert.ok(Math.abs(made.timestamp - Date.now() / 1000) < 60);
    for (const other of ['https://evil.example/', `${stack.server}.evil.example/`, 'javascript:alert(1)', '']) {
        const { status } = await phone.call('GET', `/wechat/jssdk?url=${encodeURIComponent(other)}`);
        assert.ok(refusals(status), `${other}: ${status}`);
    }
    assert.equal((await phone.call('GET', '/wechat/jssdk')).status, 400);
});

test('methods that the document does not name are refused by name', async () => {
    for (const path of Object.keys(document.paths)) {
        for (const method of ['PUT', 'PATCH', 'POST', 'DELETE']) {
            if (document.paths[path][method.toLowerCase()]) continue;
            const answer = await phone.fetch(`/api/v1${fill(path)}`, {
                method,
                body: '{}',
                headers: { 'content-type': 'application/json', 'x-csrf-token': phone.csrf },
            });
            assert.equal(answer.status, 405, `${method} ${path}`);
            assert.ok(answer.headers.get('allow'));
        }
    }
});

test('an address that the document does not name is not there, in the contract’s words', async () => {
    for (const path of ['/api/v1/', '/api/v1/nothing', '/api/v2/bills', '/api/v1/bills/1', '/api/v1/../v1/bills/x']) {
        const answer = await phone.fetch(path);
        assert.equal(answer.status, 404, path);
        assert.deepEqual(Object.keys(await answer.json()).sort(), ['code', 'message']);
    }
});

// A value of any type but those that the schema names.
const anything = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string(),
    fc.constantFrom('', '0', '-1', '9'.repeat(30), "' OR 1=1 --", '\u0000', '💥', '../..', '<script>', 'a'.repeat(5000)),
    fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxLength: 5 }),
    fc.dictionary(fc.string(), fc.integer(), { maxKeys: 3 }),
);

// Bodies near the truth: a good one with some members replaced, removed or added.
function nearby(good) {
    return fc
        .record({
            replaced: fc.array(fc.tuple(fc.constantFrom(...Object.keys(good)), anything), { minLength: 0, maxLength: 3 }),
            removed: fc.subarray(Object.keys(good), { maxLength: Math.min(2, Object.keys(good).length) }),
            added: fc.dictionary(fc.string({ maxLength: 8 }), anything, { maxKeys: 2 }),
        })
        .map(({ replaced, removed, added }) => {
            const out = { ...added, ...good, ...Object.fromEntries(replaced) };
            for (const name of removed) delete out[name];
            return out;
        });
}

const goodBodies = {
    signIn: { way: 'identity', id_number: '220104200503119999', name: '无此人' },
    openOrder: { request_id: 'aaaaaaaa-bbbb-cccc-dddd', bill_ids: ['1'], total_fen: 100, channel: 'native' },
    choose: { request_id: 'aaaaaaaa-bbbb-cccc-eeee', amount_fen: 100, channel: 'jsapi', target: '12-305', answers: { 尺码: 'L' } },
    makeCaptcha: { form: 'question' },
    signInToPortal: { username: '2099999999', password: 'nothing-right-1', captcha: '4711', captcha_answer: '7' },
    changeSecurityQuestions: { password: 'nothing-right-1', answers: [{ question: 'book', answer: '无此书' }] },
    setFirstPassword: { new_password: 'nothing-right-1', answers: [{ question: 'book', answer: '无此书' }] },
    changePassword: { password: 'nothing-right-1', new_password: 'nothing-right-2' },
    answerRecoveryRequest: { approve: true },
    beginRecovery: { username: '2099999999', captcha: '4711', captcha_answer: '7' },
    answerRecovery: { answers: [{ question: 'book', answer: '无此书' }] },
    makeFamilyLink: { bill_ids: ['1'], total_fen: 100, hours: 24, message: '谢谢' },
    openFamilyLink: { token: 'a'.repeat(43) },
    payFamilyLink: { token: 'a'.repeat(43), total_fen: 100 },
    confirmFamilyLink: { token: 'a'.repeat(43) },
    cancelFamilyLink: { token: 'a'.repeat(43) },
    verifyReceipt: { number: 'CP20260101000000ZZZZZZZZZZ', code: 'ABCD-EFGH-JKLM-NPQR' },
    finishRecovery: { new_password: 'nothing-right-1' },
    changeProfile: { password: 'nothing-right-1', phone: '13800138000', email: 'a@example.com', postcode: '130000', address: '无此街' },
    changeBankCard: { password: 'nothing-right-1', bank_card: '6222000000000009' },
    signInToConsole: { name: 'nobody-of-that-name', password: 'nothing-right-1', code: '000000' },
    finishSetup: { new_password: 'nothing-right-1', code: '000000' },
    changeConsolePassword: { password: 'nothing-right-1', code: '000000', new_password: 'nothing-right-2' },
    beginNewAuthenticator: { password: 'nothing-right-1', code: '000000' },
    finishNewAuthenticator: { code: '000000' },
    addOperator: { name: 'fuzz', display_name: '无此人', role: 'finance', colleges: ['无此学院'] },
    changeOperator: { display_name: '无此人', role: 'finance', colleges: ['无此学院'], version: 1 },
    searchConsoleOrders: { filter: { name: '无此人', states: ['paid'], amount_min_fen: 1, opened_from: '2026-09-01' }, next: '1-1' },
    getConsoleOrderSums: { filter: { college: '无此学院', channel: 'native' } },
    searchPastedConsoleOrders: { numbers: ['CP404', '2099999999'] },
    saveOrderSearch: { name: '模糊', filter: { item_id: '1', odd: true } },
    changeOrderSearch: { name: '模糊', filter: { period: '2026-2027学年' } },
    searchConsoleRefunds: { filter: { states: ['asked'], mine: 'asked', asked_to: '2026-09-01' }, next: '1-1' },
    askConsoleRefund: { request_id: 'aaaaaaaa-bbbb-cccc-ffff', order_no: 'CP404', parts: [{ line_no: 1, amount_fen: 1 }], reason_code: 'mistake', reason: '无', note: '无' },
    releaseConsoleRefund: { amount_fen: 1 },
    rejectConsoleRefund: { reason: '无' },
    checkRefundFile: { name: 'a.csv', content: 'YQ==' },
    askRefundFile: { request_id: 'aaaaaaaa-bbbb-cccc-aaaa', name: 'a.csv', content: 'YQ==', reason_code: 'mistake', total_fen: 1, note: '无' },
    releaseRefundBatch: { total_fen: 1 },
    rejectRefundBatch: { reason: '无' },
    runDay: { request_id: 'aaaaaaaa-bbbb-cccc-dddd' },
    fixDifference: { note: '无' },
    explainDifference: { note: '无' },
    reportFees: { by: 'class', college: '无此学院' },
    reportMoney: { by: 'day', from: '2026-09-01', until: '2026-09-30' },
    reportDebts: { class: '无此班', after: '1.1.无此班' },
    exportOrders: { request_id: 'aaaaaaaa-bbbb-cccc-0001', filter: { name: '无此人' } },
    exportFees: { request_id: 'aaaaaaaa-bbbb-cccc-0002', by: 'item', period: '无' },
    exportMoney: { request_id: 'aaaaaaaa-bbbb-cccc-0003', by: 'hour', from: '2026-09-01', until: '2026-09-02' },
    exportDebts: { request_id: 'aaaaaaaa-bbbb-cccc-0004', grade: '无' },
    figureLeaver: { student_no: '2099999999', left_on: '2026-09-30' },
    askLeaverRefunds: { request_id: 'aaaaaaaa-bbbb-cccc-bbbb', student_no: '2099999999', left_on: '2026-09-30', total_fen: 1, note: '无' },
    unbindAllWechat: { password: 'nothing-right-1' },
};

for (const one of withBody) {
    test(`${one.id}: a body against the schema is a bad request, and no body breaks the server`, { timeout: 120_000 }, async () => {
        await fc.assert(
            fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: nearby(goodBodies[one.id]) }, { weight: 1, arbitrary: anything }), async (body) => {
                // A phone of its own: wrong sign-ins count by address.
                const caller = one.id === 'signIn' ? new Phone({ inWechat: false }) : callerOf(one);
                if (one.id === 'signIn') await caller.session();
                const { status, body: answer } = await caller.call(one.method, fill(one.path), body);
                const allowed = one.takes(JSON.parse(JSON.stringify(body ?? {})));
                if (!allowed) assert.ok(status === 400 && refusals(status), `${status} ${answer.code} for ${JSON.stringify(body)}`);
                else assert.ok(status === 200 || refusals(status), `${status} ${answer.code} for ${JSON.stringify(body)}`);
            }),
            runs,
        );
    });

    test(`${one.id}: bytes that are no JSON are a bad request`, async () => {
        const deep = (n) => '['.repeat(n) + ']'.repeat(n);
        const bad = ['', ' ', '{', '{"way":', '[]', '"x"', '1', 'null', '{"a":1}{"b":2}', '{"way":"identity",}', deep(100), `{"way":${deep(3000)}}`,
            Buffer.from([0x7b, 0x22, 0x77, 0x61, 0x79, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]), '\ufeff{}', "{'way':'x'}", '{"way":NaN}'];
        for (const body of bad) {
            const answer = await callerOf(one).fetch(`/api/v1${fill(one.path)}`, {
                method: one.method,
                body,
                headers: { 'content-type': 'application/json', 'x-csrf-token': callerOf(one).csrf },
            });
            assert.equal(answer.status, 400, String(body).slice(0, 30));
            assert.equal((await answer.json()).code, 'bad_request');
        }
        const large = await callerOf(one).fetch(`/api/v1${fill(one.path)}`, {
            method: one.method,
            body: JSON.stringify({ ...goodBodies[one.id], filler: 'x'.repeat(100_000) }),
            headers: { 'content-type': 'application/json', 'x-csrf-token': callerOf(one).csrf },
        });
        assert.equal(large.status, 413);
    });
}

test('a bill named twice is a bad request', async () => {
    const { bills } = await phone.arrears();
    const { status, body } = await phone.call('POST', '/orders', {
        request_id: 'named-twice-named-twice',
        bill_ids: [bills[0].bill_id, bills[0].bill_id],
        total_fen: bills[0].owed_fen,
    });
    assert.deepEqual([status, body.code], [400, 'bad_request']);
    assert.deepEqual((await phone.must('GET', '/orders')).orders, []);
});

test('order numbers and cursors of any kind break nothing', { timeout: 120_000 }, async () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('%', '%zz', '%00', '..', '%2e%2e', '%2F', '?', 'a'.repeat(3000), '缴费', "';--"));
    await fc.assert(
        fc.asyncProperty(text, fc.boolean(), async (raw, encode) => {
            const piece = encode ? encodeURIComponent(raw) : raw.replaceAll(/[^\x21-\x7e]/g, '').replaceAll(/[/?#\\]/g, '');
            if (piece === '' || piece === '.' || piece === '..' || /^%2e(%2e)?$/i.test(piece)) return;
            for (const path of [`/orders/${piece}`, `/orders?before=${piece}`, `/wechat/jssdk?url=${piece}`]) {
                const answer = await phone.fetch(`/api/v1${path}`);
                assert.ok(answer.status < 500, `${path}: ${answer.status}`);
                if (path.startsWith('/orders/')) assert.ok(refusals(answer.status), `${path}: ${answer.status}`);
            }
        }),
        runs,
    );
});

test('headers of any kind break nothing', { timeout: 120_000 }, async () => {
    const value = fc.stringOf(fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), { maxLength: 200 });
    const name = fc.constantFrom('cookie', 'origin', 'x-csrf-token', 'x-forwarded-for', 'content-type', 'accept-encoding', 'range', 'if-none-match', 'user-agent', 'accept-language');
    await fc.assert(
        fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 4 }), fc.constantFrom('/api/v1/session', '/h5/', '/wechat/oauth', '/wechat/message', '/api/v1/bills'), async (headers, path) => {
            const { status } = await fetch(stack.server + path, { headers, redirect: 'manual' });
            assert.ok(status < 500, `${path} ${JSON.stringify(headers)}: ${status}`);
        }),
        runs,
    );
});

test('the same answer for the same question: a page is not another one’s', async () => {
    const other = await studentOnPhone(nextStudent('fuzz'));
    const [mine, theirs] = [await phone.arrears(), await other.arrears()];
    const ids = new Set(mine.bills.map((bill) => bill.bill_id));
    assert.ok(theirs.bills.every((bill) => !ids.has(bill.bill_id)));
    const foreign = await phone.call('POST', '/orders', {
        request_id: createHash('sha256').update('foreign').digest('hex'),
        bill_ids: theirs.bills.map((bill) => bill.bill_id),
        total_fen: theirs.total_owed_fen,
    });
    assert.deepEqual([foreign.status, foreign.body.code], [404, 'bill_not_found']);
});
