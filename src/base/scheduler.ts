/** Doing something later, as a part that a test can replace by one it moves by hand. */
export type Scheduler = {
  /** Runs `action` once after `delayMs`, unless it is cancelled before. */
  after(delayMs: number, action: () => void): Cancel;
};

/** Calling it again, or after the action ran, changes nothing. */
export type Cancel = () => void;

export function systemScheduler(): Scheduler {
  return {
    after(delayMs, action) {
      const timer = setTimeout(action, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
