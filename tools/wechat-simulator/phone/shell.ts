// The phone itself: frame, status bar, and which view is on top.
import { chatView } from './chat.js';
import { profileView, searchView } from './contact.js';
import { clock, h, icon, icons } from './dom.js';
import { browser } from './browser.js';
import { homeView } from './home.js';
import { payChatView } from './receipts.js';
import { nav, type View } from './nav.js';
import { store } from './store.js';
import { userSheet } from './users.js';
import { sidePanel } from './side.js';

const views: Record<string, () => View> = { home: homeView, search: searchView, profile: profileView, chat: chatView, 'pay-chat': payChatView };

function wear(theme: string): void {
  document.documentElement.dataset['theme'] = theme;
  browser.dress();
}

/** Follows the desk until somebody chooses. */
function firstTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = (): void => wear(localStorage.getItem('wx-theme') || (dark.matches ? 'dark' : 'light'));
  dark.addEventListener('change', follow);
  follow();
}

function theme(): void {
  const next = document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark';
  localStorage.setItem('wx-theme', next);
  wear(next);
}

function statusbar(): HTMLElement {
  const time = h('span', { className: 'time' });
  const name = h('span');
  const tick = (): void => { time.textContent = clock(Date.now()); };
  tick();
  setInterval(tick, 10_000);
  const show = (): void => { name.textContent = store.state.user.name; };
  show();
  store.watch(show);
  return h('div', { className: 'statusbar', testid: 'statusbar' }, time,
    h('button', { className: 'island', testid: 'user-switch', title: '切换手机用户', 'aria-label': '切换手机用户', on: { click: userSheet } }, h('i', { className: 'lens' }), name),
    h('span', { className: 'marks' },
      h('button', { className: 'theme', testid: 'theme-toggle', title: '深色/浅色', 'aria-label': '深色/浅色', html: icons.sun, on: { click: theme } }),
      h('i', { className: 'icon', html: icons.signal }), h('i', { className: 'icon', html: icons.battery })));
}

function frame(): HTMLElement {
  const stage = h('div', { id: 'stage' });
  let current: View | undefined;
  nav.onChange = (name, direction) => {
    current?.leave?.();
    const make = views[name] ?? homeView;
    current = make();
    current.element.classList.add('view', direction);
    stage.replaceChildren(current.element);
    current.shown?.();
  };
  const inner = h('div', { id: 'inner' }, statusbar(), stage, browser.element, h('div', { id: 'overlays' }));
  return h('div', { id: 'phone', testid: 'phone' }, inner, h('div', { className: 'homebar' }));
}

async function begin(): Promise<void> {
  firstTheme();
  const query = new URLSearchParams(location.search);
  const asked = query.get('user') ?? sessionStorage.getItem('wx-user') ?? '';
  await store.open(asked);
  sessionStorage.setItem('wx-user', store.state.user.openid);
  document.getElementById('desk')?.append(frame(), sidePanel());
  nav.reset();
  const open = query.get('open');
  if (open) browser.open(open);
}

void begin().catch(() => {
  document.body.append(h('p', { className: 'dead' }, icon('close'), '连接不上模拟器，请刷新页面'));
});
