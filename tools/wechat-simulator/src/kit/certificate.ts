// Just enough DER to write an X.509 certificate around a key of ours; node:crypto reads them but cannot make them.
import { createPublicKey, sign, type KeyObject } from 'node:crypto';

function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = Buffer.from(body.length.toString(16).padStart(body.length > 0xffff ? 6 : body.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, body]);
}

const sequence = (...parts: Buffer[]): Buffer => tlv(0x30, ...parts);
const SHA256_RSA = sequence(tlv(0x06, Buffer.from('2a864886f70d01010b', 'hex')), tlv(0x05));
const COMMON_NAME = tlv(0x06, Buffer.from('550403', 'hex'));

const name = (text: string): Buffer => sequence(tlv(0x31, sequence(COMMON_NAME, tlv(0x0c, Buffer.from(text)))));

function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14);
  // The standard wants two-digit years before 2050.
  return text < '2050' ? tlv(0x17, Buffer.from(`${text.slice(2)}Z`)) : tlv(0x18, Buffer.from(`${text}Z`));
}

function integer(hex: string): Buffer {
  const bytes = Buffer.from(hex, 'hex');
  return tlv(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

export interface CertificateInput {
  serial: string;
  subject: string;
  issuer: string;
  key: KeyObject;
  issuerKey: KeyObject;
  from: number;
  until: number;
}

export function certificate(input: CertificateInput): string {
  const spki = createPublicKey(input.key).export({ type: 'spki', format: 'der' });
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))), integer(input.serial), SHA256_RSA, name(input.issuer),
    sequence(time(input.from), time(input.until)), name(input.subject), spki,
  );
  const signature = sign('sha256', body, input.issuerKey);
  const der = sequence(body, SHA256_RSA, tlv(0x03, Buffer.from([0]), signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
