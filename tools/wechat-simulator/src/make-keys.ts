// node dist/make-keys.js DIR: throw-away keys and ids for one simulated school. Never overwrites.
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificate } from './kit/certificate.js';
import { compactDate } from './kit/beijing.js';
import { base62, digits, hex } from './kit/ids.js';

const YEARS = 5 * 365 * 24 * 3600 * 1000;
const FILES = [
  'merchant.private.pem', 'merchant.public.pem', 'merchant.cert.pem', 'platform_pubkey.private.pem', 'platform_pubkey.public.pem',
  'platform_cert.private.pem', 'platform_cert.cert.pem', 'other.private.pem', 'keys.json',
];

const pem = {
  private: (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  public: (key: KeyObject): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
};

const newKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
/** First digit kept small: a serial number is a positive integer and must read the same everywhere. */
const serial = (): string => `5${hex(20).toUpperCase().slice(1)}`;

function make(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const clash = FILES.find((name) => existsSync(join(folder, name)));
  if (clash !== undefined) throw new Error(`${join(folder, clash)} exists: nothing was changed`);
  const now = Date.now();
  const [merchant, platform, platformCert, ca, other] = [newKey(), newKey(), newKey(), newKey(), newKey()];
  const ids = {
    app_id: `wx${hex(8)}`, app_secret: hex(16), token: base62(24), encoding_aes_key: base62(43), original_id: `gh_${hex(6)}`,
    mch_id: `16${digits(8)}`, api_v3_key: base62(32), merchant_serial_no: serial(), certificate_serial: serial(),
    public_key_id: `PUB_KEY_ID_011${digits(10)}${compactDate(now)}${digits(11)}`,
  };
  const life = { from: Math.floor(now / 1000) * 1000, until: now + YEARS };
  const issued = (number: string, subject: string, key: KeyObject): string =>
    certificate({ serial: number, subject, issuer: 'Simulated Tenpay.com Root CA', key, issuerKey: ca, ...life });
  const files: Record<string, string> = {
    'merchant.private.pem': pem.private(merchant),
    'merchant.public.pem': pem.public(merchant),
    'merchant.cert.pem': issued(ids.merchant_serial_no, ids.mch_id, merchant),
    'platform_pubkey.private.pem': pem.private(platform),
    'platform_pubkey.public.pem': pem.public(platform),
    'platform_cert.private.pem': pem.private(platformCert),
    'platform_cert.cert.pem': issued(ids.certificate_serial, 'Simulated Tenpay.com', platformCert),
    'other.private.pem': pem.private(other),
    'keys.json': `${JSON.stringify(ids, null, 2)}\n`,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o600, flag: 'wx' });
}

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: node dist/make-keys.js DIR');
  process.exit(2);
}
try {
  make(folder);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
