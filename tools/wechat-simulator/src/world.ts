// Everything wired together once: stores, rules, doors. Servers and control only hold this.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, Merchant } from './config.js';
import { Faults } from './faults.js';
import { Journal } from './journal.js';
import { Clock, Timers } from './kit/clock.js';
import { HttpProblem } from './kit/http.js';
import { MpFront } from './mp/front.js';
import { Menu } from './mp/menu.js';
import { OAuth } from './mp/oauth.js';
import { Pusher } from './mp/pusher.js';
import { Service } from './mp/service.js';
import { Tokens } from './mp/tokens.js';
import { PayApi } from './pay/api.js';
import { Gate } from './pay/auth.js';
import { Bills } from './pay/bills.js';
import { Cashier } from './pay/cashier.js';
import { PayFront } from './pay/front.js';
import { Notices } from './pay/notices.js';
import { Orders } from './pay/orders.js';
import { Refunds } from './pay/refunds.js';
import { Signer } from './pay/signer.js';
import { People } from './people.js';
import { changeSettings, defaultSettings, type Settings } from './settings.js';

export type Kept = 'users' | 'menu' | 'settings' | 'faults';

export class World {
  readonly clock = new Clock();
  readonly timers = new Timers(this.clock);
  readonly journal = new Journal(this.clock);
  readonly faults = new Faults();
  readonly people = new People(this.clock);
  readonly orders = new Orders(this.clock);
  readonly refunds = new Refunds(this.clock, this.orders);
  readonly menu = new Menu();
  readonly signer = new Signer(this.clock);
  readonly tokens: Tokens;
  readonly oauth: OAuth;
  readonly notices: Notices;
  readonly cashier: Cashier;
  readonly bills: Bills;
  readonly pusher: Pusher;
  readonly service: Service;
  readonly payApi: PayApi;
  readonly pay: PayFront;
  readonly mp: MpFront;
  settings: Settings;
  /** Known once the servers listen. */
  origin = '';
  browserOrigin = '';

  constructor(readonly config: Config) {
    const { account } = config;
    const settings = (): Settings => this.settings;
    const merchant = (id: string): Merchant => this.merchant(id);
    const { clock, timers, journal, faults, people, orders, refunds, menu, signer } = this;
    this.settings = defaultSettings(config);
    timers.scale = this.settings.time_scale;
    people.seed();
    this.tokens = new Tokens(account, clock);
    this.oauth = new OAuth(clock);
    this.notices = new Notices({ clock, timers, settings, faults, journal, signer, merchant });
    this.cashier = new Cashier(clock, timers, settings, people, orders, refunds, this.notices, merchant);
    this.bills = new Bills(orders, refunds, () => this.settings.fee_rate_bp);
    this.pusher = new Pusher(account, config.target, clock, settings, people, faults, journal);
    this.service = new Service(account, clock, timers, settings, people, menu, this.pusher);
    this.payApi = new PayApi({
      config, clock, timers, settings, faults, people, orders, refunds, cashier: this.cashier, bills: this.bills, origin: () => this.origin,
    });
    const gate = new Gate(config.merchants, clock, (what) => journal.violation('Authorization', what));
    this.pay = new PayFront(this.payApi, { gate, signer, faults, journal, settings });
    this.mp = new MpFront({ config, clock, settings, faults, journal, people, tokens: this.tokens, menu, oauth: this.oauth, service: this.service });
  }

  merchant(id?: string): Merchant {
    const found = id === undefined ? this.config.merchants[0] : this.config.merchants.find((m) => m.mch_id === id);
    if (!found) throw new HttpProblem(404, 'no such merchant');
    return found;
  }

  change(change: Record<string, unknown>): void {
    const paused = this.settings.notices_paused;
    changeSettings(this.settings, change);
    this.clock.offsetMs = this.settings.clock_offset_ms;
    this.timers.scale = this.settings.time_scale;
    if (paused && !this.settings.notices_paused) this.notices.resume();
  }

  reset(keep: Kept[]): void {
    this.notices.clear();
    this.timers.clear();
    for (const store of [this.orders, this.refunds, this.tokens, this.oauth, this.service, this.payApi, this.journal]) store.clear();
    this.bills.surprises.clear();
    if (!keep.includes('faults')) this.faults.clear();
    if (!keep.includes('menu')) this.menu.clear();
    if (!keep.includes('settings')) this.change({ ...defaultSettings(this.config) });
    this.people.forget(keep.includes('users'));
    this.people.onReset();
  }

  /** Nothing under way and nothing waiting (notices of a pause do not count). */
  get idle(): boolean {
    return this.timers.pending === 0 && this.notices.underWay === 0 && this.pusher.underWay === 0;
  }

  private file(): string | undefined {
    return this.config.state_dir === undefined ? undefined : join(this.config.state_dir, 'state.json');
  }

  save(): void {
    const file = this.file();
    if (file === undefined || this.config.state_dir === undefined) return;
    const state = {
      version: 1, people: this.people.dump(), orders: this.orders.dump(), refunds: this.refunds.dump(), notices: this.notices.dump(),
      tokens: this.tokens.dump(), menu: { buttons: this.menu.buttons, id: this.menu.id, changed_at: this.menu.changed_at },
    };
    mkdirSync(this.config.state_dir, { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  load(): void {
    const file = this.file();
    if (file === undefined) return;
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return;
    }
    const state = JSON.parse(text) as Record<string, unknown>;
    this.people.load(state['people']);
    this.orders.load(state['orders']);
    this.refunds.load(state['refunds']);
    this.tokens.load(state['tokens']);
    Object.assign(this.menu, state['menu']);
    this.notices.load(state['notices']);
    for (const refund of this.refunds.all()) if (refund.status === 'PROCESSING') this.cashier.later(refund);
  }
}
