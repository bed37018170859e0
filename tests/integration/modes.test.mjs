// The chat in each of WeChat's three modes: answered within a second, once per message, and by nobody but WeChat.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { control, lab, nextStudent, Phone, stack, studentOnPhone } from './client.mjs';

const say = async (phone, content) => (await control('POST', `users/${phone.openid}/text`, { content })).push;
const restartIn = async (mode) => {
    await lab.stopServer();
    await lab.startServer({ CAMPUSPAY__WECHAT__ACCOUNT__MODE: mode });
    await control('POST', 'settings', { push_mode: mode });
};
after(() => restartIn('safe'));

for (const mode of ['plain', 'compatible', 'safe']) {
    test(`${mode} mode`, { timeout: 120_000 }, async (t) => {
        await restartIn(mode);
        const student = nextStudent('modes');
        const phone = await studentOnPhone(student);

        await t.test('the console can verify the address', async () => {
            const { ok } = await control('POST', 'verify-url');
            assert.equal(ok, true);
        });
        for (const [word, path] of [
            ['缴费', '/h5/fees'],
            ['我要查欠费', '/h5/fees'],
            ['订单', '/h5/orders'],
        ]) {
            await t.test(`${word} is answered with the right link within a second`, async () => {
                const push = await say(phone, word);
                assert.equal(push.outcome, 'reply', JSON.stringify(push.attempts));
                assert.equal(push.attempts.length, 1);
                assert.ok(push.attempts[0].ms < 1000, `${push.attempts[0].ms} ms`);
                assert.ok(push.reply.text.includes(`href="${stack.server}${path}"`), push.reply.text);
            });
        }
        await t.test('bound, the answer has the real figures and nobody’s whole name', async () => {
            await phone.must('POST', '/binding');
            const { total_owed_fen: owed } = await phone.arrears();
            const push = await say(phone, '欠费');
            assert.ok(push.reply.text.replaceAll(',', '').includes(`待缴 ${(owed / 100).toFixed(2)} 元`), push.reply.text);
            assert.ok(!push.reply.text.includes(student.姓名));
            const { order } = await phone.order();
            assert.match((await say(phone, '订单')).reply.text, /待支付/);
            await phone.must('POST', `/orders/${order.order_no}/cancel`);
        });
        await t.test('a message that comes again is the same message', async () => {
            await control('POST', 'faults', { kind: 'push_lost', times: 2 });
            const before = await lab.sql('SELECT COUNT(*) AS n FROM message_keys');
            const push = await say(phone, '欠费');
            assert.equal(push.attempts.length, 3);
            assert.equal(push.outcome, 'reply');
            const after_ = await lab.sql('SELECT COUNT(*) AS n FROM message_keys');
            assert.equal(Number(after_[0].n), Number(before[0].n) + 1);
        });
        await t.test('following and leaving are known', async () => {
            await control('POST', `users/${phone.openid}/unfollow`);
            const following = async () =>
                (await lab.sql(`SELECT following FROM followers WHERE openid = '${phone.openid}'`))[0].following;
            assert.equal(await following(), '0');
            // WeChat's clock for events has whole seconds, and sender and second name an event.
            await sleep(1100);
            await control('POST', `users/${phone.openid}/follow`, {});
            assert.equal(await following(), '1');
        });
        await t.test('rare kinds of message are answered with success or a word, never with an error', async () => {
            const kinds = [
                { MsgType: 'image', PicUrl: 'http://example.invalid/a.jpg', MediaId: 'm1' },
                { MsgType: 'voice', MediaId: 'm2', Format: 'amr' },
                { MsgType: 'location', Location_X: '43.8', Location_Y: '125.3', Scale: '15', Label: '长春' },
                { MsgType: 'event', Event: 'VIEW', EventKey: 'http://example.invalid/' },
                { MsgType: 'event', Event: 'TEMPLATESENDJOBFINISH', MsgID: '1', Status: 'success' },
                { MsgType: 'event', Event: 'something_new' },
                { MsgType: 'tomorrow', Content: '?' },
                { MsgType: 'text', Content: ']]><x>&amp;<script>alert(1)</script>缴费' },
                { MsgType: 'text', Content: '💰'.repeat(500) },
            ];
            for (const fields of kinds) {
                const { push } = await control('POST', `users/${phone.openid}/event`, { fields });
                assert.ok(['reply', 'success', 'empty'].includes(push.outcome), `${JSON.stringify(fields)}: ${JSON.stringify(push)}`);
            }
        });
        const tampers = {
            plain: ['signature', 'stale', 'doctype'],
            compatible: ['msg_signature', 'ciphertext', 'stale'],
            safe: ['msg_signature', 'no_msg_signature', 'ciphertext', 'app_id', 'padding', 'plain_in_safe', 'stale'],
        }[mode];
        for (const tamper of tampers) {
            await t.test(`tampered (${tamper}): no words of ours`, async () => {
                const { status, opened, body } = await control('POST', 'push', {
                    openid: phone.openid,
                    fields: { MsgType: 'text', Content: '欠费' },
                    tamper,
                });
                assert.equal(status, 403, `${status} ${body}`);
                assert.ok(!opened);
                assert.doesNotMatch(body ?? '', /待缴|欠费|<xml/);
            });
        }
    });
}

