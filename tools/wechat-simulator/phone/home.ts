// The four tabs. Only what this school's WeChat needs is behind them, and nothing on them is dead.
import { avatar, day, grouped, h, icon, icons } from './dom.js';
import { nav, type View } from './nav.js';
import { scanner } from './scanner.js';
import { store, type Message, type State } from './store.js';
import { userSheet } from './users.js';

type Tab = 'chats' | 'contacts' | 'discover' | 'me';
let tab: Tab = 'chats';

export function preview(message: Message | undefined): string {
  if (!message) return '';
  if (message.kind === 'news') return `[链接] ${message.articles?.[0]?.title ?? ''}`;
  if (message.kind === 'template') return String(message.data?.['title'] ?? '[通知]');
  if (message.from === 'wechat_pay') return `${message.kind === 'refund' ? '退款到账' : '已支付'}￥${grouped(message.data?.['amount'])}`;
  return (message.text ?? '').replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');
}

const unread = (count: number): HTMLElement | null => (count > 0 ? h('em', { className: 'badge' }, count > 99 ? '99+' : String(count)) : null);

function row(mark: HTMLElement, title: string, line: string, when: string, testid: string, open: () => void): HTMLElement {
  return h('button', { className: 'row', testid, on: { click: open } }, mark,
    h('span', { className: 'row-main' }, h('span', { className: 'row-top' }, h('b', {}, title), h('time', {}, when)), h('span', { className: 'row-line' }, line)));
}

function chats(state: State): HTMLElement[] {
  const { user, account, now } = state;
  const rows: { at: number; element: HTMLElement }[] = [];
  const pays = user.messages.filter((m) => m.from === 'wechat_pay');
  const talk = user.messages.filter((m) => m.from !== 'wechat_pay');
  const last = talk[talk.length - 1];
  if (user.following) {
    const mark = avatar('account', account.name);
    const badge = unread(user.unread);
    if (badge) mark.append(badge);
    rows.push({ at: last?.at ?? 1, element: row(mark, account.name, preview(last), last ? day(last.at, now) : '', 'chat-item-account', () => nav.go('chat')) });
  }
  const receipt = pays[pays.length - 1];
  if (receipt) {
    const mark = avatar('pay', '');
    const badge = unread(user.pay_unread);
    if (badge) mark.append(badge);
    rows.push({ at: receipt.at, element: row(mark, '微信支付', preview(receipt), day(receipt.at, now), 'chat-item-pay', () => nav.go('pay-chat')) });
  }
  rows.sort((a, b) => b.at - a.at);
  if (rows.length > 0) return rows.map((r) => r.element);
  return [h('div', { className: 'empty' }, avatar('account', account.name), h('p', {}, '还没有会话'), h('p', { className: 'faint' }, `搜索并关注「${account.name}」`),
    h('button', { className: 'ghost', on: { click: () => nav.go('search') } }, '去搜索'))];
}

function cell(label: string, mark: HTMLElement, open: () => void, testid = ''): HTMLElement {
  return h('button', { className: 'cell', testid, on: { click: open } }, mark, h('span', {}, label), icon('right', 'faint'));
}

function body(state: State): HTMLElement[] {
  const { user, account } = state;
  switch (tab) {
    case 'contacts':
      return [cell('添加公众号', h('span', { className: 'avatar small blue', html: icons.search }), () => nav.go('search')),
        h('p', { className: 'group' }, '公众号'),
        user.following ? cell(account.name, avatar('account', account.name), () => nav.go('profile')) : h('p', { className: 'hint' }, '还没有关注公众号')];
    case 'discover':
      return [h('div', { className: 'gap' }), cell('扫一扫', h('i', { className: 'icon blue', html: icons.scan }), scanner.open),
        h('div', { className: 'gap' }), cell('搜一搜', h('i', { className: 'icon red', html: icons.search }), () => nav.go('search'))];
    case 'me':
      return [h('div', { className: 'self' }, avatar('user', user.name, user.avatar), h('div', {}, h('b', {}, user.name), h('span', {}, `微信号：wx_${user.openid.slice(-8).toLowerCase()}`))),
        h('div', { className: 'gap' }), cell('账单', h('i', { className: 'icon green', html: icons.check }), () => nav.go('pay-chat')),
        h('div', { className: 'gap' }), cell('切换用户', h('i', { className: 'icon blue', html: icons.person }), userSheet)];
    default:
      return [h('button', { className: 'searchbar', testid: 'open-search', on: { click: () => nav.go('search') } }, icon('search'), '搜索'), h('div', { className: 'rows' }, ...chats(state))];
  }
}

const TABS: { id: Tab; label: string; mark: keyof typeof icons; title: string }[] = [
  { id: 'chats', label: '微信', mark: 'chat', title: '微信' },
  { id: 'contacts', label: '通讯录', mark: 'book', title: '通讯录' },
  { id: 'discover', label: '发现', mark: 'compass', title: '发现' },
  { id: 'me', label: '我', mark: 'me', title: '' },
];

export function homeView(): View {
  const element = h('section', { className: 'home', testid: 'chat-list' });
  const draw = (): void => {
    const { state } = store;
    const count = state.user.unread + state.user.pay_unread;
    const title = TABS.find((t) => t.id === tab)?.title ?? '';
    element.replaceChildren(
      h('header', { className: `bar ${tab === 'me' ? 'plain' : ''}` }, h('span'), h('h1', {}, tab === 'chats' && count > 0 ? `${title}(${count})` : title),
        h('button', { testid: 'open-scan', 'aria-label': '扫一扫', html: icons.scan, on: { click: scanner.open } })),
      h('div', { className: 'scroll' }, ...body(state)),
      h('nav', { className: 'tabs' }, ...TABS.map((t) => h('button', {
        className: t.id === tab ? 'on' : '', on: { click: () => { tab = t.id; draw(); } },
      }, h('i', { className: 'icon', html: icons[t.mark] }), t.label, t.id === 'chats' ? unread(count) : null))));
  };
  draw();
  const stop = store.watch(draw);
  return { element, leave: stop };
}
