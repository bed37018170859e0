// Random texts in WeChat's shapes.
import { randomBytes, randomInt, randomUUID } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export function base62(length: number): string {
  let out = '';
  while (out.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && out.length < length) out += BASE62[byte % 62];
    }
  }
  return out;
}

export function digits(length: number): string {
  let out = '';
  while (out.length < length) out += String(randomInt(1_000_000_000)).padStart(9, '0');
  return out.slice(0, length);
}

export const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
export const uuid = (): string => randomUUID();

/** 28 characters beginning with o, as OpenIDs look today. */
export const openid = (): string => `o${base62(6)}wx${base62(19)}`;

let last = 0;
/** Grows for ever and never repeats within a process; a message id of WeChat's size. */
export function messageId(): string {
  last = Math.max(last + 1, Date.now() * 1000);
  return `2${String(last).padStart(16, '0')}`;
}
