// The official-account side: tokens, menu, OAuth, templates, and pushes that libraries and vectors agree with.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRequire } from 'node:module';
import { decrypt, encrypt, getSignature } from '@wecom/crypto';
import { makeDelivery, plainSignature } from '../src/mp/delivery.js';
import { readReply } from '../src/mp/reply.js';
import { ID, stage, vector, type Stage } from './stage.js';

// Older than types and older than today's crypto module, which is the point: nobody here wrote it.
const WXBizMsgCrypt = createRequire(import.meta.url)('wechat-crypto') as new (token: string, key: string, id: string) => {
  getSignature: (timestamp: string, nonce: string, encrypt: string) => string;
  decrypt: (text: string) => { message: string; id: string };
};

let s: Stage;
before(async () => { s = await stage(); });
after(() => s.close());

type Json = Record<string, unknown>;
const api = async (path: string, body?: unknown): Promise<Json> => {
  const answer = await fetch(s.base + path, body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  return (await answer.json()) as Json;
};
const stable = async (force = false): Promise<string> =>
  String((await api('/cgi-bin/stable_token', { grant_type: 'client_credential', appid: ID.app_id, secret: ID.app_secret, force_refresh: force }))['access_token']);
const account = (): never => s.running.world.config.account as never;

test('stable token: the same until forced; the plain one: every time another', async () => {
  const token = await stable();
  assert.equal(await stable(), token);
  const other = await stable(true);
  assert.notEqual(other, token);
  assert.equal(await stable(true), other, 'forced twice within 30 s');
  assert.equal((await api(`/cgi-bin/menu/get?access_token=${token}`))['errcode'], 42001);
  assert.equal((await api('/cgi-bin/menu/get?access_token=nonsense'))['errcode'], 40001);
  assert.equal((await api('/cgi-bin/menu/get'))['errcode'], 41001);
  const plain = (): Promise<Json> => api(`/cgi-bin/token?grant_type=client_credential&appid=${ID.app_id}&secret=${ID.app_secret}`);
  const first = await plain();
  assert.notEqual((await plain())['access_token'], first['access_token']);
  assert.equal((await api(`/cgi-bin/menu/get?access_token=${String(first['access_token'])}`))['errcode'], 46003, 'the old one lives five more minutes');
  assert.equal((await api('/cgi-bin/stable_token', { grant_type: 'client_credential', appid: ID.app_id, secret: 'x' }))['errcode'], 40125);
  await s.control('faults', { kind: 'errcode', errcode: 40001, where: { operation: 'menu_get' } });
  assert.equal((await api(`/cgi-bin/menu/get?access_token=${other}`))['errcode'], 40001);
  assert.equal((await api(`/cgi-bin/menu/get?access_token=${other}`))['errcode'], 46003);
});

test('menu: limits in bytes, both ways of reading back', async () => {
  const token = await stable();
  const create = async (button: unknown): Promise<unknown> => (await api(`/cgi-bin/menu/create?access_token=${token}`, { button }))['errcode'];
  const view = (name: string, url = 'https://pay.example.edu.cn/'): object => ({ type: 'view', name, url });
  assert.equal(await create([view('缴费入口大')]), 0);
  assert.equal(await create([view('缴费入口大大')]), 40018);
  assert.equal(await create([view('a'.repeat(17))]), 40018);
  assert.equal(await create([view('缴费', `https://a.cn/${'x'.repeat(1024)}`)]), 40020);
  assert.equal(await create([1, 2, 3, 4].map(() => view('缴费'))), 40016);
  assert.equal(await create([]), 40016);
  assert.equal(await create([{ name: '查询', sub_button: [1, 2, 3, 4, 5, 6].map(() => view('缴费')) }]), 40023);
  assert.equal(await create([{ name: '查询', sub_button: [view('查'.repeat(21))] }]), 40025);
  assert.equal(await create([{ type: 'click', name: '帮助', key: 'k'.repeat(129) }]), 40019);
  assert.equal(await create([{ name: '帮助' }]), 65308);
  assert.equal(await create([{ type: 'weird', name: '帮助', key: 'k' }]), 40017);
  assert.equal((await api(`/cgi-bin/menu/create?access_token=${token}`, String.raw`{"button":[{"type":"click","name":"\u5e2e\u52a9","key":"k"}]}`))['errcode'], 40033);
  assert.equal((await api(`/cgi-bin/menu/create?access_token=${token}`, '{"button":['))['errcode'], 47001);
  const good = [view('缴费入口'), { name: '查询', sub_button: [view('欠费查询')] }, { type: 'click', name: '帮助', key: 'PAY_HELP' }];
  assert.equal(await create(good), 0);
  const read = (await api(`/cgi-bin/menu/get?access_token=${token}`)) as { menu: { button: Json[] } };
  assert.deepEqual(read.menu.button[1], { name: '查询', sub_button: [{ ...view('欠费查询'), sub_button: [] }] });
  const live = (await api(`/cgi-bin/get_current_selfmenu_info?access_token=${token}`)) as { selfmenu_info: { button: Json[] } };
  assert.deepEqual(live.selfmenu_info.button[1], { name: '查询', sub_button: { list: [view('欠费查询')] } });
});

test('OAuth: order of parameters, single-use codes', async () => {
  const { cases } = vector<{ cases: { url: string; redirect_uri: string; appid: string }[] }>('official-account', 'oauth-authorize-url.json');
  const go = (url: string, agent = 'MicroMessenger'): Promise<Response> => fetch(url, { redirect: 'manual', headers: { 'User-Agent': agent } });
  for (const one of cases.slice(0, 1)) {
    const url = new URL(one.url.replace(one.appid, ID.app_id).replace(encodeURIComponent('https://pay.example.edu.cn'), encodeURIComponent(s.target)));
    const answer = await go(`${s.base}${url.pathname}${url.search}`);
    assert.equal(answer.status, 302);
    assert.match(answer.headers.get('location') ?? '', new RegExp(`^${s.target}/wx/oauth/callback\\?code=\\w{32}&state=\\w+$`));
  }
  const uri = encodeURIComponent(`${s.target}/wechat/oauth`);
  const wrong = await (await go(`${s.base}/connect/oauth2/authorize?appid=${ID.app_id}&response_type=code&redirect_uri=${uri}&scope=snsapi_base&state=a1`)).text();
  assert.match(wrong, /顺序错误/);
  const host = await (await go(`${s.base}/connect/oauth2/authorize?appid=${ID.app_id}&redirect_uri=${encodeURIComponent('https://evil.example/')}&response_type=code&scope=snsapi_base&state=a1`)).text();
  assert.match(host, /10003/);
  assert.match(await (await go(`${s.base}/connect/oauth2/authorize?appid=${ID.app_id}`, 'Firefox')).text(), /请在微信客户端打开链接/);
  const { code } = await s.control<{ code: string }>(`users/${ID.openid}/oauth`, {});
  const exchange = (value: string): Promise<Json> => api(`/sns/oauth2/access_token?appid=${ID.app_id}&secret=${ID.app_secret}&code=${value}&grant_type=authorization_code`);
  assert.equal((await exchange(code))['openid'], ID.openid);
  assert.equal((await exchange(code))['errcode'], 40163);
  assert.equal((await exchange('never'))['errcode'], 40029);
});

test('template messages: type rules and the result event', async () => {
  const token = await stable();
  const data = { thing1: { value: '2026学年学费' }, amount2: { value: '7000.00元' }, time3: { value: '2026年9月1日 15:01' }, character_string4: { value: '20260901000017' } };
  const post = (change: object): Promise<Json> => api(`/cgi-bin/message/template/send?access_token=${token}`, { touser: ID.openid, template_id: 'TPL_PAID', data: { ...data, ...change } });
  assert.equal((await post({}))['errcode'], 0);
  assert.equal((await post({ thing1: { value: '学'.repeat(21) } }))['errcode'], 47003);
  assert.equal((await post({ character_string4: { value: '单号1' } }))['errcode'], 47003);
  assert.equal((await post({ amount2: { value: '七千元' } }))['errcode'], 47003);
  assert.match(String((await post({ thing1: { value: '' } }))['errmsg']), /data\.thing1\.value is empty/);
  await s.control('wait', {});
  const last = s.received[s.received.length - 1];
  const sealed = /<Encrypt><!\[CDATA\[(.*?)\]\]>/.exec(last?.body ?? '')?.[1] ?? '';
  assert.match(decrypt(ID.encoding_aes_key, sealed).message, /TEMPLATESENDJOBFINISH.*<MsgID>\d+<\/MsgID>.*success/);
});

test('what we encrypt, two libraries open; what we sign, they sign alike', () => {
  const xml = `<xml><ToUserName><![CDATA[${ID.original_id}]]></ToUserName><Content><![CDATA[怎么缴学费？]]></Content></xml>`;
  const { query, body } = makeDelivery(account(), 'safe', xml, ID.openid, 1767226001);
  const q = new URLSearchParams(query);
  const sealed = /<Encrypt><!\[CDATA\[(.*?)\]\]>/.exec(body)?.[1] ?? '';
  const old = new WXBizMsgCrypt(ID.token, ID.encoding_aes_key, ID.app_id);
  assert.deepEqual(old.decrypt(sealed), { message: xml, id: ID.app_id });
  assert.equal(old.getSignature(q.get('timestamp') ?? '', q.get('nonce') ?? '', sealed), q.get('msg_signature'));
  assert.equal(plainSignature(ID.token, q.get('timestamp') ?? '', q.get('nonce') ?? ''), q.get('signature'));
  const { cases } = vector<{ cases: { id: string; token: string; query: Record<string, string>; computed_signature?: string; expect: string }[] }>('official-account', 'url-verification.json');
  for (const one of cases.filter((c) => c.expect === 'echo')) {
    assert.equal(plainSignature(one.token, one.query['timestamp'] ?? '', one.query['nonce'] ?? ''), one.query['signature'], one.id);
  }
});

test('the encrypted replies of the vectors are read, and each spoilt one is refused', () => {
  const v = vector<{ appid: string; openid: string; cases: { id: string; inputs: { plaintext: string }; expected: { envelope: string } }[] }>('official-account', 'encrypted-reply.json');
  const theirs = { ...(account() as Json), app_id: v.appid } as never;
  for (const one of v.cases) {
    const reading = readReply(Buffer.from(one.expected.envelope), theirs, 'safe', v.openid);
    assert.equal(reading.outcome, 'reply', one.id);
  }
  const envelope = v.cases[0]?.expected.envelope ?? '';
  const bad: [string, string][] = [
    [envelope.replace(/<MsgSignature><!\[CDATA\[./, '<MsgSignature><![CDATA[x'), 'MsgSignature'],
    [envelope.replace('<Encrypt>', '<!DOCTYPE a><Encrypt>'), 'DOCTYPE'],
    [v.cases[0]?.inputs.plaintext ?? '', 'plain reply in safe mode'],
    ['{"ok":true}', 'not well-formed'],
    [' success', 'not well-formed'],
  ];
  for (const [body, why] of bad) {
    const reading = readReply(Buffer.from(body), theirs, 'safe', v.openid);
    assert.equal(reading.outcome, 'fault', body.slice(0, 40));
    assert.match((reading as { why: string }).why, new RegExp(why, 'i'));
  }
  const stranger = readReply(Buffer.from(envelope), theirs, 'safe', 'oSomebodyElse00000000000000');
  assert.match((stranger as { why: string }).why, /ToUserName/);
});

test('a push: reply in the chat, three more tries, the grey line', async () => {
  const reply = (text: string): string => {
    const xml = `<xml><ToUserName><![CDATA[${ID.openid}]]></ToUserName><FromUserName><![CDATA[${ID.original_id}]]></FromUserName><CreateTime>1767225702</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${text}]]></Content></xml>`;
    const sealed = encrypt(ID.encoding_aes_key, xml, ID.app_id);
    return `<xml><Encrypt><![CDATA[${sealed}]]></Encrypt><MsgSignature><![CDATA[${getSignature(ID.token, '1767225702', '1', sealed)}]]></MsgSignature><TimeStamp>1767225702</TimeStamp><Nonce><![CDATA[1]]></Nonce></xml>`;
  };
  s.answer((_got, res) => { res.end(reply('您好')); });
  const good = await s.control<{ push: { outcome: string; reply: { text: string } } }>(`users/${ID.openid}/text`, { content: '缴费' });
  assert.deepEqual([good.push.outcome, good.push.reply.text], ['reply', '您好']);
  await s.control('settings', { push_deadline_ms: 60 });
  const from = s.received.length;
  s.answer(() => undefined);
  const lost = await s.control<{ push: { outcome: string; attempts: Json[] } }>(`users/${ID.openid}/text`, { content: '缴费' });
  assert.deepEqual([lost.push.outcome, lost.push.attempts.length], ['lost', 4]);
  assert.equal(s.received.length - from, 4);
  await s.control('settings', { push_deadline_ms: 5000 });
  s.answer((_got, res) => { res.end('{"code":0}'); });
  const fault = await s.control<{ push: { outcome: string; attempts: Json[] } }>(`users/${ID.openid}/text`, { content: '缴费' });
  assert.deepEqual([fault.push.outcome, fault.push.attempts.length], ['fault', 1]);
  const user = await s.control<{ messages: { from: string; text: string }[] }>(`users/${ID.openid}`);
  const last = user.messages[user.messages.length - 1];
  assert.deepEqual([last?.from, last?.text], ['system', '该公众号提供的服务出现故障，请稍后再试']);
  s.answer((_got, res) => { res.end('success'); });
  await s.control('faults', { kind: 'push_lost', where: { operation: 'push' } });
  const again = await s.control<{ push: { outcome: string; attempts: Json[] } }>(`users/${ID.openid}/follow`, {});
  assert.deepEqual([again.push.outcome, again.push.attempts.length], ['success', 2]);
});
