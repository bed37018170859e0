// The conversation with the account: bubbles, its menu, the keyboard.
import { avatar, day, h, icon, icons } from './dom.js';
import { browser } from './browser.js';
import { nav, type View } from './nav.js';
import { toast } from './overlay.js';
import { richText } from './richtext.js';
import { store, type Button, type Message } from './store.js';
import { templateCard } from './receipts.js';

const GAP = 5 * 60_000;

function content(message: Message): HTMLElement {
  if (message.kind === 'news') {
    return h('div', { className: 'news' }, ...(message.articles ?? []).map((article) => h('button', { className: 'news-item', testid: 'news-item', on: { click: () => browser.open(article.url) } },
      h('b', {}, article.title), h('span', { className: 'news-body' }, h('span', {}, article.description),
        article.pic_url ? h('img', { src: article.pic_url, alt: '', on: { error: (e: Event) => (e.target as HTMLElement).remove() } }) : h('i', { className: 'pic', html: icons.page })))));
  }
  if (message.kind === 'template') return templateCard(message);
  return h('div', { className: 'bubble' }, ...richText(message.text ?? ''));
}

function line(message: Message): HTMLElement {
  const marks = { testid: 'message', 'data-from': message.from, 'data-kind': message.kind, 'data-id': String(message.id) };
  if (message.from === 'system') return h('div', { className: 'grey', ...marks }, message.text ?? '');
  const { user, account } = store.state;
  const mine = message.from === 'user';
  return h('div', { className: mine ? 'line mine' : 'line', ...marks },
    mine ? avatar('user', user.name, user.avatar) : avatar('account', account.name), content(message));
}

function popup(button: Button, near: HTMLElement, tap: (button: Button) => void): HTMLElement {
  const box = h('div', { className: 'popup', testid: 'menu-popup' }, ...(button.sub_button ?? []).map((sub, index) =>
    h('button', { testid: `menu-sub-${index}`, on: { click: () => { box.remove(); tap(sub); } } }, sub.name)));
  const bar = near.parentElement as HTMLElement;
  box.style.left = `${Math.max(8, Math.min(near.offsetLeft + near.offsetWidth / 2 - 70, bar.offsetWidth - 148))}px`;
  return box;
}

class Composer {
  readonly element = h('footer', { className: 'composer' });
  private typing = false;
  private menuText = '';

  constructor(private readonly send: (text: string) => void, private readonly tap: (button: Button) => void) {
    this.draw();
  }

  /** Redrawn only when the menu changed: an open keyboard must not lose its text. */
  update(): void {
    if (JSON.stringify(store.state.account.menu) !== this.menuText) this.draw();
  }

  private draw(): void {
    const { menu } = store.state.account;
    this.menuText = JSON.stringify(menu);
    this.element.replaceChildren(...(menu.length > 0 && !this.typing ? this.menuBar(menu) : this.keyboard(menu.length > 0)));
  }

  private toggle(name: 'keyboard' | 'menu'): HTMLElement {
    return h('button', { className: 'toggle', testid: 'keyboard-toggle', 'aria-label': name === 'menu' ? '菜单' : '键盘', html: icons[name], on: { click: () => { this.typing = !this.typing; this.draw(); } } });
  }

  private menuBar(menu: Button[]): HTMLElement[] {
    const buttons = menu.map((button, index) => {
      const element = h('button', { testid: `menu-button-${index}` }, button.sub_button ? icon('lines') : null, h('span', {}, button.name));
      element.addEventListener('click', () => this.press(button, element));
      return element;
    });
    return [this.toggle('keyboard'), h('div', { className: 'menubar', testid: 'menu-bar' }, ...buttons)];
  }

  private press(button: Button, element: HTMLElement): void {
    const open = this.element.querySelector('.popup');
    open?.remove();
    if (!button.sub_button) return this.tap(button);
    if (open?.getAttribute('data-of') === button.name) return;
    const box = popup(button, element, this.tap);
    box.setAttribute('data-of', button.name);
    this.element.append(box);
  }

  private keyboard(withMenu: boolean): HTMLElement[] {
    const input = h('input', { type: 'text', testid: 'chat-input', 'aria-label': '输入消息', enterKeyHint: 'send', autocomplete: 'off' });
    const button = h('button', { className: 'send', testid: 'chat-send' }, '发送');
    const go = (): void => {
      const text = input.value;
      if (text.trim() === '') return;
      input.value = '';
      button.classList.remove('on');
      this.send(text);
    };
    input.addEventListener('input', () => button.classList.toggle('on', input.value.trim() !== ''));
    input.addEventListener('keydown', (event) => { if (event.key === 'Enter' && !event.isComposing) go(); });
    button.addEventListener('click', go);
    return [...(withMenu ? [this.toggle('menu')] : []), input, button];
  }
}

export function chatView(): View {
  const { account } = store.state;
  const list = h('div', { className: 'scroll talk' });
  let shown = '';
  const tap = (button: Button): void => {
    if (button.type === 'view' && button.url) browser.open(button.url);
    void store.control('menu?wait=0', button.key !== undefined ? { key: button.key } : { name: button.name }).catch((error: Error) => toast(error.message));
  };
  const say = (content: string): void => void store.control('text?wait=0', { content }).catch((error: Error) => toast(error.message));
  const composer = new Composer(say, tap);

  const draw = (): void => {
    const messages = store.state.user.messages.filter((m) => m.from !== 'wechat_pay');
    if (store.state.user.unread > 0) void fetch('/phone/read', { method: 'POST', body: JSON.stringify({ openid: store.state.user.openid, chat: 'account' }) });
    const key = messages.map((m) => m.id).join();
    composer.update();
    if (key === shown) return;
    shown = key;
    let before = 0;
    list.replaceChildren(...messages.flatMap((message) => {
      const stamp = message.at - before > GAP ? [h('time', { className: 'stamp' }, day(message.at, store.state.now))] : [];
      before = message.at;
      return [...stamp, line(message)];
    }));
    list.scrollTop = list.scrollHeight;
  };
  const element = h('section', { className: 'chat', testid: 'chat' },
    h('header', { className: 'bar' }, h('button', { testid: 'back', 'aria-label': '返回', html: icons.back, on: { click: () => nav.back() } }),
      h('h1', { testid: 'chat-title' }, account.name), h('button', { testid: 'open-profile', 'aria-label': '公众号资料', html: icons.person, on: { click: () => nav.go('profile') } })),
    list, composer.element);
  list.addEventListener('click', () => composer.element.querySelector('.popup')?.remove());
  draw();
  const stop = store.watch(() => (store.state.user.following ? draw() : nav.reset()));
  return { element, shown: () => { list.scrollTop = list.scrollHeight; }, leave: stop };
}
