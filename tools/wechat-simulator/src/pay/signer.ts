// Signing what WeChat says: answers and notices, rightly or wrongly as a fault demands.
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Merchant, PlatformKey, Signing } from '../config.js';
import { base62 } from '../kit/ids.js';
import type { Clock } from '../kit/clock.js';

export type Spoil =
  | 'unsigned' | 'bad_signature' | 'probe' | 'probe_undecodable' | 'stale' | 'unknown_serial' | 'other_key' | 'old_key';

export const SPOILS: readonly Spoil[] = [
  'unsigned', 'bad_signature', 'probe', 'probe_undecodable', 'stale', 'unknown_serial', 'other_key', 'old_key',
];

const TYPE = 'WECHATPAY2-SHA256-RSA2048';
let stranger: KeyObject | undefined;

/** A key that nobody was ever told about; made once, only when a fault asks for it. */
function strangerKey(): KeyObject {
  stranger ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  return stranger;
}

export function platformKey(merchant: Merchant, by: Signing): PlatformKey {
  const key = by === 'certificate' ? merchant.by_certificate ?? merchant.by_public_key : merchant.by_public_key ?? merchant.by_certificate;
  if (!key) throw new Error('merchant without platform key');
  return key;
}

export function rsa(timestamp: string, nonce: string, body: string, key: KeyObject): string {
  return sign('sha256', Buffer.from(`${timestamp}\n${nonce}\n${body}\n`), key).toString('base64');
}

function spoilt(signature: string, spoil: Spoil | undefined): string {
  if (spoil === 'bad_signature') {
    const bytes = Buffer.from(signature, 'base64');
    bytes[40] = (bytes[40] ?? 0) ^ 0x10;
    return bytes.toString('base64');
  }
  // WeChat's own probes replace the head of a real signature by this text.
  if (spoil === 'probe') return `WECHATPAY/SIGNTEST/${signature.slice(19)}`;
  if (spoil === 'probe_undecodable') return `WECHATPAY/SIGNTEST/${signature.slice(19, 60)}`;
  return signature;
}

export class Signer {
  constructor(private readonly clock: Clock) {}

  headers(merchant: Merchant, by: Signing, body: string, spoil?: Spoil): Record<string, string> {
    if (spoil === 'unsigned') return {};
    const way: Signing = spoil === 'old_key' ? (by === 'certificate' ? 'public_key' : 'certificate') : by;
    const { serial, key } = platformKey(merchant, way);
    const timestamp = String(this.clock.seconds() - (spoil === 'stale' ? 900 : 0));
    const nonce = base62(32);
    const signature = rsa(timestamp, nonce, body, spoil === 'other_key' || spoil === 'unknown_serial' ? strangerKey() : key);
    return {
      'Wechatpay-Timestamp': timestamp,
      'Wechatpay-Nonce': nonce,
      'Wechatpay-Serial': spoil === 'unknown_serial' ? strangeSerial(serial) : serial,
      'Wechatpay-Signature': spoilt(signature, spoil),
      'Wechatpay-Signature-Type': TYPE,
    };
  }
}

function strangeSerial(serial: string): string {
  const digest = createHash('sha1').update(serial).digest('hex').toUpperCase();
  return serial.startsWith('PUB_KEY_ID_') ? `PUB_KEY_ID_${BigInt(`0x${digest.slice(0, 24)}`).toString().padStart(32, '0')}` : digest;
}
