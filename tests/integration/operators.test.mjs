// Who may do what at the console, and how he proves who he is; over two servers, as behind a load balancer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { campuspay, lab, nextStudent, Phone, studentOnPhone } from './client.mjs';
import { authenticator, ConsoleBrowser, consoleCookie, newOperator, Operator, operatorAtWork, someName } from './console.mjs';
import { operations } from './contract.mjs';

let admin;
before(async () => {
    await lab.startTwin();
    admin = await operatorAtWork('admin');
});
after(() => lab.stopTwin());

const here = (one) => Object.assign(one, { server: lab.server });
const there = (one) => Object.assign(one, { server: lab.twin });
const codeOf = ({ status, body }) => [status, body.code];
const operatorIdOf = async (name) => (await lab.sql(`SELECT id FROM operators WHERE name = '${name}'`))[0].id;

test('the first operator is made at the command line, where the initial password is told once', async () => {
    const name = someName('li');
    const added = await campuspay('operator', 'add', name, '--role', 'finance', '--display', '李会计', '--by', 'tester');
    assert.equal(added.status, 0, added.out);
    assert.match(added.out, new RegExp(`${name}  李会计  财务  待首次登录\\n初始密码 [2-9a-z]{4}-[2-9a-z]{4}-[2-9a-z]{4}\\n`));
    const again = await campuspay('operator', 'add', name, '--role', 'admin');
    assert.deepEqual([again.status, /operator_name_taken/.test(again.out)], [1, true]);
    assert.equal((await campuspay('operator', 'add', someName('x'), '--role', 'king')).status, 2);
    assert.equal((await campuspay('operator', 'add', 'Not A Name', '--role', 'admin')).status, 1);
    const college = await campuspay('operator', 'add', someName('x'), '--role', 'admin', '--college', '汽车工程学院');
    assert.deepEqual([college.status, /不限学院/.test(college.out)], [1, true]);
    assert.match((await campuspay('operator', 'list')).out, new RegExp(`${name}  李会计  财务  待首次登录`));
    assert.equal((await campuspay('operator', 'disable', name)).status, 0);
    assert.match((await campuspay('operator', 'list')).out, new RegExp(`${name}  李会计  财务  停用`));
    assert.equal((await campuspay('operator', 'enable', name)).status, 0);
    assert.equal((await campuspay('operator', 'reset', 'nobody-of-that-name')).status, 1);
    const trace = await lab.sql(`SELECT actor, action FROM audit WHERE object = 'operator:${await operatorIdOf(name)}' ORDER BY number`);
    assert.deepEqual(trace.map((row) => row.action), ['operator.add', 'operator.disable', 'operator.enable']);
    assert.equal(trace[0].actor, 'command:tester');
});

test('the initial password leads to a password of one’s own and an authenticator, and nowhere else', async () => {
    const li = await newOperator('finance');
    const initial = li.password;
    const { status, body } = await li.signIn();
    assert.deepEqual([status, body.stage, body.operations], [200, 'setup', ['signOutOfConsole', 'beginSetup', 'finishSetup']]);
    assert.deepEqual(codeOf(await li.call('GET', '/own/sessions')), [403, 'console_setup_needed']);
    assert.deepEqual(codeOf(await li.call('GET', '/colleges')), [403, 'console_setup_needed']);
    // Nothing to confirm yet.
    assert.deepEqual(codeOf(await li.call('POST', '/setup/finish', { new_password: 'river-42-stone', code: '123456' })), [403, 'code_wrong']);

    const first = await li.must('POST', '/setup');
    assert.deepEqual(await there(li).must('POST', '/setup'), first);
    li.totp = authenticator(first.uri);
    assert.equal(li.totp.secret.base32, first.secret);
    assert.deepEqual([li.totp.algorithm, li.totp.digits, li.totp.period, li.totp.label], ['SHA1', 6, 30, li.name]);
    assert.match(li.totp.issuer, /缴费后台$/);

    const finish = (new_password, code) => li.call('POST', '/setup/finish', { new_password, code });
    const wrong = String((Number(li.code()) + 1) % 1_000_000).padStart(6, '0');
    assert.deepEqual(codeOf(await finish('river-42-stone', wrong)), [403, 'code_wrong']);
    for (const weak of ['short-1', `x-${li.name}-1`, '12345678901234', initial]) {
        assert.deepEqual(codeOf(await finish(weak, li.code())), [400, 'password_too_weak'], weak);
    }
    const setup = li.twin();
    const code = li.code();
    const done = await finish('river-42-stone', code);
    assert.deepEqual([done.status, done.body.stage, done.body.operator.role], [200, 'ready', 'finance']);
    assert.ok(done.body.operations.includes('changeConsolePassword'));
    assert.equal((await setup.session()).signed_in, false);
    assert.equal((await here(li).session()).stage, 'ready');
    assert.deepEqual(codeOf(await li.call('POST', '/setup')), [409, 'console_setup_done']);

    // Neither the initial password nor the code that confirmed is worth anything now.
    const later = new Operator({ name: li.name, password: initial });
    assert.deepEqual(codeOf(await later.signIn()), [401, 'sign_in_failed']);
    later.password = 'river-42-stone';
    assert.deepEqual(codeOf(await later.signIn(code)), [401, 'sign_in_failed']);
    later.totp = li.totp;
    // The next one comes within 30 seconds, and one step ahead is let in.
    const next = await later.signIn(later.code(1));
    assert.deepEqual([next.status, next.body.stage], [200, 'ready']);
});

