// The ways in: WeChat's OAuth page, both ways of signing in, who is let do what, and who is kept out.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { calm, control, eventually, lab, newcomer, nextStudent, Phone, settled, stack, studentOnPhone } from './client.mjs';

afterEach(calm);

const cookieOf = (answer, name) => answer.headers.getSetCookie().find((line) => line.startsWith(`${name}=`));
const authorizeAddress = async (phone, path = '/h5/') => new URL((await phone.get(path)).headers.get('location'));
const codeFor = async (phone, authorize) =>
    (
        await control('POST', `users/${phone.openid}/oauth`, {
            redirect_uri: authorize.searchParams.get('redirect_uri'),
            state: authorize.searchParams.get('state'),
            scope: authorize.searchParams.get('scope'),
        })
    ).return_url;

test('a page opened in WeChat without a session goes to the OAuth page, asking for the openid alone', async () => {
    const phone = await new Phone().follow();
    const authorize = await authorizeAddress(phone);
    assert.equal(authorize.origin, stack.phone);
    assert.equal(authorize.pathname, '/connect/oauth2/authorize');
    assert.equal(authorize.searchParams.get('scope'), 'snsapi_base');
    assert.equal(authorize.searchParams.get('response_type'), 'code');
    assert.equal(authorize.searchParams.get('redirect_uri'), `${stack.server}/wechat/oauth`);
    assert.match(authorize.searchParams.get('state'), /^[0-9a-zA-Z]{1,128}$/);
    assert.equal(authorize.hash, '#wechat_redirect');
});

test('every way in has a state of its own', async () => {
    const phone = await new Phone().follow();
    const states = new Set();
    for (let i = 0; i < 5; ++i) states.add((await authorizeAddress(phone)).searchParams.get('state'));
    assert.equal(states.size, 5);
});

test('outside WeChat the page comes without OAuth', async () => {
    const browser = new Phone({ inWechat: false });
    assert.equal((await browser.get('/h5/')).status, 200);
    assert.equal((await browser.session()).wechat.known, false);
});

for (const [to, path] of [
    ['home', '/h5/'],
    ['fees', '/h5/fees'],
    ['orders', '/h5/orders'],
    ['paid', '/h5/paid'],
    ['https://evil.example/', '/h5/'],
    ['//evil.example', '/h5/'],
]) {
    test(`a menu link to ${to} lands on ${path}`, async () => {
        const phone = await new Phone().follow();
        await phone.enter(`/wechat/enter?to=${encodeURIComponent(to)}`);
        assert.equal(phone.landed.status, 302);
        assert.equal(new URL(phone.landed.headers.get('location'), stack.server).href, stack.server + path);
        assert.equal((await phone.session()).wechat.known, true);
    });
}

test('the same return twice at the same moment: both land, in one session', async () => {
    const phone = await new Phone().follow();
    const authorize = await authorizeAddress(phone);
    const first = await codeFor(phone, authorize);
    const second = await codeFor(phone, authorize); // two codes, one state, as WeChat does
    const answers = await Promise.all([first, second].map((url) => phone.get(url)));
    const sessions = answers.map((answer) => cookieOf(answer, '__Host-campus')?.split(';')[0]);
    assert.deepEqual(answers.map((one) => one.status), [302, 302]);
    assert.ok(sessions[0]);
    assert.equal(sessions[0], sessions[1]);
    assert.equal((await phone.session()).wechat.known, true);
    const exchanges = (await control('GET', 'log?limit=50')).entries.filter((one) => one.operation === 'oauth_token');
    assert.ok(exchanges.length > 0);
});

test('a return with a state of somebody else, an invented one, or none, gives no identity', async () => {
    const victim = await new Phone().follow();
    const attacker = await new Phone().follow();
    const ofAttacker = await codeFor(attacker, await authorizeAddress(attacker));
    // The attacker's return address, opened in the victim's browser: no cookie of that way there.
    const answer = await victim.get(ofAttacker);
    assert.equal(answer.status, 400);
    assert.ok(!/evil|<script/.test(await answer.text()));
    for (const address of ['/wechat/oauth?code=abc&state=invented', '/wechat/oauth?code=abc', '/wechat/oauth', '/wechat/oauth?state=']) {
        assert.equal((await victim.get(address)).status, 400, address);
    }
    assert.equal((await victim.session()).wechat.known, false);
});

test('a snapshot page is told apart and gives no identity', async () => {
    const phone = await new Phone().follow();
    await control('POST', 'settings', { snapshot_user: true });
    const authorize = await authorizeAddress(phone);
    const answer = await phone.get(await codeFor(phone, authorize));
    await control('POST', 'settings', { snapshot_user: false });
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /使用完整服务/);
    assert.equal((await phone.session()).wechat.known, false);
});

