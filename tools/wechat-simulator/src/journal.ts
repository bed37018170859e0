// What came in and what was wrong with it. Bounded; never holds secrets or signatures.
import type { Clock } from './kit/clock.js';

export interface LogEntry {
  n: number;
  at: number;
  api: 'pay' | 'account' | 'push' | 'notice' | 'oauth';
  method: string;
  path: string;
  operation?: string | undefined;
  status: number;
  code?: string | undefined;
  message?: string | undefined;
  out_trade_no?: string | undefined;
  fault?: string | undefined;
}

export interface Violation {
  at: number;
  where: string;
  what: string;
}

const LOG_LIMIT = 20000;
const VIOLATION_LIMIT = 1000;

export class Journal {
  private entries: LogEntry[] = [];
  private count = 0;
  violations: Violation[] = [];

  constructor(private readonly clock: Clock) {}

  add(entry: Omit<LogEntry, 'n' | 'at'>): void {
    this.count += 1;
    this.entries.push({ n: this.count, at: this.clock.now(), ...entry });
    if (this.entries.length > LOG_LIMIT * 1.1) this.entries = this.entries.slice(-LOG_LIMIT);
  }

  since(n: number, limit: number): LogEntry[] {
    return this.entries.filter((entry) => entry.n > n).slice(-limit);
  }

  violation(where: string, what: string): void {
    this.violations.push({ at: this.clock.now(), where, what });
    if (this.violations.length > VIOLATION_LIMIT) this.violations.shift();
  }

  clear(): void {
    this.entries = [];
    this.violations = [];
  }
}
