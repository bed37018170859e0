// What the phone knows: fetched whole after every change that the server tells of.
export interface Article { title: string; description: string; pic_url: string; url: string }
export interface Message {
  id: number;
  at: number;
  from: 'user' | 'account' | 'wechat_pay' | 'system';
  kind: string;
  text?: string;
  articles?: Article[];
  data?: Record<string, unknown>;
}
export interface User { openid: string; name: string; avatar: number; following: boolean; unread: number; pay_unread: number; messages: Message[] }
export interface Button { name: string; type?: string; key?: string; url?: string; sub_button?: Button[] }
export interface State {
  user: User;
  users: User[];
  now: number;
  account: { name: string; menu: Button[] };
  target: string;
  browser: string;
}

export class CallError extends Error {
  constructor(message: string, readonly reason: string) {
    super(message);
  }
}

export async function post<T = Record<string, unknown>>(path: string, body: object): Promise<T> {
  const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const value = (await answer.json()) as T & { error?: string; reason?: string };
  if (!answer.ok) throw new CallError(value.error ?? '操作失败', value.reason ?? '');
  return value;
}

type Listener = (state: State) => void;

class Store {
  state!: State;
  private source: EventSource | undefined;
  private listeners = new Set<Listener>();
  private loading: Promise<void> | undefined;
  private again = false;

  async open(openid: string): Promise<void> {
    await this.load(openid);
    this.listen();
  }

  private listen(): void {
    this.source?.close();
    document.cookie = `wx_phone=${encodeURIComponent(this.state.user.openid)}; Path=/; SameSite=Lax`;
    this.source = new EventSource(`/phone/events?user=${encodeURIComponent(this.state.user.openid)}`);
    this.source.addEventListener('changed', () => void this.refresh());
    // After a break of the line something may have been missed.
    this.source.addEventListener('open', () => void this.refresh());
  }

  /** One load at a time; a change during it leads to one more. */
  async refresh(): Promise<void> {
    if (this.loading) {
      this.again = true;
      return this.loading;
    }
    const { openid } = this.state.user;
    this.loading = this.load(openid).catch(() => undefined);
    await this.loading;
    // After a reset this user may be gone: the phone is the first one's then.
    if (this.state.user.openid !== openid) this.listen();
    this.loading = undefined;
    if (!this.again) return;
    this.again = false;
    await this.refresh();
  }

  private async load(openid: string): Promise<void> {
    const answer = await fetch(`/phone/state?user=${encodeURIComponent(openid)}`);
    this.state = (await answer.json()) as State;
    for (const listener of this.listeners) listener(this.state);
  }

  watch(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  control<T = Record<string, unknown>>(action: string, body: object): Promise<T> {
    return post<T>(`/control/users/${encodeURIComponent(this.state.user.openid)}/${action}`, body);
  }
}

export const store = new Store();
