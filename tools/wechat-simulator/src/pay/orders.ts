// Orders as WeChat keeps them: what may be ordered again, paid, closed, and what is refused with which words.
import type { Merchant } from '../config.js';
import { compactDate, compactTime, parseRfc3339 } from '../kit/beijing.js';
import { base62, digits, hex } from '../kit/ids.js';
import type { Clock } from '../kit/clock.js';
import { invalidRequest, PayError } from './error.js';
import { canonical } from './fields.js';

export type TradeType = 'JSAPI' | 'NATIVE';
export type TradeState = 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED';
export type Refusal = 'closed' | 'expired' | 'prepay_expired' | 'code_replaced' | 'paid' | 'other_payer';

export interface Story {
  at: number;
  what: string;
  [detail: string]: unknown;
}

/** A prepay_id or a code_url: two hours of life; a code dies when the next one is given out. */
export interface Ticket {
  id: string;
  at: number;
  replaced: boolean;
}

export interface Order {
  mch_id: string;
  out_trade_no: string;
  trade_type: TradeType;
  appid: string;
  description: string;
  attach: string;
  device_id: string;
  total: number;
  openid: string;
  request_body: string;
  notify_url: string;
  expires_at: number;
  time_expire: string;
  tickets: Ticket[];
  state: TradeState;
  created_at: number;
  closed_at: number;
  attempts: number;
  transaction_id: string;
  paid_at: number;
  coupon: number;
  bank_type: string;
  late: boolean;
  story: Story[];
}

const PREPAY_LIFE = 2 * 3600 * 1000;
const DAY = 24 * 3600 * 1000;
const DEFAULT_LIFE = 7 * DAY;
const LONGEST_LIFE = 15 * DAY;
const STORY_LIMIT = 200;

interface OrderBody {
  appid: string;
  description: string;
  out_trade_no: string;
  time_expire?: string;
  attach?: string;
  notify_url: string;
  amount: { total: number };
  payer?: { openid: string };
  scene_info?: { device_id?: string };
}

export class Orders {
  private byNumber = new Map<string, Order>();
  private byTicket = new Map<string, Order>();
  private byTransaction = new Map<string, Order>();
  private burnt = new Set<string>();
  private codes = 0;

  constructor(private readonly clock: Clock) {}

  private key(mchId: string, number: string): string {
    return `${mchId}/${number}`;
  }

  find(mchId: string, number: string): Order | undefined {
    return this.byNumber.get(this.key(mchId, number));
  }

  ofTicket(id: string): Order | undefined {
    return this.byTicket.get(id);
  }

  ofTransaction(mchId: string, id: string): Order | undefined {
    return this.byTransaction.get(this.key(mchId, id));
  }

  all(): Order[] {
    return [...this.byNumber.values()];
  }

  tell(order: Order, what: string, detail: object = {}): void {
    order.story.push({ at: this.clock.now(), what, ...detail });
    if (order.story.length > STORY_LIMIT) order.story.splice(1, 1);
  }

  /** Orders or orders again; the answer is the new prepay_id or code_url. */
  place(merchant: Merchant, trade: TradeType, raw: Record<string, unknown>): string {
    const body = raw as unknown as OrderBody;
    const known = this.find(merchant.mch_id, body.out_trade_no);
    if (known) this.refuseAgain(known, trade, raw);
    else if (this.burnt.has(this.key(merchant.mch_id, body.out_trade_no))) {
      throw invalidRequest('请求重入时，参数与首次请求时不一致', 268498688);
    }
    const order = known ?? this.create(merchant, trade, body, canonical(raw));
    const ticket = this.ticket(order);
    this.tell(order, known ? 'ordered_again' : 'ordered', trade === 'JSAPI' ? { prepay_id: ticket } : { code_url: ticket });
    return ticket;
  }

  private refuseAgain(order: Order, trade: TradeType, raw: Record<string, unknown>): void {
    const because = this.whyNotAgain(order, trade, canonical(raw));
    if (!because) return;
    this.tell(order, 'order_refused', { code: because.code });
    throw because;
  }

  private whyNotAgain(order: Order, trade: TradeType, body: string): PayError | undefined {
    if (order.state === 'SUCCESS' || order.state === 'REFUND') return new PayError(400, 'ORDERPAID', '该订单已支付', 268449538);
    this.ageOut(order);
    if (order.state === 'CLOSED') return new PayError(400, 'ORDER_CLOSED', '订单已关闭', 268447914);
    if (order.trade_type !== trade) return new PayError(403, 'OUT_TRADE_NO_USED', '商户订单号重复', 268498688);
    if (order.request_body !== body) return invalidRequest('请求重入时，参数与首次请求时不一致', 268498688);
    if (this.clock.now() >= order.expires_at) return new PayError(400, 'ORDER_CLOSED', '该订单已失效', 268447914);
    return undefined;
  }

