// The door of the official-account API: /cgi-bin and /sns, always HTTP 200, errcode in the body.
import type { ServerResponse } from 'node:http';
import type { Config } from '../config.js';
import { msOf, type Fault, type FaultKind, type Faults, type Scene } from '../faults.js';
import type { Journal } from '../journal.js';
import { sleep, type Clock } from '../kit/clock.js';
import { Router, send, type Req } from '../kit/http.js';
import type { People } from '../people.js';
import type { Settings } from '../settings.js';
import { MpError, OK } from './error.js';
import { asLive, asRead, parseMenu, type Menu } from './menu.js';
import type { OAuth } from './oauth.js';
import type { Service } from './service.js';
import { parseTemplate } from './template.js';
import type { Tokens } from './tokens.js';

type MpCall = (req: Req) => unknown;

export interface MpTools {
  config: Config;
  clock: Clock;
  settings: () => Settings;
  faults: Faults;
  journal: Journal;
  people: People;
  tokens: Tokens;
  menu: Menu;
  oauth: OAuth;
  service: Service;
}

const FAULTS: readonly FaultKind[] = ['lost_before', 'lost_after', 'half', 'error', 'rate_limit', 'errcode', 'malformed', 'html'];
/** Codes that only a mistake in the caller's code brings about. */
const MISTAKES = new Set([
  40002, 40013, 40015, 40016, 40017, 40018, 40019, 40020, 40022, 40023, 40024, 40025, 40026, 40027, 40033, 40097, 40125, 41001, 41002, 41004,
  43001, 43002, 44002, 47001, 47003, 65308, 65317, 65318,
]);

function body(req: Req): Record<string, unknown> {
  if (req.body.length === 0) throw new MpError(44002);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(req.body);
  } catch {
    throw new MpError(65318);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Falls through to the same answer.
  }
  throw new MpError(47001);
}

export class MpFront {
  private readonly routes = new Router<{ name: string; call: MpCall }>();

  constructor(private readonly tools: MpTools) {
    const { tokens } = tools;
    const guarded = (call: MpCall): MpCall => (req) => {
      tokens.check(req.query.get('access_token'));
      return call(req);
    };
    this.add('GET', '/cgi-bin/token', 'token', (req) => this.plainToken(req));
    this.add('POST', '/cgi-bin/stable_token', 'stable_token', (req) => this.stableToken(req));
    this.add('GET', '/cgi-bin/ticket/getticket', 'ticket', guarded((req) => this.ticket(req)));
    this.add('POST', '/cgi-bin/menu/create', 'menu_create', guarded((req) => this.menuCreate(req)));
    this.add('GET', '/cgi-bin/menu/get', 'menu_get', guarded(() => this.menuGet()));
    this.add('GET', '/cgi-bin/menu/delete', 'menu_delete', guarded(() => this.menuDelete()));
    this.add('GET', '/cgi-bin/get_current_selfmenu_info', 'selfmenu', guarded(() => this.selfmenu()));
    this.add('POST', '/cgi-bin/message/custom/send', 'custom_send', guarded((req) => { tools.service.custom(body(req)); return OK; }));
    this.add('POST', '/cgi-bin/message/template/send', 'template_send', guarded((req) => this.templateSend(req)));
    this.add('GET', '/cgi-bin/template/get_all_private_template', 'template_list', guarded(() => this.templates()));
    this.add('GET', '/cgi-bin/user/info', 'user_info', guarded((req) => this.userInfo(req)));
    this.add('GET', '/cgi-bin/user/get', 'user_list', guarded(() => this.userList()));
    this.add('POST', '/cgi-bin/qrcode/create', 'qrcode', guarded((req) => this.qrcode(req)));
    this.add('GET', '/cgi-bin/getcallbackip', 'ip_list', guarded(() => ({ ip_list: ['127.0.0.1'] })));
    this.add('GET', '/cgi-bin/get_api_domain_ip', 'ip_list', guarded(() => ({ ip_list: ['127.0.0.1'] })));
    this.add('GET', '/sns/oauth2/access_token', 'oauth_token', (req) => this.oauthToken(req));
    this.add('GET', '/sns/auth', 'oauth_auth', (req) => {
      tools.oauth.checkToken(req.query.get('access_token'), req.query.get('openid'));
      return OK;
    });
  }

