// A simulator with the vectors' keys, a small server as its target, and the real client pointed at it.
import http from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import plugin from 'wechatpay-axios-plugin';
import { parseConfig } from '../src/config.js';
import { start, type Running } from '../src/server.js';

export const VECTORS = join(process.cwd(), '..', '..', 'tests', 'vectors');
export const KEYS = join(VECTORS, 'wechat-pay', 'keys');
export const read = (...path: string[]): string => readFileSync(join(VECTORS, ...path), 'utf8');
export const vector = <T>(...path: string[]): T => JSON.parse(read(...path)) as T;

export const ID = {
  mch_id: '1699999901', app_id: 'wx0123456789abcdef', app_secret: 'secretOfTheTestAccount0000000001', token: 'jjtcPayToken2026',
  encoding_aes_key: 'xXCV7xa9AwYbctygK3PZ75ueYbd2alt7jUVWaaQaKfM', original_id: 'gh_0123456789ab',
  merchant_serial: '5A1C0DE0000000000000000000000000000000A1', certificate_serial: '4B1A7F0000000000000000000000000000000B02',
  public_key_id: 'PUB_KEY_ID_0116999999012026112200000000000001', api_v3_key: 'campusPayTestOnlyApiV3Key_000001',
  openid: 'oTEST0campusPay0openid000001',
};

export interface Received {
  method: string;
  url: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}
export type Answering = (got: Received, res: http.ServerResponse) => void;

export interface Stage {
  running: Running;
  base: string;
  browser: string;
  target: string;
  received: Received[];
  answer: (how: Answering) => void;
  control: <T = Record<string, unknown>>(path: string, body?: object, method?: string) => Promise<T>;
  pay: plugin.Wechatpay;
  close: () => Promise<void>;
}

const merchant = (signing: string): object => ({
  mch_id: ID.mch_id, name: '吉林交通职业技术学院', serial_no: ID.merchant_serial, merchant_public_key: 'merchant.public.pem', api_v3_key: ID.api_v3_key,
  signing, public_key_id: ID.public_key_id, public_key_private: 'platform_pubkey.private.pem', certificate_serial: ID.certificate_serial,
  certificate_private: 'platform_cert.private.pem', certificate: 'platform_cert.cert.pem',
});

export async function stage(options: { signing?: string; mode?: string; time_scale?: number; state_dir?: string } = {}): Promise<Stage> {
  const received: Received[] = [];
  let answering: Answering = (_got, res) => { res.writeHead(200); res.end('success'); };
  const target = http.createServer((req, res) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => {
      const got = { method: req.method ?? '', url: req.url ?? '', headers: req.headers, body: Buffer.concat(parts).toString('utf8') };
      received.push(got);
      answering(got, res);
    });
  });
  await new Promise<void>((done) => { target.listen(0, '127.0.0.1', done); });
  const address = `http://127.0.0.1:${(target.address() as AddressInfo).port}`;
  const running = await start(parseConfig({
    listen: '127.0.0.1:0', browser_listen: '127.0.0.1:0', target: address, time_scale: options.time_scale ?? 1000, state_dir: options.state_dir,
    account: {
      name: '吉林交通职业技术学院', app_id: ID.app_id, app_secret: ID.app_secret, token: ID.token, encoding_aes_key: ID.encoding_aes_key,
      original_id: ID.original_id, mode: options.mode ?? 'safe', templates: { TPL_PAID: { title: '缴费成功通知', keys: ['thing1', 'amount2', 'time3', 'character_string4'] } },
    },
    merchants: [merchant(options.signing ?? 'public_key')],
  }, KEYS));
  const { origin, browserOrigin } = running.world;
  if (!running.world.people.find(ID.openid)) running.world.people.create({ openid: ID.openid, name: '王同学', following: true });
  const control = async <T>(path: string, body?: object, method?: string): Promise<T> => {
    const answer = await fetch(`${origin}/control/${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'), ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as T;
  };
  const pay = new plugin.Wechatpay({
    mchid: ID.mch_id, serial: ID.merchant_serial, privateKey: readFileSync(join(KEYS, 'merchant.private.pem')),
    certs: {
      [ID.public_key_id]: readFileSync(join(KEYS, 'platform_pubkey.public.pem')),
      [ID.certificate_serial]: readFileSync(join(KEYS, 'platform_cert.public.pem')),
    },
    baseURL: origin,
  } as never);
  const close = async (): Promise<void> => {
    await running.close();
    target.closeAllConnections();
    await new Promise<void>((done) => { target.close(() => done()); });
  };
  return { running, base: origin, browser: browserOrigin, target: address, received, answer: (how) => { answering = how; }, control, pay, close };
}

export const orderBody = (stage: Stage, number: string, more: object = {}): Record<string, unknown> => ({
  appid: ID.app_id, mchid: ID.mch_id, description: '2026-2027学年学费', out_trade_no: number, notify_url: `${stage.target}/wechat/pay/notify`,
  amount: { total: 560000, currency: 'CNY' }, payer: { openid: ID.openid }, ...more,
});

export interface Wire {
  status: number;
  data: Record<string, unknown>;
  headers: Record<string, string>;
}

/** The client throws on 4xx and on bad signatures; tests want to look at both. */
export async function wire(work: Promise<unknown>): Promise<Wire> {
  try {
    return (await work) as Wire;
  } catch (error) {
    const { response } = error as { response?: Wire };
    if (response) return response;
    throw error;
  }
}
