// Misbehaviour, refunds, bills, restart: each seen from the outside, through the real client where there is one.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import plugin from 'wechatpay-axios-plugin';
import { ID, orderBody, stage, wire, read, type Stage, type Wire } from './stage.js';

const { Rsa, Formatter, Aes: { AesGcm } } = plugin;
type Json = Record<string, unknown>;

let s: Stage;
before(async () => { s = await stage(); });
after(() => s.close());

const chain = (path: string): { get: (o?: object) => Promise<unknown>; post: (b: object, o?: object) => Promise<unknown> } =>
  (s.pay as unknown as { chain: (p: string) => never }).chain(path);
const order = (number: string, more: object = {}): Promise<Wire> => wire(chain('v3/pay/transactions/jsapi').post(orderBody(s, number, more)));
const query = (number: string): Promise<Wire> =>
  wire(chain('v3/pay/transactions/out-trade-no/{out_trade_no}').get({ out_trade_no: number, params: { mchid: ID.mch_id } }));
const close = (number: string): Promise<Wire> =>
  wire(chain('v3/pay/transactions/out-trade-no/{out_trade_no}/close').post({ mchid: ID.mch_id }, { out_trade_no: number }));
const refund = (no: string, refundNo: string, amount: number, more: object = {}): Promise<Wire> => wire(chain('v3/refund/domestic/refunds').post({
  out_trade_no: no, out_refund_no: refundNo, reason: '重复缴费', notify_url: `${s.target}/wechat/pay/notify`, amount: { refund: amount, total: 560000, currency: 'CNY' }, ...more,
}));
const fault = (kind: string, more: object = {}): Promise<Json> => s.control('faults', { kind, ...more });

test('answers that the real client refuses', async () => {
  await order('F_ANSWER');
  for (const kind of ['bad_signature', 'probe', 'stale', 'unknown_serial', 'other_key', 'unsigned', 'half', 'lost_after', 'lost_before', 'html', 'error', 'rate_limit']) {
    await fault(kind, { where: { operation: 'query', out_trade_no: 'F_ANSWER' } });
    await assert.rejects(chain('v3/pay/transactions/out-trade-no/{out_trade_no}').get({ out_trade_no: 'F_ANSWER', params: { mchid: ID.mch_id } }), kind);
    assert.equal((await query('F_ANSWER')).status, 200, `${kind} only once`);
  }
  await fault('malformed', { where: { operation: 'query' } });
  const cut = await query('F_ANSWER');
  assert.equal(cut.status, 200);
  assert.throws(() => JSON.parse(String(cut.data)), 'rightly signed, but not JSON');
  await fault('old_key', { where: { operation: 'query' } });
  assert.equal((await query('F_ANSWER')).headers['wechatpay-serial'], ID.certificate_serial);
});

test('acted or not: an order whose answer was lost', async () => {
  await fault('lost_after', { where: { out_trade_no: 'F_LOST_AFTER' } });
  await assert.rejects(order('F_LOST_AFTER'));
  assert.equal((await query('F_LOST_AFTER')).data['trade_state'], 'NOTPAY');
  await fault('lost_before', { where: { out_trade_no: 'F_LOST_BEFORE' } });
  await assert.rejects(order('F_LOST_BEFORE'));
  assert.equal((await query('F_LOST_BEFORE')).status, 404);
  await fault('error', { acted: true, where: { out_trade_no: 'F_ACTED' } });
  assert.equal((await order('F_ACTED')).status, 500);
  assert.equal((await query('F_ACTED')).status, 200);
});

