// The calls of WeChat Pay that we play: what each one does once the request is known to be genuine.
import plugin from 'wechatpay-axios-plugin';
import type { Config, Merchant } from '../config.js';
import { msOf, type Faults } from '../faults.js';
import { beijingDate, beijingHour, dayStart, rfc3339 } from '../kit/beijing.js';
import type { Clock, Timers } from '../kit/clock.js';
import type { Req } from '../kit/http.js';
import { base62 } from '../kit/ids.js';
import type { People } from '../people.js';
import type { Settings } from '../settings.js';
import { statement, type Bills, type BillType } from './bills.js';
import { CLOSE, JSAPI, NATIVE, REFUND } from './bodies.js';
import type { Cashier } from './cashier.js';
import { paramError, PayError } from './error.js';
import { check, parseBody } from './fields.js';
import type { Order, Orders, TradeType } from './orders.js';
import type { Refunds } from './refunds.js';
import { queryView, refundView } from './views.js';

const { Aes: { AesGcm } } = plugin;

export interface Result {
  status: number;
  body: string;
  /** Bill files carry no signature and no JSON. */
  file?: Buffer;
}

export interface PayTools {
  config: Config;
  clock: Clock;
  timers: Timers;
  settings: () => Settings;
  faults: Faults;
  people: People;
  orders: Orders;
  refunds: Refunds;
  cashier: Cashier;
  bills: Bills;
  /** How the caller reached us: download addresses name the same host. */
  origin: () => string;
}

export type PayCall = (req: Req, merchant: Merchant) => Result;

const DAY = 24 * 3600 * 1000;
const DOWNLOAD_LIFE = 5 * 60 * 1000;
const ok = (value: unknown): Result => ({ status: 200, body: JSON.stringify(value) });

interface Download {
  mchId: string;
  bytes: Buffer;
  at: number;
}

export class PayApi {
  private downloads = new Map<string, Download>();

  constructor(private readonly tools: PayTools) {}

  order(trade: TradeType): PayCall {
    return (req, merchant) => {
      const body = parseBody(req.body);
      check(trade === 'JSAPI' ? JSAPI : NATIVE, body);
      this.checkOrder(body, merchant);
      const ticket = this.tools.orders.place(merchant, trade, body);
      return ok(trade === 'JSAPI' ? { prepay_id: ticket } : { code_url: ticket });
    };
  }

  private checkOrder(body: Record<string, unknown>, merchant: Merchant): void {
    if (body['mchid'] !== merchant.mch_id) throw paramError('mchid不匹配', { field: '/mchid', value: '', issue: '与签名的商户号不一致', location: 'body' });
    if (body['appid'] !== this.tools.config.account.app_id) throw new PayError(400, 'APPID_MCHID_NOT_MATCH', 'appid和mch_id不匹配', 268445527);
    const payer = body['payer'] as { openid: string } | undefined;
    if (payer && !this.tools.people.find(payer.openid)) throw paramError('无效的openid', { field: '/payer/openid', value: '', issue: '无效的openid', location: 'body' }, 268501013);
    const settle = body['settle_info'] as { profit_sharing?: boolean } | undefined;
    if (settle?.profit_sharing) throw new PayError(403, 'NO_AUTH', '商户号未开通分账权限');
    if (body['support_fapiao'] === true) throw new PayError(403, 'NO_AUTH', '商户号未开通电子发票权限');
    const goods = (body['detail'] as { goods_detail?: unknown } | undefined)?.goods_detail;
    if (goods && Buffer.byteLength(JSON.stringify(goods)) > 6144) throw paramError('商品列表长度超过6144字节');
  }

  private shown(order: Order): Order['state'] {
    this.tools.orders.ageOut(order);
    const expired = order.state === 'NOTPAY' && this.tools.clock.now() >= order.expires_at;
    return expired ? this.tools.settings().expired_query_state : order.state;
  }

  private checkMchQuery(req: Req, merchant: Merchant): void {
    const names = [...req.query.keys()];
    if (names.length !== 1 || names[0] !== 'mchid') throw paramError('查询参数只能为mchid', { field: 'mchid', value: '', issue: '必填项校验失败', location: 'query' });
    if (req.query.get('mchid') !== merchant.mch_id) throw paramError('mchid不匹配', { field: 'mchid', value: '', issue: '与签名的商户号不一致', location: 'query' });
  }