test('two windows that set up at once: one is done, the other is signed out', async () => {
    const li = await newOperator('auditor');
    const windows = [li, there(new Operator({ name: li.name, password: li.password }))];
    for (const one of windows) {
        assert.equal((await one.signIn()).body.stage, 'setup');
        one.totp = authenticator((await one.must('POST', '/setup')).uri);
    }
    assert.notEqual(windows[0].totp.secret.base32, windows[1].totp.secret.base32);
    const answers = await Promise.all(
        windows.map((one, i) => one.call('POST', '/setup/finish', { new_password: `river-42-stone-${i}`, code: one.code() })),
    );
    assert.deepEqual(answers.map((one) => one.status).sort(), [200, 401]);
    const [{ n }] = await lab.sql(`SELECT COUNT(*) AS n FROM operator_sessions WHERE operator_id = ${await operatorIdOf(li.name)} AND ended_ms IS NULL`);
    assert.equal(n, '1');
});

test('whatever is wrong at the door, the answer is the same', async () => {
    const li = await operatorAtWork('finance');
    const gone = await operatorAtWork('finance');
    await admin.must('POST', `/operators/${gone.id}/disable`);
    await li.forgetCodes();
    await gone.forgetCodes();
    const entries = [
        { name: someName('nobody'), password: 'river-42-stone', code: '123456' },
        { name: li.name, password: 'river-42-stone', code: li.code() },
        { name: li.name, password: li.password, code: '000000' },
        { name: li.name, password: li.password },
        { name: li.name, password: li.password, code: '' },
        { name: gone.name, password: gone.password, code: gone.code() },
        { name: "' OR 1=1 --", password: 'x', code: 'abc' },
    ];
    const answers = [];
    for (const entry of entries) {
        const stranger = new ConsoleBrowser();
        await stranger.session();
        const { status, body } = await stranger.call('POST', '/session', entry);
        answers.push(JSON.stringify([status, body]));
    }
    assert.equal(new Set(answers).size, 1, answers.join('\n'));
    assert.match(answers[0], /^\[401,{"code":"sign_in_failed"/);
    // Blanks and capitals in the name, and the blank that apps show in the code, are forgiven.
    const code = li.code();
    const typed = new ConsoleBrowser();
    await typed.session();
    const { status } = await typed.call('POST', '/session', { name: ` ${li.name.toUpperCase()} `, password: li.password, code: `${code.slice(0, 3)} ${code.slice(3)}` });
    assert.equal(status, 200);
});

test('a code is good once: seen over a shoulder it opens nothing', async () => {
    const li = await operatorAtWork('finance');
    await li.forgetCodes();
    const code = li.code();
    assert.equal((await li.signIn(code)).status, 200);
    const thief = there(new Operator({ name: li.name, password: li.password }));
    assert.deepEqual(codeOf(await thief.signIn(code)), [401, 'sign_in_failed']);
    // Nor one of an earlier step.
    assert.deepEqual(codeOf(await thief.signIn(li.code(-1))), [401, 'sign_in_failed']);
    assert.deepEqual(codeOf(await li.call('POST', '/own/password', { password: li.password, code, new_password: 'river-42-stone' })), [403, 'code_wrong']);
});

test('of many who race for one code at two servers one is let in', async () => {
    const li = await operatorAtWork('finance');
    for (let round = 0; round < 3; ++round) {
        await li.forgetCodes();
        const racers = Array.from({ length: 6 }, (_, i) => (i % 2 ? here : there)(new Operator({ name: li.name, password: li.password })));
        for (const one of racers) await one.session();
        const code = li.code();
        const body = { name: li.name, password: li.password, code };
        const answers = await Promise.all(racers.map((one) => one.call('POST', '/session', body)));
        assert.deepEqual(answers.map((one) => one.status).sort(), [200, 401, 401, 401, 401, 401]);
    }
});

test('wrong tries are counted by name at both servers together, and a reset helps whoever was locked out', async () => {
    const li = await operatorAtWork('finance');
    await li.forgetCodes();
    const good = { name: li.name, password: li.password, code: li.code() };
    const statuses = [];
    for (let i = 0; i < 10; ++i) {
        const one = (i % 2 ? here : there)(new ConsoleBrowser());
        await one.session();
        statuses.push((await one.call('POST', '/session', { name: li.name, password: 'wrong' })).status);
    }
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 401, 401, 401, 429, 429]);
    const late = new ConsoleBrowser();
    await late.session();
    assert.deepEqual(codeOf(await late.call('POST', '/session', good)), [429, 'sign_in_throttled']);
    const { initial_password: password } = await admin.must('POST', `/operators/${li.id}/reset`);
    const back = new Operator({ name: li.name, password });
    assert.equal((await back.signIn()).body.stage, 'setup');
});