test('paid while closing, and after closing', async () => {
  await order('F_RACE');
  await fault('paid_while_closing', { where: { out_trade_no: 'F_RACE' } });
  assert.equal((await close('F_RACE')).data['code'], 'ORDERPAID');
  assert.equal((await query('F_RACE')).data['trade_state'], 'SUCCESS');
  await order('F_LATE');
  await fault('paid_after_closing', { ms: 1500, where: { out_trade_no: 'F_LATE' } });
  assert.equal((await close('F_LATE')).status, 204);
  assert.equal((await query('F_LATE')).data['trade_state'], 'CLOSED');
  await s.control('wait', {});
  assert.equal((await query('F_LATE')).data['trade_state'], 'SUCCESS');
  const books = await s.control<{ payments: { out_trade_no: string; late: boolean }[] }>('books');
  assert.equal(books.payments.find((p) => p.out_trade_no === 'F_LATE')?.late, true);
});

test('forged notices: each wrong in the one way that it says', async () => {
  await order('F_FORGE');
  await s.control('pay', { out_trade_no: 'F_FORGE' });
  await s.control('wait', {});
  const keys = { [ID.public_key_id]: 'platform_pubkey.public.pem', [ID.certificate_serial]: 'platform_cert.public.pem' };
  const look = async (forge?: string): Promise<{ known: boolean; fresh: boolean; signed: boolean; plain?: Json }> => {
    await s.control('orders/F_FORGE/notice', forge ? { forge } : {});
    const got = s.received[s.received.length - 1];
    const h = (got?.headers ?? {}) as Record<string, string>;
    const name = keys[h['wechatpay-serial'] ?? ''];
    const fresh = Math.abs(Date.now() / 1000 - Number(h['wechatpay-timestamp'])) < 300;
    const key = Rsa.from(read('wechat-pay', 'keys', name ?? 'platform_pubkey.public.pem'), 'public');
    const signed = h['wechatpay-signature'] !== undefined && Rsa.verify(Formatter.response(h['wechatpay-timestamp'] ?? '', h['wechatpay-nonce'] ?? '', got?.body), h['wechatpay-signature'], key);
    const { resource: r } = JSON.parse(got?.body ?? '') as { resource: Record<string, string> };
    let plain: Json | undefined;
    try { plain = JSON.parse(AesGcm.decrypt(r['ciphertext'] ?? '', ID.api_v3_key, r['nonce'] ?? '', r['associated_data'])) as Json; } catch { plain = undefined; }
    return { known: name !== undefined, fresh, signed, ...(plain ? { plain } : {}) };
  };
  const good = await look();
  assert.ok(good.known && good.fresh && good.signed && good.plain);
  for (const how of ['bad_signature', 'probe', 'probe_undecodable', 'other_key', 'unsigned']) assert.equal((await look(how)).signed, false, how);
  assert.equal((await look('unknown_serial')).known, false);
  assert.equal((await look('stale')).fresh, false);
  for (const how of ['tampered', 'other_api_v3_key']) {
    const got = await look(how);
    assert.deepEqual([got.signed, got.plain], [true, undefined], how);
  }
  const amount = await look('wrong_amount');
  assert.ok(amount.signed);
  assert.equal((amount.plain?.['amount'] as Json)['total'], 560001);
  assert.notEqual((await look('unknown_order')).plain?.['out_trade_no'], 'F_FORGE');
});

