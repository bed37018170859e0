// The simulator of WeChat Pay under a real, independent client: what it signs must verify there, what that client signs must pass here.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import plugin from 'wechatpay-axios-plugin';
import { ID, orderBody, stage, wire, type Stage, type Wire } from './stage.js';

const { Aes: { AesGcm }, Rsa, Formatter } = plugin;

let s: Stage;
before(async () => { s = await stage(); });
after(() => s.close());

const chain = (path: string): { get: (o?: object) => Promise<unknown>; post: (b: object, o?: object) => Promise<unknown> } =>
  (s.pay as unknown as { chain: (p: string) => never }).chain(path);
const jsapi = (number: string, more: object = {}): Promise<Wire> => wire(chain('v3/pay/transactions/jsapi').post(orderBody(s, number, more)));
function native(number: string): Promise<Wire> {
  const { payer, ...body } = orderBody(s, number);
  return wire(chain('v3/pay/transactions/native').post(body));
}
const query = (number: string): Promise<Wire> =>
  wire(chain('v3/pay/transactions/out-trade-no/{out_trade_no}').get({ out_trade_no: number, params: { mchid: ID.mch_id } }));
const close = (number: string): Promise<Wire> =>
  wire(chain('v3/pay/transactions/out-trade-no/{out_trade_no}/close').post({ mchid: ID.mch_id }, { out_trade_no: number }));
const code = (got: Wire): unknown => got.data['code'];

test('order, query, pay, notice, query', async () => {
  const ordered = await jsapi('JL20261122_0001');
  assert.equal(ordered.status, 200);
  assert.match(String(ordered.data['prepay_id']), /^wx[0-9a-f]+$/);
  assert.equal((await query('JL20261122_0001')).data['trade_state'], 'NOTPAY');
  await s.control('pay', { prepay_id: ordered.data['prepay_id'] });
  await s.control('wait', {});
  const paid = await query('JL20261122_0001');
  assert.equal(paid.data['trade_state'], 'SUCCESS');
  assert.match(String(paid.data['transaction_id']), /^4200\d{24}$/);
  const notice = s.received.find((r) => r.url === '/wechat/pay/notify');
  assert.ok(notice);
  const h = notice.headers as Record<string, string>;
  const key = Rsa.from(`file://${process.cwd()}/../../tests/vectors/wechat-pay/keys/platform_pubkey.public.pem`, 'public');
  assert.ok(Rsa.verify(Formatter.response(h['wechatpay-timestamp'] ?? '', h['wechatpay-nonce'] ?? '', notice.body), h['wechatpay-signature'] ?? '', key));
  const { resource } = JSON.parse(notice.body) as { resource: Record<string, string> };
  const plain = JSON.parse(AesGcm.decrypt(resource['ciphertext'] ?? '', ID.api_v3_key, resource['nonce'] ?? '', resource['associated_data'])) as Record<string, unknown>;
  assert.equal(plain['out_trade_no'], 'JL20261122_0001');
  assert.deepEqual(plain['amount'], { total: 560000, payer_total: 560000, currency: 'CNY', payer_currency: 'CNY' });
  const byId = await wire(chain('v3/pay/transactions/id/{id}').get({ id: paid.data['transaction_id'], params: { mchid: ID.mch_id } }));
  assert.equal(byId.data['out_trade_no'], 'JL20261122_0001');
});

test('the same number again', async () => {
  const first = await jsapi('AGAIN_1');
  const again = await jsapi('AGAIN_1');
  assert.equal(again.status, 200);
  assert.notEqual(again.data['prepay_id'], first.data['prepay_id']);
  const other = await jsapi('AGAIN_1', { amount: { total: 1, currency: 'CNY' } });
  assert.deepEqual([other.status, code(other), other.data['message']], [400, 'INVALID_REQUEST', '请求重入时，参数与首次请求时不一致']);
  assert.deepEqual([(await native('AGAIN_1')).status, code(await native('AGAIN_1'))], [403, 'OUT_TRADE_NO_USED']);
  await s.control('pay', { prepay_id: first.data['prepay_id'] });
  assert.equal(code(await jsapi('AGAIN_1')), 'ORDERPAID');
  assert.deepEqual([(await close('AGAIN_1')).status, code(await close('AGAIN_1'))], [400, 'ORDERPAID']);
});