test('wrong tries are counted by address, whatever the names', async () => {
    const thief = new ConsoleBrowser();
    await thief.session();
    const statuses = [];
    for (let i = 0; i < 42; ++i) {
        (i % 2 ? here : there)(thief);
        statuses.push((await thief.call('POST', '/session', { name: `nobody-${i}`, password: 'wrong' })).status);
    }
    assert.equal(statuses.filter((one) => one === 401).length, 40);
    assert.deepEqual(statuses.slice(40), [429, 429]);
    // From elsewhere the door is open.
    await (await operatorAtWork('finance')).enter();
});

test('proving oneself inside is throttled as the door is', async () => {
    const li = await operatorAtWork('finance');
    const statuses = [];
    for (let i = 0; i < 9; ++i) {
        const body = { password: 'wrong', code: '000000', new_password: 'river-42-stone' };
        statuses.push((await (i % 2 ? here : there)(li).call('POST', '/own/password', body)).body.code);
    }
    assert.deepEqual(statuses, [...Array(8).fill('password_wrong'), 'sign_in_throttled']);
});

test('the own password: asks for the present one and a code, and ends the other sessions', async () => {
    const li = await operatorAtWork('finance');
    await li.forgetCodes();
    const other = there(new Operator({ name: li.name, password: li.password }));
    assert.equal((await other.signIn(li.code(-1))).status, 200);
    const change = (more) => li.call('POST', '/own/password', { password: li.password, code: li.code(), new_password: 'river-42-stone', ...more });
    assert.deepEqual(codeOf(await change({ password: 'wrong' })), [403, 'password_wrong']);
    assert.deepEqual(codeOf(await change({ code: '000000' })), [403, 'code_wrong']);
    assert.deepEqual(codeOf(await change({ new_password: 'short' })), [400, 'password_too_weak']);
    assert.equal((await other.session()).signed_in, true);
    // What was refused has not used the code up.
    assert.equal((await change({})).status, 200);
    assert.equal((await other.session()).signed_in, false);
    assert.equal((await li.session()).signed_in, true);
    const old = new Operator({ name: li.name, password: li.password });
    assert.deepEqual(codeOf(await old.signIn(li.code(1))), [401, 'sign_in_failed']);
    old.password = 'river-42-stone';
    assert.equal((await old.signIn(li.code(1))).status, 200);
});

test('another authenticator: the old one is good until the new one is confirmed, and then no more', async () => {
    const li = await operatorAtWork('auditor');
    await li.forgetCodes();
    const begin = (code) => li.call('POST', '/own/authenticator', { password: li.password, code });
    const finish = (code) => li.call('POST', '/own/authenticator/finish', { code });
    assert.deepEqual(codeOf(await begin('000000')), [403, 'code_wrong']);
    assert.deepEqual(codeOf(await finish(li.code())), [403, 'code_wrong']); // none was begun
    const code = li.code();
    const begun = await begin(code);
    assert.equal(begun.status, 200);
    assert.deepEqual(codeOf(await begin(code)), [403, 'code_wrong']); // taken
    const fresh = authenticator(begun.body.uri);
    assert.deepEqual(codeOf(await finish(li.code(1))), [403, 'code_wrong']); // of the old one
    const other = there(new Operator({ name: li.name, password: li.password }));
    assert.equal((await other.signIn(li.code(1))).status, 200);
    assert.equal((await finish(fresh.generate())).status, 200);
    assert.equal((await other.session()).signed_in, false);
    await li.forgetCodes();
    assert.deepEqual(codeOf(await other.signIn(li.code())), [401, 'sign_in_failed']);
    li.totp = fresh;
    assert.equal((await other.signIn(li.code())).status, 200);
});

