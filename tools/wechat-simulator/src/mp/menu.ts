// The account's menu: checked as WeChat checks it (lengths in bytes), kept, and shown in WeChat's three forms.
import { MpError } from './error.js';

export interface Button {
  name: string;
  type?: string;
  key?: string;
  url?: string;
  appid?: string;
  pagepath?: string;
  media_id?: string;
  article_id?: string;
  sub_button?: Button[];
}

const KEYED = new Set(['click', 'scancode_push', 'scancode_waitmsg', 'pic_sysphoto', 'pic_photo_or_album', 'pic_weixin', 'location_select']);
const MEDIA = new Set(['media_id', 'view_limited']);
const ARTICLE = new Set(['article_id', 'article_view_limited']);
const MEMBERS = new Set(['name', 'type', 'key', 'url', 'appid', 'pagepath', 'media_id', 'article_id', 'sub_button']);

/** Codes differ between the bar and the sub menus. */
interface Codes {
  name: number;
  nameBytes: number;
  type: number;
  key: number;
  url: number;
}
const TOP: Codes = { name: 40018, nameBytes: 16, type: 40017, key: 40019, url: 40020 };
const SUB: Codes = { name: 40025, nameBytes: 60, type: 40024, key: 40026, url: 40027 };

const bytes = (text: string): number => Buffer.byteLength(text);

function checkUrl(url: unknown, codes: Codes): void {
  if (typeof url !== 'string' || url === '') throw new MpError(codes.url);
  if (bytes(url) > 1024) throw new MpError(codes.url);
  if (!/^https?:\/\/[^\s/?#]+/.test(url)) throw new MpError(65317);
}

function checkButton(raw: unknown, codes: Codes): Button {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw new MpError(47001);
  const button = raw as Button;
  for (const name of Object.keys(button)) if (!MEMBERS.has(name)) throw new MpError(40097, `invalid args: unknown member ${name}`);
  if (typeof button.name !== 'string' || bytes(button.name) === 0 || bytes(button.name) > codes.nameBytes) throw new MpError(codes.name);
  if (/[\u0000-\u001f]/.test(button.name)) throw new MpError(codes.name);
  if (codes === TOP && Array.isArray(button.sub_button) && button.sub_button.length > 0) return parent(button);
  if (codes === SUB && Array.isArray(button.sub_button) && button.sub_button.length > 0) throw new MpError(40022);
  return leaf(button, codes);
}

function parent(button: Button): Button {
  if (button.type !== undefined) throw new MpError(TOP.type);
  const subs = button.sub_button ?? [];
  if (subs.length > 5) throw new MpError(40023);
  return { name: button.name, sub_button: subs.map((sub) => checkButton(sub, SUB)) };
}

function leaf(button: Button, codes: Codes): Button {
  const { name, type } = button;
  if (type === undefined || type === '') throw new MpError(65308);
  if (KEYED.has(type)) {
    if (typeof button.key !== 'string' || button.key === '' || bytes(button.key) > 128) throw new MpError(codes.key);
    return { type, name, key: button.key };
  }
  if (type === 'view') {
    checkUrl(button.url, codes);
    return { type, name, url: button.url ?? '' };
  }
  if (type === 'miniprogram') throw new MpError(45064, 'no permission to use weapp in menu');
  if (MEDIA.has(type)) return { type, name, media_id: String(button.media_id ?? '') };
  if (ARTICLE.has(type)) return { type, name, article_id: String(button.article_id ?? '') };
  throw new MpError(codes.type);
}

export function parseMenu(body: Buffer): Button[] {
  if (body.length === 0) throw new MpError(44002);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new MpError(65318);
  }
  if (/\\u[0-9a-fA-F]{4}/.test(text)) throw new MpError(40033);
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new MpError(47001);
  }
  const buttons = (raw as { button?: unknown } | null)?.button;
  if (!Array.isArray(buttons)) throw new MpError(40015);
  if (buttons.length < 1 || buttons.length > 3) throw new MpError(40016);
  return buttons.map((button) => checkButton(button, TOP));
}

/** menu/get: every leaf carries an empty sub_button. */
export function asRead(buttons: Button[]): object[] {
  return buttons.map((button) => (button.sub_button
    ? { name: button.name, sub_button: button.sub_button.map((sub) => ({ ...sub, sub_button: [] })) }
    : { ...button, sub_button: [] }));
}

/** get_current_selfmenu_info: sub menus are an object with a list. */
export function asLive(buttons: Button[]): object[] {
  return buttons.map((button) => (button.sub_button ? { name: button.name, sub_button: { list: button.sub_button } } : button));
}

export class Menu {
  buttons: Button[] | undefined;
  id = 411000000;
  changed_at = 0;

  set(buttons: Button[], now: number): void {
    this.buttons = buttons;
    this.id += 1;
    this.changed_at = now;
  }

  clear(): void {
    this.buttons = undefined;
  }
}
