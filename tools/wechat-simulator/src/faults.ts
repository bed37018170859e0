// Misbehaviour on demand: which fault, on what, how often. Whoever acts asks `take` and does what the fault says.
import { HttpProblem } from './kit/http.js';

export const FAULT_KINDS = [
  'slow', 'lost_before', 'lost_after', 'half', 'error', 'rate_limit', 'errcode', 'malformed', 'html',
  'unsigned', 'bad_signature', 'probe', 'probe_undecodable', 'stale', 'unknown_serial', 'other_key', 'old_key', 'wrong_order',
  'paid_while_closing', 'paid_after_closing',
  'notice_lost', 'notice_never', 'notice_delay', 'notice_double', 'notice_reorder', 'notice_answer_lost', 'notice_forge', 'notice_signing',
  'push_lost', 'push_never', 'oauth_double',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

const GROUPS: Record<string, readonly string[]> = {
  order: ['order_jsapi', 'order_native'],
  query: ['query_no', 'query_id'],
  pay: ['order_jsapi', 'order_native', 'query_no', 'query_id', 'close', 'refund_apply', 'refund_query', 'tradebill', 'fundflowbill',
    'billdownload', 'certificates'],
  account: ['token', 'stable_token', 'ticket', 'menu_create', 'menu_get', 'menu_delete', 'selfmenu', 'custom_send', 'template_send',
    'template_list', 'user_info', 'user_list', 'qrcode', 'oauth_token', 'oauth_auth', 'ip_list'],
  notice: ['notice_payment', 'notice_refund'],
  push: ['push'],
  authorize: ['authorize'],
};
const OPERATIONS = new Set([...Object.keys(GROUPS), ...Object.values(GROUPS).flat()]);

export interface Scene {
  operation: string;
  out_trade_no?: string | undefined;
  out_refund_no?: string | undefined;
  mch_id?: string | undefined;
  path?: string | undefined;
  openid?: string | undefined;
}

export interface Fault {
  id: number;
  kind: FaultKind;
  where: Partial<Scene>;
  times: number;
  chance: number;
  hits: number;
  [detail: string]: unknown;
}

/** mulberry32: a small generator that gives the same luck for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function fits(where: Partial<Scene>, scene: Scene): boolean {
  if (where.operation && where.operation !== scene.operation && !GROUPS[where.operation]?.includes(scene.operation)) return false;
  if (where.path && !(scene.path ?? '').startsWith(where.path)) return false;
  for (const key of ['out_trade_no', 'out_refund_no', 'mch_id', 'openid'] as const) {
    if (where[key] !== undefined && where[key] !== scene[key]) return false;
  }
  return true;
}

export class Faults {
  list: Fault[] = [];
  private next = 1;
  private luck = generator(1);

  seed(seed: number): void {
    this.luck = generator(seed);
  }

  add(input: Record<string, unknown>): Fault {
    const kind = input['kind'] as FaultKind;
    if (!FAULT_KINDS.includes(kind)) throw new HttpProblem(400, `no such fault: ${String(kind)}`);
    const where = (input['where'] ?? {}) as Partial<Scene>;
    for (const key of Object.keys(where)) {
      if (!['operation', 'out_trade_no', 'out_refund_no', 'mch_id', 'path', 'openid'].includes(key)) {
        throw new HttpProblem(400, `where has no ${key}`);
      }
    }
    if (where.operation && !OPERATIONS.has(where.operation)) throw new HttpProblem(400, `no such operation: ${where.operation}`);
    const fault: Fault = {
      ...input, id: this.next, kind, where, times: Number(input['times'] ?? 1), chance: Number(input['chance'] ?? 1), hits: 0,
    };
    this.next += 1;
    this.list.push(fault);
    return fault;
  }

  /** The first live fault of these kinds that meets the scene; its hit is counted. */
  take(kinds: readonly FaultKind[], scene: Scene): Fault | undefined {
    for (const fault of this.list) {
      if (!kinds.includes(fault.kind) || !fits(fault.where, scene)) continue;
      if (fault.times > 0 && fault.hits >= fault.times) continue;
      if (fault.chance < 1 && this.luck() >= fault.chance) continue;
      fault.hits += 1;
      return fault;
    }
    return undefined;
  }

  remove(id: number): boolean {
    const before = this.list.length;
    this.list = this.list.filter((fault) => fault.id !== id);
    return this.list.length < before;
  }

  clear(): void {
    this.list = [];
  }
}

export const msOf = (fault: Fault | undefined, fallback = 0): number => Number(fault?.['ms'] ?? fallback);
