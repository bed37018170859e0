// Finding the account, its profile, following and unfollowing.
import { avatar, h, icon, icons } from './dom.js';
import { nav, type View } from './nav.js';
import { dialog, sheet, toast } from './overlay.js';
import { store } from './store.js';

export function searchView(): View {
  const results = h('div', { className: 'scroll' });
  const input = h('input', { type: 'search', placeholder: '搜索', testid: 'search-input', 'aria-label': '搜索', enterKeyHint: 'search' });
  const draw = (): void => {
    const word = input.value.trim();
    const { name } = store.state.account;
    if (word === '') {
      results.replaceChildren(h('p', { className: 'suggest' }, '搜索指定内容'), h('div', { className: 'chips' }, h('button', { on: { click: () => { input.value = name; draw(); } } }, '公众号')));
      return;
    }
    const found = [...word].every((char) => name.includes(char));
    results.replaceChildren(found
      ? h('div', { className: 'found' }, h('p', { className: 'group' }, '公众号'),
        h('button', { className: 'row', testid: 'search-result', on: { click: () => nav.go('profile') } }, avatar('account', name),
          h('span', { className: 'row-main' }, h('span', { className: 'row-top' }, h('b', {}, name)), h('span', { className: 'row-line' }, '服务号 · 已认证'))))
      : h('p', { className: 'hint center' }, '没有找到相关结果'));
  };
  input.addEventListener('input', draw);
  draw();
  const element = h('section', { className: 'search' },
    h('header', { className: 'searchhead' }, h('label', {}, icon('search'), input), h('button', { testid: 'back', on: { click: () => nav.back() } }, '取消')), results);
  return { element, shown: () => input.focus() };
}

async function follow(button: HTMLButtonElement): Promise<void> {
  button.disabled = true;
  try {
    await store.control('follow?wait=0', {});
    nav.replace('chat');
  } catch (error) {
    toast((error as Error).message);
    button.disabled = false;
  }
}

function unfollow(): void {
  const ask = async (): Promise<void> => {
    const { name } = store.state.account;
    if (!(await dialog('', `不再关注“${name}”后将不再收到其下发的消息`, '不再关注', '取消'))) return;
    await store.control('unfollow?wait=0', {});
    nav.reset();
  };
  sheet([{ label: '不再关注', testid: 'unfollow-button', tone: 'red', run: () => void ask() }]);
}

export function profileView(): View {
  const element = h('section', { className: 'profile', testid: 'profile' });
  const draw = (): void => {
    const { user, account } = store.state;
    const button = h('button', { className: 'primary', testid: user.following ? 'enter-chat' : 'follow-button' }, user.following ? '发消息' : '关注公众号');
    button.addEventListener('click', () => (user.following ? nav.replace('chat') : void follow(button)));
    element.replaceChildren(
      h('header', { className: 'bar plain' }, h('button', { testid: 'back', 'aria-label': '返回', html: icons.back, on: { click: () => nav.back() } }), h('h1'),
        user.following ? h('button', { testid: 'profile-more', 'aria-label': '更多', html: icons.more, on: { click: unfollow } }) : h('span')),
      h('div', { className: 'scroll' },
        h('div', { className: 'card' }, avatar('account', account.name), h('h2', {}, account.name), h('p', { className: 'verified' }, h('i', { html: icons.check }), '已认证 · 事业单位'),
          h('p', { className: 'intro' }, '校园统一支付：学费、住宿费缴纳，欠费与订单查询。'), button),
        h('div', { className: 'facts' }, h('p', {}, h('span', {}, '账号主体'), h('b', {}, account.name)), h('p', {}, h('span', {}, '服务类型'), h('b', {}, '服务号')))));
  };
  draw();
  const stop = store.watch(draw);
  return { element, leave: stop };
}
