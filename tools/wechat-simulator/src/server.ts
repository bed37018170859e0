// Two listeners: everything of WeChat's on one, the in-app browser on the other.
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Address, Config } from './config.js';
import { ControlFront } from './control/front.js';
import { cookie, json, readRequest, send, HttpProblem, type Req } from './kit/http.js';
import { authorize } from './phone/authorize.js';
import { PhoneDoor } from './phone/door.js';
import { bridgeScript, file } from './phone/files.js';
import { Proxy } from './phone/proxy.js';
import { World } from './world.js';

export interface Running {
  world: World;
  close: () => Promise<void>;
}

const LOOPBACK = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])(:\d+)?$/;

/** A web page elsewhere must not reach us through the person's browser, by name tricks or by cross-site posts. */
function strange(req: IncomingMessage): boolean {
  if (!LOOPBACK.test(req.headers.host ?? '')) return true;
  const { origin } = req.headers;
  return origin !== undefined && origin !== 'null' && !LOOPBACK.test(origin.replace(/^https?:\/\//, ''));
}

function listen(server: Server, address: Address): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      const { port } = server.address() as AddressInfo;
      resolve(`http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${port}`);
    });
  });
}

/** The phone behind a direct visit of the authorize page: an iframe of ours, or a client that says it is WeChat. */
function visitor(world: World, req: Req): { openid: string | undefined; proxied: boolean } {
  const named = world.people.find(decodeURIComponent(cookie(req.headers.cookie, 'wx_phone') ?? ''))?.openid;
  if (req.headers['sec-fetch-dest'] === 'iframe') return { openid: named ?? world.people.first().openid, proxied: true };
  const inWeChat = /MicroMessenger/i.test(req.headers['user-agent'] ?? '');
  return { openid: inWeChat ? named ?? world.people.first().openid : undefined, proxied: false };
}

export async function start(config: Config): Promise<Running> {
  const world = new World(config);
  const control = new ControlFront(world);
  const phone = new PhoneDoor(world);
  const proxy = new Proxy(world);

  async function main(raw: IncomingMessage, res: ServerResponse): Promise<void> {
    if (strange(raw)) return send(res, json({ error: 'loopback only' }, 403));
    const req = await readRequest(raw);
    if (req.path.startsWith('/v3/')) return world.pay.handle(req, res);
    if (/^\/(cgi-bin|sns)\//.test(req.path)) return world.mp.handle(req, res);
    if (req.path.startsWith('/control/')) return send(res, await control.handle(req));
    if (req.path === '/connect/oauth2/authorize') return send(res, authorize(world, req, visitor(world, req)));
    if (req.path === '/__wx/bridge.js') return send(res, bridgeScript(world.origin, world.settings.bridge_delay_ms));
    if (['/__wx/inner.css', '/__wx/twice.js'].includes(req.path)) return send(res, file(req.path.slice(6)));
    const answer = await phone.handle(req, res);
    if (answer) send(res, answer);
  }

  const guard = (work: Promise<void>, res: ServerResponse): void => {
    work.catch((error: unknown) => {
      const status = error instanceof HttpProblem ? error.status : 500;
      if (status === 500) console.error('simulator fault', error);
      if (res.headersSent) res.destroy();
      else send(res, json({ error: error instanceof Error ? error.message : 'internal error' }, status));
    });
  };
  const api = http.createServer((req, res) => guard(main(req, res), res));
  const browser = http.createServer((req, res) => guard(strange(req) ? Promise.resolve(send(res, json({ error: 'loopback only' }, 403))) : proxy.handle(req, res), res));
  // WeChat announces eight seconds; a pool that keeps connections longer must cope with their end.
  api.keepAliveTimeout = 8000;
  world.origin = await listen(api, config.listen);
  world.browserOrigin = await listen(browser, config.browser_listen);
  world.load();
  const saver = config.state_dir === undefined ? undefined : setInterval(() => world.save(), 2000);

  async function close(): Promise<void> {
    clearInterval(saver);
    world.save();
    world.notices.clear();
    world.timers.clear();
    phone.close();
    const ends = [api, browser].map((server) => new Promise<void>((done) => { server.close(() => done()); }));
    for (const server of [api, browser]) server.closeAllConnections();
    await Promise.all(ends);
  }
  return { world, close };
}
