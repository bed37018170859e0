// Pushing messages and events: 5 seconds, three more tries, and what the person sees of it.
import type { AccountConfig, PushMode } from '../config.js';
import type { Faults } from '../faults.js';
import type { Journal } from '../journal.js';
import { call, CallFailed } from '../kit/client.js';
import type { Clock } from '../kit/clock.js';
import { digits, messageId } from '../kit/ids.js';
import { writeXml, type XmlFields } from '../kit/xml.js';
import type { People, User } from '../people.js';
import type { Settings } from '../settings.js';
import { makeDelivery, plainSignature, type Delivery, type Tamper } from './delivery.js';
import { readReply, type PassiveReply } from './reply.js';

export interface Attempt {
  at: number;
  ms: number;
  status: number;
  outcome: string;
}

export interface PushRecord {
  id: number;
  attempts: Attempt[];
  outcome: 'reply' | 'success' | 'empty' | 'fault' | 'lost';
  reply?: PassiveReply;
  why?: string;
}

const TRIES = 4;
const FAULT_NOTICE = '该公众号提供的服务出现故障，请稍后再试';

export class Pusher {
  private count = 0;
  underWay = 0;

  constructor(
    private readonly account: AccountConfig,
    private readonly target: URL,
    private readonly clock: Clock,
    private readonly settings: () => Settings,
    private readonly people: People,
    private readonly faults: Faults,
    private readonly journal: Journal,
  ) {}

  xml(openid: string, fields: XmlFields): string {
    const known = { ToUserName: this.account.original_id, FromUserName: openid, CreateTime: this.clock.seconds() };
    return writeXml({ ...known, ...fields });
  }

  event(user: User, name: string, more: XmlFields = {}, visible = true): Promise<PushRecord> {
    return this.push(user, { MsgType: 'event', Event: name, ...more }, visible);
  }

  message(user: User, type: string, more: XmlFields): Promise<PushRecord> {
    return this.push(user, { MsgType: type, ...more, MsgId: messageId() }, true);
  }

  /** Delivers until it is answered; the reply lands in the chat, a fault shows as WeChat's grey line. */
  async push(user: User, fields: XmlFields, visible: boolean): Promise<PushRecord> {
    this.count += 1;
    const record: PushRecord = { id: this.count, attempts: [], outcome: 'lost' };
    this.underWay += 1;
    try {
      await this.deliver(user.openid, this.xml(user.openid, fields), record);
    } finally {
      this.underWay -= 1;
    }
    this.show(user, record, visible);
    return record;
  }

  private async deliver(openid: string, xml: string, record: PushRecord): Promise<void> {
    const scene = { operation: 'push', openid, path: this.account.message_path };
    if (this.faults.take(['push_never'], scene)) return;
    const mode = this.settings().push_mode;
    let delivery = makeDelivery(this.account, mode, xml, openid, this.clock.seconds());
    for (let index = 0; index < TRIES; index += 1) {
      // Whether retries repeat the signature is not known: every second one does, the others are signed anew.
      if (index === 2) delivery = makeDelivery(this.account, mode, xml, openid, this.clock.seconds());
      if (await this.attempt(delivery, mode, openid, record, scene)) return;
    }
  }

  private async attempt(delivery: Delivery, mode: PushMode, openid: string, record: PushRecord, scene: { operation: string; openid: string }): Promise<boolean> {
    const at = this.clock.now();
    try {
      const reply = await this.post(delivery);
      const lost = this.faults.take(['push_lost'], scene) !== undefined;
      const reading = reply.status === 200 ? readReply(reply.body, this.account, mode, openid) : { outcome: 'fault' as const, why: `status ${reply.status}` };
      this.note(record, { at, ms: reply.ms, status: reply.status, outcome: lost ? 'answer_lost' : reading.outcome });
      if (lost) return false;
      record.outcome = reading.outcome;
      if (reading.outcome === 'reply') record.reply = reading.reply;
      if (reading.outcome !== 'fault') return true;
      record.why = reading.why;
      this.journal.violation('push', reading.why);
      return reply.status === 200;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      this.note(record, { at, ms: error.ms, status: 0, outcome: error.outcome });
      return false;
    }
  }

  private note(record: PushRecord, attempt: Attempt): void {
    record.attempts.push(attempt);
    this.journal.add({
      api: 'push', method: 'POST', path: this.account.message_path, operation: 'push', status: attempt.status, code: attempt.outcome,
    });
  }

  private show(user: User, record: PushRecord, visible: boolean): void {
    if (record.reply?.type === 'text') this.people.say(user, { from: 'account', kind: 'text', text: record.reply.text ?? '' });
    else if (record.reply?.articles) this.people.say(user, { from: 'account', kind: 'news', articles: record.reply.articles });
    else if (record.reply) this.people.say(user, { from: 'account', kind: 'text', text: `[${record.reply.type}]` });
    else if (visible && (record.outcome === 'fault' || record.outcome === 'lost')) {
      this.people.say(user, { from: 'system', kind: 'notice', text: FAULT_NOTICE });
    }
  }

  private address(query: string): URL {
    const url = new URL(this.account.message_path, this.target);
    url.search = query;
    return url;
  }

  private post(delivery: Delivery): ReturnType<typeof call> {
    const headers = { 'Content-Type': 'text/xml', 'User-Agent': 'Mozilla/4.0', 'Accept': '*/*', 'Pragma': 'no-cache' };
    return call(this.address(delivery.query), 'POST', headers, delivery.body, this.settings().push_deadline_ms);
  }

  /** One delivery for a test, spoilt or not, without retries and without a chat. */
  async raw(openid: string, xml: string, mode: PushMode, tamper: Tamper | undefined, query?: string): Promise<{ status: number; headers: object; body: string }> {
    const delivery = makeDelivery(this.account, mode, xml, openid, this.clock.seconds(), tamper);
    const reply = await this.post(query === undefined ? delivery : { ...delivery, query });
    return { status: reply.status, headers: reply.headers, body: reply.body.toString('utf8') };
  }

  /** The console's check of the server address. */
  async verifyUrl(): Promise<{ status: number; ok: boolean }> {
    const timestamp = String(this.clock.seconds());
    const nonce = digits(9);
    const echo = digits(19);
    const query = `signature=${plainSignature(this.account.token, timestamp, nonce)}&echostr=${echo}&timestamp=${timestamp}&nonce=${nonce}`;
    const reply = await call(this.address(query), 'GET', { 'User-Agent': 'Mozilla/4.0', 'Accept': '*/*' }, '', this.settings().push_deadline_ms);
    return { status: reply.status, ok: reply.status === 200 && reply.body.toString('utf8') === echo };
  }
}
