// Control over people: what a user of the phone does, without the phone.
import type { PushMode } from '../config.js';
import { HttpProblem, json, type Req, type Router } from '../kit/http.js';
import type { XmlFields } from '../kit/xml.js';
import { decrypt } from '@wecom/crypto';
import { tamperName } from '../mp/delivery.js';
import { returnUrl } from '../mp/oauth.js';
import type { User } from '../people.js';
import { REFUSALS } from '../pay/cashier.js';
import type { World } from '../world.js';
import { input, optionalText, text, type Input } from './body.js';

export function userView(user: User, full = false): object {
  const { openid, name, avatar, following, unread, pay_unread, messages } = user;
  return { openid, name, avatar, following, unread, pay_unread, ...(full ? { messages } : {}) };
}

function create(world: World, from: Input): object {
  const count = from['count'];
  const one = (): User => world.people.create({ name: optionalText(from, 'name'), openid: optionalText(from, 'openid'), following: from['following'] === true });
  if (count === undefined) return userView(one());
  return { users: Array.from({ length: Number(count) }, () => userView(one())) };
}

/** What the scanner makes of a text: a payment, a followed scene, an address, or nothing. */
export async function scan(world: World, user: User, content: string): Promise<object> {
  const order = world.orders.ofTicket(content);
  if (order && order.trade_type === 'NATIVE') {
    const refusal = world.orders.refusal(order, content, user.openid);
    if (refusal) throw new HttpProblem(409, REFUSALS[refusal], { reason: refusal });
    // The first account that scans is the one that may pay.
    if (order.openid === '') {
      order.openid = user.openid;
      world.orders.tell(order, 'scanned', {});
    }
    return {
      pay: {
        code_url: content, out_trade_no: order.out_trade_no, mch_id: order.mch_id, merchant: world.merchant(order.mch_id).name, total: order.total,
        description: order.description,
      },
    };
  }
  const scene = world.service.sceneOfText(content);
  if (scene !== undefined) return { push: await world.service.scanScene(user, scene) };
  if (/^weixin:\/\/wxpay\//.test(content)) throw new HttpProblem(409, REFUSALS.code_replaced, { reason: 'unknown_code' });
  if (/^https?:\/\//.test(content)) return { open: content };
  return { text: content };
}

async function rawPush(world: World, from: Input): Promise<object> {
  const openid = optionalText(from, 'openid') ?? world.people.first().openid;
  const fields = from['fields'] as XmlFields | undefined;
  const xml = optionalText(from, 'xml') ?? world.pusher.xml(openid, fields ?? { MsgType: 'text', Content: '你好', MsgId: '24680135791358001' });
  const mode = (optionalText(from, 'mode') ?? world.settings.push_mode) as PushMode;
  const answer = await world.pusher.raw(openid, xml, mode, tamperName(from['tamper']), optionalText(from, 'query'));
  return { ...answer, opened: opened(world, answer.body) };
}

function opened(world: World, body: string): string | null {
  const sealed = /<Encrypt>\s*<!\[CDATA\[([^\]]+)\]\]>/.exec(body)?.[1];
  try {
    return sealed === undefined ? null : decrypt(world.config.account.encoding_aes_key, sealed).message;
  } catch {
    return null;
  }
}

/** Waits for the push unless ?wait=0. */
async function maybe(req: Req, work: Promise<object>): Promise<object> {
  if (req.query.get('wait') !== '0') return work;
  void work.catch(() => undefined);
  return { ok: true };
}

export function userRoutes(world: World, router: Router): void {
  const { people, service, pusher } = world;
  const user = (req: Req): User => people.get(req.params['openid'] ?? '');
  const at = (action: string): string => `/control/users/:openid/${action}`;
  const pushed = (req: Req, work: Promise<object>): Promise<object> => maybe(req, work.then((push) => ({ push })));
  router.on('GET', '/control/users', () => json({ users: people.all().map((one) => userView(one)) }));
  router.on('POST', '/control/users', (req) => json(create(world, input(req))));
  router.on('GET', '/control/users/:openid', (req) => json(userView(user(req), true)));
  router.on('POST', at('follow'), async (req) => json(await pushed(req, service.follow(user(req), optionalText(input(req), 'scene')))));
  router.on('POST', at('unfollow'), async (req) => json(await pushed(req, service.unfollow(user(req)))));
  router.on('POST', at('text'), async (req) => json(await pushed(req, service.text(user(req), text(input(req), 'content')))));
  router.on('POST', at('menu'), async (req) => {
    const want = input(req) as { index?: number[]; key?: string; name?: string };
    return json(await maybe(req, service.tap(user(req), service.findButton(want))));
  });
  router.on('POST', at('scan'), async (req) => {
    const from = input(req);
    const scene = optionalText(from, 'scene');
    if (scene !== undefined) return json(await pushed(req, service.scanScene(user(req), scene)));
    return json(await scan(world, user(req), text(from, 'text')));
  });
  router.on('POST', at('event'), async (req) => {
    const fields = input(req)['fields'];
    if (typeof fields !== 'object' || fields === null) throw new HttpProblem(400, 'fields is missing');
    return json(await pushed(req, pusher.push(user(req), fields as XmlFields, true)));
  });
  router.on('POST', at('oauth'), (req) => {
    const from = input(req);
    const code = world.oauth.code(user(req).openid, optionalText(from, 'scope') ?? 'snsapi_base');
    const target = new URL(optionalText(from, 'redirect_uri') ?? new URL('/wechat/oauth', world.config.target).href);
    return json({ code, return_url: returnUrl(target, code, optionalText(from, 'state') ?? '') });
  });
  router.on('POST', '/control/push', async (req) => json(await rawPush(world, input(req))));
  router.on('POST', '/control/verify-url', async () => json(await pusher.verifyUrl()));
  router.on('POST', '/control/tokens/expire', () => {
    world.tokens.expireAll();
    return json({ ok: true });
  });
}

