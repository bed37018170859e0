// The simulator's own time, and waits that can be sped up, listed and made due.
export class Clock {
  offsetMs = 0;
  now(): number {
    return Date.now() + this.offsetMs;
  }
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }
}

export interface Wait {
  readonly due: number;
  run(): void;
  cancel(): void;
}

/** Scaled timers. `pending` counts those that have not run, so that a test can wait for quiet. */
export class Timers {
  scale = 1;
  private readonly live = new Set<NodeJS.Timeout>();

  constructor(private readonly clock: Clock) {}

  get pending(): number {
    return this.live.size;
  }

  after(ms: number, run: () => void, scaled = true): Wait {
    const wait = scaled ? ms / this.scale : ms;
    const timer = setTimeout(() => {
      this.live.delete(timer);
      run();
    }, wait);
    this.live.add(timer);
    const cancel = (): void => {
      clearTimeout(timer);
      this.live.delete(timer);
    };
    return {
      due: this.clock.now() + wait,
      cancel,
      run: () => {
        if (!this.live.has(timer)) return;
        cancel();
        run();
      },
    };
  }

  clear(): void {
    for (const timer of this.live) clearTimeout(timer);
    this.live.clear();
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
