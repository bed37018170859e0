// The daily bills, byte for byte in WeChat's format: BOM, CRLF, backticks, totals. And the surprises put into them.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beijingDate, billTime } from '../kit/beijing.js';
import type { Order, Orders } from './orders.js';
import type { Refund, Refunds } from './refunds.js';

export type BillType = 'ALL' | 'SUCCESS' | 'REFUND';

export interface AddedRow {
  out_trade_no: string;
  transaction_id: string;
  total: number;
  openid: string;
  at: number;
}

/** A movement of the account that is neither a payment nor a refund: a withdrawal (negative), a top-up. */
export interface AddedMovement {
  number: string;
  at: number;
  fen: number;
  name: string;
}

/** Rightly hashed, wrongly made; `hash`: the other way round. */
export type Spoilt = 'hash' | 'totals' | 'cut' | 'other_merchant' | 'shuffled';

export interface Surprise {
  drop?: string[];
  alter?: Record<string, { total?: number; fee_fine?: number; state?: string }>;
  add?: AddedRow[];
  twice?: string[];
  drop_refunds?: string[];
  alter_refunds?: Record<string, { amount: number }>;
  flow_drop?: string[];
  flow_add?: AddedMovement[];
  spoil?: { trade?: Spoilt; flow?: Spoilt };
  status?: 'NO_STATEMENT_EXIST' | 'STATEMENT_CREATING';
}

interface Movement {
  at: number;
  row: Record<string, string>;
  refund: boolean;
  total: number;
  back: number;
  fee: number;
  /** What the trade bill prints, in 1/100000 yuan. */
  feeFine: number;
}

const HEAD = '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额';
const REFUND_PART = '微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态';
const COLUMNS: Record<BillType, string> = {
  ALL: `${HEAD},${REFUND_PART},商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注`,
  SUCCESS: `${HEAD},商品名称,商户数据包,手续费,费率,订单金额,费率备注`,
  REFUND: `${HEAD},退款申请时间,退款成功时间,${REFUND_PART},商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注`,
};
const TOTALS = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const SUCCESS_TOTALS = '总交易单数,应结订单总金额,手续费总金额,订单总金额';
const FLOW = '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号';
const FLOW_TOTALS = '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额';

