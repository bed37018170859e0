// Sending notices until somebody answers 200 or 204, on WeChat's schedule, with faults on the way.
import type { Merchant, Signing } from '../config.js';
import { msOf, type Faults, type Scene } from '../faults.js';
import type { Journal } from '../journal.js';
import { call, CallFailed } from '../kit/client.js';
import type { Clock, Timers, Wait } from '../kit/clock.js';
import { uuid } from '../kit/ids.js';
import type { Settings } from '../settings.js';
import { envelope, forgery, type Forgery, type NoticeContent } from './envelope.js';
import type { Signer } from './signer.js';

export interface Send {
  at: number;
  ms: number;
  status: number;
  outcome: 'accepted' | 'refused' | 'timeout' | 'no_connection' | 'broken' | 'lost' | 'answer_lost' | 'forged';
  note?: string;
}

export interface Notice extends NoticeContent {
  kind: 'payment' | 'refund';
  mch_id: string;
  out_trade_no: string;
  out_refund_no?: string | undefined;
  openid?: string | undefined;
  url: string;
  state: 'waiting' | 'sending' | 'accepted' | 'given_up' | 'lost';
  next_at: number;
  tries: number;
  sends: Send[];
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Waits before each repeat. */
const SCHEDULE = [
  15 * SECOND, 15 * SECOND, 30 * SECOND, 3 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE, 30 * MINUTE, 30 * MINUTE, 60 * MINUTE,
  3 * HOUR, 3 * HOUR, 3 * HOUR, 6 * HOUR, 6 * HOUR,
];
const MOST_SENDS = 15;

export interface NoticeTools {
  clock: Clock;
  timers: Timers;
  settings: () => Settings;
  faults: Faults;
  journal: Journal;
  signer: Signer;
  merchant: (mchId: string) => Merchant;
}

export class Notices {
  private all = new Map<string, Notice>();
  private ofOrder = new Map<string, Notice[]>();
  /** Grows with every clear: work begun before it must not count afterwards. */
  private epoch = 0;
  private waits = new Map<string, Wait>();
  private held: { release: () => void }[] = [];
  private turn = 0;
  underWay = 0;

  constructor(private readonly tools: NoticeTools) {}

  list(outTradeNo?: string): Notice[] {
    return outTradeNo === undefined ? [...this.all.values()] : this.ofOrder.get(outTradeNo) ?? [];
  }

  post(input: Pick<Notice, 'kind' | 'mch_id' | 'out_trade_no' | 'out_refund_no' | 'openid' | 'url' | 'event_type' | 'summary' | 'plain'>): Notice {
    const now = this.tools.clock.now();
    const notice: Notice = {
      ...input, id: uuid(), created_at: now, original_type: input.kind === 'payment' ? 'transaction' : 'refund',
      state: 'waiting', next_at: now, tries: 0, sends: [],
    };
    this.keep(notice);
    this.plan(notice, 0, false);
    return notice;
  }

  private keep(notice: Notice): void {
    this.all.set(notice.id, notice);
    this.ofOrder.set(notice.out_trade_no, [...(this.ofOrder.get(notice.out_trade_no) ?? []), notice]);
  }

  private plan(notice: Notice, ms: number, scaled = true): void {
    const wait = this.tools.timers.after(ms, () => void this.due(notice), scaled);
    notice.state = 'waiting';
    notice.next_at = wait.due;
    this.waits.set(notice.id, wait);
  }

  private scene(notice: Notice): Scene {
    return {
      operation: `notice_${notice.kind}`, out_trade_no: notice.out_trade_no, out_refund_no: notice.out_refund_no,
      mch_id: notice.mch_id, openid: notice.openid, path: new URL(notice.url).pathname,
    };
  }

  private async due(notice: Notice): Promise<void> {
    this.waits.delete(notice.id);
    if (this.tools.settings().notices_paused) return;
    const { faults, timers } = this.tools;
    const scene = this.scene(notice);
    if (faults.take(['notice_never'], scene)) {
      notice.state = 'lost';
      return;
    }
    if (faults.take(['notice_lost'], scene)) {
      this.note(notice, { ms: 0, status: 0, outcome: 'lost' });
      notice.tries += 1;
      return this.again(notice);
    }
    notice.state = 'sending';
    this.underWay += 1;
    const { epoch } = this;
    const delay = faults.take(['notice_delay'], scene);
    if (delay) await new Promise<void>((done) => timers.after(msOf(delay), done, false));
    const reorder = faults.take(['notice_reorder'], scene);
    if (reorder) await this.hold(msOf(reorder, 5000));
    try {
      await this.deliver(notice, scene);
    } finally {
      if (epoch === this.epoch) this.underWay -= 1;
    }
  }

