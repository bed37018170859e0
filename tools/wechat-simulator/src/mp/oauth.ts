// Web OAuth: the authorize address read as strictly as WeChat's regular expression does, single-use codes, the exchange.
import type { AccountConfig } from '../config.js';
import type { Clock } from '../kit/clock.js';
import { base62 } from '../kit/ids.js';
import { MpError } from './error.js';

export interface Authorize {
  redirect_uri: URL;
  scope: 'snsapi_base' | 'snsapi_userinfo';
  state: string;
}

interface Code {
  openid: string;
  scope: string;
  at: number;
  used: boolean;
}

const CODE_LIFE = 5 * 60 * 1000;
const ORDER = ['appid', 'redirect_uri', 'response_type', 'scope', 'state'];
const OPTIONAL = ['forcePopup', 'forceSnapShot', 'connect_redirect'];

export class AuthorizeProblem extends Error {
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

/** Names in WeChat's order, each once; optional ones only after state. */
function pairs(query: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [index, pair] of query.split('&').entries()) {
    const cut = pair.indexOf('=');
    const name = cut < 0 ? pair : pair.slice(0, cut);
    const expected = ORDER[index];
    if (expected ? name !== expected : !OPTIONAL.includes(name)) throw new AuthorizeProblem(-1, `链接参数顺序错误：第${index + 1}个应为${expected ?? '无'}，实为${name}`);
    if (name in found) throw new AuthorizeProblem(-1, `参数${name}重复`);
    found[name] = cut < 0 ? '' : pair.slice(cut + 1);
  }
  return found;
}

export function parseAuthorize(rawUrl: string, account: AccountConfig): Authorize {
  const cut = rawUrl.indexOf('?');
  const raw = pairs(cut < 0 ? '' : rawUrl.slice(cut + 1));
  if (!raw['appid']) throw new AuthorizeProblem(10012, 'appid参数为空');
  if (raw['appid'] !== account.app_id) throw new AuthorizeProblem(-1, 'appid不正确');
  if (!raw['redirect_uri']) throw new AuthorizeProblem(10011, 'redirect_uri参数为空');
  if (/[:/?#]/.test(raw['redirect_uri'])) throw new AuthorizeProblem(10003, 'redirect_uri必须编码');
  let target: URL;
  try {
    target = new URL(decodeURIComponent(raw['redirect_uri']));
  } catch {
    throw new AuthorizeProblem(10003, 'redirect_uri域名与后台配置不一致');
  }
  if (!/^https?:$/.test(target.protocol) || !account.oauth_hosts.includes(target.hostname)) throw new AuthorizeProblem(10003, 'redirect_uri域名与后台配置不一致');
  if (raw['response_type'] !== 'code') throw new AuthorizeProblem(-1, 'response_type只能为code');
  const scope = raw['scope'];
  if (!scope) throw new AuthorizeProblem(10010, 'scope参数为空');
  if (scope !== 'snsapi_base' && scope !== 'snsapi_userinfo') throw new AuthorizeProblem(10005, '该公众号没有这些scope的权限');
  const state = raw['state'] ?? '';
  if (state === '') throw new AuthorizeProblem(10013, 'state参数为空');
  if (!/^[0-9A-Za-z]{1,128}$/.test(state)) throw new AuthorizeProblem(10013, 'state参数只能为字母和数字，最多128字节');
  return { redirect_uri: target, scope, state };
}

export function returnUrl(target: URL, code: string, state: string): string {
  const back = new URL(target);
  const query = back.search === '' ? '?' : `${back.search}&`;
  return `${back.origin}${back.pathname}${query}code=${code}&state=${state}`;
}

export class OAuth {
  private codes = new Map<string, Code>();
  private tokens = new Map<string, { openid: string; until: number }>();

  constructor(private readonly clock: Clock) {}

  code(openid: string, scope: string): string {
    const code = `0${base62(31)}`;
    this.codes.set(code, { openid, scope, at: this.clock.now(), used: false });
    if (this.codes.size > 50000) this.codes.delete(this.codes.keys().next().value ?? '');
    return code;
  }

  exchange(code: string | null, snapshot: boolean): Record<string, unknown> {
    if (!code) throw new MpError(41008);
    const found = this.codes.get(code);
    if (!found) throw new MpError(40029);
    if (found.used) throw new MpError(40163);
    if (this.clock.now() - found.at > CODE_LIFE) throw new MpError(40029);
    found.used = true;
    const token = `90_${base62(90)}`;
    this.tokens.set(token, { openid: found.openid, until: this.clock.now() + 7200_000 });
    if (this.tokens.size > 50000) this.tokens.delete(this.tokens.keys().next().value ?? '');
    return {
      access_token: token, expires_in: 7200, refresh_token: `90_${base62(90)}`, openid: found.openid, scope: found.scope,
      ...(snapshot ? { is_snapshotuser: 1 } : {}),
    };
  }

  checkToken(token: string | null, openid: string | null): void {
    const found = this.tokens.get(token ?? '');
    if (!found) throw new MpError(40001);
    if (found.openid !== openid) throw new MpError(40003);
    if (found.until <= this.clock.now()) throw new MpError(42001);
  }

  clear(): void {
    this.codes.clear();
    this.tokens.clear();
  }
}