  private add(method: string, path: string, name: string, call: MpCall): void {
    this.routes.on(method, path, { name, call });
  }

  private plainToken(req: Req): unknown {
    if (req.query.get('grant_type') !== 'client_credential') throw new MpError(40002);
    this.tools.tokens.checkSecret(req.query.get('appid'), req.query.get('secret'));
    return this.tools.tokens.plainToken();
  }

  private stableToken(req: Req): unknown {
    const raw = body(req);
    if (raw['grant_type'] !== 'client_credential') throw new MpError(40002);
    const force = raw['force_refresh'];
    if (force !== undefined && typeof force !== 'boolean') throw new MpError(47001);
    this.tools.tokens.checkSecret(raw['appid'] as string | undefined, raw['secret'] as string | undefined);
    return this.tools.tokens.stableToken(force === true);
  }

  private ticket(req: Req): unknown {
    if (req.query.get('type') !== 'jsapi') throw new MpError(40097);
    return { ...OK, ...this.tools.tokens.jsapiTicket() };
  }

  private menuCreate(req: Req): unknown {
    this.tools.menu.set(parseMenu(req.body), this.tools.clock.now());
    for (const user of this.tools.people.all()) this.tools.people.touch(user);
    return OK;
  }

  private menuGet(): unknown {
    const { menu } = this.tools;
    if (!menu.buttons) throw new MpError(46003);
    return { menu: { button: asRead(menu.buttons), menuid: menu.id } };
  }

  private menuDelete(): unknown {
    this.tools.menu.clear();
    for (const user of this.tools.people.all()) this.tools.people.touch(user);
    return OK;
  }

  private selfmenu(): unknown {
    const { menu } = this.tools;
    return { is_menu_open: menu.buttons ? 1 : 0, selfmenu_info: { button: asLive(menu.buttons ?? []) } };
  }

  private templateSend(req: Req): unknown {
    const known = this.tools.config.account.templates;
    const parsed = parseTemplate(body(req), known);
    const title = known?.[parsed.template_id]?.title ?? '服务通知';
    return new Raw(`{"errcode":0,"errmsg":"ok","msgid":${this.tools.service.template(parsed, title)}}`);
  }

  private templates(): unknown {
    const known = this.tools.config.account.templates ?? {};
    return {
      template_list: Object.entries(known).map(([template_id, { title, keys }]) => ({
        template_id, title, primary_industry: '', deputy_industry: '', content: keys.map((key) => `{{${key}.DATA}}`).join('\n'), example: '',
      })),
    };
  }

  private userInfo(req: Req): unknown {
    const user = this.tools.people.find(req.query.get('openid') ?? '');
    if (!user) throw new MpError(40003);
    if (!user.following) return { subscribe: 0, openid: user.openid };
    return {
      subscribe: 1, openid: user.openid, language: 'zh_CN', subscribe_time: user.subscribe_time, remark: '', groupid: 0, tagid_list: [],
      subscribe_scene: user.subscribe_scene, qr_scene: 0, qr_scene_str: user.qr_scene_str,
    };
  }

  private userList(): unknown {
    const openid = this.tools.people.all().filter((user) => user.following).map((user) => user.openid);
    return { total: openid.length, count: openid.length, data: { openid }, next_openid: openid[openid.length - 1] ?? '' };
  }

