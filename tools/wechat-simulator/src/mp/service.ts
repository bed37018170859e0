// What a user does to the account, and what the account sends outside replies: one place for both directions.
import type { AccountConfig } from '../config.js';
import type { Clock, Timers } from '../kit/clock.js';
import { HttpProblem } from '../kit/http.js';
import { base62, messageId } from '../kit/ids.js';
import type { People, User } from '../people.js';
import type { Settings } from '../settings.js';
import { MpError } from './error.js';
import type { Button, Menu } from './menu.js';
import type { PushRecord, Pusher } from './pusher.js';
import type { TemplateBody } from './template.js';

const HOUR = 3600 * 1000;
const MINUTE = 60 * 1000;
const CONTENT_BYTES = 2048;

export interface MenuTap {
  push?: PushRecord;
  open?: string;
}

interface Scene {
  ticket: string;
  scene: string;
  until: number;
}

export class Service {
  private sent = new Map<string, { id: string; at: number }>();
  private scenes = new Map<string, Scene>();

  constructor(
    private readonly account: AccountConfig,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly settings: () => Settings,
    private readonly people: People,
    private readonly menu: Menu,
    private readonly pusher: Pusher,
  ) {}

  private allow(user: User, count: number, ms: number): void {
    const until = this.clock.now() + ms;
    user.service_left = this.clock.now() < user.service_until ? Math.max(user.service_left, count) : count;
    user.service_until = Math.max(user.service_until, until);
  }

  async follow(user: User, scene?: string): Promise<PushRecord> {
    user.following = true;
    user.subscribe_time = this.clock.seconds();
    user.subscribe_scene = scene ? 'ADD_SCENE_QR_CODE' : 'ADD_SCENE_SEARCH';
    user.qr_scene_str = scene ?? '';
    this.people.touch(user);
    this.allow(user, 3, MINUTE);
    const more = scene ? { EventKey: `qrscene_${scene}`, Ticket: this.scenes.get(scene)?.ticket ?? base62(60) } : { EventKey: '' };
    return this.pusher.event(user, 'subscribe', more);
  }

  async unfollow(user: User): Promise<PushRecord> {
    user.following = false;
    user.messages = user.messages.filter((m) => m.from === 'wechat_pay');
    user.unread = 0;
    user.service_left = 0;
    this.people.touch(user);
    return this.pusher.event(user, 'unsubscribe', { EventKey: '' }, false);
  }

  async text(user: User, content: string): Promise<PushRecord> {
    this.mustFollow(user);
    if (content === '') throw new HttpProblem(400, 'content is empty');
    this.people.say(user, { from: 'user', kind: 'text', text: content });
    this.allow(user, 5, 48 * HOUR);
    return this.pusher.message(user, 'text', { Content: content });
  }

  private mustFollow(user: User): void {
    if (!user.following) throw new HttpProblem(409, 'the user does not follow the account');
  }

  shownMenu(): Button[] | undefined {
    const fresh = this.clock.now() - this.menu.changed_at >= this.settings().menu_cache_ms;
    return fresh ? this.menu.buttons : undefined;
  }

  async tap(user: User, button: Button): Promise<MenuTap> {
    this.mustFollow(user);
    if (button.type === 'view') {
      const open = button.url ?? '';
      // The page opens without waiting for the server: the event is for statistics only.
      void this.pusher.event(user, 'VIEW', { EventKey: open, MenuId: String(this.menu.id) }, false);
      return { open };
    }
    this.allow(user, 3, MINUTE);
    if (button.type === 'click') return { push: await this.pusher.event(user, 'CLICK', { EventKey: button.key ?? '' }) };
    if (button.key === undefined) throw new HttpProblem(400, `button of type ${button.type ?? 'none'} does nothing here`);
    return { push: await this.pusher.event(user, button.type ?? '', { EventKey: button.key }) };
  }