  readonly queryByNumber: PayCall = (req, merchant) => {
    this.checkMchQuery(req, merchant);
    const order = this.tools.orders.find(merchant.mch_id, req.params['out_trade_no'] ?? '');
    if (!order) throw new PayError(404, 'ORDER_NOT_EXIST', '订单不存在', 268512771);
    const wrong = this.tools.faults.take(['wrong_order'], { operation: 'query_no', out_trade_no: order.out_trade_no, mch_id: merchant.mch_id, path: req.path });
    const view = queryView(order, this.shown(order));
    const other = `${order.out_trade_no.slice(0, -1)}${order.out_trade_no.endsWith('X') ? 'Y' : 'X'}`;
    return ok(wrong ? { ...view, out_trade_no: other } : view);
  };

  readonly queryById: PayCall = (req, merchant) => {
    this.checkMchQuery(req, merchant);
    const order = this.tools.orders.ofTransaction(merchant.mch_id, req.params['id'] ?? '');
    if (!order) throw new PayError(404, 'ORDER_NOT_EXIST', '订单不存在', 268512771);
    return ok(queryView(order, this.shown(order)));
  };

  readonly close: PayCall = (req, merchant) => {
    const body = parseBody(req.body);
    check(CLOSE, body);
    if (body['mchid'] !== merchant.mch_id) throw paramError('mchid不匹配', { field: '/mchid', value: '', issue: '与签名的商户号不一致', location: 'body' });
    const number = req.params['out_trade_no'] ?? '';
    const { orders, faults, cashier, timers } = this.tools;
    const scene = { operation: 'close', out_trade_no: number, mch_id: merchant.mch_id, path: req.path };
    const order = orders.find(merchant.mch_id, number);
    if (order && faults.take(['paid_while_closing'], scene) && orders.refusal(order, undefined, order.openid || this.tools.people.first().openid) === undefined) {
      cashier.pay(order, {});
    }
    const closed = orders.close(merchant.mch_id, number);
    const late = closed && faults.take(['paid_after_closing'], scene);
    if (closed && late) timers.after(msOf(late, 500), () => { if (closed.state === 'CLOSED') cashier.pay(closed, { force: true }); }, false);
    return { status: 204, body: '' };
  };

  readonly refund: PayCall = (req, merchant) => {
    const body = parseBody(req.body);
    check(REFUND, body);
    const { refunds, cashier, settings } = this.tools;
    const { refund, order, fresh } = refunds.apply(merchant.mch_id, body, settings().refund_spacing_check);
    if (fresh) cashier.later(refund);
    return ok(refundView(refund, order));
  };

