// How an order and a refund look on the wire: the shapes that were seen in real answers.
import { rfc3339 } from '../kit/beijing.js';
import type { Order } from './orders.js';
import type { Refund } from './refunds.js';

const DESCRIPTION = { SUCCESS: '支付成功', REFUND: '订单发生过退款，退款详情请查询退款单', NOTPAY: '订单未支付', CLOSED: '订单已关闭' };

function coupons(order: Order): object[] {
  if (order.coupon === 0) return [];
  return [{
    coupon_id: '109519', name: '立减优惠', scope: 'GLOBAL', type: 'CASH', amount: order.coupon, stock_id: '931386',
    wechatpay_contribute: order.coupon, merchant_contribute: 0, other_contribute: 0, currency: 'CNY',
  }];
}

export function paidView(order: Order, state: 'SUCCESS' | 'REFUND' = 'SUCCESS'): Record<string, unknown> {
  return {
    mchid: order.mch_id,
    appid: order.appid,
    out_trade_no: order.out_trade_no,
    transaction_id: order.transaction_id,
    trade_type: order.trade_type,
    trade_state: state,
    trade_state_desc: DESCRIPTION[state],
    bank_type: order.bank_type,
    attach: order.attach,
    success_time: rfc3339(order.paid_at),
    payer: { openid: order.openid },
    amount: { total: order.total, payer_total: order.total - order.coupon, currency: 'CNY', payer_currency: 'CNY' },
    scene_info: { device_id: order.device_id },
    promotion_detail: coupons(order),
  };
}

export function queryView(order: Order, shown: Order['state']): Record<string, unknown> {
  if (shown === 'SUCCESS' || shown === 'REFUND') return paidView(order, shown);
  const common = { appid: order.appid, mchid: order.mch_id, out_trade_no: order.out_trade_no, promotion_detail: [] };
  if (shown === 'CLOSED') return { ...common, attach: '', payer: {}, trade_state: 'CLOSED', trade_state_desc: DESCRIPTION.CLOSED };
  return {
    amount: { payer_currency: 'CNY', total: order.total }, ...common, scene_info: { device_id: order.device_id },
    trade_state: 'NOTPAY', trade_state_desc: DESCRIPTION.NOTPAY,
  };
}

/** What the user gets back: the refund less the coupon's share. */
function payerRefund(order: Order, refund: number): number {
  return Math.round((refund * (order.total - order.coupon)) / order.total);
}

export function refundView(refund: Refund, order: Order): Record<string, unknown> {
  const back = payerRefund(order, refund.amount);
  return {
    refund_id: refund.refund_id,
    out_refund_no: refund.out_refund_no,
    transaction_id: order.transaction_id,
    out_trade_no: order.out_trade_no,
    channel: 'ORIGINAL',
    user_received_account: '支付用户零钱',
    ...(refund.status === 'SUCCESS' ? { success_time: rfc3339(refund.success_at) } : {}),
    create_time: rfc3339(refund.created_at),
    status: refund.status,
    funds_account: 'UNSETTLED',
    amount: {
      total: order.total, refund: refund.amount, from: [], payer_total: order.total - order.coupon, payer_refund: back,
      settlement_refund: refund.amount, settlement_total: order.total, discount_refund: refund.amount - back, currency: 'CNY',
      refund_fee: 0,
    },
    promotion_detail: [],
  };
}

export function refundNoticeView(refund: Refund, order: Order): Record<string, unknown> {
  return {
    mchid: order.mch_id,
    transaction_id: order.transaction_id,
    out_trade_no: order.out_trade_no,
    refund_id: refund.refund_id,
    out_refund_no: refund.out_refund_no,
    refund_status: refund.status,
    ...(refund.status === 'SUCCESS' ? { success_time: rfc3339(refund.success_at) } : {}),
    user_received_account: '支付用户零钱',
    amount: {
      total: order.total, refund: refund.amount, payer_total: order.total - order.coupon, payer_refund: payerRefund(order, refund.amount),
    },
  };
}
