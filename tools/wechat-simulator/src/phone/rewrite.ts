// What the in-app browser changes on the way: addresses between the two origins, framing, and one script tag.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { own, rename } from './cookies.js';

export const USER_AGENT =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18003229) NetType/WIFI Language/zh_CN';

const HOP = new Set(['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'host']);

export interface Sides {
  target: URL;
  browser: string;
  shell: string;
}

export const isDocument = (headers: IncomingHttpHeaders): boolean =>
  ['document', 'iframe'].includes(String(headers['sec-fetch-dest'] ?? '')) ||
  (headers['sec-fetch-dest'] === undefined && String(headers.accept ?? '').includes('text/html'));

export function requestHeaders(headers: IncomingHttpHeaders, sides: Sides, openid: string): OutgoingHttpHeaders {
  const out: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) if (!HOP.has(name) && value !== undefined) out[name] = value;
  out['host'] = sides.target.host;
  out['user-agent'] = USER_AGENT;
  // A page loaded from the chat has no Referer in WeChat; the shell's address must never reach the server.
  if (out['referer']) out['referer'] = String(out['referer']).startsWith(sides.browser) ? toTarget(String(out['referer']), sides) : undefined;
  if (out['origin']) out['origin'] = toTarget(String(out['origin']), sides);
  const cookie = own(headers.cookie, openid);
  if (cookie === undefined) delete out['cookie'];
  else out['cookie'] = cookie;
  if (out['referer'] === undefined) delete out['referer'];
  if (isDocument(headers)) {
    // The page is changed on the way (one script tag), so it must come whole and uncompressed.
    out['accept-encoding'] = 'identity';
    delete out['if-none-match'];
    delete out['if-modified-since'];
    out['sec-fetch-dest'] = 'document';
    // In WeChat the page is a top window that a person opened.
    if (out['sec-fetch-site'] === 'same-site') out['sec-fetch-site'] = 'none';
  }
  return out;
}

const toTarget = (address: string, sides: Sides): string =>
  (address.startsWith(sides.browser) ? sides.target.origin + address.slice(sides.browser.length) : address);

export function location(value: string, sides: Sides): string {
  if (!/^https?:\/\//i.test(value)) return value;
  const url = new URL(value);
  if (url.origin === sides.target.origin) return `${sides.browser}${url.pathname}${url.search}${url.hash}`;
  if (isAuthorize(value, sides)) return `${sides.browser}${value.slice(value.indexOf('/connect/')).replace(/#.*$/, '')}`;
  return value;
}

export function isAuthorize(value: string, sides: Sides): boolean {
  if (!/^https?:\/\//i.test(value)) return false;
  const url = new URL(value);
  return url.pathname === '/connect/oauth2/authorize' && url.port === new URL(sides.shell).port;
}

/** Only who may frame the page is relaxed; every other rule of the page's policy stays. */
function policy(value: string, shell: string): string {
  return value.split(';').map((rule) => (/^\s*frame-ancestors\b/i.test(rule) ? ` frame-ancestors ${shell}` : rule)).join(';');
}

export function responseHeaders(headers: IncomingHttpHeaders, sides: Sides, openid: string): OutgoingHttpHeaders {
  const out: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) if (!HOP.has(name) && value !== undefined) out[name] = value;
  delete out['x-frame-options'];
  if (typeof headers.location === 'string') out['location'] = location(headers.location, sides);
  for (const name of ['content-security-policy', 'content-security-policy-report-only']) {
    if (typeof out[name] === 'string') out[name] = policy(String(out[name]), sides.shell);
  }
  if (out['access-control-allow-origin'] === sides.target.origin) out['access-control-allow-origin'] = sides.browser;
  if (headers['set-cookie']) out['set-cookie'] = headers['set-cookie'].map((line) => rename(line, openid));
  return out;
}

const TAG = '<script src="/__wx/bridge.js"></script>';

/** First thing in head, so that it is there before the page's own scripts. */
export function inject(page: string): string {
  const head = /<head(\s[^>]*)?>/i.exec(page);
  if (head) return page.slice(0, head.index + head[0].length) + TAG + page.slice(head.index + head[0].length);
  const root = /<html(\s[^>]*)?>/i.exec(page);
  if (root) return page.slice(0, root.index + root[0].length) + TAG + page.slice(root.index + root[0].length);
  const type = /^\s*<!doctype[^>]*>/i.exec(page);
  return type ? type[0] + TAG + page.slice(type[0].length) : TAG + page;
}