test('notices lost, doubled, given in another order, never', async () => {
  const numbers = (from: number): unknown[] => s.received.slice(from).map((r) => {
    const { resource: x } = JSON.parse(r.body) as { resource: Record<string, string> };
    return (JSON.parse(AesGcm.decrypt(x['ciphertext'] ?? '', ID.api_v3_key, x['nonce'] ?? '', x['associated_data'])) as Json)['out_trade_no'];
  });
  for (const number of ['F_NOTE1', 'F_NOTE2', 'F_NOTE3', 'F_NOTE4']) await order(number);
  await fault('notice_lost', { times: 2, where: { out_trade_no: 'F_NOTE1' } });
  await s.control('pay', { out_trade_no: 'F_NOTE1' });
  await s.control('wait', {});
  const sends = (await s.control<{ notices: { sends: { outcome: string }[] }[] }>('notices?out_trade_no=F_NOTE1')).notices[0]?.sends;
  assert.deepEqual(sends?.map((one) => one.outcome), ['lost', 'lost', 'accepted']);
  let from = s.received.length;
  await fault('notice_reorder', { ms: 2000, where: { out_trade_no: 'F_NOTE2' } });
  await fault('notice_double', { where: { out_trade_no: 'F_NOTE3' } });
  await s.control('pay', { out_trade_no: 'F_NOTE2' });
  await s.control('pay', { out_trade_no: 'F_NOTE3' });
  await s.control('wait', {});
  assert.deepEqual(numbers(from), ['F_NOTE3', 'F_NOTE3', 'F_NOTE2']);
  from = s.received.length;
  await fault('notice_never', { where: { out_trade_no: 'F_NOTE4' } });
  await s.control('pay', { out_trade_no: 'F_NOTE4' });
  await s.control('wait', {});
  assert.equal(s.received.length, from);
  assert.equal((await query('F_NOTE4')).data['trade_state'], 'SUCCESS');
});

test('refunds: partial, never more than paid, one number once', async () => {
  await order('REFUND_1');
  assert.equal((await refund('REFUND_1', 'RF_0', 1)).data['code'], 'INVALID_REQUEST');
  await s.control('pay', { out_trade_no: 'REFUND_1' });
  const first = await refund('REFUND_1', 'RF_1', 300000);
  assert.deepEqual([first.status, first.data['status']], [200, 'PROCESSING']);
  assert.equal((await refund('REFUND_1', 'RF_1', 300000)).data['refund_id'], first.data['refund_id']);
  assert.equal((await refund('REFUND_1', 'RF_1', 300001)).data['code'], 'INVALID_REQUEST');
  assert.equal((await refund('REFUND_1', 'RF_2', 260001)).data['code'], 'INVALID_REQUEST');
  assert.equal((await refund('REFUND_1', 'RF_2', 1, { amount: { refund: 1, total: 559999, currency: 'CNY' } })).data['code'], 'INVALID_REQUEST');
  assert.equal((await refund('REFUND_1', 'RF_2', 1, { amount: { refund: 1, total: 560000 } })).data['code'], 'PARAM_ERROR');
  assert.equal((await refund('REFUND_1', 'RF_2', 260000)).status, 200);
  assert.match(String((await refund('REFUND_1', 'RF_3', 1)).data['message']), /全额退款/);
  assert.equal((await refund('NOBODY_1', 'RF_9', 1)).status, 404);
  await s.control('wait', {});
  const done = await wire(chain('v3/refund/domestic/refunds/{out_refund_no}').get({ out_refund_no: 'RF_1' }));
  assert.deepEqual([done.data['status'], (done.data['amount'] as Json)['refund']], ['SUCCESS', 300000]);
  assert.equal((await query('REFUND_1')).data['trade_state'], 'REFUND');
  const kinds = s.received.map((r) => (JSON.parse(r.body) as Json)['event_type']);
  assert.ok(kinds.includes('REFUND.SUCCESS'));
  const books = await s.control<{ refunds: Json[]; totals: Json }>('books');
  assert.equal(books.totals['refunded'], 560000);
});