test('what ends a session is known to the other server at the next request', async () => {
    const endings = {
        admin: (li, session) => admin.must('POST', `/sessions/${session}/end`),
        'admin, all of them': (li) => admin.must('POST', `/operators/${li.id}/sign-out`),
        disabled: (li) => admin.must('POST', `/operators/${li.id}/disable`),
        new_secrets: (li) => admin.must('POST', `/operators/${li.id}/reset`),
        'admin, by another role': async (li) => {
            const { operators } = await admin.must('GET', '/operators');
            const { version } = operators.find((one) => one.operator === li.id);
            await admin.must('POST', `/operators/${li.id}`, { display_name: '甲乙', role: 'auditor', colleges: [], version });
        },
        oneself: (li) => li.must('DELETE', '/session'),
    };
    for (const [by, end] of Object.entries(endings)) {
        const li = await operatorAtWork('finance');
        const elsewhere = li.twin(lab.twin);
        assert.equal((await elsewhere.session()).signed_in, true, by);
        const { sessions } = await admin.must('GET', `/sessions?operator=${li.id}&live=yes`);
        assert.equal(sessions.length, 1);
        assert.deepEqual([sessions[0].browser, sessions[0].address, sessions[0].own], ['Chrome · Windows', li.address, false]);
        await end(li, sessions[0].session);
        assert.equal((await elsewhere.session()).signed_in, false, by);
        assert.deepEqual(codeOf(await elsewhere.call('GET', '/own/sessions')), [401, 'not_signed_in'], by);
        const ended = (await admin.must('GET', `/sessions?operator=${li.id}`)).sessions[0];
        assert.equal(ended.ended_by, by.split(',')[0], by);
    }
});

test('own sessions are seen and ended; those of others are not', async () => {
    const li = await operatorAtWork('finance');
    await li.forgetCodes();
    const other = there(new Operator({ name: li.name, password: li.password }));
    assert.equal((await other.signIn(li.code(-1))).status, 200);
    const third = new Operator({ name: li.name, password: li.password });
    assert.equal((await third.signIn(li.code())).status, 200);
    const live = async () => (await li.must('GET', '/own/sessions')).sessions.filter((one) => !one.ended_at);
    assert.equal((await live()).length, 3);
    const [adminOwn] = (await admin.must('GET', '/own/sessions')).sessions;
    assert.equal(adminOwn.own, true);
    assert.deepEqual(codeOf(await li.call('POST', `/own/sessions/${adminOwn.session}/end`)), [404, 'console_session_not_found']);
    assert.equal((await admin.session()).signed_in, true);
    const [newest] = await live();
    await li.must('POST', `/own/sessions/${newest.session}/end`);
    await li.must('POST', `/own/sessions/${newest.session}/end`); // again: as it is
    assert.equal((await third.session()).signed_in, false);
    await li.must('POST', '/own/sessions/end');
    assert.equal((await other.session()).signed_in, false);
    assert.deepEqual((await live()).map((one) => one.own), [true]);
    assert.deepEqual(codeOf(await admin.call('POST', '/sessions/4711/end')), [404, 'console_session_not_found']);
    assert.deepEqual(codeOf(await admin.call('GET', '/sessions?operator=x')), [400, 'bad_request']);
});

test('a session that was left alone ends, and one that lasts too long', async () => {
    const li = await operatorAtWork('finance');
    const { idle_minutes: minutes } = await li.session();
    const whose = `operator_id = ${li.id} AND ended_ms IS NULL`;
    await lab.sql(`UPDATE operator_sessions SET seen_ms = seen_ms - ${minutes - 1} * 60000 WHERE ${whose}`);
    assert.equal((await li.session()).signed_in, true); // and it is seen again by that
    await lab.sql(`UPDATE operator_sessions SET seen_ms = seen_ms - ${minutes - 1} * 60000 WHERE ${whose}`);
    assert.equal((await there(li).session()).signed_in, true);
    await lab.sql(`UPDATE operator_sessions SET seen_ms = seen_ms - ${minutes} * 60000 WHERE ${whose}`);
    assert.equal((await li.session()).signed_in, false);
    assert.deepEqual(codeOf(await here(li).call('GET', '/own/sessions')), [401, 'not_signed_in']);
    assert.equal((await admin.must('GET', `/sessions?operator=${li.id}`)).sessions[0].ended_by, 'idle');
    await li.enter();
    await lab.sql(`UPDATE operator_sessions SET expires_ms = created_ms + 1 WHERE ${whose}`);
    assert.equal((await li.session()).signed_in, false);
    assert.equal((await admin.must('GET', `/sessions?operator=${li.id}`)).sessions[0].ended_by, 'age');
    assert.equal((await admin.must('GET', `/sessions?operator=${li.id}&live=yes`)).sessions.length, 0);
});

