// A stack of views, as a phone has it.
export interface View {
  element: HTMLElement;
  /** After it stands on the screen. */
  shown?: () => void;
  /** Before it goes: stop watching. */
  leave?: () => void;
}

class Nav {
  private stack: string[] = ['home'];
  onChange: (name: string, direction: 'forward' | 'backward' | 'still') => void = () => undefined;

  go(name: string): void {
    this.stack.push(name);
    this.onChange(name, 'forward');
  }

  /** Instead of the present one: Back then skips it. */
  replace(name: string): void {
    this.stack = ['home', name];
    this.onChange(name, 'forward');
  }

  back(): void {
    if (this.stack.length > 1) this.stack.pop();
    this.onChange(this.top, 'backward');
  }

  reset(): void {
    this.stack = ['home'];
    this.onChange('home', 'still');
  }

  get top(): string {
    return this.stack[this.stack.length - 1] ?? 'home';
  }
}

export const nav = new Nav();