const yuan = (fen: number): string => (fen / 100).toFixed(2);
const FINE = 1000;
const feeText = (fine: number): string => `${fine < 0 ? '-' : ''}${Math.floor(Math.abs(fine) / 100000)}.${String(Math.abs(fine) % 100000).padStart(5, '0')}`;
/** Backticks and line breaks in a cell would break the file. */
const cell = (text: string): string => text.replace(/[`\r\n]/g, ' ');
const line = (cells: string[]): string => cells.map((c) => `\`${cell(c)}`).join(',');
const file = (lines: string[]): Buffer => Buffer.from(`\ufeff${lines.join('\r\n')}\r\n`);

export class Bills {
  readonly surprises = new Map<string, Surprise>();

  constructor(private readonly orders: Orders, private readonly refunds: Refunds, private readonly feeRate: () => number) {}

  private fee(fen: number): number {
    return Math.round((fen * this.feeRate()) / 10000);
  }

  private payment(order: Order): Movement {
    const change = this.surprises.get(beijingDate(order.paid_at))?.alter?.[order.out_trade_no];
    const total = change?.total ?? order.total;
    const fee = this.fee(total);
    const feeFine = change?.fee_fine ?? fee * FINE;
    return {
      at: order.paid_at, refund: false, total, back: 0, fee, feeFine,
      row: {
        ...this.common(order), 交易时间: billTime(order.paid_at), 交易状态: change?.state ?? 'SUCCESS', 应结订单金额: yuan(total), 代金券金额: yuan(order.coupon),
        微信退款单号: '0', 商户退款单号: '0', 退款金额: '0.00', 充值券退款金额: '0.00', 退款类型: '', 退款状态: '',
        手续费: feeText(feeFine), 订单金额: yuan(total), 申请退款金额: '0.00',
      },
    };
  }

  private common(order: Order): Record<string, string> {
    return {
      公众账号ID: order.appid, 商户号: order.mch_id, 特约商户号: '0', 设备号: order.device_id, 微信订单号: order.transaction_id,
      商户订单号: order.out_trade_no, 用户标识: order.openid, 交易类型: order.trade_type, 付款银行: order.bank_type, 货币种类: 'CNY',
      商品名称: order.description, 商户数据包: order.attach, 费率: `${(this.feeRate() / 100).toFixed(2)}%`, 费率备注: '',
    };
  }

  private back(refund: Refund, order: Order, type: BillType): Movement {
    const change = this.surprises.get(beijingDate(refund.created_at))?.alter_refunds?.[refund.out_refund_no];
    const amount = change?.amount ?? refund.amount;
    const fee = -this.fee(amount);
    const feeFine = fee * FINE;
    return {
      at: refund.created_at, refund: true, total: 0, back: amount, fee, feeFine,
      row: {
        ...this.common(order), 交易时间: billTime(type === 'REFUND' ? order.paid_at : refund.created_at), 交易状态: 'REFUND',
        应结订单金额: '0.00', 代金券金额: '0.00', 退款申请时间: billTime(refund.created_at),
        退款成功时间: refund.success_at ? billTime(refund.success_at) : '', 微信退款单号: refund.refund_id, 商户退款单号: refund.out_refund_no,
        退款金额: yuan(amount), 充值券退款金额: '0.00', 退款类型: 'ORIGINAL', 退款状态: refund.status,
        手续费: feeText(feeFine), 订单金额: '0.00', 申请退款金额: yuan(amount),
      },
    };
  }

  private added(row: AddedRow, mchId: string, appId: string): Movement {
    const order = {
      appid: appId, mch_id: mchId, device_id: '', transaction_id: row.transaction_id, out_trade_no: row.out_trade_no, openid: row.openid,
      trade_type: 'JSAPI', bank_type: 'OTHERS', description: '缴费', attach: '', paid_at: row.at, coupon: 0, total: row.total,
    } as Order;
    return this.payment(order);
  }

  private movements(mchId: string, appId: string, type: BillType, wanted: (at: number) => boolean, surprise?: Surprise): Movement[] {
    const found: Movement[] = [];
    for (const order of this.orders.all()) {
      if (order.mch_id !== mchId || order.paid_at === 0) continue;
      const dropped = surprise?.drop?.includes(order.out_trade_no);
      if (type !== 'REFUND' && wanted(order.paid_at) && !dropped) {
        found.push(this.payment(order));
        if (surprise?.twice?.includes(order.out_trade_no)) found.push(this.payment(order));
      }
      if (type === 'SUCCESS') continue;
      for (const refund of this.refunds.of(order)) {
        if (wanted(refund.created_at) && !surprise?.drop_refunds?.includes(refund.out_refund_no)) found.push(this.back(refund, order, type));
      }
    }
    for (const row of (type === 'REFUND' ? [] : surprise?.add) ?? []) found.push(this.added(row, mchId, appId));
    return found;
  }

  /** Undefined when nothing happened that day. */
  trade(mchId: string, appId: string, date: string, type: BillType): Buffer | undefined {
    const rows = this.movements(mchId, appId, type, (at) => beijingDate(at) === date, this.surprises.get(date));
    if (rows.length === 0) return undefined;
    const columns = COLUMNS[type].split(',');
    const sum = (pick: (m: Movement) => number): number => rows.reduce((total, m) => total + pick(m), 0);
    const paid = yuan(sum((m) => m.total));
    const back = yuan(sum((m) => m.back));
    const fees = feeText(sum((m) => m.feeFine));
    const totals = type === 'SUCCESS' ? [String(rows.length), paid, fees, paid] : [String(rows.length), paid, back, '0.00', fees, paid, back];
    const spoilt = this.surprises.get(date)?.spoil?.trade;
    if (spoilt === 'other_merchant') for (const m of rows) m.row['商户号'] = '1900000999';
    const lines = [
      COLUMNS[type], ...rows.map((m) => line(columns.map((name) => m.row[name] ?? ''))),
      type === 'SUCCESS' ? SUCCESS_TOTALS : TOTALS, line(totals),
    ];
    return file(spoil(lines, spoilt));
  }

  /** Every movement on the account; the balance runs from the first day of all. */
  flow(mchId: string, appId: string, date: string): Buffer | undefined {
    const surprise = this.surprises.get(date);
    const dropped = (voucher: string): boolean => surprise?.flow_drop?.includes(voucher) ?? false;
    const steps = this.movements(mchId, appId, 'ALL', (at) => beijingDate(at) <= date, surprise)
      .flatMap((move) => flowSteps(move).map((step) => ({ at: move.at, number: move.row['微信订单号'] ?? '', ...step })))
      .filter((step) => !dropped(step.voucher));
    for (const [day, { flow_add: added }] of this.surprises) {
      if (day > date) continue;
      for (const { number, at, fen, name } of added ?? []) steps.push({ at, number, fen, business: number, name, remark: '', voucher: number });
    }
    steps.sort((a, b) => a.at - b.at);
    let balance = 0;
    const lines: string[] = [];
    const count = { income: 0, incomeFen: 0, expense: 0, expenseFen: 0 };
    for (const step of steps) {
      balance += step.fen;
      if (beijingDate(step.at) !== date) continue;
      if (step.fen > 0) { count.income += 1; count.incomeFen += step.fen; } else { count.expense += 1; count.expenseFen -= step.fen; }
      lines.push(line([
        billTime(step.at), step.business, step.number, step.name, step.name, step.fen > 0 ? '收入' : '支出', yuan(Math.abs(step.fen)),
        yuan(balance), 'system', step.remark, step.voucher,
      ]));
    }
    if (lines.length === 0) return undefined;
    const loose = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));
    const totals = [lines.length, count.income, count.incomeFen / 100, count.expense, count.expenseFen / 100].map(loose);
    return file(spoil([FLOW, ...lines, FLOW_TOTALS, line(totals)], surprise?.spoil?.flow));
  }
}

