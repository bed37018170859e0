// The program as the machine room and the outside see it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { promisify } from 'node:util';

import { root } from '../support/lab.mjs';
import { calm, campuspay, newcomer, nextStudent, Phone, settled, stack, studentOnPhone, twoYears } from './client.mjs';

afterEach(calm);
const scratch = mkdtempSync(join(tmpdir(), 'campuspay-'));
after(() => rmSync(scratch, { recursive: true }));
const college = (name) => join(stack.dir, 'college', `${name}.csv`);

test('ops answers on its own address only', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics']) {
        assert.equal((await fetch(stack.ops + path)).status, 200, path);
        assert.notEqual((await fetch(stack.server + path)).status, 200, path);
    }
});

test('the doctor finds nothing wrong', async () => {
    const { status, out } = await campuspay('doctor');
    assert.equal(status, 0, out);
});

test('the menu is live, and publishing it again changes nothing', async () => {
    assert.equal((await campuspay('menu', 'publish', join(root, 'conf/menu.json'))).status, 0);
    assert.equal((await campuspay('menu', 'show')).status, 0);
});

test('pages carry the headers that keep them safe', async () => {
    const page = await new Phone({ inWechat: false }).get('/h5/');
    assert.equal(page.status, 200);
    const csp = page.headers.get('content-security-policy');
    for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors"]) assert.ok(csp.includes(rule), csp);
    assert.ok(!csp.includes('unsafe'));
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    assert.match(page.headers.get('cache-control'), /no-cache/);
});

test("the school's English names are open to everybody, and may be kept", async () => {
    const stranger = new Phone({ inWechat: false });
    const { status, body } = await stranger.call('GET', '/site/english');
    assert.equal(status, 200);
    assert.equal(body.names['吉林交通职业技术学院'], 'Jilin Communications Polytechnic');
    const answer = await stranger.get('/api/v1/site/english');
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=600');
    assert.equal(answer.headers.get('set-cookie'), null);
});

test('hashed assets are served compressed and for a year', async () => {
    const page = await (await new Phone({ inWechat: false }).get('/h5/')).text();
    const script = /src="([^"]+\.js)"/.exec(page)[1];
    const asset = await fetch(new URL(script, `${stack.server}/h5/`), { headers: { 'accept-encoding': 'br' } });
    assert.equal(asset.headers.get('content-encoding'), 'br');
    assert.match(asset.headers.get('cache-control'), /immutable/);
    const unchanged = await fetch(new URL(script, `${stack.server}/h5/`), {
        headers: { 'accept-encoding': 'br', 'if-none-match': asset.headers.get('etag') },
    });
    assert.equal(unchanged.status, 304);
});

test('the session cookie is out of reach of scripts and other sites', async () => {
    const phone = await new Phone().follow();
    await phone.enter();
    assert.ok(phone.cookie('__Host-campus'));
    const line = (await fetch(`${stack.server}/api/v1/session`)).headers.getSetCookie().find((one) => one.startsWith('__Host-campus'));
    if (line) for (const word of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) assert.ok(line.includes(word), line);
});

test('a call without the CSRF token, or from a foreign page, is refused', async () => {
    const phone = await studentOnPhone(nextStudent('service'));
    assert.equal((await phone.call('DELETE', '/session', undefined, { 'x-csrf-token': 'wrong' })).status, 403);
    assert.equal((await phone.call('DELETE', '/session', undefined, { origin: 'https://evil.example' })).status, 403);
    assert.equal((await phone.session()).signed_in, true);
});

test('a double return from the OAuth page is tolerated, a stolen one is not', async () => {
    const phone = await new Phone().follow();
    await phone.enter();
    const again = await phone.get(phone.returnUrl);
    assert.ok(again.status === 302 || again.status === 200, String(again.status));
    const thief = new Phone();
    await thief.get(phone.returnUrl);
    assert.notEqual((await thief.session()).wechat.known, true);
});

test('wrong sign-ins get one sentence whether the account exists or not, and are throttled', async () => {
    const phone = await new Phone().follow();
    await phone.enter();
    const student = nextStudent('service');
    const attempt = (username) => phone.call('POST', '/session', { way: 'password', username, password: '000000' });
    const known = await attempt(student.学号);
    const unknown = await attempt('29990000000');
    assert.equal(known.status, unknown.status);
    assert.deepEqual(known.body, unknown.body);
    let last;
    for (let i = 0; i < 8; ++i) last = await attempt(student.学号);
    assert.equal(last.status, 429);
});

test('all demo accounts can sign in', async () => {
    for (const student of [twoYears, newcomer, settled]) {
        const phone = await studentOnPhone(student);
        const { total_owed_fen: owed } = await phone.arrears();
        assert.equal(owed > 0 || student === twoYears, student !== settled, student.学号);
    }
});

test('importing the same files again changes nothing', async () => {
    for (const kind of ['items', 'students', 'bills']) {
        const { status, out } = await campuspay('import', kind, college(kind));
        assert.equal(status, 0, out);
    }
});

test('a dirty file is refused whole, by row and column', async () => {
    const dirty = join(scratch, 'dirty');
    await promisify(execFile)(join(root, 'tools/make-college'), ['--students', '90', '--seed', '99', '--dirty', '--encoding', 'gbk', '--out', dirty]);
    const { status, out } = await campuspay('import', 'students', join(dirty, 'students.csv'));
    assert.notEqual(status, 0);
    const faults = readFileSync(join(dirty, 'faults.csv'), 'utf8').split('\r\n').map((line) => line.split(','));
    for (const [file, line, , what, verdict] of faults) {
        if (file !== 'students.csv' || verdict !== '拒绝') continue;
        assert.match(out, new RegExp(`\\b${line}\\b`), `${what} in line ${line}:\n${out}`);
    }
    // Nothing of it came in.
    const first = readFileSync(join(dirty, 'bills.csv'));
    assert.ok(first.length > 0);
    const clean = await campuspay('import', 'students', college('students'), '--dry-run');
    assert.equal(clean.status, 0, clean.out);
});

test('a dry run writes nothing', async () => {
    const file = join(scratch, 'one.csv');
    writeFileSync(file, '项目名称,类别,商户号,必缴,顺序\r\n自行车棚费,其他,,否,9\r\n');
    const first = await campuspay('import', 'items', file, '--dry-run');
    const second = await campuspay('import', 'items', file, '--dry-run');
    assert.equal(first.status, 0, first.out);
    assert.equal(second.out, first.out);
});

test('no personal data and no secret is in the logs', () => {
    const log = readFileSync(join(stack.dir, 'log/server.log'), 'utf8');
    for (const student of [twoYears, newcomer, settled]) {
        assert.ok(!log.includes(student.证件号码));
        assert.ok(!log.includes(student.姓名));
    }
    const conf = readFileSync(stack.config, 'utf8');
    for (const key of ['app_secret', 'token', 'encoding_aes_key', 'api_v3_key']) {
        assert.ok(!log.includes(new RegExp(`${key} = "([^"]+)"`).exec(conf)[1]), key);
    }
    assert.doesNotMatch(log, /openid=|code=|\bo[A-Za-z0-9_-]{27}\b/);
});