// ---- rights

const consoleOperations = operations.filter((one) => one.path.startsWith('/console/'));
const guarded = consoleOperations.filter((one) => one.needsSession);
const addressOf = (one) => one.path.replace('/console', '').replaceAll(/\{[^}]+\}/g, '4711');
const ofTheGuard = ['not_signed_in', 'csrf_token_wrong', 'foreign_origin', 'unsupported_media', 'not_your_role', 'console_setup_needed', 'console_setup_done'];

test('every operation of the console says who may call it', () => {
    assert.ok(guarded.length > 15);
    for (const one of guarded) {
        assert.ok(one.roles?.length, one.id);
        for (const role of one.roles) assert.ok(['admin', 'finance', 'auditor'].includes(role), one.id);
    }
    for (const one of consoleOperations.filter((operation) => !operation.needsSession)) assert.equal(one.roles, undefined, one.id);
    for (const one of operations) assert.equal(Boolean(one.roles), guarded.includes(one), one.id);
});

test('every operation × every role: let in or refused as the document says', { timeout: 300_000 }, async () => {
    const setupOnly = ['beginSetup', 'finishSetup'];
    for (const role of ['admin', 'finance', 'auditor']) {
        const ready = await operatorAtWork(role);
        const settingUp = await newOperator(role);
        await settingUp.signIn();
        assert.deepEqual(
            (await ready.session()).operations.sort(),
            guarded.filter((one) => one.roles.includes(role) && !setupOnly.includes(one.id)).map((one) => one.id).sort(),
        );
        // Signing out last: nothing would be left to ask with.
        for (const one of [...guarded].sort((a, b) => Number(a.id === 'signOutOfConsole') - Number(b.id === 'signOutOfConsole'))) {
            const what = `${one.id} as ${role}`;
            const { status, body } = await ready.call(one.method, addressOf(one));
            if (setupOnly.includes(one.id)) assert.deepEqual([status, body.code], [409, 'console_setup_done'], what);
            else if (!one.roles.includes(role)) assert.deepEqual([status, body.code], [403, 'not_your_role'], what);
            else assert.ok(status < 500 && !ofTheGuard.includes(body.code), `${what}: ${status} ${body.code}`);
            if (setupOnly.includes(one.id) || one.id === 'signOutOfConsole') continue;
            const early = await settingUp.call(one.method, addressOf(one));
            assert.deepEqual(codeOf(early), [403, 'console_setup_needed'], what);
        }
    }
});

test('without a session nothing answers, with a student’s neither', { timeout: 300_000 }, async () => {
    const phone = await studentOnPhone(nextStudent('operators'));
    const studentToken = phone.cookie('__Host-campus');
    const stranger = new ConsoleBrowser();
    await stranger.session();
    for (const one of guarded) {
        const what = one.id;
        const expected = one.id === 'signOutOfConsole' ? [200, undefined] : [401, 'not_signed_in'];
        assert.deepEqual(codeOf(await stranger.call(one.method, addressOf(one))), expected, what);
        // With his cookie as it is …
        const his = await phone.call(one.method, `/console${addressOf(one)}`);
        assert.deepEqual(codeOf(his), one.method === 'GET' ? [401, 'not_signed_in'] : [403, 'csrf_token_wrong'], what);
    }
    // … and under the console's name.
    const cookie = `${consoleCookie}=${studentToken}`;
    const forged = await fetch(`${lab.server}/api/v1/console/session`, { headers: { cookie } });
    const { signed_in: signedIn, csrf_token: csrf } = await forged.json();
    assert.equal(signedIn, false);
    assert.notEqual(csrf, phone.csrf);
    const headers = { cookie, 'x-csrf-token': csrf, 'content-type': 'application/json' };
    const asked = await fetch(`${lab.server}/api/v1/console/own/sessions/end`, { method: 'POST', headers, body: '{}' });
    assert.equal(asked.status, 401);
});

test('an operator’s cookie is no student’s', async () => {
    const li = await operatorAtWork('admin');
    for (const name of ['__Host-campus', consoleCookie]) {
        const cookie = `${name}=${li.token}`;
        const session = await (await fetch(`${lab.server}/api/v1/session`, { headers: { cookie } })).json();
        assert.equal(session.signed_in, false);
        assert.equal((await fetch(`${lab.server}/api/v1/bills`, { headers: { cookie } })).status, 401);
    }
    const phone = new Phone({ inWechat: false });
    await phone.session();
    assert.equal((await li.session()).signed_in, true);
});