  readonly refundQuery: PayCall = (req, merchant) => {
    if (req.rawUrl.includes('?')) throw paramError('查询参数有误', { field: '', value: '', issue: '不允许携带查询串', location: 'query' });
    const refund = this.tools.refunds.find(merchant.mch_id, req.params['out_refund_no'] ?? '');
    const order = refund && this.tools.orders.find(merchant.mch_id, refund.out_trade_no);
    if (!refund || !order) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '退款单不存在', 268512771);
    return ok(refundView(refund, order));
  };

  bill(kind: 'trade' | 'flow'): PayCall {
    return (req, merchant) => {
      const allowed = kind === 'trade' ? ['bill_date', 'bill_type', 'tar_type'] : ['bill_date', 'account_type', 'tar_type'];
      for (const name of req.query.keys()) if (!allowed.includes(name)) throw paramError(`参数中含有非法的额外参数${name}`, { field: name, value: '', issue: '额外参数', location: 'query' }, 270924358);
      const date = this.billDate(req.query.get('bill_date'));
      const tar = req.query.get('tar_type');
      if (tar !== null && tar !== 'GZIP') throw paramError('tar_type只能为GZIP');
      const plain = kind === 'trade' ? this.tradeBill(req, merchant, date) : this.flowBill(req, merchant, date);
      if (!plain) throw new PayError(400, 'NO_STATEMENT_EXIST', '账单文件不存在');
      const { bytes, sha1 } = statement(plain, tar === 'GZIP', this.tools.bills.surprises.get(date)?.spoil?.[kind] === 'hash');
      const token = base62(64);
      this.downloads.set(token, { mchId: merchant.mch_id, bytes, at: this.tools.clock.now() });
      const url = `${this.tools.origin()}/v3/billdownload/file?token=${token}${tar ? '&tartype=gzip' : ''}`;
      return ok({ hash_type: 'SHA1', hash_value: sha1, download_url: url });
    };
  }

  private billDate(date: string | null): string {
    const start = date === null ? undefined : dayStart(date);
    if (date === null || start === undefined) throw paramError('bill_date格式不正确', { field: 'bill_date', value: date ?? '', issue: 'yyyy-MM-dd', location: 'query' });
    const now = this.tools.clock.now();
    const status = this.tools.bills.surprises.get(date)?.status;
    if (status) throw new PayError(400, status, status === 'STATEMENT_CREATING' ? '账单生成中' : '账单文件不存在');
    if (start > now) throw new PayError(400, 'INVALID_REQUEST', '账单日期不能晚于今天');
    if (start < now - 92 * DAY) throw new PayError(400, 'INVALID_REQUEST', '仅支持三个月内的账单下载申请');
    if (this.tools.settings().bills_any_day) return date;
    if (date === beijingDate(now)) throw new PayError(400, 'INVALID_REQUEST', '账单日期只能为昨天或更早');
    if (date === beijingDate(now - DAY) && beijingHour(now) < 9) throw new PayError(400, 'NO_STATEMENT_EXIST', '账单文件不存在');
    if (date === beijingDate(now - DAY) && beijingHour(now) < 10) throw new PayError(400, 'STATEMENT_CREATING', '账单生成中');
    return date;
  }

  private tradeBill(req: Req, merchant: Merchant, date: string): Buffer | undefined {
    const type = req.query.get('bill_type') ?? 'ALL';
    if (!['ALL', 'SUCCESS', 'REFUND'].includes(type)) throw paramError('bill_type不正确');
    return this.tools.bills.trade(merchant.mch_id, this.tools.config.account.app_id, date, type as BillType);
  }

  private flowBill(req: Req, merchant: Merchant, date: string): Buffer | undefined {
    const account = req.query.get('account_type') ?? 'BASIC';
    if (!['BASIC', 'OPERATION', 'FEES'].includes(account)) throw paramError('account_type不正确');
    return account === 'BASIC' ? this.tools.bills.flow(merchant.mch_id, this.tools.config.account.app_id, date) : undefined;
  }

  readonly download: PayCall = (req, merchant) => {
    const found = this.downloads.get(req.query.get('token') ?? '');
    if (!found || this.tools.clock.now() - found.at > DOWNLOAD_LIFE) throw new PayError(400, 'INVALID_REQUEST', '下载链接已失效，请重新申请');
    if (found.mchId !== merchant.mch_id) throw new PayError(403, 'NO_AUTH', '商户号无权下载该账单');
    return { status: 200, body: '', file: found.bytes };
  };

  readonly certificates: PayCall = (req, merchant) => {
    const type = req.query.get('algorithm_type');
    if (type !== null && !['RSA', 'SM2', 'ALL'].includes(type)) throw paramError('algorithm_type不正确');
    const cert = merchant.by_certificate;
    if (!cert || !this.tools.settings().certificates_available) {
      throw new PayError(404, 'RESOURCE_NOT_EXISTS', '无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥');
    }
    const nonce = base62(12);
    return ok({
      data: [{
        serial_no: cert.serial, effective_time: rfc3339(cert.from), expire_time: rfc3339(cert.until),
        encrypt_certificate: {
          algorithm: 'AEAD_AES_256_GCM', nonce, associated_data: 'certificate',
          ciphertext: AesGcm.encrypt(cert.pem, merchant.api_v3_key, nonce, 'certificate'),
        },
      }],
    });
  };

  clear(): void {
    this.downloads.clear();
  }
}
