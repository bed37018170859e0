// Where money moves: the user pays, a refund is settled, and the notices and chat messages that follow.
import type { Merchant } from '../config.js';
import type { Clock, Timers } from '../kit/clock.js';
import { HttpProblem } from '../kit/http.js';
import type { People } from '../people.js';
import type { Settings } from '../settings.js';
import type { Notice, Notices } from './notices.js';
import type { Order, Orders, Refusal } from './orders.js';
import type { Refund, Refunds, RefundStatus } from './refunds.js';
import { paidView, refundNoticeView } from './views.js';

export interface PayInput {
  ticket?: string | undefined;
  openid?: string | undefined;
  coupon?: number | undefined;
  bank_type?: string | undefined;
  notice?: boolean | undefined;
  force?: boolean | undefined;
  /** The payment is as old as that, for bills of past days. */
  paid_at?: number | undefined;
}

export const REFUSALS: Record<Refusal, string> = {
  closed: '订单已关闭，请重新下单',
  expired: '订单已过期，请重新下单',
  prepay_expired: '支付会话已失效，请重新发起支付',
  code_replaced: '二维码已失效，请刷新后重新扫描',
  paid: '该订单已支付，请勿重复支付',
  other_payer: '商家订单信息有误，请重新下单支付',
};

const yuan = (fen: number): string => (fen / 100).toFixed(2);

export class Cashier {
  constructor(
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly settings: () => Settings,
    private readonly people: People,
    private readonly orders: Orders,
    private readonly refunds: Refunds,
    private readonly notices: Notices,
    private readonly merchant: (mchId: string) => Merchant,
  ) {}

  pay(order: Order, input: PayInput): Order {
    const openid = input.openid ?? (order.openid || this.people.first().openid);
    this.people.get(openid);
    const refusal = this.orders.refusal(order, input.ticket, openid);
    if (refusal && !(input.force && ['closed', 'expired', 'prepay_expired', 'code_replaced'].includes(refusal))) {
      this.orders.tell(order, 'payment_refused', { reason: refusal });
      throw new HttpProblem(409, REFUSALS[refusal], { reason: refusal });
    }
    const coupon = input.coupon ?? 0;
    if (!Number.isSafeInteger(coupon) || coupon < 0 || coupon > order.total) throw new HttpProblem(400, 'coupon must be 0 to total');
    this.orders.markPaid(order, openid, coupon, input.bank_type ?? 'OTHERS');
    if (input.paid_at !== undefined) order.paid_at = Math.floor(input.paid_at / 1000) * 1000;
    if (input.notice !== false) this.announce(order);
    this.receipt(order);
    return order;
  }

  announce(order: Order): Notice {
    return this.notices.post({
      kind: 'payment', mch_id: order.mch_id, out_trade_no: order.out_trade_no, openid: order.openid, url: order.notify_url,
      event_type: 'TRANSACTION.SUCCESS', summary: '支付成功', plain: paidView(order),
    });
  }

  fail(order: Order, reason: string): void {
    order.attempts += 1;
    this.orders.tell(order, 'payment_failed', { reason });
  }

  private receipt(order: Order): void {
    const user = this.people.find(order.openid);
    if (!user) return;
    this.people.say(user, {
      from: 'wechat_pay', kind: 'receipt',
      data: {
        title: '付款凭证', merchant: this.merchant(order.mch_id).name, amount: yuan(order.total - order.coupon), total: yuan(order.total),
        coupon: order.coupon ? yuan(order.coupon) : '', description: order.description, method: order.bank_type === 'OTHERS' ? '零钱' : '银行卡',
        transaction_id: order.transaction_id, out_trade_no: order.out_trade_no, at: order.paid_at,
      },
    });
  }

  /** An accepted refund becomes final after a while, as the settings say. */
  later(refund: Refund): void {
    const { refund_result: result, refund_delay_ms: delay } = this.settings();
    if (result === 'PROCESSING') return;
    this.timers.after(delay, () => this.settle(refund, result));
  }

  settle(refund: Refund, status: RefundStatus): boolean {
    if (!this.refunds.settle(refund, status)) return false;
    const order = this.orders.find(refund.mch_id, refund.out_trade_no);
    if (!order) return true;
    if (refund.notify_url !== '') {
      this.notices.post({
        kind: 'refund', mch_id: refund.mch_id, out_trade_no: refund.out_trade_no, out_refund_no: refund.out_refund_no, openid: order.openid,
        url: refund.notify_url, event_type: `REFUND.${status}`, summary: `退款${{ SUCCESS: '成功', CLOSED: '关闭', ABNORMAL: '异常' }[status as 'SUCCESS']}`,
        plain: refundNoticeView(refund, order),
      });
    }
    const user = this.people.find(order.openid);
    if (user && status === 'SUCCESS') {
      this.people.say(user, {
        from: 'wechat_pay', kind: 'refund',
        data: {
          title: '退款到账通知', merchant: this.merchant(order.mch_id).name, amount: yuan(refund.amount), description: refund.reason || order.description,
          method: '零钱', out_trade_no: order.out_trade_no, transaction_id: order.transaction_id, at: refund.success_at,
        },
      });
    }
    return true;
  }

  now(): number {
    return this.clock.now();
  }
}
