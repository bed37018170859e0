// Reading what the server answered to a push: success, nothing, or a reply of exactly the right form.
import { decrypt, getSignature } from '@wecom/crypto';
import type { AccountConfig, PushMode } from '../config.js';
import { readXml, textOf, type XmlNode } from '../kit/xml.js';
import type { Article } from '../people.js';

export interface PassiveReply {
  type: string;
  text?: string;
  articles?: Article[];
}

export type Reading =
  | { outcome: 'success' | 'empty' }
  | { outcome: 'reply'; reply: PassiveReply }
  | { outcome: 'fault'; why: string };

const CONTENT_BYTES = 2047;
type Node = { [name: string]: XmlNode | XmlNode[] };

/** Opens the envelope; its signature, its id and its key must be the account's. */
export function openEnvelope(node: Node, account: AccountConfig): string {
  const sealed = textOf(node, 'Encrypt');
  const timestamp = textOf(node, 'TimeStamp');
  const nonce = textOf(node, 'Nonce');
  if (!/^\d{10}$/.test(timestamp)) throw new Error('TimeStamp is not seconds');
  if (nonce === '') throw new Error('Nonce empty');
  if (getSignature(account.token, timestamp, nonce, sealed) !== textOf(node, 'MsgSignature')) throw new Error('MsgSignature wrong');
  const opened = decrypt(account.encoding_aes_key, sealed);
  if (opened.id !== account.app_id) throw new Error('encrypted for another AppID');
  return opened.message;
}

function articles(node: Node): Article[] {
  const list = node['Articles'];
  if (list === undefined || typeof list === 'string' || Array.isArray(list)) throw new Error('Articles missing');
  const items = list['item'];
  const all = (Array.isArray(items) ? items : [items]).filter((item): item is Node => typeof item === 'object');
  if (Number(textOf(node, 'ArticleCount')) !== all.length || all.length < 1 || all.length > 8) throw new Error('ArticleCount wrong');
  return all.map((item) => ({
    title: textOf(item, 'Title'), description: textOf(item, 'Description'), pic_url: textOf(item, 'PicUrl'), url: textOf(item, 'Url'),
  }));
}

function content(node: Node): string {
  const text = textOf(node, 'Content');
  if (text === '') throw new Error('Content empty');
  if (Buffer.byteLength(text) > CONTENT_BYTES) throw new Error('Content longer than 2047 bytes');
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text)) throw new Error('control character in Content');
  return text;
}

function passive(node: Node): PassiveReply {
  const type = textOf(node, 'MsgType');
  switch (type) {
    case 'text':
      return { type, text: content(node) };
    case 'news':
      return { type, articles: articles(node) };
    case 'image': case 'voice': case 'video': case 'music': case 'transfer_customer_service':
      return { type };
    default:
      throw new Error(`MsgType ${type}`);
  }
}

export function readReply(body: Buffer, account: AccountConfig, mode: PushMode, openid: string): Reading {
  const text = body.toString('utf8');
  if (text === '') return { outcome: 'empty' };
  if (text === 'success') return { outcome: 'success' };
  try {
    let node = readXml(text);
    if (node['Encrypt'] !== undefined) {
      if (mode === 'plain') throw new Error('encrypted reply in plain mode');
      node = readXml(openEnvelope(node, account));
    } else if (mode === 'safe') throw new Error('plain reply in safe mode');
    if (textOf(node, 'ToUserName') !== openid) throw new Error('ToUserName is not the user');
    if (textOf(node, 'FromUserName') !== account.original_id) throw new Error('FromUserName is not the original id');
    if (!/^\d{9,11}$/.test(textOf(node, 'CreateTime'))) throw new Error('CreateTime is not seconds');
    return { outcome: 'reply', reply: passive(node) };
  } catch (error) {
    return { outcome: 'fault', why: (error as Error).message };
  }
}
