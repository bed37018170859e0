// Whose phone is this? A list to choose from, and one more at the tap of a button.
import { avatar, h, icon, icons } from './dom.js';
import { browser } from './browser.js';
import { nav } from './nav.js';
import { place, toast } from './overlay.js';
import { post, store, type User } from './store.js';

async function choose(openid: string): Promise<void> {
  browser.close();
  await store.open(openid);
  sessionStorage.setItem('wx-user', openid);
  nav.reset();
  toast(`现在是 ${store.state.user.name} 的手机`);
}

const FAMILY = '陈刘王赵孙周吴郑冯韩杨朱秦许何吕施孔曹严';

async function another(): Promise<void> {
  const name = `${FAMILY[Math.floor(Math.random() * FAMILY.length)] ?? '陈'}同学`;
  const user = await post<User>('/control/users', { name });
  await choose(user.openid);
}

/** The list may have grown by the control API since the last look. */
export function userSheet(): void {
  void store.refresh().then(show);
}

function show(): void {
  const { user, users } = store.state;
  const mask = h('div', { className: 'mask bottom' });
  const close = place(mask);
  mask.addEventListener('click', (event) => { if (event.target === mask) close(); });
  const item = (one: User): HTMLElement => h('button', {
    className: 'cell', testid: 'user-item', 'data-openid': one.openid, on: { click: () => { close(); void choose(one.openid); } },
  }, avatar('user', one.name, one.avatar), h('span', {}, one.name, h('small', {}, one.following ? '已关注公众号' : '未关注')),
  one.openid === user.openid ? h('i', { className: 'icon green', html: icons.check }) : null);
  mask.append(h('div', { className: 'sheet users', testid: 'user-sheet' }, h('p', { className: 'sheet-title' }, '切换手机用户'),
    h('div', { className: 'userlist' }, ...users.map(item)),
    h('button', { className: 'cell', testid: 'user-new', on: { click: () => { close(); void another(); } } }, h('span', { className: 'avatar small blue', html: icons.person }), h('span', {}, '新用户'), icon('right', 'faint')),
    h('button', { className: 'cancel', on: { click: close } }, '取消')));
}