test('a code that WeChat does not take starts the way again, twice at most', async () => {
    const phone = await new Phone().follow();
    let answer = await phone.get('/h5/');
    for (let round = 0; round < 5 && answer.status === 302; ++round) {
        const state = new URL(answer.headers.get('location')).searchParams.get('state');
        if (!state) break;
        answer = await phone.get(`/wechat/oauth?code=notacode&state=${state}`);
    }
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /重新进入/);
});

test('the session cookie is bound to the host, hidden from scripts and from other sites', async () => {
    const answer = await new Phone({ inWechat: false }).get('/api/v1/session');
    const cookie = cookieOf(answer, '__Host-campus');
    for (const word of ['; HttpOnly', '; Secure', '; SameSite=Lax', '; Path=/']) assert.ok(cookie.includes(word), cookie);
    assert.doesNotMatch(cookie, /domain/i);
    assert.match(cookie, /^__Host-campus=[A-Za-z0-9_-]{43};/);
});

test('signing in changes the session, and the old one is dead', async () => {
    const phone = await new Phone().follow();
    await phone.enter();
    const before = phone.cookie('__Host-campus');
    await phone.signIn(nextStudent('entry'));
    const after = phone.cookie('__Host-campus');
    assert.notEqual(before, after);
    const old = await fetch(`${stack.server}/api/v1/session`, { headers: { cookie: `__Host-campus=${before}` } });
    const session = await old.json();
    assert.equal(session.signed_in, false);
    assert.equal(session.wechat.known, false);
});

test('signing out ends the session everywhere and keeps the WeChat identity', async () => {
    const phone = await studentOnPhone(nextStudent('entry'));
    const before = phone.cookie('__Host-campus');
    const { signed_in: signedIn, wechat } = await phone.must('DELETE', '/session');
    assert.equal(signedIn, false);
    assert.equal(wechat.known, true);
    assert.equal((await phone.call('GET', '/bills')).status, 401);
    const old = await fetch(`${stack.server}/api/v1/bills`, { headers: { cookie: `__Host-campus=${before}` } });
    assert.equal(old.status, 401);
});

test('the initial password gives the level initial, ID number and name the level identity; both masked', async () => {
    const student = nextStudent('entry');
    const byPassword = await (await studentOnPhone(student)).session();
    assert.deepEqual([byPassword.level, byPassword.way], ['initial', 'password']);
    const phone = new Phone({ inWechat: false });
    await phone.session();
    const byIdentity = await phone.must('POST', '/session', { way: 'identity', id_number: student.证件号码, name: student.姓名 });
    assert.deepEqual([byIdentity.level, byIdentity.way], ['identity', 'identity']);
    for (const session of [byPassword, byIdentity]) {
        assert.equal(session.student.student_no, student.学号);
        assert.match(session.student.name, /^.\*/u);
        assert.equal(session.student.id_number, `*****************${student.证件号码.slice(-1)}`);
    }
});

test('what people type is understood: blanks, small x, full-width digits', async () => {
    const wide = (text) => [...text].map((c) => (c >= '0' && c <= '9' ? String.fromCharCode(c.charCodeAt(0) + 0xfee0) : c)).join('');
    const phone = new Phone({ inWechat: false });
    await phone.session();
    const id = newcomer.证件号码;
    for (const username of [id, ` ${id} `, wide(id), id.toLowerCase()]) {
        await phone.must('POST', '/session', { way: 'password', username, password: id.slice(-6) });
    }
    await phone.must('POST', '/session', { way: 'password', username: id, password: id.slice(-6).toLowerCase() });
    await phone.must('POST', '/session', { way: 'identity', id_number: wide(id), name: ` ${newcomer.姓名} ` });
});

test('a current student cannot use the ID number as user name', async () => {
    const student = nextStudent('entry');
    const phone = new Phone({ inWechat: false });
    await phone.session();
    const { status, body } = await phone.call('POST', '/session', {
        way: 'password',
        username: student.证件号码,
        password: student.证件号码.slice(-6),
    });
    assert.equal(status, 401);
    assert.equal(body.code, 'sign_in_failed');
});

test('an unknown account costs and looks the same as a wrong password', async () => {
    const student = nextStudent('entry');
    const phone = new Phone({ inWechat: false });
    await phone.session();
    const attempt = async (form) => {
        const began = performance.now();
        const { status, body } = await phone.call('POST', '/session', form);
        return { status, body, ms: performance.now() - began };
    };
    const known = await attempt({ way: 'password', username: student.学号, password: 'not it' });
    const unknown = await attempt({ way: 'password', username: '29991231', password: 'not it' });
    assert.deepEqual([known.status, known.body], [unknown.status, unknown.body]);
    assert.equal(known.status, 401);
    // Both hash a password (tens of ms); an early exit would take a few.
    assert.ok(unknown.ms > known.ms / 4, `${unknown.ms} ms against ${known.ms} ms`);

    const wrongName = await attempt({ way: 'identity', id_number: student.证件号码, name: '无此人' });
    const nobody = await attempt({ way: 'identity', id_number: '110101199003078515', name: '无此人' });
    assert.deepEqual([wrongName.status, wrongName.body], [nobody.status, nobody.body]);
});

