// A notice on the wire: plaintext into AES-256-GCM, that into the envelope, and the ways to forge it.
import plugin from 'wechatpay-axios-plugin';
import type { Merchant, Signing } from '../config.js';
import { rfc3339 } from '../kit/beijing.js';
import { base62, uuid } from '../kit/ids.js';
import { HttpProblem } from '../kit/http.js';
import { SPOILS, type Signer, type Spoil } from './signer.js';

const { Aes: { AesGcm } } = plugin;

export interface NoticeContent {
  id: string;
  created_at: number;
  event_type: string;
  summary: string;
  original_type: 'transaction' | 'refund';
  plain: Record<string, unknown>;
}

export const FORGERIES = [
  'bad_signature', 'probe', 'probe_undecodable', 'unsigned', 'unknown_serial', 'other_key', 'stale',
  'wrong_amount', 'unknown_order', 'other_api_v3_key', 'tampered', 'other_mch', 'empty_aad',
] as const;
export type Forgery = (typeof FORGERIES)[number];

export function forgery(name: unknown): Forgery {
  if (!FORGERIES.includes(name as Forgery)) throw new HttpProblem(400, `no such forgery: ${String(name)}`);
  return name as Forgery;
}

function twist(plain: Record<string, unknown>, how: Forgery | undefined): Record<string, unknown> {
  if (how === 'wrong_amount') {
    const amount = plain['amount'] as Record<string, number>;
    return { ...plain, amount: { ...amount, total: (amount['total'] ?? 0) + 1, payer_total: (amount['payer_total'] ?? 0) + 1 } };
  }
  if (how === 'unknown_order') return { ...plain, out_trade_no: `UNKNOWN${base62(12)}`, transaction_id: `42009999${String(Date.now()).padStart(20, '0')}` };
  if (how === 'other_mch') return { ...plain, mchid: '1600000000' };
  return plain;
}

function seal(plain: Record<string, unknown>, merchant: Merchant, type: string, how: Forgery | undefined): object {
  const nonce = base62(12);
  const aad = how === 'empty_aad' ? '' : type;
  const key = how === 'other_api_v3_key' ? 'anotherApiV3KeyOfNobodyAtAll_000' : merchant.api_v3_key;
  let ciphertext = AesGcm.encrypt(JSON.stringify(plain), key, nonce, aad);
  if (how === 'tampered') {
    const bytes = Buffer.from(ciphertext, 'base64');
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    ciphertext = bytes.toString('base64');
  }
  return { original_type: type, algorithm: 'AEAD_AES_256_GCM', ciphertext, associated_data: aad, nonce };
}

/** Body and headers of one send: encrypted and signed anew each time, the id stays. */
export function envelope(
  content: NoticeContent, merchant: Merchant, by: Signing, signer: Signer, how?: Forgery,
): { body: string; headers: Record<string, string> } {
  const forged = how === 'wrong_amount' || how === 'unknown_order' || how === 'other_mch';
  const body = JSON.stringify({
    id: forged ? uuid() : content.id,
    create_time: rfc3339(content.created_at),
    resource_type: 'encrypt-resource',
    event_type: content.event_type,
    summary: content.summary,
    resource: seal(twist(content.plain, how), merchant, content.original_type, how),
  });
  const spoil = SPOILS.includes(how as Spoil) ? (how as Spoil) : undefined;
  return {
    body,
    headers: {
      'Content-Type': 'application/json',
      'Accept': '*/*',
      'User-Agent': 'Mozilla/4.0',
      'Pragma': 'no-cache',
      ...signer.headers(merchant, by, body, spoil),
    },
  };
}