test('the cookie is the console’s alone, and no script or other site has it', async () => {
    const stranger = new ConsoleBrowser();
    await stranger.session();
    assert.equal(stranger.lastCookies.length, 1);
    assert.match(stranger.lastCookies[0], /^__Host-campus-console=[A-Za-z0-9_-]{43}; Path=\/;/);
    for (const word of ['HttpOnly', 'Secure', 'SameSite=Strict']) assert.ok(stranger.lastCookies[0].includes(word), word);
    const token = stranger.token;
    const li = await operatorAtWork('finance');
    await li.session();
    assert.deepEqual(li.lastCookies, []);
    assert.notEqual(li.token, token);
});

test('what changes something carries the token of this very session, from a page of ours', async () => {
    const li = await operatorAtWork('admin');
    const mine = li.csrf;
    for (const one of guarded.filter((operation) => operation.method !== 'GET')) {
        for (const csrf of ['', admin.csrf, 'x'.repeat(43)]) {
            const answer = await li.call(one.method, addressOf(one), {}, { 'x-csrf-token': csrf });
            assert.deepEqual(codeOf(answer), [403, 'csrf_token_wrong'], one.id);
        }
        const foreign = await li.call(one.method, addressOf(one), {}, { origin: 'https://evil.example' });
        assert.deepEqual(codeOf(foreign), [403, 'foreign_origin'], one.id);
        const form = await li.call(one.method, addressOf(one), {}, { 'content-type': 'application/x-www-form-urlencoded' });
        assert.deepEqual(codeOf(form), [415, 'unsupported_media'], one.id);
    }
    assert.equal(li.csrf, mine);
    assert.equal((await li.session()).signed_in, true);
});

// ---- operators

const formOf = (more = {}) => ({ display_name: '王芳', role: 'finance', colleges: [], ...more });

test('an admin adds, changes, resets, lets in and out', async () => {
    const name = someName('wang');
    const made = await admin.must('POST', '/operators', { name, ...formOf({ colleges: ['汽车工程学院'] }) });
    assert.match(made.initial_password, /^[2-9a-z-]{14}$/);
    assert.deepEqual([made.operator.state, made.operator.role, made.operator.colleges], ['setup', 'finance', ['汽车工程学院']]);
    assert.deepEqual(codeOf(await admin.call('POST', '/operators', { name, ...formOf() })), [409, 'operator_name_taken']);
    const wang = await new Operator({ name, password: made.initial_password }).setUp();
    const { operators } = await admin.must('GET', '/operators');
    const row = operators.find((one) => one.name === name);
    assert.deepEqual([row.state, row.live_sessions], ['ready', 1]);
    assert.ok(row.last_sign_in_at > 0);
    const changed = await admin.must('POST', `/operators/${wang.id}`, { ...formOf({ display_name: '王方', colleges: [] }), version: row.version });
    assert.deepEqual([changed.display_name, changed.colleges, changed.live_sessions], ['王方', [], 1]);
    const reset = await admin.must('POST', `/operators/${wang.id}/reset`);
    assert.deepEqual([reset.operator.state, reset.operator.live_sessions], ['setup', 0]);
    await new Operator({ name, password: reset.initial_password }).setUp();
    assert.equal((await admin.must('POST', `/operators/${wang.id}/disable`)).state, 'disabled');
    assert.equal((await admin.must('POST', `/operators/${wang.id}/disable`)).state, 'disabled');
    assert.equal((await admin.must('POST', `/operators/${wang.id}/enable`)).state, 'ready');
    for (const path of ['/operators/4711/reset', '/operators/4711/disable', '/operators/4711/enable', '/operators/4711/sign-out']) {
        assert.deepEqual(codeOf(await admin.call('POST', path)), [404, 'operator_not_found'], path);
    }
    assert.deepEqual(codeOf(await admin.call('POST', '/operators/99999999999999999999/reset')), [404, 'operator_not_found']);
});

test('a form that does not fit is refused with a sentence', async () => {
    const add = (more) => admin.call('POST', '/operators', { name: someName('x'), ...formOf(), ...more });
    for (const bad of [{ name: 'Wang' }, { name: 'w' }, { name: '王芳' }, { display_name: '' }, { display_name: ' 王' }, { display_name: '王'.repeat(33) },
        { role: 'admin', colleges: ['汽车工程学院'] }, { colleges: ['a', 'a'] }, { colleges: [''] }]) {
        assert.deepEqual(codeOf(await add(bad)), [400, 'operator_unfit'], JSON.stringify(bad));
    }
    for (const bad of [{ role: 'king' }, { colleges: 'all' }, { name: 7 }]) {
        assert.deepEqual(codeOf(await add(bad)), [400, 'bad_request'], JSON.stringify(bad));
    }
    assert.equal((await add({ display_name: '王'.repeat(32), colleges: ['学'.repeat(64)] })).status, 200);
});