test('five wrong tries shut the account for everybody, also for the right password, and no other account', async () => {
    const student = nextStudent('entry');
    const other = nextStudent('entry');
    const attempt = async (who, password, address) => {
        const phone = new Phone({ inWechat: false, address });
        await phone.session();
        return phone.call('POST', '/session', { way: 'password', username: who.学号, password });
    };
    for (let i = 0; i < 5; ++i) assert.equal((await attempt(student, 'wrong!', `10.9.9.${i + 1}`)).status, 401);
    const right = await attempt(student, student.证件号码.slice(-6), '10.9.9.99');
    assert.equal(right.status, 429);
    assert.equal(right.body.code, 'sign_in_throttled');
    assert.equal((await attempt(other, other.证件号码.slice(-6), '10.9.9.1')).status, 200);
});

test('tries at once cannot slip past the limit', async () => {
    const student = nextStudent('entry');
    const phone = new Phone({ inWechat: false });
    await phone.session();
    const answers = await Promise.all(
        Array.from({ length: 12 }, () => phone.call('POST', '/session', { way: 'password', username: student.学号, password: 'wrong!' })),
    );
    const judged = answers.filter(({ status }) => status === 401).length;
    assert.ok(judged <= 5, `${judged} passwords were tried`);
    assert.equal(judged + answers.filter(({ status }) => status === 429).length, 12);
});

test('one address that guesses over many accounts is shut out; others go on', async () => {
    const address = '10.66.66.66';
    const phone = new Phone({ inWechat: false, address });
    await phone.session();
    let last;
    for (let i = 0; i < 70; ++i) {
        last = await phone.call('POST', '/session', { way: 'identity', id_number: `2201042005031${10000 + i}`, name: '无此人' });
        if (last.status === 429) break;
    }
    assert.equal(last.status, 429);
    // A client cannot write itself another address in front of the proxy's.
    const liar = new Phone({ inWechat: false, address: `1.2.3.4, ${address}` });
    await liar.session();
    assert.equal((await liar.call('POST', '/session', { way: 'identity', id_number: '220104200503110099', name: '无此人' })).status, 429);
    const other = new Phone({ inWechat: false, address: '10.66.66.67' });
    await other.session();
    assert.equal((await other.call('POST', '/session', { way: 'identity', id_number: '220104200503110098', name: '无此人' })).status, 401);
});

test('a good sign-in forgives the wrong ones before it', async () => {
    const student = nextStudent('entry');
    const phone = new Phone({ inWechat: false });
    await phone.session();
    for (let round = 0; round < 3; ++round) {
        for (let i = 0; i < 3; ++i) {
            const { status } = await phone.call('POST', '/session', { way: 'password', username: student.学号, password: 'wrong!' });
            assert.equal(status, 401);
        }
        await phone.signIn(student);
    }
});

