// Who is asking? The Authorization header, read strictly and verified by a library that is not ours.
import plugin from 'wechatpay-axios-plugin';
import type { Clock } from '../kit/clock.js';
import type { Req } from '../kit/http.js';
import type { Merchant } from '../config.js';
import { paramError, signError } from './error.js';

const { Rsa, Formatter } = plugin;

const SCHEME = 'WECHATPAY2-SHA256-RSA2048';
const WINDOW_SECONDS = 300;
const FIELDS: Record<string, RegExp> = {
  mchid: /^\d{1,32}$/,
  nonce_str: /^[0-9A-Za-z]{1,32}$/,
  signature: /^[0-9A-Za-z+/]+={0,2}$/,
  timestamp: /^\d{10}$/,
  serial_no: /^[0-9A-F]{40}$/,
};

export function parseAuthorization(header: string | undefined): Record<string, string> {
  if (!header) throw signError('Http头Authorization值为空，无法验签');
  if (!header.startsWith(`${SCHEME} `)) throw signError('Http头Authorization认证类型不正确');
  const fields: Record<string, string> = {};
  for (const pair of header.slice(SCHEME.length + 1).split(',')) {
    const match = /^([a-z_]+)="([^"]*)"$/.exec(pair);
    const [, name = '', value = ''] = match ?? [];
    const rule = FIELDS[name];
    if (!match || !rule || name in fields) throw signError('Http头Authorization值格式错误');
    if (!rule.test(value)) throw signError(`Http头Authorization的${name}不正确`);
    fields[name] = value;
  }
  if (Object.keys(fields).length !== Object.keys(FIELDS).length) throw signError('Http头Authorization值格式错误');
  return fields;
}

/** The headers that WeChat asks of every call. Checked after the signature, so that the answer can be signed. */
export function checkHeaders(req: Req, merchant: Merchant): void {
  const accept = String(req.headers.accept ?? '');
  if (accept === '' || !req.headers['user-agent']) throw paramError('Http头缺少Accept或User-Agent');
  if (!/application\/json|\*\/\*/.test(accept)) throw paramError('Http头Accept不支持');
  if (req.method !== 'GET' || req.body.length > 0) {
    if (!/^application\/json(\s*;\s*charset=utf-8)?$/i.test(String(req.headers['content-type'] ?? ''))) {
      throw paramError('Http头Content-Type不正确，应为application/json');
    }
  }
  const serial = req.headers['wechatpay-serial'];
  if (serial === undefined) return;
  const known = [merchant.by_public_key?.serial, merchant.by_certificate?.serial];
  if (!known.includes(String(serial))) throw paramError('Http头Wechatpay-Serial不是该商户的平台证书序列号或公钥ID');
}

export class Gate {
  private readonly nonces = new Map<string, { message: string; at: number }>();

  constructor(
    private readonly merchants: Merchant[],
    private readonly clock: Clock,
    private readonly complain: (what: string) => void,
  ) {}

  /** The merchant behind a request, or SIGN_ERROR. */
  admit(req: Req): Merchant {
    const header = req.headers.authorization;
    const auth = parseAuthorization(header);
    const merchant = this.merchants.find((m) => m.mch_id === auth['mchid']);
    if (!merchant) throw signError('商户号不存在');
    if (merchant.serial_no !== auth['serial_no']) throw signError('商户证书序列号有误。请使用签名私钥匹配的证书序列号');
    const timestamp = auth['timestamp'] ?? '';
    if (Math.abs(this.clock.seconds() - Number(timestamp)) > WINDOW_SECONDS) throw signError('Http头Authorization中的timestamp与发起请求的时间不得超过5分钟');
    const nonce = auth['nonce_str'] ?? '';
    const message = Formatter.request(req.method, req.rawUrl, timestamp, nonce, req.text);
    if (!Rsa.verify(message, auth['signature'] ?? '', merchant.public_key)) throw signError('签名错误，请检查后再试');
    this.watchNonce(merchant.mch_id, nonce, message);
    return merchant;
  }

  /** The same Authorization may come again through another host; one nonce under two requests may not. */
  private watchNonce(mchId: string, nonce: string, message: string): void {
    const key = `${mchId}/${nonce}`;
    const before = this.nonces.get(key);
    if (before && before.message !== message) this.complain('nonce_str used for two different requests');
    this.nonces.set(key, { message, at: this.clock.now() });
    if (this.nonces.size > 20000) {
      const old = [...this.nonces.keys()].slice(0, 10000);
      for (const name of old) this.nonces.delete(name);
    }
  }
}