test('bills: the client casts them, the hash fits the file, the columns are the reference\'s', async () => {
  const date = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10);
  const asked = await wire(chain('v3/bill/tradebill').get({ params: { bill_date: date, bill_type: 'ALL' } }));
  const url = new URL(String(asked.data['download_url']));
  const file = await (chain(url.pathname.slice(1)).get({ params: Object.fromEntries(url.searchParams), responseType: 'arraybuffer', transformResponse: [] }) as Promise<{ data: Buffer }>).catch((e: { response?: { data: Buffer } }) => {
    if (e.response) return e.response;
    throw e;
  });
  assert.equal(createHash('sha1').update(file.data).digest('hex'), asked.data['hash_value']);
  const { rows, summary } = Formatter.castCsvBill(file.data) as { rows: Json[]; summary: Json };
  const first = (data: Buffer | string): string | undefined => data.toString().split('\r\n')[0];
  assert.equal(first(file.data), first(read('wechat-pay', 'bills', 'tradebill-all.csv')));
  const { bills } = s.running.world;
  assert.equal(first(bills.trade(ID.mch_id, ID.app_id, date, 'SUCCESS') ?? ''), first(read('wechat-pay', 'bills', 'tradebill-success.csv')));
  assert.equal(first(bills.trade(ID.mch_id, ID.app_id, date, 'REFUND') ?? ''), first(read('wechat-pay', 'bills', 'tradebill-refund.csv')));
  assert.equal(first(bills.flow(ID.mch_id, ID.app_id, date) ?? ''), first(read('wechat-pay', 'bills', 'fundflow-basic.csv')));
  const books = await s.control<{ payments: { total: number }[]; refunds: { refund: number }[] }>('books');
  assert.equal(rows.length, books.payments.length + books.refunds.length);
  assert.equal(summary['总交易单数'], String(rows.length));
  const fen = (text: unknown): number => Math.round(Number(text) * 100);
  assert.equal(fen(summary['订单总金额']), books.payments.reduce((a, p) => a + p.total, 0));
  assert.equal(fen(summary['申请退款总金额']), books.refunds.reduce((a, r) => a + r.refund, 0));
  const flow = await wire(chain('v3/bill/fundflowbill').get({ params: { bill_date: date } }));
  assert.equal(flow.status, 200);
  assert.equal((await wire(chain('v3/bill/tradebill').get({ params: { bill_date: '2026-09-31' } }))).data['code'], 'PARAM_ERROR');
  await s.control(`bills/${date}`, { status: 'STATEMENT_CREATING' });
  assert.equal((await wire(chain('v3/bill/tradebill').get({ params: { bill_date: date } }))).data['code'], 'STATEMENT_CREATING');
});

test('certificates: the client opens them with the APIv3 key', async () => {
  assert.equal((await wire(chain('v3/certificates').get())).status, 404);
  await s.control('settings', { certificates_available: true });
  const { data } = await wire(chain('v3/certificates').get({ headers: { 'Wechatpay-Serial': ID.certificate_serial } }));
  const [one] = data['data'] as { serial_no: string; encrypt_certificate: Record<string, string> }[];
  const c = one?.encrypt_certificate ?? {};
  assert.equal(one?.serial_no, ID.certificate_serial);
  assert.match(AesGcm.decrypt(c['ciphertext'] ?? '', ID.api_v3_key, c['nonce'] ?? '', c['associated_data']), /BEGIN CERTIFICATE/);
});

test('chance is repeatable by its seed', async () => {
  const pattern = async (): Promise<string> => {
    await s.control('faults', undefined, 'DELETE');
    await s.control('faults/seed', { seed: 7 });
    await fault('rate_limit', { times: 0, chance: 0.5, where: { operation: 'query' } });
    let out = '';
    for (let i = 0; i < 12; i += 1) out += (await query('REFUND_1')).status === 429 ? 'x' : '.';
    await s.control('faults', undefined, 'DELETE');
    return out;
  };
  const first = await pattern();
  assert.equal(await pattern(), first);
  assert.match(first, /x/);
  assert.match(first, /\./);
});

test('state survives a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wxsim-'));
  const one = await stage({ state_dir: folder });
  const body = { ...orderBody(one, 'KEEP_1') };
  const got = await wire((one.pay as unknown as { chain: (p: string) => { post: (b: object) => Promise<unknown> } }).chain('v3/pay/transactions/jsapi').post(body));
  await one.control('pay', { prepay_id: got.data['prepay_id'], notice: false });
  await one.close();
  const two = await stage({ state_dir: folder });
  const kept = await two.control<Json>('orders/KEEP_1');
  assert.equal(kept['state'], 'SUCCESS');
  await two.close();
  rmSync(folder, { recursive: true });
});
