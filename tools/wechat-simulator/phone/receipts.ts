// Cards: template messages of the account, and WeChat Pay's own vouchers.
import { avatar, day, full, grouped, h, icon, icons } from './dom.js';
import { browser } from './browser.js';
import { nav, type View } from './nav.js';
import { store, type Message } from './store.js';

const LABELS: Record<string, string> = {
  thing: '项目', amount: '金额', time: '时间', date: '日期', character_string: '单号', name: '姓名', number: '数量', phrase: '状态', const: '类型', short_thing: '说明',
};

function facts(pairs: [string, string][]): HTMLElement {
  return h('dl', {}, ...pairs.filter(([, value]) => value !== '').flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}

export function templateCard(message: Message): HTMLElement {
  const data = message.data ?? {};
  const values = Object.entries((data['values'] ?? {}) as Record<string, string>);
  const url = String(data['url'] ?? '');
  return h('button', { className: 'ticket', testid: 'template-card', on: { click: () => { if (url) browser.open(url); } } },
    h('b', {}, String(data['title'] ?? '')),
    facts(values.map(([key, value]): [string, string] => [LABELS[key.replace(/\d+$/, '')] ?? key, value])),
    url ? h('span', { className: 'ticket-more' }, '详情', icon('right', 'faint')) : null);
}

function voucher(message: Message): HTMLElement {
  const data = (message.data ?? {}) as Record<string, string> & { at: number };
  const refund = message.kind === 'refund';
  return h('article', { className: 'voucher', testid: 'pay-receipt', 'data-kind': message.kind },
    h('header', {}, h('i', { html: icons.check }), data['title'] ?? ''),
    h('div', { className: 'sum' }, h('span', {}, refund ? '退款金额' : '付款金额'), h('strong', {}, `￥${grouped(data['amount'])}`)),
    facts([
      [refund ? '退款方' : '收款方', data['merchant'] ?? ''], ['商品', data['description'] ?? ''], ['优惠', data['coupon'] ? `￥${grouped(data['coupon'])}` : ''],
      [refund ? '退回到' : '支付方式', data['method'] ?? ''], [refund ? '到账时间' : '支付时间', full(data.at)], ['交易单号', data['transaction_id'] ?? ''], ['商户单号', data['out_trade_no'] ?? ''],
    ]));
}

export function payChatView(): View {
  const list = h('div', { className: 'scroll talk vouchers' });
  const draw = (): void => {
    const messages = store.state.user.messages.filter((m) => m.from === 'wechat_pay');
    if (store.state.user.pay_unread > 0) void fetch('/phone/read', { method: 'POST', body: JSON.stringify({ openid: store.state.user.openid, chat: 'pay' }) });
    list.replaceChildren(...(messages.length === 0 ? [h('div', { className: 'empty' }, avatar('pay', ''), h('p', { className: 'faint' }, '还没有支付记录'))]
      : messages.flatMap((m) => [h('time', { className: 'stamp' }, day(m.at, store.state.now)), voucher(m)])));
    list.scrollTop = list.scrollHeight;
  };
  const element = h('section', { className: 'chat', testid: 'pay-chat' },
    h('header', { className: 'bar' }, h('button', { testid: 'back', 'aria-label': '返回', html: icons.back, on: { click: () => nav.back() } }), h('h1', {}, '微信支付'), h('span')), list);
  draw();
  const stop = store.watch(draw);
  return { element, shown: () => { list.scrollTop = list.scrollHeight; }, leave: stop };
}
