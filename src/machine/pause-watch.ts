/**
 * Pauses of this thread's event loop: a timer that comes late. A thread that has next to nothing to do
 * cannot pause either, so it is looked at ever less often while the kernel says that it neither ran nor
 * waited for a core: a host at rest does not wake up to see that it is.
 */
import type { Clock } from "../base/clock.ts";
import type { Cancel, Scheduler } from "../base/scheduler.ts";

/** A pause that lies between two looks and is shorter is not seen. */
const lookMsMin = 50;
const lookMsMax = 200;

type Options = {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** How long this thread ran or waited for a core so far; `undefined` if the kernel does not report it. */
  busyUs(): number | undefined;
  onPause(us: number): void;
};

/** To be started and stopped on the thread that it watches. */
export class PauseWatch {
  readonly #options: Options;
  #lookMs = lookMsMin;
  #lookedUs = 0;
  #busyUs: number | undefined;
  #cancel: Cancel | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Changes nothing while it runs. */
  start(): void {
    if (this.#cancel !== undefined) return;
    this.#lookMs = lookMsMin;
    this.#lookedUs = this.#options.clock.nowUs();
    this.#busyUs = this.#options.busyUs();
    this.#wait();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    this.#cancel = this.#options.scheduler.after(this.#lookMs, () => {
      this.#look();
      if (this.#cancel !== undefined) this.#wait();
    });
  }

  #look(): void {
    const { clock, busyUs: readBusyUs, onPause } = this.#options;
    const [nowUs, busyUs] = [clock.nowUs(), readBusyUs()];
    const lateUs = nowUs - this.#lookedUs - this.#lookMs * 1000;
    const wasBusyUs = grown(this.#busyUs, busyUs);
    // Since an earlier look a pause may have come and gone: it lasted as long as the thread was
    // busy.
    const pauseUs = this.#lookMs > lookMsMin ? Math.max(lateUs, unseen(wasBusyUs)) : lateUs;
    if (pauseUs > 0) onPause(pauseUs);
    const isAtRest = wasBusyUs !== undefined && wasBusyUs < (lookMsMin * 1000) / 2;
    const isLate = lateUs > lookMsMin * 1000;
    this.#lookMs = isAtRest && !isLate ? Math.min(this.#lookMs * 2, lookMsMax) : lookMsMin;
    this.#lookedUs = nowUs;
    this.#busyUs = busyUs;
  }
}

function grown(before: number | undefined, now: number | undefined): number | undefined {
  return before === undefined || now === undefined ? undefined : now - before;
}

/** The possible length of a single pause; a shorter one is not seen anyway. */
function unseen(busyUs: number | undefined): number {
  return busyUs !== undefined && busyUs >= lookMsMin * 1000 ? busyUs : 0;
}
