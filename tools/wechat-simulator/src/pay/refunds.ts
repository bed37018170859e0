// Refunds: accepted first, settled later; never more than was paid, and one number moves money once.
import { compactDate } from '../kit/beijing.js';
import { digits } from '../kit/ids.js';
import type { Clock } from '../kit/clock.js';
import { invalidRequest, paramError, PayError } from './error.js';
import { canonical } from './fields.js';
import type { Order, Orders } from './orders.js';

export type RefundStatus = 'PROCESSING' | 'SUCCESS' | 'CLOSED' | 'ABNORMAL';

export interface Refund {
  mch_id: string;
  out_trade_no: string;
  out_refund_no: string;
  refund_id: string;
  amount: number;
  reason: string;
  notify_url: string;
  status: RefundStatus;
  created_at: number;
  success_at: number;
  by: 'api' | 'console';
  request: string;
}

interface RefundBody {
  transaction_id?: string;
  out_trade_no?: string;
  out_refund_no: string;
  reason?: string;
  notify_url?: string;
  amount: { refund: number; total: number; from?: { amount: number }[] };
}

const YEAR = 365 * 24 * 3600 * 1000;
const PARTS = 50;
const SPACING = 60_000;

export class Refunds {
  private byNumber = new Map<string, Refund>();
  private byOrder = new Map<string, Refund[]>();

  constructor(private readonly clock: Clock, private readonly orders: Orders) {}

  find(mchId: string, number: string): Refund | undefined {
    return this.byNumber.get(`${mchId}/${number}`);
  }

  of(order: Order): Refund[] {
    return this.byOrder.get(`${order.mch_id}/${order.out_trade_no}`) ?? [];
  }

  all(): Refund[] {
    return [...this.byNumber.values()];
  }

  /** Taken or still on the way; a closed refund gave its amount free again. */
  reserved(order: Order): number {
    return this.of(order).filter((r) => r.status !== 'CLOSED').reduce((sum, r) => sum + r.amount, 0);
  }

  apply(mchId: string, raw: Record<string, unknown>, spacing: boolean): { refund: Refund; order: Order; fresh: boolean } {
    const body = raw as unknown as RefundBody;
    if (!body.transaction_id && !body.out_trade_no) throw paramError('transaction_id和out_trade_no必须二选一');
    const order = body.transaction_id ? this.orders.ofTransaction(mchId, body.transaction_id) : this.orders.find(mchId, body.out_trade_no ?? '');
    if (!order) throw new PayError(404, 'RESOURCE_NOT_EXISTS', '订单不存在', 268512771);
    const known = this.find(mchId, body.out_refund_no);
    if (known) {
      // notify_url and reason are no money: only the order and the amounts have to be the same.
      const same = known.out_trade_no === order.out_trade_no && known.request === canonical({ amount: body.amount });
      if (!same) throw invalidRequest('订单金额或退款金额与之前请求不一致，请核实后再试');
      return { refund: known, order, fresh: false };
    }
    this.checkNew(order, body, spacing);
    const refund = this.add(order, {
      out_refund_no: body.out_refund_no, amount: body.amount.refund, reason: body.reason ?? '', notify_url: body.notify_url ?? '',
      by: 'api', request: canonical({ amount: body.amount }),
    });
    return { refund, order, fresh: true };
  }

  private checkNew(order: Order, body: RefundBody, spacing: boolean): void {
    if (order.state !== 'SUCCESS' && order.state !== 'REFUND') throw invalidRequest('订单未支付，不允许退款');
    if (body.amount.total !== order.total) throw invalidRequest('订单金额或退款金额与之前请求不一致，请核实后再试');
    const from = body.amount.from?.reduce((sum, part) => sum + part.amount, 0);
    if (from !== undefined && from !== body.amount.refund) throw paramError('退款出资金额之和与退款金额不一致');
    this.checkRoom(order, body.amount.refund);
    if (this.clock.now() - order.paid_at > YEAR) throw invalidRequest('订单已经超过可退款的最大期限(支付完成后一年内可退款)');
    const live = this.of(order).filter((r) => r.by === 'api');
    if (live.length >= PARTS) throw invalidRequest('单笔订单最多可退款50次');
    const last = Math.max(0, ...live.map((r) => r.created_at));
    if (spacing && this.clock.now() - last < SPACING) throw new PayError(429, 'FREQUENCY_LIMITED', '频率超限', 268447840);
  }

  private checkRoom(order: Order, amount: number): void {
    const left = order.total - this.reserved(order);
    if (left === 0) throw invalidRequest('订单已全额退款');
    if (amount > left) throw invalidRequest('申请退款金额超过可退金额');
  }

  /** By hand in the merchant console: no number of the merchant's. */
  byConsole(order: Order, amount: number, reason: string): Refund {
    if (order.state !== 'SUCCESS' && order.state !== 'REFUND') throw invalidRequest('订单未支付，不允许退款');
    this.checkRoom(order, amount);
    return this.add(order, { out_refund_no: `BD${compactDate(this.clock.now())}${digits(18)}`, amount, reason, notify_url: '', by: 'console', request: '' });
  }

  private add(order: Order, part: Pick<Refund, 'out_refund_no' | 'amount' | 'reason' | 'notify_url' | 'by' | 'request'>): Refund {
    const now = this.clock.now();
    const refund: Refund = {
      mch_id: order.mch_id, out_trade_no: order.out_trade_no, refund_id: `503000${digits(4)}${compactDate(now)}${digits(11)}`,
      status: 'PROCESSING', created_at: now, success_at: 0, ...part,
    };
    this.keep(refund);
    order.state = 'REFUND';
    this.orders.tell(order, 'refund_accepted', { out_refund_no: refund.out_refund_no, amount: refund.amount, by: refund.by });
    return refund;
  }

  private keep(refund: Refund): void {
    this.byNumber.set(`${refund.mch_id}/${refund.out_refund_no}`, refund);
    const key = `${refund.mch_id}/${refund.out_trade_no}`;
    this.byOrder.set(key, [...(this.byOrder.get(key) ?? []), refund]);
  }

  /** True when the status changed: SUCCESS and CLOSED are final, ABNORMAL may still succeed. */
  settle(refund: Refund, status: RefundStatus): boolean {
    if (refund.status === 'SUCCESS' || refund.status === 'CLOSED' || refund.status === status) return false;
    refund.status = status;
    if (status === 'SUCCESS') refund.success_at = Math.floor(this.clock.now() / 1000) * 1000;
    const order = this.orders.find(refund.mch_id, refund.out_trade_no);
    if (order) this.orders.tell(order, 'refund_settled', { out_refund_no: refund.out_refund_no, status });
    return true;
  }

  clear(): void {
    this.byNumber.clear();
    this.byOrder.clear();
  }

  dump(): unknown {
    return this.all();
  }

  load(raw: unknown): void {
    this.clear();
    for (const refund of raw as Refund[]) this.keep(refund);
  }
}