test('a wrong GET of the message address is refused', async () => {
    for (const query of ['', '?signature=x&timestamp=1&nonce=2&echostr=3', '?echostr=%3Cscript%3E']) {
        const answer = await fetch(`${stack.server}/wechat/message${query}`);
        assert.equal(answer.status, 403);
        assert.doesNotMatch(await answer.text(), /script|3/);
    }
});

test('the menu: published, read back, compared; a refusal is told; a broken file is not sent', { timeout: 60_000 }, async () => {
    const { mkdtempSync, writeFileSync, rmSync } = await import('node:fs');
    const { join } = await import('node:path');
    const { tmpdir } = await import('node:os');
    const folder = mkdtempSync(join(tmpdir(), 'menu-'));
    const file = join(folder, 'menu.json');
    const publish = async (menu) => {
        writeFileSync(file, typeof menu === 'string' ? menu : JSON.stringify(menu));
        return lab.campuspay('menu', 'publish', file);
    };
    const calls = async () =>
        (await control('GET', 'log?limit=1000')).entries.filter((one) => one.operation === 'menu_create').length;
    try {
        const good = { button: [{ type: 'view', name: '缴费入口', url: '${public_url}/h5/' }, { type: 'click', name: '帮助', key: 'PAY_HELP' }] };
        const first = await publish(good);
        assert.equal(first.status, 0, first.out);
        const phone = await new Phone().follow();
        const opened = await control('POST', `users/${phone.openid}/menu`, { name: '缴费入口' });
        assert.equal(opened.open, `${stack.server}/h5/`);
        const row = (await lab.sql('SELECT state, CONVERT(body USING utf8mb4) AS body FROM menu_publications ORDER BY made_ms DESC, id DESC LIMIT 1'))[0];
        assert.equal(row.state, 'published');
        assert.ok(row.body.includes('缴费入口'));

        const before = await calls();
        for (const broken of ['{', '{}', { button: [] }, { button: [{ type: 'view', name: '缴费入口' }] }, { button: Array(4).fill(good.button[0]) }]) {
            const { status, out } = await publish(broken);
            assert.notEqual(status, 0, JSON.stringify(broken));
            assert.ok(out.trim().length > 0);
        }
        assert.equal(await calls(), before);

        await control('POST', 'faults', { kind: 'errcode', where: { operation: 'menu_create' }, errcode: 45009, errmsg: 'reach max api daily quota limit' });
        const refused = await publish(good);
        assert.notEqual(refused.status, 0);
        assert.match(refused.out, /45009/);

        // The answer is lost after acting: reading back settles it.
        await control('POST', 'faults', { kind: 'lost_after', where: { operation: 'menu_create' } });
        const lost = await publish(good);
        assert.equal(lost.status, 0, lost.out);

        // A token that WeChat has ended is renewed once, by itself.
        await control('POST', 'tokens/expire');
        const renewed = await publish(good);
        assert.equal(renewed.status, 0, renewed.out);
    } finally {
        await control('DELETE', 'faults');
        rmSync(folder, { recursive: true });
    }
});