test('two admins change one operator from the same form at two servers: one is told that the other was quicker', async () => {
    const second = await operatorAtWork('admin');
    const li = await operatorAtWork('finance');
    const { operators } = await admin.must('GET', '/operators');
    const { version } = operators.find((one) => one.operator === li.id);
    const answers = await Promise.all([
        here(admin).call('POST', `/operators/${li.id}`, { ...formOf({ display_name: '甲' }), version }),
        there(second).call('POST', `/operators/${li.id}`, { ...formOf({ display_name: '乙' }), version }),
    ]);
    assert.deepEqual(answers.map((one) => one.body.code ?? 'ok').sort(), ['ok', 'operator_changed']);
});

test('the last admin who can sign in cannot be taken away, not even by two at once', async () => {
    const only = await operatorAtWork('admin');
    const second = await operatorAtWork('admin');
    const { operators } = await only.must('GET', '/operators');
    const others = operators.filter((one) => one.role === 'admin' && one.state === 'ready' && ![only.id, second.id].includes(one.operator));
    for (const one of others) await only.must('POST', `/operators/${one.operator}/disable`);
    try {
        const race = await Promise.all([
            here(only).call('POST', `/operators/${second.id}/disable`),
            there(second).call('POST', `/operators/${only.id}/disable`),
        ]);
        const codes = race.map((one) => one.body.code ?? 'ok').sort();
        // Whoever is slower finds himself signed out already, or is told that he is the last one.
        assert.ok(['last_admin,ok', 'not_signed_in,ok'].includes(codes.join()), codes.join());
        const [winner, loser] = race[0].status === 200 ? [only, second] : [second, only];
        const version = (await winner.must('GET', '/operators')).operators.find((one) => one.operator === winner.id).version;
        for (const [path, body] of [['/disable'], ['/reset'], ['', { ...formOf({ role: 'auditor' }), version }]]) {
            assert.deepEqual(codeOf(await winner.call('POST', `/operators/${winner.id}${path}`, body)), [409, 'last_admin'], path);
        }
        assert.equal((await winner.session()).operator.role, 'admin');
        const refused = await campuspay('operator', 'disable', winner.name);
        assert.deepEqual([refused.status, /last_admin/.test(refused.out)], [1, true]);
        // At the machine itself there is a way back for whoever lost his phone.
        const reset = await campuspay('operator', 'reset', winner.name);
        assert.equal(reset.status, 0, reset.out);
        assert.equal((await winner.session()).signed_in, false);
        winner.password = /初始密码 (\S+)/.exec(reset.out)[1];
        await winner.setUp();
        await winner.must('POST', `/operators/${loser.id}/enable`);
    } finally {
        for (const one of others) await campuspay('operator', 'enable', one.name);
    }
    await admin.enter();
});

test('an operator with colleges sees those, and nothing that is about the whole school', async () => {
    const [{ college }] = await lab.sql("SELECT college FROM people WHERE college <> '' GROUP BY college LIMIT 1");
    const all = (await admin.must('GET', '/colleges')).colleges;
    assert.ok(all.length > 1 && all.includes(college));
    const auditor = await operatorAtWork('auditor', { colleges: [college] });
    assert.deepEqual((await auditor.session()).operator.colleges, [college]);
    assert.deepEqual((await auditor.must('GET', '/colleges')).colleges, [college]);
    assert.deepEqual(codeOf(await auditor.call('GET', '/audit')), [403, 'outside_your_colleges']);
    assert.deepEqual(codeOf(await auditor.call('GET', '/audit/chain')), [403, 'outside_your_colleges']);
});

// ---- the audit

const wholeChain = async (who) => {
    for (let after = '', seen = 0; ; ) {
        const answer = await who.must('GET', `/audit/chain${after}`);
        assert.ok(answer.walked >= seen);
        if (answer.state !== 'going') return answer;
        seen = answer.walked;
        after = `?after=${encodeURIComponent(answer.next)}`;
    }
};

