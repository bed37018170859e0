// The configuration file, checked at start so that a mistake shows here and not as a strange signature error later.
import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

export type PushMode = 'plain' | 'compatible' | 'safe';
export type Signing = 'public_key' | 'certificate';

export interface Address {
  host: string;
  port: number;
}

export interface Template {
  title: string;
  keys: string[];
}

export interface AccountConfig {
  name: string;
  app_id: string;
  app_secret: string;
  token: string;
  encoding_aes_key: string;
  original_id: string;
  mode: PushMode;
  message_path: string;
  oauth_hosts: string[];
  templates: Record<string, Template> | undefined;
}

export interface PlatformKey {
  serial: string;
  key: KeyObject;
}

export interface Merchant {
  mch_id: string;
  name: string;
  serial_no: string;
  public_key: KeyObject;
  api_v3_key: string;
  signing: Signing;
  by_public_key: PlatformKey | undefined;
  by_certificate: (PlatformKey & { pem: string; from: number; until: number }) | undefined;
}

export interface Config {
  listen: Address;
  browser_listen: Address;
  target: URL;
  account: AccountConfig;
  merchants: Merchant[];
  state_dir: string | undefined;
  time_scale: number;
}

type Raw = Record<string, unknown>;

function text(raw: Raw, key: string, fallback?: string): string {
  const value = raw[key] ?? fallback;
  if (typeof value !== 'string' || value === '') throw new Error(`config: ${key} must be a non-empty string`);
  return value;
}

function address(raw: Raw, key: string): Address {
  const match = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]):(\d{1,5})$/.exec(text(raw, key));
  if (!match) throw new Error(`config: ${key} must be a loopback address with a port`);
  return { host: (match[1] ?? '').replace(/[[\]]/g, ''), port: Number(match[2]) };
}

function choice<T extends string>(raw: Raw, key: string, options: readonly T[], fallback?: T): T {
  const value = text(raw, key, fallback) as T;
  if (!options.includes(value)) throw new Error(`config: ${key} must be one of ${options.join(', ')}`);
  return value;
}

function account(raw: Raw, target: URL): AccountConfig {
  const app_id = text(raw, 'app_id');
  if (!/^wx[0-9a-f]{16}$/.test(app_id)) throw new Error('config: account.app_id must be wx + 16 hex digits');
  const key = text(raw, 'encoding_aes_key');
  if (!/^[0-9A-Za-z]{43}$/.test(key)) throw new Error('config: account.encoding_aes_key must be 43 letters or digits');
  const token = text(raw, 'token');
  if (!/^[0-9A-Za-z]{3,32}$/.test(token)) throw new Error('config: account.token must be 3 to 32 letters or digits');
  return {
    name: text(raw, 'name'),
    app_id,
    app_secret: text(raw, 'app_secret'),
    token,
    encoding_aes_key: key,
    original_id: text(raw, 'original_id'),
    mode: choice(raw, 'mode', ['plain', 'compatible', 'safe'] as const, 'safe'),
    message_path: text(raw, 'message_path', '/wechat/message'),
    oauth_hosts: Array.isArray(raw['oauth_hosts']) ? raw['oauth_hosts'].map(String) : [target.hostname],
    templates: raw['templates'] as Record<string, Template> | undefined,
  };
}

function merchant(raw: Raw, file: (path: string) => string): Merchant {
  const api_v3_key = text(raw, 'api_v3_key');
  if (Buffer.byteLength(api_v3_key) !== 32) throw new Error('config: api_v3_key must have 32 bytes');
  const signing = choice(raw, 'signing', ['public_key', 'certificate'] as const, 'public_key');
  const by_public_key = raw['public_key_id']
    ? { serial: text(raw, 'public_key_id'), key: createPrivateKey(file(text(raw, 'public_key_private'))) }
    : undefined;
  let by_certificate: Merchant['by_certificate'];
  if (raw['certificate_serial']) {
    const pem = file(text(raw, 'certificate'));
    const cert = new X509Certificate(pem);
    by_certificate = {
      serial: text(raw, 'certificate_serial'),
      key: createPrivateKey(file(text(raw, 'certificate_private'))),
      pem,
      from: Date.parse(cert.validFrom),
      until: Date.parse(cert.validTo),
    };
  }
  if (signing === 'public_key' && !by_public_key) throw new Error('config: signing public_key needs public_key_id');
  if (signing === 'certificate' && !by_certificate) throw new Error('config: signing certificate needs certificate_serial');
  return {
    mch_id: text(raw, 'mch_id'),
    name: text(raw, 'name'),
    serial_no: text(raw, 'serial_no'),
    public_key: createPublicKey(file(text(raw, 'merchant_public_key'))),
    api_v3_key,
    signing,
    by_public_key,
    by_certificate,
  };
}

export function parseConfig(raw: Raw, folder: string): Config {
  const path = (name: string): string => (isAbsolute(name) ? name : join(folder, name));
  const file = (name: string): string => (name.startsWith('-----BEGIN') ? name : readFileSync(path(name), 'utf8'));
  const target = new URL(text(raw, 'target'));
  const merchants = (Array.isArray(raw['merchants']) ? (raw['merchants'] as Raw[]) : []).map((m) => merchant(m, file));
  if (merchants.length === 0) throw new Error('config: at least one merchant is needed');
  const time_scale = Number(raw['time_scale'] ?? 1);
  if (!(time_scale > 0)) throw new Error('config: time_scale must be above zero');
  return {
    listen: address(raw, 'listen'),
    browser_listen: address(raw, 'browser_listen'),
    target,
    account: account((raw['account'] ?? {}) as Raw, target),
    merchants,
    state_dir: raw['state_dir'] ? path(String(raw['state_dir'])) : undefined,
    time_scale,
  };
}

export function loadConfig(path: string): Config {
  return parseConfig(JSON.parse(readFileSync(path, 'utf8')) as Raw, dirname(path));
}
