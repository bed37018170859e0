// One browser profile may hold several phone users and the portal's tab beside them, all on one host:
// the proxy renames cookies per user on the way, prefixes of the name and all attributes stay.
import { createHash } from 'node:crypto';

const tag = (openid: string): string => `wx${createHash('sha256').update(openid).digest('hex').slice(0, 8)}-`;

function split(name: string): [prefix: string, rest: string] {
  const match = /^(__Host-|__Secure-)?(.*)$/s.exec(name);
  return [match?.[1] ?? '', match?.[2] ?? name];
}

/** Set-Cookie of the server → of the proxy. */
export function rename(line: string, openid: string): string {
  const cut = line.indexOf('=');
  if (cut < 0) return line;
  const [prefix, rest] = split(line.slice(0, cut).trim());
  return `${prefix}${tag(openid)}${rest}${line.slice(cut)}`.replace(/;\s*domain=[^;]*/i, '');
}

/** Cookie header of the browser → what the server may see: this user's own, under their own names. */
export function own(header: string | undefined, openid: string): string | undefined {
  const mark = tag(openid);
  const found: string[] = [];
  for (const pair of (header ?? '').split(';')) {
    const cut = pair.indexOf('=');
    if (cut < 0) continue;
    const [prefix, rest] = split(pair.slice(0, cut).trim());
    if (rest.startsWith(mark)) found.push(`${prefix}${rest.slice(mark.length)}${pair.slice(cut)}`);
  }
  return found.length > 0 ? found.join('; ') : undefined;
}