test('what operators do is kept with who, when, what and from where, and without secrets', async () => {
    const auditor = await operatorAtWork('auditor');
    const li = await operatorAtWork('finance');
    const { rows } = await auditor.must('GET', `/audit?who=${li.name}`);
    assert.deepEqual(rows.map((row) => [row.action, row.object, row.result]), [
        ['console.setup', 'account', 'ok'],
        ['console.sign_in', 'setup', 'ok'],
    ]);
    for (const row of rows) {
        assert.deepEqual([row.actor, row.actor_name, row.address], [`operator:${li.id}`, '甲乙', li.address]);
        assert.ok(Math.abs(row.at - Date.now()) < 60_000 && row.number > 0);
    }
    await li.forgetCodes();
    await new Operator({ name: li.name, password: 'wrong' }).signIn('000000');
    const [refused] = (await auditor.must('GET', `/audit?who=operator:${li.id}&what=console.sign_in`)).rows;
    assert.equal(refused.result, 'refused');
    const { version } = (await admin.must('GET', '/operators')).operators.find((one) => one.operator === li.id);
    await admin.must('POST', `/operators/${li.id}`, { ...formOf({ role: 'auditor', colleges: ['汽车工程学院'] }), version });
    const [changed] = (await auditor.must('GET', `/audit?object=operator:${li.id}&what=operator.`)).rows;
    assert.deepEqual([changed.action, changed.detail], ['operator.change', 'role finance > auditor; colleges all > 汽车工程学院; display name']);
    const everything = JSON.stringify(await lab.sql('SELECT actor, action, object, result, detail, address FROM audit'));
    for (const secret of [li.password, li.totp.secret.base32, li.token, admin.password]) assert.ok(!everything.includes(secret));
});

test('the audit is searched page by page', async () => {
    const auditor = await operatorAtWork('auditor');
    const pages = async (query) => {
        const rows = [];
        for (let before = ''; ; ) {
            const answer = await auditor.must('GET', `/audit?${query}${before}`);
            rows.push(...answer.rows);
            if (!answer.next) return rows;
            before = `&before=${encodeURIComponent(answer.next)}`;
        }
    };
    const countOf = async (where) => Number((await lab.sql(`SELECT COUNT(*) AS n FROM audit WHERE ${where}`))[0].n);
    const all = await pages('what=console.sign_in');
    assert.equal(all.length, await countOf("action = 'console.sign_in'"));
    assert.ok(all.length > 50); // more than a page
    assert.equal(new Set(all.map((row) => row.number)).size, all.length);
    assert.deepEqual(all.map((row) => row.at), all.map((row) => row.at).sort((a, b) => b - a));
    assert.equal((await pages('what=operator.')).length, await countOf("action LIKE 'operator.%'"));
    assert.equal((await pages(`text=${encodeURIComponent('finance')}`)).length, await countOf("INSTR(detail, 'finance') > 0"));
    const today = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10);
    assert.equal((await pages(`what=operator.add&from=${today}&to=${today}`)).length > 0, true);
    assert.deepEqual(await pages('from=2020-01-01&to=2020-01-02'), []);
    assert.deepEqual(await pages('who=nobody'), []);
    for (const bad of ['from=yesterday', 'to=2026-02-30', 'before=x', 'before=1-', 'before=-1-1', `who=${'x'.repeat(300)}`]) {
        assert.deepEqual(codeOf(await auditor.call('GET', `/audit?${bad}`)), [400, 'bad_request'], bad);
    }
});

test('the chain is walked on the page; a row that was touched is named, there and by verify', async () => {
    const auditor = await operatorAtWork('auditor');
    const whole = await wholeChain(auditor);
    assert.deepEqual([whole.state, whole.before_the_chain], ['whole', 0]);
    assert.ok(whole.walked > 100 && whole.walked === whole.rows);
    assert.match((await campuspay('verify')).out, /相符 {2}操作记录链条完整，没有被改动 \[audit_unbroken\]/);
    const number = whole.rows - 20;
    const [{ result }] = await lab.sql(`SELECT result FROM audit WHERE number = ${number}`);
    await lab.sql(`UPDATE audit SET result = 'forged' WHERE number = ${number}`);
    try {
        const broken = await wholeChain(auditor);
        assert.deepEqual([broken.state, broken.broken_at, broken.walked], ['broken', number, number - 1]);
        assert.equal(broken.flaw, `第 ${number} 条记录的内容与写入时不同`);
        const { status, out } = await campuspay('verify');
        assert.deepEqual([status, out.includes(`第 ${number} 条记录的内容与写入时不同`)], [1, true]);
    } finally {
        await lab.sql(`UPDATE audit SET result = '${result}' WHERE number = ${number}`);
    }
    assert.equal((await wholeChain(auditor)).state, 'whole');
});

test('nobody can have a part of the chain passed over', async () => {
    const auditor = await operatorAtWork('auditor');
    const forged = [`100.${'0'.repeat(64)}.${'x'.repeat(43)}`, 'x', '..', '1..', `1.${'0'.repeat(64)}`];
    for (const after of forged) assert.deepEqual(codeOf(await auditor.call('GET', `/audit/chain?after=${after}`)), [400, 'bad_request'], after);
});