function spoil(lines: string[], how: Spoilt | undefined): string[] {
  const out = [...lines];
  if (how === 'totals') out[out.length - 1] = (out.at(-1) ?? '').replace(/^`\d+(\.\d+)?/, '`999');
  if (how === 'cut') out.pop();
  // Away from both ends: the first and the last balance stay where they were.
  if (how === 'shuffled') out.splice(1, out.length - 3, ...out.slice(2, out.length - 2), out[1] ?? '');
  return out;
}

interface Step {
  fen: number;
  business: string;
  name: string;
  remark: string;
  voucher: string;
}

function flowSteps(move: Movement): Step[] {
  const { row } = move;
  if (move.refund) {
    const kept = -move.fee;
    return [{
      fen: -(move.back - kept), business: row['微信退款单号'] ?? '', name: '退款', voucher: row['商户退款单号'] ?? '',
      remark: `退款总金额${yuan(move.back)}元;含手续费${yuan(kept)}元`,
    }];
  }
  const voucher = row['商户订单号'] ?? '';
  const business = row['微信订单号'] ?? '';
  const income = { fen: move.total, business, name: '交易', voucher, remark: `结算总金额 ${yuan(move.total)} 元;含手续费 ${yuan(move.fee)} 元` };
  return move.fee === 0 ? [income] : [income, { fen: -move.fee, business, name: '扣除交易手续费', voucher, remark: '' }];
}

export interface Statement {
  plain: Buffer;
  sha1: string;
  bytes: Buffer;
}

export function statement(plain: Buffer, gzip: boolean, wrongHash = false): Statement {
  const hashed = wrongHash ? Buffer.concat([plain, Buffer.from(' ')]) : plain;
  return { plain, sha1: createHash('sha1').update(hashed).digest('hex'), bytes: gzip ? gzipSync(plain) : plain };
}