test('closing', async () => {
  await jsapi('CLOSE_1');
  assert.equal((await close('CLOSE_1')).status, 204);
  assert.equal((await close('CLOSE_1')).status, 204);
  assert.equal((await query('CLOSE_1')).data['trade_state'], 'CLOSED');
  assert.equal(code(await jsapi('CLOSE_1')), 'ORDER_CLOSED');
  assert.equal((await s.control<Record<string, unknown>>('pay', { out_trade_no: 'CLOSE_1' }))['reason'], 'closed');
  assert.equal((await close('NEVER_ORDERED')).status, 204);
  assert.deepEqual([(await query('NEVER_ORDERED')).status, code(await query('NEVER_ORDERED'))], [404, 'ORDER_NOT_EXIST']);
  assert.equal(code(await jsapi('NEVER_ORDERED')), 'INVALID_REQUEST');
});

test('a code_url dies when the next one is given out, and belongs to the first who scans', async () => {
  const first = (await native('NATIVE_1')).data['code_url'];
  const second = (await native('NATIVE_1')).data['code_url'];
  assert.notEqual(first, second);
  assert.equal((await s.control<Record<string, unknown>>('pay', { code_url: first }))['reason'], 'code_replaced');
  await s.control(`users/${ID.openid}/scan`, { text: second });
  const stranger = await s.control<{ openid: string }>('users', { name: '赵同学' });
  const refused = await s.control<Record<string, unknown>>('pay', { code_url: second, openid: stranger.openid });
  assert.equal(refused['reason'], 'other_payer');
  const paid = await s.control<Record<string, unknown>>('pay', { code_url: second });
  assert.equal(paid['openid'], ID.openid);
});

test('prepay lives two hours, time_expire ends paying', async () => {
  const now = Date.now();
  const ordered = await jsapi('LIFE_1');
  const soon = new Date(now + 8 * 3600e3 + 10 * 60e3).toISOString().slice(0, 19);
  await jsapi('LIFE_2', { time_expire: `${soon}+08:00` });
  await s.control('settings', { clock_offset_ms: 11 * 60e3 });
  const expired = await s.control<Record<string, unknown>>('pay', { out_trade_no: 'LIFE_2' });
  assert.equal(expired['reason'], 'expired');
  await s.control('settings', { clock_offset_ms: 2 * 3600e3 + 1000 });
  const dead = await s.control<Record<string, unknown>>('pay', { prepay_id: ordered.data['prepay_id'] });
  await s.control('settings', { clock_offset_ms: 0 });
  assert.equal(dead['reason'], 'prepay_expired');
});

test('strict fields', async () => {
  const cases: [object, string][] = [
    [{ description: undefined }, '/description'],
    [{ description: '学'.repeat(43) }, '/description'],
    [{ description: '学费😀' }, '/description'],
    [{ attach: null }, '/attach'],
    [{ out_trade_no: 'AB12' }, '/out_trade_no'],
    [{ out_trade_no: 'AB 12 34' }, '/out_trade_no'],
    [{ amount: { total: 0 } }, '/amount/total'],
    [{ amount: { total: '1' } }, '/amount/total'],
    [{ amount: { total: 1.5 } }, '/amount/total'],
    [{ amount: { total: 1, currency: 'USD' } }, '/amount/currency'],
    [{ time_expire: '2026-11-22T20:00:00+0800' }, '/time_expire'],
    [{ time_expire: '2026-11-22T12:00:00Z' }, '/time_expire'],
    [{ notify_url: 'http://pay.example.edu.cn/n' }, '/notify_url'],
    [{ notify_url: 'https://pay.example.edu.cn/n?a=1' }, '/notify_url'],
    [{ limit_pay: ['no_credit'] }, '/limit_pay'],
    [{ payer: { openid: 'oNobodyKnowsThisOne00000000' } }, '/payer/openid'],
    [{ payer: undefined }, '/payer'],
    [{ mchid: '1600000001' }, '/mchid'],
    [{ scene_info: { payer_client_ip: 'here' } }, '/scene_info/payer_client_ip'],
  ];
  for (const [change, field] of cases) {
    const got = await jsapi('FIELDS_1', change);
    assert.equal(got.status, 400, field);
    assert.equal(code(got), 'PARAM_ERROR', field);
    assert.equal((got.data['detail'] as Record<string, string> | undefined)?.['field'], field);
  }
  assert.equal(code(await jsapi('FIELDS_1', { appid: 'wxfffffffffffffff0' })), 'APPID_MCHID_NOT_MATCH');
  assert.equal((await jsapi('FIELDS_1')).status, 200);
});

