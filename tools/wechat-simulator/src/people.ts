// Users of the phone and what stands in their chats.
import { openid as newOpenid } from './kit/ids.js';
import type { Clock } from './kit/clock.js';
import { HttpProblem } from './kit/http.js';

export interface Article {
  title: string;
  description: string;
  pic_url: string;
  url: string;
}

export interface Message {
  id: number;
  at: number;
  from: 'user' | 'account' | 'wechat_pay' | 'system';
  kind: 'text' | 'news' | 'template' | 'receipt' | 'refund' | 'image' | 'notice';
  text?: string;
  articles?: Article[];
  data?: Record<string, unknown>;
}

export interface User {
  openid: string;
  name: string;
  avatar: number;
  following: boolean;
  subscribe_time: number;
  subscribe_scene: string;
  qr_scene_str: string;
  unread: number;
  pay_unread: number;
  messages: Message[];
  /** What customer-service messages may still be sent, and until when. */
  service_left: number;
  service_until: number;
}

const MESSAGE_LIMIT = 500;
const SEED = ['张同学', '李同学'];

export class People {
  private users = new Map<string, User>();
  private nextMessage = 1;
  /** Told after every change of a user, for the phones that watch. */
  onChange: (openid: string) => void = () => undefined;
  /** Told when everybody may have changed or gone. */
  onReset: () => void = () => undefined;

  constructor(private readonly clock: Clock) {}

  seed(): void {
    for (const name of SEED) this.create({ name });
  }

  create(input: { name?: string; openid?: string; following?: boolean }): User {
    const openid = input.openid ?? newOpenid();
    if (!/^[0-9A-Za-z_-]{10,64}$/.test(openid)) throw new HttpProblem(400, 'openid must be 10 to 64 letters, digits, _ or -');
    if (this.users.has(openid)) throw new HttpProblem(409, 'openid exists');
    const user: User = {
      openid,
      name: input.name ?? `用户${this.users.size + 1}`,
      avatar: this.users.size % 6,
      following: input.following ?? false,
      subscribe_time: input.following ? this.clock.seconds() : 0,
      subscribe_scene: 'ADD_SCENE_SEARCH',
      qr_scene_str: '',
      unread: 0,
      pay_unread: 0,
      messages: [],
      service_left: 0,
      service_until: 0,
    };
    this.users.set(openid, user);
    return user;
  }

  find(openid: string | undefined): User | undefined {
    return openid === undefined ? undefined : this.users.get(openid);
  }

  get(openid: string): User {
    const user = this.users.get(openid);
    if (!user) throw new HttpProblem(404, 'no such user');
    return user;
  }

  first(): User {
    const [user] = this.users.values();
    return user ?? this.create({ name: SEED[0] ?? '' });
  }

  all(): User[] {
    return [...this.users.values()];
  }

  say(user: User, message: Omit<Message, 'id' | 'at'>): Message {
    const full: Message = { id: this.nextMessage, at: this.clock.now(), ...message };
    this.nextMessage += 1;
    user.messages.push(full);
    if (user.messages.length > MESSAGE_LIMIT) user.messages.shift();
    if (message.from === 'wechat_pay') user.pay_unread += 1;
    else if (message.from === 'account') user.unread += 1;
    this.onChange(user.openid);
    return full;
  }

  touch(user: User): void {
    this.onChange(user.openid);
  }

  forget(keepUsers: boolean): void {
    this.nextMessage = 1;
    if (!keepUsers) {
      this.users.clear();
      this.seed();
      return;
    }
    for (const user of this.users.values()) Object.assign(user, { messages: [], unread: 0, pay_unread: 0, service_left: 0 });
  }

  dump(): unknown {
    return { users: this.all(), nextMessage: this.nextMessage };
  }

  load(raw: unknown): void {
    const state = raw as { users: User[]; nextMessage: number };
    this.users = new Map(state.users.map((user) => [user.openid, user]));
    this.nextMessage = state.nextMessage;
  }
}
