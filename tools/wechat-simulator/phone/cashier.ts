// Paying: the sheet, the password, the success screen. For the bridge of a page and for a scanned code alike.
import { h, icon, icons, yuan } from './dom.js';
import { dialog, place, sheet as choices, toast } from './overlay.js';
import { CallError, post, store } from './store.js';

interface Sheet { ticket: string; merchant: string; total: number; description: string; out_trade_no: string; trade_type: 'JSAPI' | 'NATIVE' }
type End = 'ok' | 'cancel' | 'fail' | 'gone';

const FAILURES: { testid: string; label: string; text: string }[] = [
  { testid: 'pay-fail-balance', label: '余额不足', text: '零钱余额不足，请更换支付方式' },
  { testid: 'pay-fail-password', label: '密码错误', text: '支付密码错误，请重试' },
  { testid: 'pay-fail-limit', label: '超出银行限额', text: '本次支付超过银行单笔限额，请更换支付方式' },
];

/** One payment from the sheet to its end. */
class Payment {
  private readonly mask = h('div', { className: 'mask bottom pay' });
  private remove: () => void = () => undefined;
  private finish!: (end: End) => void;
  private notice = true;
  private tell = true;

  constructor(private readonly info: Sheet) {}

  run(): Promise<End> {
    return new Promise((done) => {
      this.finish = (end) => {
        this.remove();
        done(end);
      };
      this.remove = place(this.mask);
      this.front();
    });
  }

  private key(): Record<string, string> {
    return this.info.trade_type === 'JSAPI' ? { prepay_id: this.info.ticket } : { code_url: this.info.ticket };
  }

  private head(title: string, left: HTMLElement, right: HTMLElement | null): HTMLElement {
    return h('header', {}, left, h('span', {}, title), right);
  }

  private sum(): HTMLElement[] {
    return [h('p', { className: 'to', testid: 'pay-merchant' }, `向 ${this.info.merchant} 付款`),
      h('p', { className: 'amount', testid: 'pay-amount' }, h('small', {}, '¥'), yuan(this.info.total))];
  }

  private front(): void {
    const cancel = h('button', { testid: 'pay-cancel', 'aria-label': '取消', html: icons.close, on: { click: () => this.finish('cancel') } });
    const staff = h('button', { testid: 'pay-staff', className: 'faint', 'aria-label': '演练', title: '演练：让这次支付失败', html: icons.sliders, on: { click: () => this.staff() } });
    this.mask.replaceChildren(h('div', { className: 'paysheet', testid: 'pay-sheet', role: 'dialog' }, this.head('', cancel, staff), ...this.sum(),
      h('dl', {}, h('dt', {}, '商品'), h('dd', { testid: 'pay-description' }, this.info.description), h('dt', {}, '付款方式'), h('dd', { className: 'method' }, h('i', { className: 'coin' }, '¥'), '零钱')),
      h('p', { className: 'error', testid: 'pay-error', hidden: true }),
      h('button', { className: 'primary', testid: 'pay-confirm', on: { click: () => this.pad() } }, '确认付款')));
  }

  private staff(): void {
    choices([
      ...FAILURES.map((one) => ({ label: one.label, testid: one.testid, run: () => void this.failed(one.label, one.text) })),
      { label: '系统错误（网页收到 fail）', testid: 'pay-fail-return', run: () => void this.broken() },
      { label: '付款成功，通知丢失', testid: 'pay-lost-notice', run: () => { this.notice = false; this.pad(); } },
      { label: '付款成功，网页不知道（微信被关掉）', testid: 'pay-lost-return', run: () => { this.tell = false; this.pad(); } },
    ], 'pay-staff-menu', '演练');
  }

  private show(text: string): void {
    const error = this.mask.querySelector<HTMLElement>('[data-testid=pay-error]');
    if (!error) return toast(text);
    error.textContent = text;
    error.hidden = false;
  }

  private async failed(reason: string, text: string): Promise<void> {
    await post('/phone/pay/fail', { ...this.key(), reason });
    await dialog('支付失败', text);
    this.show(text);
  }

  private async broken(): Promise<void> {
    await post('/phone/pay/fail', { ...this.key(), reason: '系统错误' });
    this.finish('fail');
  }

