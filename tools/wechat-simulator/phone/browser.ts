// The in-app browser: a window onto the server through the proxy, and the far end of WeixinJSBridge.
import { h, icons } from './dom.js';
import { payByBridge } from './cashier.js';
import { dialog, sheet, toast } from './overlay.js';
import { scanner } from './scanner.js';
import { post, store } from './store.js';

interface FromPage {
  wx: true;
  type: 'invoke' | 'page' | 'close';
  id?: number;
  api?: string;
  params?: Record<string, unknown>;
  href: string;
  title?: string;
  /** Whether there is something to go back to; unknown in browsers that cannot tell. */
  back?: boolean;
}

class Browser {
  readonly element = h('section', { id: 'browser', testid: 'browser', hidden: true });
  private readonly title = h('h1', { testid: 'browser-title' });
  private readonly back = h('button', { testid: 'browser-back', 'aria-label': '返回', html: icons.back, hidden: true, on: { click: () => this.say({ type: 'back' }) } });
  private readonly progress = h('div', { className: 'progress' });
  private readonly body = h('div', { className: 'page' });
  private frame: HTMLIFrameElement | undefined;
  private href = '';
  private first = '';
  private records: string[] = [];

  constructor() {
    this.element.append(
      h('header', { className: 'bar' },
        h('span', { className: 'left' }, h('button', { testid: 'browser-close', 'aria-label': '关闭', html: icons.close, on: { click: () => this.close() } }), this.back),
        this.title, h('button', { testid: 'browser-more', 'aria-label': '更多', html: icons.more, on: { click: () => this.more() } })),
      this.progress, this.body);
    window.addEventListener('message', (event: MessageEvent<FromPage>) => this.hear(event));
  }

  /** An address of the server is opened through the proxy; anything else is not ours to show. */
  open(address: string): void {
    const { target, browser } = store.state;
    let url: URL;
    try {
      url = new URL(address, target);
    } catch {
      return toast('链接无法打开');
    }
    if (url.origin !== target && url.origin !== browser) return void dialog('外部链接', url.href, '知道了');
    this.records = [];
    this.first = '';
    this.title.textContent = '';
    this.back.hidden = true;
    this.element.hidden = false;
    this.element.classList.remove('away');
    this.load(`${browser}${url.pathname}${url.search}${url.hash}`);
  }

  private load(src: string): void {
    this.progress.className = 'progress busy';
    const frame = h('iframe', { testid: 'browser-frame', title: '网页', src, name: this.theme(), allow: 'clipboard-write' });
    frame.addEventListener('load', () => { this.progress.className = 'progress done'; });
    this.frame = frame;
    this.body.replaceChildren(frame);
  }

  close(): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.frame = undefined;
    this.body.replaceChildren();
    void store.refresh();
  }

  private theme(): string {
    return `wx-${document.documentElement.dataset['theme'] ?? 'light'}`;
  }

  /** The page wears the phone's colours, which need not be the desk's. */
  dress(): void {
    this.say({ type: 'theme', theme: this.theme() });
  }

  private say(message: object): void {
    this.frame?.contentWindow?.postMessage({ wx: true, ...message }, store.state.browser);
  }

  private hear(event: MessageEvent<FromPage>): void {
    if (!this.frame || event.source !== this.frame.contentWindow || event.data?.wx !== true) return;
    if (event.origin !== store.state.browser && event.origin !== location.origin) return;
    const { data } = event;
    if (data.type === 'close') this.close();
    else if (data.type === 'page') this.page(data);
    else if (data.type === 'invoke') void this.invoke(data);
  }

  private page({ href, title, back }: FromPage): void {
    this.title.textContent = title ?? '';
    if (href !== this.href) this.records.push(href.replace(/([?&](?:code|state)=)[^&]*/g, '$1…'));
    this.href = href;
    this.first ||= href;
    this.back.hidden = !(back ?? href !== this.first);
  }

  private async invoke({ id, api = '', params = {}, href }: FromPage): Promise<void> {
    const result = await this.run(api, params, href);
    this.records.push(`${api} → ${String(result['err_msg'] ?? '')}`);
    this.say({ type: 'result', id, result });
  }

  private async run(api: string, params: Record<string, unknown>, href: string): Promise<Record<string, unknown>> {
    switch (api) {
      case 'getBrandWCPayRequest': return payByBridge(params, href);
      case 'closeWindow': this.close(); return { err_msg: 'close_window:ok' };
      case 'preVerifyJSAPI': return post('/phone/jssdk', { params, href });
      case 'scanQRCode': return scanner.ask();
      case 'getNetworkType': return { err_msg: 'network_type:wifi' };
      case 'hideOptionMenu': case 'showOptionMenu': case 'hideToolbar': case 'showToolbar': case 'setFontSizeCallback': case 'hideMenuItems': case 'hideAllNonBaseMenuItem':
        return { err_msg: `${api}:ok` };
      default: return { err_msg: `${api}:function not exist` };
    }
  }

  private more(): void {
    const address = this.href.replace(store.state.browser, store.state.target);
    sheet([
      { label: '刷新', testid: 'more-reload', run: () => this.say({ type: 'reload' }) },
      { label: '复制链接', testid: 'more-copy', run: () => void navigator.clipboard?.writeText(address).then(() => toast('已复制'), () => toast(address)) },
      { label: '页面记录', testid: 'more-records', run: () => void dialog('页面记录', this.records.join('\n') || '没有记录') },
    ], '', `网页由 ${new URL(store.state.target).host} 提供`);
  }
}

export const browser = new Browser();
