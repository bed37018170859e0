// The phone's own calls: its state, its live updates, its pay sheet.
import plugin from 'wechatpay-axios-plugin';
import type { ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import { HttpProblem, json, Router, type Answer, type Req } from '../kit/http.js';
import { input, optionalText, text, type Input } from '../control/body.js';
import { refusal } from '../control/front.js';
import { wanted } from '../control/orders.js';
import { scan, userView } from '../control/users.js';
import { REFUSALS } from '../pay/cashier.js';
import type { Order } from '../pay/orders.js';
import type { World } from '../world.js';
import { file } from './files.js';

const { Rsa, Formatter } = plugin;

function sheet(world: World, order: Order, ticket: string): object {
  return {
    ticket, merchant: world.merchant(order.mch_id).name, total: order.total, description: order.description, out_trade_no: order.out_trade_no,
    trade_type: order.trade_type,
  };
}

const fail = (desc: string): object => ({ ok: false, err_msg: 'get_brand_wcpay_request:fail', err_desc: desc });

/** What WeChat checks before the sheet comes up: every value a string, the signature the merchant's, the order the payer's. */
function openSheet(world: World, from: Input): object {
  const params = (from['params'] ?? {}) as Record<string, unknown>;
  for (const name of ['appId', 'timeStamp', 'nonceStr', 'package', 'signType', 'paySign']) {
    if (typeof params[name] !== 'string' || params[name] === '') return broken(world, `缺少参数或类型错误: ${name}`);
  }
  const { appId = '', timeStamp = '', nonceStr = '', package: pack = '', signType, paySign = '' } = params as Record<string, string>;
  if (signType !== 'RSA') return broken(world, 'signType应为RSA');
  if (!/^\d{10}$/.test(timeStamp)) return broken(world, 'timeStamp应为10位秒');
  if (nonceStr.length > 32) return broken(world, 'nonceStr超过32位');
  if (!pack.startsWith('prepay_id=')) return broken(world, 'package应为prepay_id=…');
  const ticket = pack.slice('prepay_id='.length);
  const order = world.orders.ofTicket(ticket);
  if (!order || order.trade_type !== 'JSAPI') return broken(world, 'prepay_id无效');
  if (order.appid !== appId) return broken(world, 'appId与下单不一致');
  const message = Formatter.joinedByLineFeed(appId, timeStamp, nonceStr, pack);
  if (!Rsa.verify(message, paySign, world.merchant(order.mch_id).public_key)) return broken(world, '支付验证签名失败');
  const reason = world.orders.refusal(order, ticket, text(from, 'openid'));
  if (reason) {
    world.orders.tell(order, 'sheet_refused', { reason });
    return fail(reason === 'other_payer' ? '下单账号与支付账号不一致' : REFUSALS[reason]);
  }
  world.orders.tell(order, 'sheet_opened', {});
  return { ok: true, sheet: sheet(world, order, ticket), auto: world.settings.auto_pay };
}

function broken(world: World, why: string): object {
  world.journal.violation('getBrandWCPayRequest', why);
  return fail(why);
}

/** wx.config of the JS-SDK: the page's address signed with the ticket. */
function verifyConfig(world: World, from: Input): object {
  const params = (from['params'] ?? {}) as Record<string, string>;
  const { ticket } = world.tokens.jsapiTicket();
  const url = text(from, 'href').replace(world.browserOrigin, world.config.target.origin).replace(/#.*$/, '');
  const source = `jsapi_ticket=${ticket}&noncestr=${params['verifyNonceStr']}&timestamp=${params['verifyTimestamp']}&url=${url}`;
  const good = createHash('sha1').update(source).digest('hex') === params['verifySignature'] && params['verifyAppId'] === world.config.account.app_id;
  if (!good) world.journal.violation('wx.config', 'invalid signature');
  return { err_msg: good ? 'preVerifyJSAPI:ok' : 'config:invalid signature' };
}

export class PhoneDoor {
  private readonly router = new Router();
  private watchers = new Map<ServerResponse, string>();

  constructor(private readonly world: World) {
    world.people.onChange = (openid) => this.tell(openid);
    world.people.onReset = () => this.tell(undefined);
    this.router.on('GET', '/', () => this.page());
    this.router.on('GET', '/phone/state', (req) => json(this.state(req.query.get('user'))));
    this.router.on('POST', '/phone/read', (req) => this.read(input(req)));
    this.router.on('POST', '/phone/pay/open', (req) => json(openSheet(world, input(req))));
    this.router.on('POST', '/phone/pay/confirm', (req) => this.confirm(input(req)));
    this.router.on('POST', '/phone/pay/fail', (req) => this.failed(input(req)));
    this.router.on('POST', '/phone/scan', async (req) => {
      const from = input(req);
      return json(await scan(world, world.people.get(text(from, 'openid')), text(from, 'text').trim()));
    });
    this.router.on('POST', '/phone/jssdk', (req) => json(verifyConfig(world, input(req))));
    this.router.on('GET', '/phone/:name', (req) => file(req.params['name'] ?? ''));
  }

  private page(): Answer {
    const policy = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; frame-src ${this.world.browserOrigin} ${this.world.origin}; base-uri 'none'; form-action 'none'`;
    return file('index.html', { 'Content-Security-Policy': policy });
  }

  private state(asked: string | null): object {
    const { world } = this;
    const user = world.people.find(asked ?? '') ?? world.people.first();
    return {
      user: userView(user, true), users: world.people.all().slice(0, 50).map((one) => userView(one)), now: world.clock.now(),
      account: { name: world.config.account.name, menu: user.following ? world.service.shownMenu() ?? [] : [] },
      target: world.config.target.origin, browser: world.browserOrigin,
    };
  }

  private read(from: Input): Answer {
    const user = this.world.people.get(text(from, 'openid'));
    if (from['chat'] === 'pay') user.pay_unread = 0;
    else user.unread = 0;
    this.world.people.touch(user);
    return json({ ok: true });
  }

  private confirm(from: Input): Answer {
    if (!/^\d{6}$/.test(optionalText(from, 'password') ?? '')) throw new HttpProblem(400, '请输入6位支付密码');
    const { order, ticket } = wanted(this.world, from);
    this.world.cashier.pay(order, { ticket, openid: text(from, 'openid'), notice: from['notice'] !== false });
    return json({ total: order.total, paid_at: order.paid_at, transaction_id: order.transaction_id, merchant: this.world.merchant(order.mch_id).name });
  }

  private failed(from: Input): Answer {
    const { order } = wanted(this.world, from);
    this.world.cashier.fail(order, optionalText(from, 'reason') ?? '余额不足');
    return json({ ok: true });
  }

  private tell(openid: string | undefined): void {
    for (const [res, watched] of this.watchers) if (openid === undefined || watched === openid) res.write('event: changed\ndata: {}\n\n');
  }

  private watch(req: Req, res: ServerResponse): void {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    res.write('retry: 1000\n\n');
    this.watchers.set(res, req.query.get('user') ?? '');
    res.on('close', () => this.watchers.delete(res));
  }

  /** Ends the live updates, so that the server can stop. */
  close(): void {
    for (const res of this.watchers.keys()) res.end();
  }

  async handle(req: Req, res: ServerResponse): Promise<Answer | undefined> {
    if (req.path === '/phone/events') {
      this.watch(req, res);
      return undefined;
    }
    try {
      const handler = this.router.find(req);
      if (handler === undefined || handler === 'method') return json({ error: 'not found' }, 404);
      return await handler(req);
    } catch (error) {
      return refusal(error);
    }
  }
}