  private qrcode(req: Req): unknown {
    const raw = body(req);
    const scene = (raw['action_info'] as { scene?: { scene_id?: number; scene_str?: string } } | undefined)?.scene;
    const action = String(raw['action_name']);
    if (!['QR_SCENE', 'QR_STR_SCENE', 'QR_LIMIT_SCENE', 'QR_LIMIT_STR_SCENE'].includes(action)) throw new MpError(40097);
    const text = action.includes('STR') ? scene?.scene_str : scene?.scene_id === undefined ? undefined : String(scene.scene_id);
    if (typeof text !== 'string' || text === '' || text === '0' || [...text].length > 64) throw new MpError(40097);
    const seconds = Number(raw['expire_seconds'] ?? 60);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > 2592000) throw new MpError(40097);
    const made = this.tools.service.makeScene(text, seconds);
    return action.includes('LIMIT') ? made : { ticket: made.ticket, expire_seconds: seconds, url: made.url };
  }

  private oauthToken(req: Req): unknown {
    if (req.query.get('grant_type') !== 'authorization_code') throw new MpError(40002);
    this.tools.tokens.checkSecret(req.query.get('appid'), req.query.get('secret'));
    return this.tools.oauth.exchange(req.query.get('code'), this.tools.settings().snapshot_user);
  }

  async handle(req: Req, res: ServerResponse): Promise<void> {
    const match = this.routes.find(req);
    const found = match === 'method' ? undefined : match;
    const scene: Scene = { operation: found?.name ?? 'unknown', path: req.path };
    const slow = this.tools.faults.take(['slow'], scene);
    if (slow?.['before'] === true) await sleep(msOf(slow));
    const fault = this.tools.faults.take(FAULTS, scene);
    const outcome = fault && !acts(fault) ? undefined : this.act(req, found?.call);
    if (slow && slow['before'] !== true) await sleep(msOf(slow));
    this.finish(req, res, scene, outcome, fault);
  }

  private act(req: Req, call: MpCall | undefined): unknown {
    try {
      if (!call) {
        const other = this.routes.find(req) === 'method';
        throw other ? new MpError(req.method === 'GET' ? 43002 : 43001) : new MpError(40066, 'invalid url');
      }
      return call(req);
    } catch (error) {
      if (error instanceof MpError) return error;
      console.error('simulator fault', error);
      return new MpError(-1);
    }
  }

  private finish(req: Req, res: ServerResponse, scene: Scene, outcome: unknown, fault: Fault | undefined): void {
    const error = outcome instanceof MpError ? outcome : undefined;
    this.tools.journal.add({
      api: 'account', method: req.method, path: req.path, operation: scene.operation, status: 200, code: error ? String(error.errcode) : undefined,
      message: error?.message, fault: fault?.kind,
    });
    if (error && (MISTAKES.has(error.errcode) || error.errcode === 40066)) this.tools.journal.violation(`${req.method} ${req.path}`, `${error.errcode} ${error.message}`);
    if (fault?.kind === 'lost_before' || fault?.kind === 'lost_after') {
      req.socket.destroy();
      return;
    }
    const { status, type, text } = dress(outcome, fault);
    const headers = { 'Content-Type': type, 'Cache-Control': 'no-cache' };
    if (fault?.kind === 'half') {
      res.writeHead(status, { ...headers, 'Content-Length': String(Buffer.byteLength(text)) });
      res.write(text.slice(0, Math.floor(text.length / 2)));
      setTimeout(() => req.socket.destroy(), 20);
      return;
    }
    send(res, { status, headers, body: text });
  }
}

/** Text that must go out as it is: a 64-bit number does not survive JSON.stringify. */
class Raw {
  constructor(readonly text: string) {}
}

function acts(fault: Fault): boolean {
  if (fault.kind === 'lost_before') return false;
  return !['error', 'rate_limit', 'html', 'errcode'].includes(fault.kind) || fault['acted'] === true;
}

function dress(outcome: unknown, fault: Fault | undefined): { status: number; type: string; text: string } {
  const type = 'application/json; encoding=utf-8';
  const failure = (code: number, message?: string): string => {
    const error = new MpError(code, message);
    return JSON.stringify({ errcode: code, errmsg: error.message });
  };
  if (fault?.kind === 'errcode') return { status: 200, type, text: failure(Number(fault['errcode'] ?? -1), fault['errmsg'] as string | undefined) };
  if (fault?.kind === 'rate_limit') return { status: 200, type, text: failure(45011) };
  if (fault?.kind === 'error') return { status: Number(fault['status'] ?? 500), type: 'text/plain', text: '' };
  if (fault?.kind === 'html') return { status: Number(fault['status'] ?? 502), type: 'text/html', text: '<html><body>502 Bad Gateway</body></html>' };
  const text = outcome instanceof MpError ? JSON.stringify({ errcode: outcome.errcode, errmsg: outcome.message })
    : outcome instanceof Raw ? outcome.text : JSON.stringify(outcome);
  return { status: 200, type, text: fault?.kind === 'malformed' ? text.slice(0, Math.ceil(text.length / 2)) : text };
}
