// Field rules of request bodies: types, lengths, alphabets, and nothing that was not asked for.
import { paramError } from './error.js';

export interface TextRule {
  kind: 'text';
  max: number;
  min?: number;
  /** Count UTF-8 bytes, not characters. */
  bytes?: boolean;
  pattern?: RegExp;
  check?: (value: string) => string | undefined;
}
export interface NumberRule {
  kind: 'int';
  min?: number;
}
export interface FlagRule {
  kind: 'flag';
}
export interface ListRule {
  kind: 'list';
  min: number;
  item: Rule;
}
export interface ObjectRule {
  kind: 'object';
  required: string[];
  members: Record<string, Rule>;
}
export type Rule = TextRule | NumberRule | FlagRule | ListRule | ObjectRule;

export const text = (max: number, more: Partial<TextRule> = {}): TextRule => ({ kind: 'text', max, ...more });
export const int = (min?: number): NumberRule => ({ kind: 'int', min });
export const flag: FlagRule = { kind: 'flag' };
export const list = (item: Rule, min = 1): ListRule => ({ kind: 'list', min, item });
/** Member names ending in * are required. */
export function object(members: Record<string, Rule>): ObjectRule {
  const required: string[] = [];
  const plain: Record<string, Rule> = {};
  for (const [name, rule] of Object.entries(members)) {
    const bare = name.replace(/\*$/, '');
    if (bare !== name) required.push(bare);
    plain[bare] = rule;
  }
  return { kind: 'object', required, members: plain };
}

function refuse(path: string, value: unknown, issue: string, number?: number): never {
  const shown = value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  throw paramError(`输入源“/body${path}”${issue}`, { field: path || '/', value: shown.slice(0, 64), issue, location: 'body' }, number);
}

function checkText(rule: TextRule, value: unknown, path: string): void {
  if (typeof value !== 'string') refuse(path, value, '类型错误，应为字符串');
  const length = rule.bytes ? Buffer.byteLength(value) : [...value].length;
  if (length < (rule.min ?? 1)) refuse(path, value, `长度${length}小于最小长度${rule.min ?? 1}`);
  if (length > rule.max) refuse(path, value, `长度${length}超过最大长度${rule.max}${rule.bytes ? '字节' : ''}`);
  if (rule.pattern && !rule.pattern.test(value)) refuse(path, value, '含有不允许的字符或格式错误');
  const problem = rule.check?.(value);
  if (problem) refuse(path, value, problem);
}

export function check(rule: Rule, value: unknown, path = ''): void {
  if (value === null) refuse(path, value, '不允许为null');
  switch (rule.kind) {
    case 'text':
      return checkText(rule, value, path);
    case 'flag':
      if (typeof value !== 'boolean') refuse(path, value, '类型错误，应为布尔值');
      return;
    case 'int':
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) refuse(path, value, '类型错误，应为整数');
      if (rule.min !== undefined && value < rule.min) refuse(path, value, `数值小于最小值${rule.min}`, 268435464);
      return;
    case 'list':
      if (!Array.isArray(value)) refuse(path, value, '类型错误，应为数组');
      if (value.length < rule.min) refuse(path, value, '数组元素个数不足');
      for (const [index, item] of value.entries()) check(rule.item, item, `${path}/${index}`);
      return;
    case 'object':
      checkObject(rule, value, path);
  }
}

function checkObject(rule: ObjectRule, value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(path, value, '类型错误，应为对象');
  const members = value as Record<string, unknown>;
  for (const name of rule.required) {
    if (members[name] === undefined) refuse(`${path}/${name}`, undefined, '必填项校验失败，此字段为必填项');
  }
  for (const [name, member] of Object.entries(members)) {
    const inner = rule.members[name];
    if (!inner) refuse(`${path}/${name}`, member, '参数中含有非法的额外参数', 270924358);
    check(inner, member, `${path}/${name}`);
  }
}

/** Bytes to an object: UTF-8, no byte order mark, no 4-byte characters, one JSON object, no member twice. */
export function parseBody(bytes: Buffer): Record<string, unknown> {
  let source: string;
  try {
    source = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw paramError('请求包体不是UTF-8编码');
  }
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    throw paramError('请求包体不是正确的JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw paramError('请求包体不是JSON对象');
  refuseWideCharacters(value, '');
  refuseTwins(source);
  return value as Record<string, unknown>;
}

function refuseWideCharacters(value: unknown, path: string): void {
  if (typeof value === 'string') {
    for (const char of value) {
      if ((char.codePointAt(0) ?? 0) > 0xffff) refuse(path, '', '含有不支持的字符(4字节UTF-8)');
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) refuseWideCharacters(member, `${path}/${name}`);
  }
}

/** JSON.parse keeps the last of two members of one name; which one WeChat keeps nobody knows, so neither passes. */
function refuseTwins(source: string): void {
  const stack: (Set<string> | undefined)[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;
  for (let match = token.exec(source); match; match = token.exec(source)) {
    const [piece, colon] = match;
    if (piece === '{') stack.push(new Set());
    else if (piece === '[') stack.push(undefined);
    else if (piece === '}' || piece === ']') stack.pop();
    else if (colon) {
      const name = JSON.parse(piece.slice(0, -colon.length)) as string;
      const names = stack[stack.length - 1];
      if (names?.has(name)) refuse(`/${name}`, '', '参数重复');
      names?.add(name);
    }
  }
}

/** Same content whatever the order of members: what WeChat compares on a repeated order. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
