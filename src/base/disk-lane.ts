/**
 * Work on files of the data directory, whose disk may stop answering: a network disk, a drive that
 * fails. All file work of the process shares a few threads of the runtime, as many as there are
 * cores. So a lane runs one piece fewer than that at a time, and after one that is not answered in
 * time nothing more is started until it is. Limits: each thread has a lane of its own, so that
 * workers add theirs; on one core a lane may take the only thread; and a disk that is slow counts
 * as silent, for as long as a single piece takes more than five seconds.
 */
import { Failure } from "./failure.ts";
import { inTime, type Scheduler, timers } from "./scheduler.ts";

/** One piece of work; a listing consists of many. */
const answerMsMax = 5000;
const underWayCountMax = 4;

type Waiting = { begin(): void; refuse?(): void };

/** The file work of one thread. Work must not wait for other work of the same lane. */
export class DiskLane {
  readonly #scheduler: Scheduler;
  readonly #countMax: number;
  #count = 0;
  #silentCount = 0;
  #waiting: Waiting[] = [];

  constructor(scheduler: Scheduler, coreCount = navigator.hardwareConcurrency) {
    this.#scheduler = scheduler;
    this.#countMax = Math.max(1, Math.min(underWayCountMax, coreCount - 1));
  }

  /** @throws Failure `storage_unreadable` when the disk does not answer, or has not for a while */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#silentCount > 0) throw silence();
    await this.#turn((waiting) => ({ ...waiting, refuse: () => waiting.fail(silence()) }));
    return await this.answered(this.#do(work));
  }

  /** For writes that may wait: takes as long as the disk does. The caller bounds it. */
  async runPatiently<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn(({ begin }) => ({ begin }));
    return await this.#do(work);
  }

  /**
   * Waits for work that was given to the lane elsewhere.
   * @throws Failure like `run`
   */
  async answered<T>(working: Promise<T>): Promise<T> {
    return await inTime(working, { ms: answerMsMax, scheduler: this.#scheduler }, () => {
      throw silence();
    });
  }

  /** Resolves when a piece of work may start; its slot is taken then. */
  async #turn(
    waitingOf: (its: { begin(): void; fail(cause: Failure): void }) => Waiting,
  ): Promise<void> {
    if (this.#count < this.#countMax && this.#silentCount === 0) {
      this.#count += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push(waitingOf({ begin: resolve, fail: reject }));
    await promise;
  }

  async #do<T>(work: () => Promise<T>): Promise<T> {
    let isSilent = false;
    const cancel = this.#scheduler.after(answerMsMax, () => {
      isSilent = true;
      this.#silentCount += 1;
      for (const { refuse } of this.#waiting) refuse?.();
      this.#waiting = this.#waiting.filter(({ refuse }) => refuse === undefined);
    });
    try {
      return await work();
    } finally {
      cancel();
      if (isSilent) this.#silentCount -= 1;
      this.#count -= 1;
      this.#beginNext();
    }
  }

  #beginNext(): void {
    while (this.#count < this.#countMax && this.#silentCount === 0) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#count += 1;
      next.begin();
    }
  }
}

function silence(): Failure {
  const cause = Object.assign(new Error("the disk does not answer"), { code: "ETIMEDOUT" });
  const text = `Cannot use the data directory: ${cause.message}`;
  return new Failure("storage_unreadable", text, { cause });
}

/** Of this thread. */
export const dataDisk = new DiskLane(timers);
