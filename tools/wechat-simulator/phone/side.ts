// Beside the phone on a wide screen: what WeChat's side knows of the newest orders, for training and for looking into faults.
import { clock, h, yuan } from './dom.js';
import { store } from './store.js';

interface Order {
  out_trade_no: string;
  state: string;
  trade_type: string;
  description: string;
  total: number;
  created_at: number;
  late: boolean;
  notices: { kind: string; state: string; sends: { outcome: string }[] }[];
  refunds: { status: string; amount: number }[];
}

const STATES: Record<string, string> = { NOTPAY: '未支付', SUCCESS: '已支付', REFUND: '有退款', CLOSED: '已关闭' };
const NOTICE: Record<string, string> = { waiting: '通知等待重发', sending: '通知发送中', accepted: '通知已收到', given_up: '通知已放弃', lost: '通知丢失' };

function noticeLine(order: Order): string {
  const notice = order.notices.find((n) => n.kind === 'payment');
  if (!notice) return order.state === 'SUCCESS' ? '没有通知' : '';
  return `${NOTICE[notice.state] ?? notice.state} · ${notice.sends.length} 次`;
}

function card(order: Order): HTMLElement {
  return h('li', { testid: 'side-order', 'data-state': order.state },
    h('span', { className: 'top' }, h('b', {}, order.description), h('b', {}, `¥${yuan(order.total)}`)),
    h('span', {}, h('em', { className: order.state.toLowerCase() }, STATES[order.state] ?? order.state), order.late ? h('em', { className: 'late' }, '关单后到账') : null, noticeLine(order)),
    h('small', {}, `${clock(order.created_at)} · ${order.trade_type} · ${order.out_trade_no}`));
}

export function sidePanel(): HTMLElement {
  const list = h('ul');
  let last = '';
  const draw = async (): Promise<void> => {
    if (document.hidden || getComputedStyle(panel).display === 'none') return;
    const answer = await fetch('/control/orders?limit=8');
    const text = await answer.text();
    if (text === last) return;
    last = text;
    const { orders } = JSON.parse(text) as { orders: Order[] };
    list.replaceChildren(...(orders.length === 0 ? [h('p', { className: 'faint' }, '还没有订单')] : orders.map(card)));
  };
  const panel = h('aside', { id: 'side', testid: 'side-panel' },
    h('h2', {}, '微信模拟器'), h('p', {}, '左边是一部手机：可以关注公众号、点菜单、付款、扫码。点手机顶部的名字可以换人。这里没有真的钱。'),
    h('h3', {}, '微信支付这边看到的订单'), list);
  setInterval(() => void draw().catch(() => undefined), 1500);
  store.watch(() => void draw().catch(() => undefined));
  setTimeout(() => void draw().catch(() => undefined), 0);
  return panel;
}
