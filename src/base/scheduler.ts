/**
 * The one model of time for delayed work: nothing outside `base` sets a timer of the runtime. A
 * test can move a part through time by its scheduler.
 */
export type Scheduler = {
  /** Runs `action` once after `delayMs`, unless it is cancelled before. */
  after(delayMs: number, action: () => void): Cancel;
};

/** Calling it again, or after the action ran, changes nothing. */
export type Cancel = () => void;

/**
 * Runs `action` every `intervalMs`, the first time after one. The next run is due an interval after
 * this one ran, so that late runs never burst. An interval that is a function is asked after each run.
 */
export function every(
  scheduler: Scheduler,
  intervalMs: number | (() => number),
  action: () => void,
): Cancel {
  const nextMs = typeof intervalMs === "number" ? () => intervalMs : intervalMs;
  let isEnded = false;
  const run = () => {
    action();
    if (!isEnded) cancel = scheduler.after(nextMs(), run);
  };
  let cancel = scheduler.after(nextMs(), run);
  return () => {
    isEnded = true;
    cancel();
  };
}

/** The runtime's timers: whole milliseconds, up to one early. */
export function systemScheduler(): Scheduler {
  return {
    after(delayMs, action) {
      const timer = setTimeout(action, delayMs);
      return () => clearTimeout(timer);
    },
  };
}

/** For deadlines of parts that are given no scheduler. */
export const timers: Scheduler = systemScheduler();

/**
 * The result of the work, or what `onLate` returns, or throws, when it takes longer. The work
 * itself is not stopped.
 */
export async function inTime<Work, Late>(
  work: Promise<Work>,
  { ms, scheduler = timers }: { readonly ms: number; readonly scheduler?: Scheduler },
  onLate: () => Late,
): Promise<Work | Late> {
  const late = Promise.withResolvers<void>();
  const cancel = scheduler.after(ms, late.resolve);
  return await Promise.race([work, late.promise.then(onLate)]).finally(cancel);
}

/** Runs something at regular intervals while there is work, and does nothing otherwise. */
export class Ticker {
  readonly #start: () => Cancel;
  #cancel: Cancel | undefined;

  constructor(options: {
    readonly scheduler: Scheduler;
    readonly intervalMs: number | (() => number);
    onTick(): void;
  }) {
    const { scheduler, intervalMs, onTick } = options;
    this.#start = () => every(scheduler, intervalMs, onTick);
  }

  /** The first tick comes after one interval. Changes nothing while it runs. */
  start(): void {
    this.#cancel ??= this.#start();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
