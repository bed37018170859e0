// What the account answers in the chat, who may bind, and what a signed-in WeChat may skip.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { calm, control, nextStudent, Phone, studentOnPhone } from './client.mjs';

afterEach(calm);

const say = async (phone, content) => {
    const { push } = await control('POST', `users/${phone.openid}/text`, { content });
    return push;
};
const words = (push) => JSON.stringify(push.reply ?? {});

test('a follower is welcomed and shown the menu', async () => {
    const phone = await new Phone().follow();
    assert.equal(phone.welcome.push.outcome, 'reply');
    const opened = await control('POST', `users/${phone.openid}/menu`, { index: [0] });
    assert.match(opened.open, /\/h5\/$/);
});

for (const word of ['缴费', '欠费', '订单']) {
    test(`${word} is answered within a second`, async () => {
        const phone = await new Phone().follow();
        const push = await say(phone, word);
        assert.equal(push.outcome, 'reply');
        assert.ok(push.attempts[0].ms < 1000, String(push.attempts[0].ms));
        assert.match(words(push), /http/);
    });
}

test('the help button answers', async () => {
    const phone = await new Phone().follow();
    const { push } = await control('POST', `users/${phone.openid}/menu`, { index: [2] });
    assert.equal(push.outcome, 'reply');
});

test('binding gives real figures, skips the password, and can be undone', async () => {
    const student = nextStudent('messages');
    const phone = await studentOnPhone(student);
    assert.equal((await phone.session()).wechat.can_bind, true);
    await phone.must('POST', '/binding');
    const { total_owed_fen: owed } = await phone.arrears();
    const figure = (owed / 100).toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',');
    const told = words(await say(phone, '欠费')).replaceAll(',', '');
    assert.ok(told.includes(figure.replaceAll(',', '')), told);

    await phone.must('DELETE', '/session');
    const back = await phone.must('POST', '/session/wechat');
    assert.equal(back.signed_in, true);
    assert.equal(back.way, 'wechat');
    await phone.must('DELETE', '/binding');
    assert.ok(!words(await say(phone, '欠费')).replaceAll(',', '').includes(figure.replaceAll(',', '')));
});

test('ID number and name see masked data, and cannot bind', async () => {
    const student = nextStudent('messages');
    const phone = await new Phone().follow();
    await phone.enter();
    const session = await phone.must('POST', '/session', { way: 'identity', id_number: student.证件号码, name: student.姓名 });
    assert.equal(session.level, 'identity');
    assert.equal(session.wechat.can_bind, false);
    assert.ok(!JSON.stringify(session).includes(student.证件号码));
    assert.ok(!JSON.stringify(session).includes(student.姓名));
    assert.equal((await phone.call('POST', '/binding')).body.code, 'binding_not_possible');
});

for (const tamper of ['msg_signature', 'no_msg_signature', 'ciphertext', 'app_id', 'stale', 'doctype']) {
    test(`a message with ${tamper} wrong is refused`, async () => {
        const { status, opened } = await control('POST', 'push', { fields: { MsgType: 'text', Content: '缴费', MsgId: '1' }, tamper });
        assert.ok(status >= 400 || !opened, `${status} ${opened}`);
    });
}

test('a message that comes again gets the same answer', async () => {
    const phone = await new Phone().follow();
    await control('POST', 'faults', { kind: 'push_lost', where: { openid: phone.openid } });
    const push = await say(phone, '帮助');
    assert.ok(push.attempts.length >= 2);
    assert.notEqual(push.outcome, 'lost');
});
