/** When segments that are too old are looked for: some time after a start, and every hour from then on. */
import { type Cancel, every, type Scheduler } from "../base/scheduler.ts";

const cleanEveryMs = 3_600_000;

/** The times of one history; disposing ends them. Without `afterMs` there are none. */
export class CleanTimer implements Disposable {
  #cancel: Cancel | undefined;
  #isWaiting: boolean;

  constructor({
    scheduler,
    afterMs,
    clean,
  }: {
    readonly scheduler: Scheduler;
    readonly afterMs: number | undefined;
    clean(): void;
  }) {
    this.#isWaiting = afterMs !== undefined;
    if (afterMs === undefined) return;
    this.#cancel = scheduler.after(afterMs, () => {
      this.#isWaiting = false;
      // Also while nobody plays: what is there grows old all the same.
      this.#cancel = every(scheduler, cleanEveryMs, clean);
      clean();
    });
  }

  /** Until the first time, which is for all that was asked for before it. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
  }
}
