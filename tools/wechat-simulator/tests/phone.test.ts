// The in-app browser's proxy and the pay sheet's checks, without a browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createRequire } from 'node:module';
import plugin from 'wechatpay-axios-plugin';
import { inject, location } from '../src/phone/rewrite.js';
import { own, rename } from '../src/phone/cookies.js';
import { ID, KEYS, orderBody, stage, vector, wire, type Stage } from './stage.js';

const { Rsa, Formatter } = plugin;
const load = createRequire(import.meta.url);
const jsQR = load('jsqr') as (data: Uint8ClampedArray, width: number, height: number) => { data: string } | null;
const QRCode = load('qrcode') as { create: (text: string, options: object) => { modules: { size: number; get: (row: number, column: number) => number } } };
let s: Stage;
before(async () => { s = await stage(); });
after(() => s.close());

test('cookies: renamed per user, prefix and attributes kept, Domain dropped, others\' unseen', () => {
  const line = rename('__Host-campus=abc=1; Path=/; Secure; HttpOnly; SameSite=Lax', 'oA');
  assert.match(line, /^__Host-wx[0-9a-f]{8}-campus=abc=1; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  const pair = line.split(';')[0];
  assert.equal(own(`a=1; ${pair}; __Host-campus=portal`, 'oA'), '__Host-campus=abc=1');
  assert.equal(own(`a=1; ${pair}`, 'oB'), undefined);
  assert.equal(rename('x=1; Domain=127.0.0.1; Path=/', 'oA').includes('Domain'), false);
});

test('the script goes first in head, wherever there is one', () => {
  assert.match(inject('<!doctype html><html><head lang="x"><script src="/a.js">'), /<head lang="x"><script src="\/__wx\/bridge.js"><\/script><script src="\/a.js">/);
  assert.match(inject('<!DOCTYPE html><p>x'), /^<!DOCTYPE html><script/);
  const sides = { target: new URL('http://127.0.0.1:8080'), browser: 'http://127.0.0.1:8091', shell: 'http://127.0.0.1:8090' };
  assert.equal(location('http://127.0.0.1:8080/h5/?a=1#b', sides), 'http://127.0.0.1:8091/h5/?a=1#b');
  assert.equal(location('http://127.0.0.1:8090/connect/oauth2/authorize?appid=1#wechat_redirect', sides), 'http://127.0.0.1:8091/connect/oauth2/authorize?appid=1');
  assert.equal(location('/h5/', sides), '/h5/');
});

test('through the proxy: WeChat\'s user agent, the server\'s origin, framing relaxed and nothing else', async () => {
  s.answer((_got, res) => {
    res.writeHead(200, {
      'Content-Type': 'text/html', 'X-Frame-Options': 'DENY', 'Content-Security-Policy': "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
      'Set-Cookie': ['__Host-campus=1; Path=/; Secure'], 'X-Other': 'kept',
    });
    res.end('<html><head></head><body>你好</body></html>');
  });
  const answer = await fetch(`${s.browser}/h5/?x=1`, { headers: { Accept: 'text/html', Origin: s.browser, Referer: `${s.browser}/h5/a`, Cookie: 'wx_phone=' + ID.openid } });
  const got = s.received[s.received.length - 1];
  assert.match(String(got?.headers['user-agent']), /MicroMessenger/);
  assert.equal(got?.headers.origin, s.target);
  assert.equal(got?.headers.referer, `${s.target}/h5/a`);
  assert.equal(got?.headers.host, new URL(s.target).host);
  assert.equal(got?.headers.cookie, undefined);
  assert.equal(answer.headers.get('x-frame-options'), null);
  assert.equal(answer.headers.get('content-security-policy'), `default-src 'none'; script-src 'self'; frame-ancestors ${s.base}`);
  assert.equal(answer.headers.get('x-other'), 'kept');
  assert.match(await answer.text(), /bridge\.js"><\/script><\/head><body>你好/);
  const bridge = await fetch(`${s.browser}/__wx/bridge.js`);
  assert.match(bridge.headers.get('content-type') ?? '', /javascript/);
  const script = await bridge.text();
  assert.ok(script.includes(s.base));
  assert.ok(script.includes(String(got?.headers['user-agent'])), 'the page is told the same user agent as the server');
  s.answer((_got, res) => { res.writeHead(200); res.end('success'); });
});

test('the pay sheet opens for the merchant\'s signature and the payer only', async () => {
  const got = await wire((s.pay as unknown as { chain: (p: string) => { post: (b: object) => Promise<unknown> } }).chain('v3/pay/transactions/jsapi').post(orderBody(s, 'SHEET_1')));
  const key = Rsa.from(readFileSync(join(KEYS, 'merchant.private.pem')), 'private');
  const params = { appId: ID.app_id, timeStamp: '1795348800', nonceStr: 'abc', package: `prepay_id=${String(got.data['prepay_id'])}`, signType: 'RSA' };
  const paySign = Rsa.sign(Formatter.joinedByLineFeed(params.appId, params.timeStamp, params.nonceStr, params.package), key);
  const open = async (change: object, openid = ID.openid): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${s.base}/phone/pay/open`, { method: 'POST', body: JSON.stringify({ openid, href: s.browser, params: { ...params, paySign, ...change } }) });
    return (await answer.json()) as Record<string, unknown>;
  };
  const good = await open({});
  assert.equal(good['ok'], true);
  assert.equal((good['sheet'] as Record<string, unknown>)['merchant'], '吉林交通职业技术学院');
  for (const change of [{ timeStamp: 1795348800 }, { signType: 'MD5' }, { nonceStr: 'abd' }, { package: 'prepay_id=wx1' }, { appId: 'wxffffffffffffffff' }]) {
    assert.equal((await open(change))['err_msg'], 'get_brand_wcpay_request:fail', JSON.stringify(change));
  }
  const stranger = await s.control<{ openid: string }>('users', {});
  assert.match(String((await open({}, stranger.openid))['err_desc']), /支付账号不一致/);
  const { cases } = vector<{ cases: { getBrandWCPayRequest: Record<string, string> }[] }>('wechat-pay', 'paysign.json');
  for (const { getBrandWCPayRequest: p } of cases) {
    const message = Formatter.joinedByLineFeed(p['appId'] ?? '', p['timeStamp'] ?? '', p['nonceStr'] ?? '', p['package'] ?? '');
    assert.ok(Rsa.verify(message, p['paySign'] ?? '', s.running.world.merchant().public_key));
  }
});

test('a printed code_url is read back from its picture and brings up the payment', async () => {
  const { payer, ...body } = orderBody(s, 'SCAN_QR_1');
  const got = await wire((s.pay as unknown as { chain: (p: string) => { post: (b: object) => Promise<unknown> } }).chain('v3/pay/transactions/native').post(body));
  const { modules } = QRCode.create(String(got.data['code_url']), {});
  // Four light modules around, eight pixels each, as pages draw it.
  const side = (modules.size + 8) * 8;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const [row, column] = [Math.floor(y / 8) - 4, Math.floor(x / 8) - 4];
      const dark = row >= 0 && column >= 0 && row < modules.size && column < modules.size && modules.get(row, column);
      if (dark) pixels.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
    }
  }
  const text = jsQR(pixels, side, side)?.data;
  const scanned = await s.control<{ pay: { total: number; out_trade_no: string } }>(`users/${ID.openid}/scan`, { text });
  assert.deepEqual([scanned.pay.total, scanned.pay.out_trade_no], [560000, 'SCAN_QR_1']);
});

test('only loopback names are answered', async () => {
  const answer = await fetch(`${s.base}/control/health`, { headers: { Origin: 'https://evil.example' } });
  assert.equal(answer.status, 403);
  assert.equal((await s.control<{ ok: boolean }>('health')).ok, true);
});
