/**
 * Detects that the whole process was stopped: by a signal, or the machine was suspended. It is
 * called at short intervals. If an interval was long, and this thread neither ran nor waited for a
 * core, the process was stopped: a busy thread or a busy machine looks different.
 */
import { suspendedReader } from "./clock.ts";
import { ThreadTimes } from "./thread-times.ts";

/** Shorter stops cannot be distinguished from a late timer. */
const stoppedUsMin = 250_000;
/** A check is meant so long after the one before, and may be half as long late when nothing is wrong. */
const intervalUsUsual = 100_000;
const lateShare = 0.5;

/** The watch's inputs, apart from the clock that each check is given. */
export type StopReadings = {
  /** Time that this thread ran or waited for a core, so far; `undefined` if Linux hides it. */
  busyUs(): number | undefined;
  /** Time that the machine was suspended, so far. */
  suspendedUs(): number;
  close?(): void;
};

/** To be checked some ten times a second, on the thread that made it; closed by its owner. */
export class StopWatch {
  readonly #readings: StopReadings;
  #checkUs: number | undefined;
  #busyUs: number | undefined;
  #suspendedUs: number;

  constructor(readings: StopReadings = threadReadings()) {
    this.#readings = readings;
    this.#suspendedUs = readings.suspendedUs();
    this.#busyUs = readings.busyUs();
  }

  /**
   * How long the process stood still since the last check, 0 when it did not. To be called some ten
   * times a second, always on the same thread; `nowUs` is monotonic time.
   * @param meantUs how long after the last check this one was meant to come
   */
  check(nowUs: number, meantUs = intervalUsUsual): number {
    const suspendedUs = this.#readings.suspendedUs();
    const wasSuspendedUs = suspendedUs - this.#suspendedUs;
    this.#suspendedUs = suspendedUs;
    const stoppedUs = this.#stoppedSince(nowUs, meantUs);
    const stillUs = stoppedUs + (wasSuspendedUs >= stoppedUsMin ? wasSuspendedUs : 0);
    return Math.round(stillUs);
  }

  close(): void {
    this.#readings.close?.();
  }

  #stoppedSince(nowUs: number, meantUs: number): number {
    const busyUs = this.#readings.busyUs();
    const [before, busyBefore] = [this.#checkUs, this.#busyUs];
    this.#checkUs = nowUs;
    this.#busyUs = busyUs;
    if (before === undefined || busyUs === undefined || busyBefore === undefined) return 0;
    const idleUs = nowUs - before - (busyUs - busyBefore) - meantUs * (1 + lateShare);
    return idleUs >= stoppedUsMin ? idleUs : 0;
  }
}

/** For the calling thread. */
function threadReadings(): StopReadings {
  const times = new ThreadTimes();
  return {
    busyUs: () => times.busyUs(),
    suspendedUs: suspendedReader(),
    close: () => times.close(),
  };
}
