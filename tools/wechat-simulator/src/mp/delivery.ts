// One message on its way to the server: plain, compatible or safe, rightly or tampered with.
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { encrypt, getSignature } from '@wecom/crypto';
import type { AccountConfig, PushMode } from '../config.js';
import { cdata } from '../kit/xml.js';
import { digits } from '../kit/ids.js';
import { HttpProblem } from '../kit/http.js';

export const TAMPERS = [
  'signature', 'msg_signature', 'no_msg_signature', 'ciphertext', 'app_id', 'padding', 'to_user_name', 'plain_in_safe', 'stale', 'doctype',
] as const;
export type Tamper = (typeof TAMPERS)[number];

export function tamperName(name: unknown): Tamper | undefined {
  if (name === undefined) return undefined;
  if (!TAMPERS.includes(name as Tamper)) throw new HttpProblem(400, `no such tamper: ${String(name)}`);
  return name as Tamper;
}

export interface Delivery {
  query: string;
  body: string;
}

/** Signature over token, timestamp and nonce; it never covers the body. */
export function plainSignature(token: string, timestamp: string, nonce: string): string {
  return createHash('sha1').update([token, timestamp, nonce].sort().join('')).digest('hex');
}

const flip = (hex: string): string => (hex.startsWith('0') ? '1' : '0') + hex.slice(1);

/** The layout by hand with a padding byte that cannot be: the library only makes right ones. */
function badPadding(account: AccountConfig, xml: string): string {
  const key = Buffer.from(`${account.encoding_aes_key}=`, 'base64');
  const message = Buffer.from(xml);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const plain = Buffer.concat([randomBytes(16), length, message, Buffer.from(account.app_id)]);
  const count = 32 - (plain.length % 32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(Buffer.concat([plain, Buffer.alloc(count - 1, count), Buffer.from([77])])), cipher.final()]).toString('base64');
}

function ciphertext(account: AccountConfig, xml: string, tamper: Tamper | undefined): string {
  if (tamper === 'padding') return badPadding(account, xml);
  return encrypt(account.encoding_aes_key, xml, tamper === 'app_id' ? 'wx00000000deadbeef' : account.app_id);
}

export function makeDelivery(
  account: AccountConfig, mode: PushMode, inner: string, openid: string, seconds: number, tamper?: Tamper,
): Delivery {
  const timestamp = String(tamper === 'stale' ? seconds - 3600 : seconds);
  const nonce = digits(9);
  let xml = tamper === 'to_user_name' ? inner.replace(account.original_id, 'gh_000000000000') : inner;
  if (tamper === 'doctype') xml = `<!DOCTYPE xml [<!ENTITY a "b">]>${xml}`;
  const signature = plainSignature(account.token, timestamp, nonce);
  const common = `signature=${tamper === 'signature' ? flip(signature) : signature}&timestamp=${timestamp}&nonce=${nonce}&openid=${openid}`;
  if (mode === 'plain' || tamper === 'plain_in_safe') return { query: common, body: xml };
  let sealed = ciphertext(account, xml, tamper);
  let msgSignature = getSignature(account.token, timestamp, nonce, sealed);
  if (tamper === 'msg_signature') msgSignature = flip(msgSignature);
  if (tamper === 'ciphertext') sealed = (sealed.startsWith('A') ? 'B' : 'A') + sealed.slice(1);
  const query = tamper === 'no_msg_signature' ? `${common}&encrypt_type=aes` : `${common}&encrypt_type=aes&msg_signature=${msgSignature}`;
  const body = mode === 'safe'
    ? `<xml><ToUserName>${cdata(account.original_id)}</ToUserName><Encrypt>${cdata(sealed)}</Encrypt></xml>`
    : xml.replace(/<\/xml>\s*$/, `<Encrypt>${cdata(sealed)}</Encrypt></xml>`);
  return { query, body };
}