  private pad(): void {
    let word = '';
    const boxes = h('div', { className: 'boxes', testid: 'pay-password', 'aria-label': '支付密码' });
    const press = (digit: string): void => {
      if (digit === 'del') word = word.slice(0, -1);
      else if (word.length < 6) word += digit;
      boxes.replaceChildren(...Array.from({ length: 6 }, (_none, index) => h('i', { className: index < word.length ? 'on' : '' })));
      if (word.length === 6 && digit !== 'del') void this.pay(word);
    };
    const key = (label: string): HTMLElement => (label === '' ? h('span') : h('button', {
      testid: `pay-key-${label}`, className: label === 'del' ? 'del' : '', 'aria-label': label === 'del' ? '删除' : label, on: { click: () => press(label) },
    }, label === 'del' ? icon('erase') : label));
    const back = h('button', { 'aria-label': '返回', html: icons.close, on: { click: () => this.front() } });
    this.mask.replaceChildren(h('div', { className: 'paysheet pad', testid: 'pay-pad', role: 'dialog' }, this.head('请输入支付密码', back, h('span')), ...this.sum(), boxes,
      h('div', { className: 'keys' }, ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '', '0', 'del'].map(key))));
    press('del');
    document.addEventListener('keydown', (event) => {
      if (!boxes.isConnected) return;
      if (/^\d$/.test(event.key)) press(event.key);
      else if (event.key === 'Backspace') press('del');
    });
  }

  private async pay(password: string): Promise<void> {
    this.mask.replaceChildren(h('div', { className: 'waiting' }, h('i', { className: 'spinner' }), '正在支付'));
    try {
      await Promise.all([
        post('/phone/pay/confirm', { ...this.key(), openid: store.state.user.openid, password, notice: this.notice }),
        new Promise((done) => { setTimeout(done, 350); }),
      ]);
      this.success();
    } catch (error) {
      const text = error instanceof CallError ? error.message : '网络异常，请稍后再试';
      await dialog('支付失败', text);
      this.front();
      this.show(text);
    }
  }

  private success(): void {
    this.mask.className = 'paydone';
    this.mask.setAttribute('data-testid', 'pay-success');
    this.mask.replaceChildren(h('div', { className: 'tick', html: icons.check }), h('h2', {}, '支付成功'), h('p', {}, this.info.merchant),
      h('p', { className: 'amount', testid: 'pay-success-amount' }, h('small', {}, '¥'), yuan(this.info.total)),
      h('button', { className: 'done', testid: 'pay-done', on: { click: () => this.finish(this.tell ? 'ok' : 'gone') } }, '完成'));
  }
}

/** getBrandWCPayRequest: checked first, as WeChat does, then the sheet. */
export async function payByBridge(params: Record<string, unknown>, href: string): Promise<Record<string, unknown>> {
  const answer = await post<{ ok: boolean; err_msg?: string; err_desc?: string; sheet?: Sheet; auto?: 'ask' | End }>(
    '/phone/pay/open', { openid: store.state.user.openid, params, href });
  if (!answer.ok || !answer.sheet) {
    await dialog('支付失败', answer.err_desc ?? '');
    return { err_msg: answer.err_msg ?? 'get_brand_wcpay_request:fail', err_desc: answer.err_desc };
  }
  const end = await settle(answer.sheet, answer.auto ?? 'ask');
  // The page was killed with the app: no call-back ever comes.
  if (end === 'gone') {
    (await import('./browser.js')).browser.close();
    return new Promise(() => undefined);
  }
  return { err_msg: `get_brand_wcpay_request:${end}` };
}

async function settle(info: Sheet, auto: 'ask' | End): Promise<End> {
  if (auto !== 'ok') return auto === 'ask' ? new Payment(info).run() : auto;
  try {
    await post('/phone/pay/confirm', { prepay_id: info.ticket, openid: store.state.user.openid, password: '000000' });
    return 'ok';
  } catch {
    return 'fail';
  }
}

export async function payByCode(info: Omit<Sheet, 'ticket' | 'trade_type'> & { code_url: string }): Promise<void> {
  const end = await new Payment({ ...info, ticket: info.code_url, trade_type: 'NATIVE' }).run();
  if (end === 'cancel') toast('已取消付款');
}
