/** When expired segments are looked for: some time after a start, and every hour from then on. */
import { type Cancel, every, type Scheduler } from "../base/scheduler.ts";

const cleanEveryMs = 3_600_000;

/** The timers of one history; disposing stops them. Without `afterMs` there are none. */
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
      // Also while nobody plays: data gets old anyway.
      this.#cancel = every(scheduler, cleanEveryMs, clean);
      clean();
    });
  }

  /** Until the first run, which covers everything requested before it. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
  }
}
