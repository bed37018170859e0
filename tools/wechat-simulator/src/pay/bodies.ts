// The request bodies of the calls we play, as rules.
import { isIP } from 'node:net';
import { parseRfc3339 } from '../kit/beijing.js';
import { flag, int, list, object, text, type ObjectRule, type Rule } from './fields.js';

const LOOPBACK = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])$/;

/** https on a public name without query; http only where nothing can leave the machine. */
export function notifyUrlProblem(value: string): string | undefined {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return '不是合法的URL';
  }
  const loopback = LOOPBACK.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) return '必须为https';
  if (value.includes('?')) return '不允许携带查询串';
  if (value.includes('#') || url.username || url.password) return '不是合法的回调地址';
  if (!loopback && (isIP(url.hostname.replace(/[[\]]/g, '')) !== 0 || !url.hostname.includes('.'))) return '必须为外网可访问的域名';
  return undefined;
}

const notifyUrl = (max: number): Rule => text(max, { check: notifyUrlProblem });
const timeExpire = text(64, { check: (value) => (parseRfc3339(value) === undefined ? '不是yyyy-MM-DDTHH:mm:ss+08:00' : undefined) });
const goodsId = text(32, { pattern: /^[0-9A-Za-z_-]+$/ });

const detail = object({
  cost_price: int(0),
  invoice_id: text(32),
  goods_detail: list(object({
    'merchant_goods_id*': goodsId, wechatpay_goods_id: text(32), goods_name: text(256), 'quantity*': int(1), 'unit_price*': int(0),
  })),
});
const scene = object({
  'payer_client_ip*': text(45, { check: (value) => (isIP(value) === 0 ? '不是IP地址' : undefined) }),
  device_id: text(32),
  store_info: object({ 'id*': text(32), name: text(256), area_code: text(32), address: text(512) }),
});

const order: Record<string, Rule> = {
  'appid*': text(32),
  'mchid*': text(32),
  'description*': text(127, { bytes: true }),
  'out_trade_no*': text(32, { min: 6, pattern: /^[0-9A-Za-z_\-|*]+$/ }),
  time_expire: timeExpire,
  attach: text(128),
  'notify_url*': notifyUrl(255),
  goods_tag: text(32),
  support_fapiao: flag,
  'amount*': object({ 'total*': int(1), currency: text(16, { pattern: /^CNY$/ }) }),
  detail,
  scene_info: scene,
  settle_info: object({ profit_sharing: flag }),
};

export const JSAPI: ObjectRule = object({ ...order, 'payer*': object({ 'openid*': text(128) }) });
export const NATIVE: ObjectRule = object(order);
export const CLOSE: ObjectRule = object({ 'mchid*': text(32) });

export const REFUND: ObjectRule = object({
  transaction_id: text(32, { pattern: /^\d+$/ }),
  out_trade_no: text(32, { min: 6, pattern: /^[0-9A-Za-z_\-|*]+$/ }),
  'out_refund_no*': text(64, { bytes: true, pattern: /^[0-9A-Za-z_\-|*@]+$/ }),
  reason: text(80),
  notify_url: notifyUrl(256),
  funds_account: text(32, { pattern: /^(AVAILABLE|UNSETTLED)$/ }),
  'amount*': object({
    'refund*': int(1),
    'total*': int(1),
    'currency*': text(16, { pattern: /^CNY$/ }),
    from: list(object({ 'account*': text(32, { pattern: /^(AVAILABLE|UNAVAILABLE)$/ }), 'amount*': int(1) })),
  }),
  goods_detail: list(object({
    'merchant_goods_id*': goodsId, wechatpay_goods_id: text(32), goods_name: text(256),
    'unit_price*': int(0), 'refund_amount*': int(0), 'refund_quantity*': int(1),
  })),
});