  findButton(want: { index?: number[]; key?: string; name?: string }): Button {
    const top = this.menu.buttons ?? [];
    const flat = top.flatMap((button) => [button, ...(button.sub_button ?? [])]);
    let found: Button | undefined;
    if (want.index) found = want.index.length > 1 ? top[want.index[0] ?? 0]?.sub_button?.[want.index[1] ?? 0] : top[want.index[0] ?? 0];
    else if (want.key !== undefined) found = flat.find((button) => button.key === want.key);
    else found = flat.find((button) => button.name === want.name);
    if (!found || found.sub_button) throw new HttpProblem(404, 'no such menu button');
    return found;
  }

  async scanScene(user: User, scene: string): Promise<PushRecord> {
    if (!user.following) return this.follow(user, scene);
    this.allow(user, 3, MINUTE);
    return this.pusher.event(user, 'SCAN', { EventKey: scene, Ticket: this.scenes.get(scene)?.ticket ?? base62(60) });
  }

  makeScene(scene: string, seconds: number): { ticket: string; url: string } {
    const ticket = `gQ${base62(90)}==`;
    this.scenes.set(scene, { ticket, scene, until: this.clock.now() + seconds * 1000 });
    return { ticket, url: `http://weixin.qq.com/q/${ticket.slice(2, 22)}` };
  }

  sceneOfText(text: string): string | undefined {
    for (const entry of this.scenes.values()) {
      if (text === `http://weixin.qq.com/q/${entry.ticket.slice(2, 22)}` || text === entry.ticket) return entry.scene;
    }
    return undefined;
  }

  /** A customer-service message: only after the user did something, and only so many. */
  custom(raw: Record<string, unknown>): void {
    const user = this.people.find(typeof raw['touser'] === 'string' ? raw['touser'] : undefined);
    if (!user) throw new MpError(40003);
    if (!user.following || this.clock.now() >= user.service_until) throw new MpError(45015);
    const type = raw['msgtype'];
    const part = raw[String(type)] as Record<string, unknown> | undefined;
    if (typeof part !== 'object' || part === null) throw new MpError(40008);
    if (user.service_left <= 0) throw new MpError(45047);
    if (type === 'text') this.customText(user, part['content']);
    else if (type === 'news') this.customNews(user, part['articles']);
    else throw new MpError(40008);
    user.service_left -= 1;
  }

  private customText(user: User, content: unknown): void {
    if (typeof content !== 'string' || content === '') throw new MpError(44004);
    if (Buffer.byteLength(content) > CONTENT_BYTES) throw new MpError(45002);
    this.people.say(user, { from: 'account', kind: 'text', text: content });
  }

  private customNews(user: User, list: unknown): void {
    if (!Array.isArray(list) || list.length !== 1) throw new MpError(45002);
    const article = list[0] as Record<string, unknown>;
    const text = (name: string): string => (typeof article[name] === 'string' ? (article[name] as string) : '');
    this.people.say(user, {
      from: 'account', kind: 'news', articles: [{ title: text('title'), description: text('description'), pic_url: text('picurl'), url: text('url') }],
    });
  }

  /** Accepted now, delivered a little later, and the server hears of it. */
  template(body: TemplateBody, title: string): string {
    const user = this.people.find(body.touser);
    if (!user) throw new MpError(40003);
    if (!user.following) throw new MpError(43004);
    const again = body.client_msg_id === '' ? undefined : this.sent.get(`${user.openid}/${body.client_msg_id}`);
    if (again && this.clock.now() - again.at < 10 * MINUTE) return again.id;
    const id = messageId();
    if (body.client_msg_id !== '') this.sent.set(`${user.openid}/${body.client_msg_id}`, { id, at: this.clock.now() });
    this.timers.after(this.settings().template_delay_ms, () => this.deliverTemplate(user, body, title, id));
    return id;
  }

  private deliverTemplate(user: User, body: TemplateBody, title: string, id: string): void {
    const blocked = !user.following;
    if (!blocked) this.people.say(user, { from: 'account', kind: 'template', data: { title, url: body.url, values: body.data, account: this.account.name } });
    void this.pusher.event(user, 'TEMPLATESENDJOBFINISH', { MsgID: id, Status: blocked ? 'failed:user block' : 'success' }, false);
  }

  clear(): void {
    this.sent.clear();
    this.scenes.clear();
  }
}