test('requests that are not genuine', async () => {
  const path = `/v3/pay/transactions/out-trade-no/AGAIN_1?mchid=${ID.mch_id}`;
  const key = Rsa.from(`file://${process.cwd()}/../../tests/vectors/wechat-pay/keys/merchant.private.pem`, 'private');
  const ask = async (change: Record<string, string>, headers: Record<string, string> = {}): Promise<{ status: number; code: unknown; signed: boolean }> => {
    const v = { mchid: ID.mch_id, nonce: Formatter.nonce(), timestamp: String(Formatter.timestamp()), serial: ID.merchant_serial, url: path, ...change };
    const signature = Rsa.sign(Formatter.request('GET', v.url, v.timestamp, v.nonce), key);
    const answer = await fetch(s.base + path, {
      headers: { 'Authorization': Formatter.authorization(v.mchid, v.nonce, signature, v.timestamp, v.serial), 'Accept': 'application/json', 'User-Agent': 'test', ...headers },
    });
    return { status: answer.status, code: ((await answer.json()) as Record<string, unknown>)['code'], signed: answer.headers.has('wechatpay-signature') };
  };
  assert.deepEqual((await ask({})).status, 200);
  assert.deepEqual(await ask({ url: path.replace('1699', '1698') }), { status: 401, code: 'SIGN_ERROR', signed: false });
  assert.equal((await ask({ timestamp: String(Formatter.timestamp() - 400) })).status, 401);
  assert.equal((await ask({ serial: ID.certificate_serial })).status, 401);
  assert.equal((await ask({ mchid: '1699999902' })).status, 401);
  assert.equal((await ask({ nonce: 'x'.repeat(33) })).status, 401);
  assert.deepEqual(await ask({}, { Accept: '' }), { status: 400, code: 'PARAM_ERROR', signed: true });
  assert.equal((await ask({}, { 'Wechatpay-Serial': 'PUB_KEY_ID_1' })).status, 400);
  const spaced = await fetch(s.base + path, { headers: { Authorization: 'WECHATPAY2-SHA256-RSA2048  mchid="1"', Accept: 'application/json' } });
  assert.equal(spaced.status, 401);
});

test('the request names the key of the answer', async () => {
  const get = (serial: string): Promise<Wire> => wire(chain('v3/pay/transactions/out-trade-no/{out_trade_no}').get({
    out_trade_no: 'AGAIN_1', params: { mchid: ID.mch_id }, headers: { 'Wechatpay-Serial': serial },
  }));
  assert.equal((await get(ID.certificate_serial)).headers['wechatpay-serial'], ID.certificate_serial);
  assert.equal((await get(ID.public_key_id)).headers['wechatpay-serial'], ID.public_key_id);
  assert.match((await get(ID.public_key_id)).headers['request-id'] ?? '', /^[0-9A-F]{32}-0$/);
});

test('refused notices come again on the schedule, with the same id', async () => {
  const from = s.received.length;
  s.answer((_got, res) => { res.writeHead(500); res.end(); });
  const ordered = await jsapi('NOTICE_1');
  await s.control('pay', { prepay_id: ordered.data['prepay_id'] });
  for (let i = 0; i < 400 && s.received.length - from < 5; i += 1) await new Promise((done) => setTimeout(done, 25));
  s.answer((_got, res) => { res.writeHead(204); res.end(); });
  await s.control('notices/flush', {});
  await s.control('wait', {});
  const [notice] = (await s.control<{ notices: { state: string; sends: { outcome: string; at: number }[] }[] }>('notices?out_trade_no=NOTICE_1')).notices;
  assert.equal(notice?.state, 'accepted');
  const sends = notice?.sends ?? [];
  assert.ok(sends.length >= 5, `${sends.length} sends`);
  assert.ok(sends.slice(0, -1).every((one) => one.outcome === 'refused'));
  const gap = (i: number): number => (sends[i + 1]?.at ?? 0) - (sends[i]?.at ?? 0);
  assert.ok(gap(0) >= 14 && gap(2) >= 29 && gap(3) >= 179, `gaps ${gap(0)} ${gap(2)} ${gap(3)}`);
  const ids = s.received.slice(from).map((r) => (JSON.parse(r.body) as { id: string }).id);
  assert.equal(new Set(ids).size, 1);
  s.answer((_got, res) => { res.writeHead(200); res.end('success'); });
});
