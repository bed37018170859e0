// The OAuth page. Inside the phone it comes back at once (snsapi_base); outside it says where to go.
import type { World } from '../world.js';
import { html, redirect, type Answer, type Req } from '../kit/http.js';
import { AuthorizeProblem, parseAuthorize, returnUrl, type Authorize } from '../mp/oauth.js';
import { messagePage, page } from './pages.js';

export interface Visitor {
  /** The phone's user, or undefined outside of WeChat. */
  openid: string | undefined;
  /** Come back through the in-app browser's proxy. */
  proxied: boolean;
}

function back(world: World, ask: Authorize, openid: string, proxied: boolean): string {
  const target = new URL(returnUrl(ask.redirect_uri, world.oauth.code(openid, ask.scope), ask.state));
  if (proxied && target.origin === world.config.target.origin) return `${world.browserOrigin}${target.pathname}${target.search}`;
  return target.href;
}

/** Some phones come back twice in the same second: two codes, one state. The page asks first, the window follows. */
function twice(first: string, second: string): Answer {
  const script = '/__wx/twice.js';
  return html(page('', `<div id="twice" data-first="${escape(first)}" data-second="${escape(second)}"></div><script src="${script}"></script>`));
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

function consent(world: World, yes: string): Answer {
  const { name } = world.config.account;
  return html(page('授权登录', `<div class="consent"><p class="app">${escape(name)} 申请使用</p><h1>你的微信头像、昵称信息</h1>
    <a class="button" href="${escape(yes)}" data-testid="oauth-allow">允许</a><a class="plain" href="/__wx/close" data-testid="oauth-deny">拒绝</a></div>`));
}

export function authorize(world: World, req: Req, visitor: Visitor): Answer {
  const log = (status: number, message?: string): void => world.journal.add({ api: 'oauth', method: req.method, path: req.path, operation: 'authorize', status, message });
  if (visitor.openid === undefined) {
    log(200, 'outside');
    return html(messagePage('请在微信客户端打开链接', ''));
  }
  let ask: Authorize;
  try {
    ask = parseAuthorize(req.rawUrl, world.config.account);
  } catch (error) {
    if (!(error instanceof AuthorizeProblem)) throw error;
    log(200, error.message);
    world.journal.violation('authorize', `${error.code} ${error.message}`);
    return html(messagePage(error.message, error.code > 0 ? `错误码：${error.code}` : ''));
  }
  const { openid, proxied } = visitor;
  const user = world.people.get(openid);
  log(302);
  if (ask.scope === 'snsapi_userinfo' && !user.following) return consent(world, back(world, ask, openid, proxied));
  const double = world.settings.oauth_double_return || world.faults.take(['oauth_double'], { operation: 'authorize', openid }) !== undefined;
  if (double && proxied) return twice(back(world, ask, openid, true), back(world, ask, openid, true));
  return redirect(back(world, ask, openid, proxied));
}
