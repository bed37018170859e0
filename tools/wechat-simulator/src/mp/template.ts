// Template messages: each value must fit the type in its key's name, or 47003 names it.
import type { Template } from '../config.js';
import { MpError } from './error.js';

const size = (text: string): number => [...text].length;
const DATE = String.raw`\d{4}(年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2})`;
const TIME = String.raw`\d{1,2}:\d{2}(:\d{2})?`;
const MOMENT = new RegExp(`^(${DATE})?( ?${TIME})?(~(${DATE})?( ?${TIME})?)?$`);
const DAY = new RegExp(`^${DATE}( ?${TIME})?(~${DATE}( ?${TIME})?)?$`);

const RULES: Record<string, (value: string) => boolean> = {
  thing: (v) => size(v) <= 20,
  number: (v) => /^\d+(\.\d+)?$/.test(v) && v.length <= 32,
  letter: (v) => /^[A-Za-z]{1,32}$/.test(v),
  symbol: (v) => size(v) <= 5 && !/[0-9A-Za-z\u4e00-\u9fff]/.test(v),
  character_string: (v) => /^[\x20-\x7e]{1,32}$/.test(v),
  time: (v) => MOMENT.test(v) && /:/.test(v),
  date: (v) => DAY.test(v),
  amount: (v) => /^[¥￥$]?\d{1,10}(\.\d+)?元?$/.test(v),
  phone_number: (v) => /^[0-9+\-() ]{1,17}$/.test(v),
  car_number: (v) => size(v) <= 8,
  name: (v) => (/[\u4e00-\u9fff]/.test(v) ? size(v) <= 10 : size(v) <= 20),
  phrase: (v) => /^[\u4e00-\u9fff]{1,5}$/.test(v),
  enum: (v) => size(v) <= 20,
  const: (v) => size(v) <= 20,
  short_thing: (v) => size(v) <= 10,
};

export interface TemplateBody {
  touser: string;
  template_id: string;
  url: string;
  client_msg_id: string;
  data: Record<string, string>;
}

function value(key: string, raw: unknown): string {
  const text = (raw as { value?: unknown } | null)?.value;
  if (typeof text !== 'string') throw new MpError(47003, `argument invalid! data.${key}.value invalid`);
  if (text.trim() === '') throw new MpError(47003, `argument invalid! data.${key}.value is empty`);
  const rule = RULES[key.replace(/\d+$/, '')];
  if (!rule) throw new MpError(47003, `argument invalid! data.${key} invalid`);
  if (/[\u0000-\u001f]/.test(text) || !rule(text)) throw new MpError(47003, `argument invalid! data.${key}.value invalid`);
  return text;
}

export function parseTemplate(raw: Record<string, unknown>, known: Record<string, Template> | undefined): TemplateBody {
  const id = raw['template_id'];
  if (typeof id !== 'string' || id === '') throw new MpError(40037);
  const template = known?.[id];
  if (known && !template) throw new MpError(40037);
  const data = raw['data'];
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw new MpError(47003);
  const values: Record<string, string> = {};
  for (const [key, member] of Object.entries(data)) values[key] = value(key, member);
  if (template) {
    for (const key of template.keys) if (!(key in values)) throw new MpError(47003, `argument invalid! data.${key}.value is empty`);
    for (const key of Object.keys(values)) if (!template.keys.includes(key)) throw new MpError(47003, `argument invalid! data.${key} invalid`);
  }
  const text = (name: string): string => (typeof raw[name] === 'string' ? (raw[name] as string) : '');
  return { touser: text('touser'), template_id: id, url: text('url'), client_msg_id: text('client_msg_id'), data: values };
}
