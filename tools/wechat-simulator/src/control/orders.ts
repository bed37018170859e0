// Control over money: orders, payments, refunds, notices, bills, books.
import type { Signing } from '../config.js';
import { json, HttpProblem, type Req, type Router } from '../kit/http.js';
import { dayStart } from '../kit/beijing.js';
import type { Surprise } from '../pay/bills.js';
import { forgery } from '../pay/envelope.js';
import type { Order } from '../pay/orders.js';
import type { RefundStatus } from '../pay/refunds.js';
import type { World } from '../world.js';
import { input, optionalNumber, optionalText, text, type Input } from './body.js';

export function orderView(world: World, order: Order): Record<string, unknown> {
  const last = order.tickets[order.tickets.length - 1]?.id;
  const { tickets, request_body, ...rest } = order;
  return {
    ...rest,
    payer_total: order.paid_at ? order.total - order.coupon : null,
    prepay_id: order.trade_type === 'JSAPI' ? last : undefined,
    code_url: order.trade_type === 'NATIVE' ? last : undefined,
    tickets,
    request_body: JSON.parse(request_body) as unknown,
    refunds: world.refunds.of(order),
    notices: world.notices.list(order.out_trade_no).filter((n) => n.mch_id === order.mch_id).map(({ plain, ...notice }) => notice),
  };
}

/** By number, prepay_id or code_url; the ticket is kept, because an old one may be dead. */
export function wanted(world: World, from: Input): { order: Order; ticket?: string } {
  const ticket = optionalText(from, 'prepay_id') ?? optionalText(from, 'code_url');
  const order = ticket === undefined
    ? world.orders.find(world.merchant(optionalText(from, 'mch_id')).mch_id, text(from, 'out_trade_no'))
    : world.orders.ofTicket(ticket);
  if (!order) throw new HttpProblem(404, 'no such order');
  return ticket === undefined ? { order } : { order, ticket };
}

function books(world: World): object {
  const payments = world.orders.all().filter((order) => order.paid_at > 0).map((order) => ({
    mch_id: order.mch_id, out_trade_no: order.out_trade_no, transaction_id: order.transaction_id, total: order.total,
    payer_total: order.total - order.coupon, openid: order.openid, paid_at: order.paid_at, late: order.late,
  }));
  const refunds = world.refunds.all().map((refund) => ({
    mch_id: refund.mch_id, out_trade_no: refund.out_trade_no, out_refund_no: refund.out_refund_no, refund_id: refund.refund_id,
    refund: refund.amount, status: refund.status, created_at: refund.created_at, success_at: refund.success_at, by: refund.by,
  }));
  const done = refunds.filter((refund) => refund.status === 'SUCCESS');
  const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
  return {
    payments, refunds,
    totals: { paid: sum(payments.map((p) => p.total)), refunded: sum(done.map((r) => r.refund)), paid_count: payments.length, refund_count: done.length },
  };
}

function listOrders(world: World, req: Req): object {
  const { query } = req;
  const limit = Number(query.get('limit') ?? 100);
  const match = (name: string, value: string): boolean => query.get(name) === null || query.get(name) === value;
  const found = world.orders.all()
    .filter((o) => match('state', o.state) && match('openid', o.openid) && match('mch_id', o.mch_id)).reverse().slice(0, limit);
  return { orders: found.map((order) => orderView(world, order)) };
}

async function sendNotice(world: World, order: Order, from: Input): Promise<object> {
  if (order.paid_at === 0) throw new HttpProblem(409, 'the order is not paid');
  const notice = world.notices.list(order.out_trade_no).find((n) => n.kind === 'payment' && n.mch_id === order.mch_id) ?? world.cashier.announce(order);
  const forge = from['forge'] === undefined ? undefined : forgery(from['forge']);
  const signing = optionalText(from, 'signing') as Signing | undefined;
  const sends = await Promise.all(Array.from({ length: optionalNumber(from, 'times') ?? 1 }, () => world.notices.send(notice, { forge, signing })));
  return { sends };
}

export function orderRoutes(world: World, router: Router): void {
  const order = (req: Req): Order => wanted(world, { out_trade_no: req.params['no'], mch_id: req.query.get('mch_id') ?? undefined }).order;
  router.on('GET', '/control/books', () => json(books(world)));
  router.on('GET', '/control/orders', (req) => json(listOrders(world, req)));
  router.on('GET', '/control/orders/:no', (req) => json(orderView(world, order(req))));
  router.on('POST', '/control/pay', (req) => {
    const from = input(req);
    const { order: found, ticket } = wanted(world, from);
    world.cashier.pay(found, {
      ticket, openid: optionalText(from, 'openid'), coupon: optionalNumber(from, 'coupon'), bank_type: optionalText(from, 'bank_type'),
      notice: from['notice'] !== false, force: from['force'] === true, paid_at: optionalNumber(from, 'paid_at'),
    });
    return json(orderView(world, found));
  });
  router.on('POST', '/control/fail', (req) => {
    const from = input(req);
    const { order: found } = wanted(world, from);
    world.cashier.fail(found, optionalText(from, 'reason') ?? '余额不足');
    return json(orderView(world, found));
  });
  router.on('POST', '/control/close', (req) => {
    const { order: found } = wanted(world, input(req));
    world.orders.closeByWeChat(found);
    return json(orderView(world, found));
  });
  router.on('POST', '/control/orders/:no/notice', async (req) => json(await sendNotice(world, order(req), input(req))));
  router.on('POST', '/control/orders/:no/refund', (req) => {
    const from = input(req);
    const found = order(req);
    const amount = optionalNumber(from, 'amount') ?? found.total - world.refunds.reserved(found);
    const refund = world.refunds.byConsole(found, amount, optionalText(from, 'reason') ?? '商户平台退款');
    refund.created_at = optionalNumber(from, 'created_at') ?? refund.created_at;
    world.cashier.later(refund);
    return json(refund);
  });
  refundRoutes(world, router);
}

function refundRoutes(world: World, router: Router): void {
  router.on('GET', '/control/refunds', () => json({ refunds: world.refunds.all() }));
  router.on('POST', '/control/refunds/:no', (req) => {
    const from = input(req);
    const refund = world.refunds.find(world.merchant(optionalText(from, 'mch_id')).mch_id, req.params['no'] ?? '');
    if (!refund) throw new HttpProblem(404, 'no such refund');
    const status = text(from, 'status');
    if (!['SUCCESS', 'CLOSED', 'ABNORMAL'].includes(status)) throw new HttpProblem(400, 'status must be SUCCESS, CLOSED or ABNORMAL');
    if (!world.cashier.settle(refund, status as RefundStatus)) throw new HttpProblem(409, `refund is ${refund.status}`);
    return json(refund);
  });
  router.on('GET', '/control/notices', (req) => {
    const list = world.notices.list(req.query.get('out_trade_no') ?? undefined);
    return json({ notices: list.map(({ plain, ...notice }) => notice) });
  });
  router.on('POST', '/control/notices/flush', () => json({ sent: world.notices.flush() }));
  router.on('POST', '/control/bills/:date', (req) => {
    const date = req.params['date'] ?? '';
    if (dayStart(date) === undefined) throw new HttpProblem(400, 'date must be yyyy-MM-dd');
    world.bills.surprises.set(date, input(req) as Surprise);
    return json({ ok: true });
  });
  router.on('DELETE', '/control/bills/:date', (req) => json({ ok: world.bills.surprises.delete(req.params['date'] ?? '') }));
}