test('a change without the right CSRF token, Origin and content type is refused and changes nothing', async () => {
    const phone = await studentOnPhone(nextStudent('entry'));
    const tries = [
        [{ 'x-csrf-token': '' }, 403, 'csrf_token_wrong'],
        [{ 'x-csrf-token': `${phone.csrf}x` }, 403, 'csrf_token_wrong'],
        [{ 'x-csrf-token': (await new Phone({ inWechat: false }).session()).csrf_token }, 403, 'csrf_token_wrong'],
        [{ origin: 'https://evil.example' }, 403, 'foreign_origin'],
        [{ origin: 'null' }, 403, 'foreign_origin'],
        [{ origin: `${stack.server}.evil.example` }, 403, 'foreign_origin'],
        [{ 'content-type': 'text/plain' }, 415, 'unsupported_media'],
        [{ 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_media'],
    ];
    for (const path of ['/session', '/binding']) {
        for (const [headers, status, code] of tries) {
            const refused = await phone.call('DELETE', path, {}, headers);
            assert.deepEqual([refused.status, refused.body.code], [status, code], `${path} ${JSON.stringify(headers)}`);
        }
    }
    for (const [headers, status] of tries) assert.equal((await phone.call('POST', '/binding', {}, headers)).status, status);
    const session = await phone.session();
    assert.equal(session.signed_in, true);
    assert.equal(session.wechat.bound, false);
    assert.equal((await phone.call('POST', '/binding', {}, { origin: stack.server })).status, 200);
});

test('reading changes nothing: a GET never signs in, out, or binds', async () => {
    const phone = await studentOnPhone(nextStudent('entry'));
    const before = await lab.sql('SELECT COUNT(*) AS n FROM audit');
    for (const path of ['/session', '/bills', '/orders', '/payments', '/site']) assert.equal((await phone.call('GET', path)).status, 200);
    assert.deepEqual(await lab.sql('SELECT COUNT(*) AS n FROM audit'), before);
});

test('the database knows no session token, only hashes', async () => {
    const phone = await studentOnPhone(nextStudent('entry'));
    const token = phone.cookie('__Host-campus');
    const [{ n }] = await lab.sql(`SELECT COUNT(*) AS n FROM sessions WHERE token_hash = UNHEX(SHA2('${token}', 256))`);
    assert.equal(n, '1');
});

test('an idle session ends', async () => {
    const phone = await studentOnPhone(nextStudent('entry'));
    await lab.sql(`UPDATE sessions SET seen_ms = seen_ms - 31 * 60000 WHERE token_hash = UNHEX(SHA2('${phone.cookie('__Host-campus')}', 256))`);
    assert.equal((await phone.session()).signed_in, false);
});

test('a session ends after its hours, however busy', async () => {
    const phone = await studentOnPhone(nextStudent('entry'));
    await lab.sql(`UPDATE sessions SET expires_ms = 1000 WHERE token_hash = UNHEX(SHA2('${phone.cookie('__Host-campus')}', 256))`);
    assert.equal((await phone.session()).signed_in, false);
});

test('a student who has left is signed out by that, and cannot sign in', async (t) => {
    const student = nextStudent('entry');
    const phone = await studentOnPhone(student);
    await phone.must('POST', '/binding');
    await lab.sql(`UPDATE people SET status = 'left' WHERE student_no = '${student.学号}'`);
    t.after(() => lab.sql(`UPDATE people SET status = 'active' WHERE student_no = '${student.学号}'`));
    assert.equal((await phone.session()).signed_in, false);
    assert.equal((await phone.call('GET', '/bills')).status, 401);
    const again = await phone.call('POST', '/session', { way: 'password', username: student.学号, password: student.证件号码.slice(-6) });
    assert.equal(again.status, 401);
    assert.equal((await phone.call('POST', '/session/wechat')).status, 401);
});

test('binding: once per WeChat account, repeatable, undone by its owner, never at the level identity', async () => {
    const student = nextStudent('entry');
    const phone = await studentOnPhone(student);
    assert.equal((await phone.must('POST', '/binding')).wechat.bound, true);
    assert.equal((await phone.must('POST', '/binding')).wechat.bound, true);
    const count = `SELECT COUNT(*) AS n FROM wechat_bindings WHERE openid = '${phone.openid}'`;
    assert.deepEqual(await lab.sql(count), [{ n: '1' }]);
    assert.equal((await phone.must('DELETE', '/binding')).wechat.bound, false);
    assert.deepEqual(await lab.sql(count), [{ n: '0' }]);
    await phone.must('DELETE', '/session');
    const byIdentity = await phone.must('POST', '/session', { way: 'identity', id_number: student.证件号码, name: student.姓名 });
    assert.equal(byIdentity.wechat.can_bind, false);
    const { status, body } = await phone.call('POST', '/binding');
    assert.deepEqual([status, body.code], [409, 'binding_not_possible']);
    assert.deepEqual(await lab.sql(count), [{ n: '0' }]);
});

test('signing in by WeChat needs a binding, and gives the level it was bound with', async () => {
    const phone = await new Phone().follow();
    await phone.enter();
    assert.equal((await phone.call('POST', '/session/wechat')).status, 401);
    await phone.signIn(nextStudent('entry'));
    await phone.must('POST', '/binding');
    // Another day, another session.
    const later = new Phone();
    Object.assign(later, { user: phone.user, openid: phone.openid });
    await later.enter();
    assert.equal((await later.session()).wechat.can_sign_in, true);
    const session = await later.must('POST', '/session/wechat');
    assert.deepEqual([session.level, session.way, session.wechat.bound], ['initial', 'wechat', true]);
    assert.equal((await new Phone({ inWechat: false }).call('POST', '/session/wechat')).status, 403);
});

test('who owes nothing is told so', async () => {
    const phone = await studentOnPhone(settled);
    const arrears = await phone.arrears();
    assert.equal(arrears.total_owed_fen, 0);
    assert.deepEqual(arrears.bills, []);
    await eventually(() => phone.session(), (session) => session.signed_in);
});
