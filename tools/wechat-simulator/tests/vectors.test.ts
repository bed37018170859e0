// The shared vectors through our own doors: requests they signed must be admitted, answers we sign must be theirs to the byte.
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import type { Merchant } from '../src/config.js';
import { Clock } from '../src/kit/clock.js';
import type { Req } from '../src/kit/http.js';
import { Gate } from '../src/pay/auth.js';
import { PayError } from '../src/pay/error.js';
import { rsa } from '../src/pay/signer.js';
import { ID, read, vector } from './stage.js';

interface RequestCase { case: string; method: string; url: string; timestamp: string; nonce_str: string; body: string; authorization?: string; signature: string }

const merchant = { mch_id: ID.mch_id, serial_no: ID.merchant_serial, public_key: createPublicKey(read('wechat-pay', 'keys', 'merchant.public.pem')) } as Merchant;

function request(one: RequestCase, change: Partial<RequestCase> = {}): Req {
  const c = { ...one, ...change };
  const authorization = `WECHATPAY2-SHA256-RSA2048 mchid="${ID.mch_id}",nonce_str="${c.nonce_str}",signature="${c.signature}",timestamp="${c.timestamp}",serial_no="${ID.merchant_serial}"`;
  return { method: c.method, rawUrl: c.url, text: c.body, headers: { authorization } } as Req;
}

test('every signed request of the vectors is admitted, and none with one thing changed', () => {
  const { cases } = vector<{ cases: RequestCase[] }>('wechat-pay', 'request-signing.json');
  for (const one of cases) {
    const clock = new Clock();
    clock.offsetMs = Number(one.timestamp) * 1000 - Date.now();
    const gate = new Gate([merchant], clock, (what) => assert.fail(what));
    assert.equal(gate.admit(request(one)), merchant, one.case);
    const spoilt: Partial<RequestCase>[] = [{ method: one.method === 'GET' ? 'POST' : 'GET' }, { url: `${one.url}x` }, { body: `${one.body} ` }, { nonce_str: `${one.nonce_str.slice(1)}z` }, { timestamp: String(Number(one.timestamp) + 1) }];
    for (const change of spoilt) assert.throws(() => gate.admit(request(one, change)), PayError, `${one.case} ${Object.keys(change).join()}`);
    clock.offsetMs += 301_000;
    assert.throws(() => gate.admit(request(one)), /timestamp/, one.case);
  }
});

test('answers and notices: our signature is the vectors\' signature', () => {
  const keys: Record<string, string> = { [ID.public_key_id]: 'platform_pubkey.private.pem', [ID.certificate_serial]: 'platform_cert.private.pem' };
  const answers = vector<{ cases: { case: string; headers: Record<string, string>; body: string }[] }>('wechat-pay', 'response-verify.json').cases.filter((c) => c.case.startsWith('ok_'));
  const notices = vector<{ cases: { case: string; headers: Record<string, string>; body: string; expect: string }[] }>('wechat-pay', 'notifications.json').cases.filter((c) => c.expect === 'ok');
  assert.ok(answers.length >= 5 && notices.length >= 3);
  for (const { case: name, headers: h, body } of [...answers, ...notices]) {
    const key = createPrivateKey(read('wechat-pay', 'keys', keys[h['Wechatpay-Serial'] ?? ''] ?? ''));
    assert.equal(rsa(h['Wechatpay-Timestamp'] ?? '', h['Wechatpay-Nonce'] ?? '', body, key), h['Wechatpay-Signature'], name);
  }
});
