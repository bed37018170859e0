// access_token (stable and plain) and jsapi_ticket, with WeChat's habits about asking again.
import type { AccountConfig } from '../config.js';
import type { Clock } from '../kit/clock.js';
import { base62 } from '../kit/ids.js';
import { MpError } from './error.js';

interface Token {
  value: string;
  until: number;
  kind: 'stable' | 'plain';
}

const LIFE = 7200 * 1000;
const OVERLAP = 300 * 1000;
const FORCED_SPACING = 30 * 1000;
const FORCED_PER_DAY = 20;

export class Tokens {
  private tokens: Token[] = [];
  private stable: Token | undefined;
  private plain: Token | undefined;
  private ticket: Token | undefined;
  private forced: number[] = [];
  private serial = 90;

  constructor(private readonly account: AccountConfig, private readonly clock: Clock) {}

  checkSecret(appid: string | null | undefined, secret: string | null | undefined): void {
    if (!appid) throw new MpError(41002);
    if (!secret) throw new MpError(41004);
    if (appid !== this.account.app_id) throw new MpError(40013);
    if (secret !== this.account.app_secret) throw new MpError(40125);
  }

  private issue(kind: Token['kind']): Token {
    this.serial += 1;
    const token: Token = { value: `${this.serial}_${base62(150)}`, until: this.clock.now() + LIFE, kind };
    this.tokens = [...this.tokens.filter((t) => t.until > this.clock.now() - 24 * 3600 * 1000), token];
    return token;
  }

  private answer(token: Token): { access_token: string; expires_in: number } {
    return { access_token: token.value, expires_in: Math.min(7200, Math.ceil((token.until - this.clock.now()) / 1000)) };
  }

  /** Every call a new one; the old one lives five more minutes. */
  plainToken(): { access_token: string; expires_in: number } {
    if (this.plain) this.plain.until = Math.min(this.plain.until, this.clock.now() + OVERLAP);
    this.plain = this.issue('plain');
    return this.answer(this.plain);
  }

  /** The same one until five minutes before its end; force kills the old one at once. */
  stableToken(force: boolean): { access_token: string; expires_in: number } {
    const now = this.clock.now();
    if (force && this.mayForce(now)) {
      if (this.stable) this.stable.until = now;
      this.forced.push(now);
      this.stable = this.issue('stable');
    } else if (!this.stable || this.stable.until - now <= OVERLAP) {
      this.stable = this.issue('stable');
    }
    return this.answer(this.stable);
  }

  private mayForce(now: number): boolean {
    this.forced = this.forced.filter((at) => at > now - 24 * 3600 * 1000);
    const last = this.forced[this.forced.length - 1] ?? 0;
    if (this.forced.length >= FORCED_PER_DAY) throw new MpError(45009, 'reach max api daily quota limit');
    return now - last >= FORCED_SPACING;
  }

  check(value: string | null): void {
    if (!value) throw new MpError(41001);
    const token = this.tokens.find((t) => t.value === value);
    if (!token) throw new MpError(40001);
    if (token.until <= this.clock.now()) throw new MpError(42001);
  }

  jsapiTicket(): { ticket: string; expires_in: number } {
    const now = this.clock.now();
    if (!this.ticket || this.ticket.until <= now) this.ticket = { value: `${base62(86)}`, until: now + LIFE, kind: 'plain' };
    return { ticket: this.ticket.value, expires_in: Math.ceil((this.ticket.until - now) / 1000) };
  }

  /** For tests: the platform forgets or ages every token. */
  expireAll(): void {
    for (const token of this.tokens) token.until = Math.min(token.until, this.clock.now());
    this.stable = undefined;
    this.plain = undefined;
  }

  clear(): void {
    this.tokens = [];
    this.stable = this.plain = this.ticket = undefined;
    this.forced = [];
  }

  dump(): unknown {
    return { tokens: this.tokens, stable: this.stable?.value, plain: this.plain?.value, ticket: this.ticket, serial: this.serial };
  }

  load(raw: unknown): void {
    const state = raw as { tokens: Token[]; stable?: string; plain?: string; ticket?: Token; serial: number };
    this.tokens = state.tokens;
    this.stable = this.tokens.find((t) => t.value === state.stable);
    this.plain = this.tokens.find((t) => t.value === state.plain);
    this.ticket = state.ticket;
    this.serial = state.serial;
  }
}