  private create(merchant: Merchant, trade: TradeType, body: OrderBody, request: string): Order {
    const now = this.clock.now();
    const asked = body.time_expire === undefined ? now + DEFAULT_LIFE : parseRfc3339(body.time_expire) ?? now + DEFAULT_LIFE;
    const order: Order = {
      mch_id: merchant.mch_id,
      out_trade_no: body.out_trade_no,
      trade_type: trade,
      appid: body.appid,
      description: body.description,
      attach: body.attach ?? '',
      device_id: body.scene_info?.device_id ?? '',
      total: body.amount.total,
      openid: body.payer?.openid ?? '',
      request_body: request,
      notify_url: body.notify_url,
      expires_at: Math.min(Math.max(asked, now + 60_000), now + LONGEST_LIFE),
      time_expire: body.time_expire ?? '',
      tickets: [],
      state: 'NOTPAY',
      created_at: now,
      closed_at: 0,
      attempts: 0,
      transaction_id: '',
      paid_at: 0,
      coupon: 0,
      bank_type: '',
      late: false,
      story: [],
    };
    this.byNumber.set(this.key(merchant.mch_id, order.out_trade_no), order);
    return order;
  }

  private ticket(order: Order): string {
    const now = this.clock.now();
    const id = order.trade_type === 'JSAPI' ? `wx${compactDate(now).slice(6)}${compactTime(now)}${digits(6)}${hex(9)}0000` : this.codeUrl();
    if (order.trade_type === 'NATIVE') for (const ticket of order.tickets) ticket.replaced = true;
    order.tickets.push({ id, at: now, replaced: false });
    this.byTicket.set(id, order);
    return id;
  }

  /** Both shapes that are seen in the wild, by turns: nobody may take the text apart. */
  private codeUrl(): string {
    this.codes += 1;
    return this.codes % 2 === 1 ? `weixin://wxpay/bizpayurl?pr=${base62(7)}zz` : `weixin://wxpay/bizpayurl/up?pr=${base62(9)}&groupid=00`;
  }

  /** 204 whether there was such an order or not; a number never ordered is burnt. */
  close(mchId: string, number: string): Order | undefined {
    const order = this.find(mchId, number);
    if (!order) {
      this.burnt.add(this.key(mchId, number));
      return undefined;
    }
    if (order.state === 'SUCCESS' || order.state === 'REFUND') {
      this.tell(order, 'close_refused', { code: 'ORDERPAID' });
      throw new PayError(400, 'ORDERPAID', '该订单已支付', 268449538);
    }
    if (order.state === 'NOTPAY') {
      order.state = 'CLOSED';
      order.closed_at = this.clock.now();
    }
    this.tell(order, 'closed', { by: 'api' });
    return order;
  }

  closeByWeChat(order: Order): void {
    if (order.state !== 'NOTPAY') return;
    order.state = 'CLOSED';
    order.closed_at = this.clock.now();
    this.tell(order, 'closed', { by: 'wechat' });
  }

  /** WeChat closes what stayed unpaid for seven days. */
  ageOut(order: Order): void {
    if (order.state === 'NOTPAY' && this.clock.now() >= order.created_at + LONGEST_LIFE) this.closeByWeChat(order);
    else if (order.state === 'NOTPAY' && order.time_expire === '' && this.clock.now() >= order.created_at + DEFAULT_LIFE) this.closeByWeChat(order);
  }

  /** Why this user may not pay with this ticket now. */
  refusal(order: Order, ticketId: string | undefined, openid: string): Refusal | undefined {
    this.ageOut(order);
    if (order.state === 'SUCCESS' || order.state === 'REFUND') return 'paid';
    if (order.state === 'CLOSED') return 'closed';
    if (this.clock.now() >= order.expires_at) return 'expired';
    const ticket = order.tickets.find((t) => t.id === ticketId) ?? order.tickets[order.tickets.length - 1];
    if (!ticket) return 'closed';
    if (ticket.replaced) return 'code_replaced';
    if (this.clock.now() >= ticket.at + PREPAY_LIFE) return 'prepay_expired';
    if (order.openid !== '' && order.openid !== openid) return 'other_payer';
    return undefined;
  }

  markPaid(order: Order, openid: string, coupon: number, bank: string): void {
    const now = this.clock.now();
    order.late = order.state === 'CLOSED';
    order.state = 'SUCCESS';
    order.paid_at = Math.floor(now / 1000) * 1000;
    order.openid = openid;
    order.coupon = coupon;
    order.bank_type = bank;
    order.transaction_id = `420000${compactDate(now).slice(2, 6)}${compactDate(now)}${digits(10)}`;
    this.byTransaction.set(this.key(order.mch_id, order.transaction_id), order);
    this.tell(order, 'paid', { late: order.late, transaction_id: order.transaction_id });
  }

  clear(): void {
    for (const map of [this.byNumber, this.byTicket, this.byTransaction]) map.clear();
    this.burnt.clear();
  }

  dump(): unknown {
    return { orders: this.all(), burnt: [...this.burnt] };
  }

  load(raw: unknown): void {
    const state = raw as { orders: Order[]; burnt: string[] };
    this.clear();
    this.burnt = new Set(state.burnt);
    for (const order of state.orders) {
      this.byNumber.set(this.key(order.mch_id, order.out_trade_no), order);
      for (const ticket of order.tickets) this.byTicket.set(ticket.id, order);
      if (order.transaction_id) this.byTransaction.set(this.key(order.mch_id, order.transaction_id), order);
    }
  }
}
