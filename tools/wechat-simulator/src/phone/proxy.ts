// The in-app browser: a reverse proxy onto the server under test, seen with WeChat's eyes.
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { cookie, html, json, readRequest, send } from '../kit/http.js';
import type { World } from '../world.js';
import { authorize } from './authorize.js';
import { bridgeScript, file } from './files.js';
import { messagePage } from './pages.js';
import { inject, isAuthorize, isDocument, requestHeaders, responseHeaders, type Sides } from './rewrite.js';

const agents = { http: new http.Agent({ keepAlive: true, timeout: 30_000 }), https: new https.Agent({ keepAlive: true, timeout: 30_000 }) };
const PAGE_LIMIT = 8 * 1024 * 1024;

export class Proxy {
  constructor(private readonly world: World) {}

  private sides(): Sides {
    return { target: this.world.config.target, browser: this.world.browserOrigin, shell: this.world.origin };
  }

  private openid(req: IncomingMessage): string {
    const asked = decodeURIComponent(cookie(req.headers.cookie, 'wx_phone') ?? '');
    return (this.world.people.find(asked) ?? this.world.people.first()).openid;
  }

  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = (req.url ?? '/').split('?')[0] ?? '/';
    if (path.startsWith('/__wx/')) return send(res, this.ownFile(path));
    if (path === '/connect/oauth2/authorize') return send(res, authorize(this.world, await readRequest(req), { openid: this.openid(req), proxied: true }));
    this.forward(req, res);
  }

  private ownFile(path: string): ReturnType<typeof html> {
    if (path === '/__wx/bridge.js') return bridgeScript(this.world.origin, this.world.settings.bridge_delay_ms);
    if (path === '/__wx/blank') return html('<!doctype html><title></title>');
    if (path === '/__wx/close') return html('<!doctype html><script src="/__wx/bridge.js"></script><script src="/__wx/close.js"></script>');
    if (['/__wx/twice.js', '/__wx/close.js', '/__wx/inner.css'].includes(path)) return file(path.slice('/__wx/'.length));
    return json({ error: 'not found' }, 404);
  }

  private forward(req: IncomingMessage, res: ServerResponse): void {
    const sides = this.sides();
    const openid = this.openid(req);
    const secure = sides.target.protocol === 'https:';
    const upstream = (secure ? https : http).request({
      hostname: sides.target.hostname, port: sides.target.port || (secure ? 443 : 80), method: req.method, path: req.url,
      headers: requestHeaders(req.headers, sides, openid), agent: secure ? agents.https : agents.http,
    });
    upstream.on('response', (answer) => this.relay(req, res, answer, sides, openid));
    upstream.on('error', () => {
      if (res.headersSent) return void res.destroy();
      const page = isDocument(req.headers);
      send(res, page ? html(messagePage('无法打开网页', '服务器没有响应，请稍后再试'), 502) : json({ error: 'server not reachable' }, 502));
    });
    res.on('close', () => { if (!res.writableEnded) upstream.destroy(); });
    req.pipe(upstream);
  }

  private relay(req: IncomingMessage, res: ServerResponse, answer: IncomingMessage, sides: Sides, openid: string): void {
    const headers = responseHeaders(answer.headers, sides, openid);
    this.checkFragment(answer.headers.location, sides);
    const status = answer.statusCode ?? 502;
    const isPage = /^text\/html\b/i.test(String(answer.headers['content-type'] ?? '')) && answer.headers['content-encoding'] === undefined;
    if (!isPage || req.method === 'HEAD' || status === 304) {
      res.writeHead(status, headers);
      answer.pipe(res);
      return;
    }
    const parts: Buffer[] = [];
    let size = 0;
    answer.on('data', (part: Buffer) => {
      size += part.length;
      if (size > PAGE_LIMIT) answer.destroy(new Error('page too large'));
      else parts.push(part);
    });
    answer.on('error', () => res.destroy());
    answer.on('end', () => {
      const page = Buffer.from(inject(Buffer.concat(parts).toString('utf8')));
      delete headers['etag'];
      headers['content-length'] = String(page.length);
      res.writeHead(status, headers);
      res.end(page);
    });
  }

  /** The fragment never reaches a server, but here the whole address passes by: WeChat wants it. */
  private checkFragment(value: string | undefined, sides: Sides): void {
    if (value === undefined || !isAuthorize(value, sides)) return;
    if (!value.endsWith('#wechat_redirect')) this.world.journal.violation('authorize', 'address does not end in #wechat_redirect');
  }
}