  /** Waits until another notice has gone out, or ms. */
  private hold(ms: number): Promise<void> {
    return new Promise((done) => {
      const entry = { release: done };
      this.held.push(entry);
      this.tools.timers.after(ms, () => {
        this.held = this.held.filter((other) => other !== entry);
        done();
      }, false);
    });
  }

  private async deliver(notice: Notice, scene: Scene): Promise<void> {
    const { faults } = this.tools;
    notice.tries += 1;
    const forged = faults.take(['notice_forge'], scene);
    if (forged) {
      await this.send(notice, { forge: forgery(forged['how']) });
      if (forged['instead'] === true) return this.again(notice);
    }
    const copies = faults.take(['notice_double'], scene);
    const count = copies ? Number(copies['copies'] ?? 2) : 1;
    const sends = await Promise.all(Array.from({ length: count }, () => this.send(notice, {})));
    for (const entry of this.held.splice(0)) entry.release();
    const accepted = sends.some((one) => one.outcome === 'accepted');
    if (accepted && faults.take(['notice_answer_lost'], scene)) {
      for (const one of sends) if (one.outcome === 'accepted') one.outcome = 'answer_lost';
      return this.again(notice);
    }
    if (accepted) notice.state = 'accepted';
    else this.again(notice);
  }

  private again(notice: Notice): void {
    if (!this.all.has(notice.id)) return;
    const wait = SCHEDULE[notice.tries - 1];
    if (notice.tries >= MOST_SENDS || wait === undefined) notice.state = 'given_up';
    else this.plan(notice, wait);
  }

  private way(notice: Notice): Signing {
    const fault = this.tools.faults.take(['notice_signing'], this.scene(notice));
    if (fault) return fault['signing'] as Signing;
    const { notice_signing: set, signing } = this.tools.settings();
    this.turn += 1;
    if (set === 'mixed') return this.turn % 2 ? 'public_key' : 'certificate';
    return set ?? signing;
  }

  /** One delivery, whatever the plan says. */
  async send(notice: Notice, options: { forge?: Forgery | undefined; signing?: Signing | undefined }): Promise<Send> {
    const { signer, merchant, settings } = this.tools;
    const { body, headers } = envelope(notice, merchant(notice.mch_id), options.signing ?? this.way(notice), signer, options.forge);
    const note = options.forge === undefined ? {} : { note: options.forge };
    try {
      const reply = await call(new URL(notice.url), 'POST', headers, body, settings().notice_deadline_ms);
      const accepted = reply.status === 200 || reply.status === 204;
      const outcome = options.forge ? 'forged' : accepted ? 'accepted' : 'refused';
      return this.note(notice, { ms: reply.ms, status: reply.status, outcome, ...note });
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      return this.note(notice, { ms: error.ms, status: 0, outcome: options.forge ? 'forged' : error.outcome, ...note });
    }
  }

  private note(notice: Notice, send: Omit<Send, 'at'>): Send {
    const full = { at: this.tools.clock.now(), ...send };
    notice.sends.push(full);
    this.tools.journal.add({
      api: 'notice', method: 'POST', path: new URL(notice.url).pathname, operation: `notice_${notice.kind}`, status: send.status,
      code: send.outcome, out_trade_no: notice.out_trade_no, fault: send.note,
    });
    return full;
  }

  /** Everything that waits is due now; also what a pause held back. */
  flush(): number {
    let count = 0;
    for (const notice of this.all.values()) {
      if (notice.state !== 'waiting') continue;
      count += 1;
      this.waits.get(notice.id)?.cancel();
      void this.due(notice);
    }
    return count;
  }

  /** After a pause: what became due meanwhile goes out. */
  resume(): void {
    for (const notice of this.all.values()) {
      if (notice.state === 'waiting' && !this.waits.has(notice.id)) void this.due(notice);
    }
  }

  get waiting(): number {
    return this.list().filter((n) => n.state === 'waiting' && this.waits.has(n.id)).length;
  }

  clear(): void {
    for (const wait of this.waits.values()) wait.cancel();
    this.waits.clear();
    this.all.clear();
    this.ofOrder.clear();
    this.held = [];
    this.epoch += 1;
    this.underWay = 0;
  }

  dump(): unknown {
    return [...this.all.values()];
  }

  load(raw: unknown): void {
    for (const notice of raw as Notice[]) {
      this.keep(notice);
      if (notice.state !== 'waiting' && notice.state !== 'sending') continue;
      this.plan(notice, Math.max(0, notice.next_at - this.tools.clock.now()), false);
    }
  }
}
