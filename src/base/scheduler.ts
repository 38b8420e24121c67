/** Doing something later, as a part that a test can replace by one it moves by hand. */
export type Scheduler = {
  /** Runs `action` once after `delayMs`, unless it is cancelled before. */
  after(delayMs: number, action: () => void): Cancel;
};

/** Calling it again, or after the action ran, changes nothing. */
export type Cancel = () => void;

/**
 * Runs `action` every `intervalMs`, the first time after one. The next run is due an interval after
 * this one ran, so that late runs never burst.
 */
export function every(scheduler: Scheduler, intervalMs: number, action: () => void): Cancel {
  let isOver = false;
  const run = () => {
    action();
    if (!isOver) cancel = scheduler.after(intervalMs, run);
  };
  let cancel = scheduler.after(intervalMs, run);
  return () => {
    isOver = true;
    cancel();
  };
}

export function systemScheduler(): Scheduler {
  return {
    after(delayMs, action) {
      const timer = setTimeout(action, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
