/**
 * What only the player itself can know: that its program was stopped, and that its thread waited
 * for a core. Without it a stopped player looks like a failing link.
 */
import { readFileSync } from "node:fs";

/** A timer that is late by less is due to a busy loop or the kernel, not to a stopped program. */
const pausedUsMin = 40_000;

/** Asked at every tick of the player, on the thread that receives. */
export class OwnPauses {
  readonly #tickUs: number;
  readonly #waitedNs: () => number | undefined;
  #lastUs: number | undefined;
  readonly #beganNs: number | undefined;
  /** So far; includes the delay of the tick for want of a core. */
  pausedUs = 0;

  /** @param tickUs normal distance of two ticks */
  constructor(tickUs: number, waitedNs: () => number | undefined = readWaitedNs) {
    this.#tickUs = tickUs;
    this.#waitedNs = waitedNs;
    this.#beganNs = waitedNs();
  }

  /** Returns how late the tick is; below zero when it is early. */
  tick(nowUs: number): number {
    const lateUs = nowUs - (this.#lastUs ?? nowUs - this.#tickUs) - this.#tickUs;
    this.#lastUs = nowUs;
    if (lateUs >= pausedUsMin) this.pausedUs += lateUs;
    return lateUs;
  }

  /** How long the thread waited for a core so far; `undefined` if its system hides it. */
  get waitedUs(): number | undefined {
    const nowNs = this.#waitedNs();
    if (nowNs === undefined || this.#beganNs === undefined) return undefined;
    return Math.max(0, (nowNs - this.#beganNs) / 1000);
  }
}

/** Twice a second. */
function readWaitedNs(): number | undefined {
  try {
    const waited = Number(readFileSync("/proc/thread-self/schedstat", "latin1").split(" ")[1]);
    return Number.isFinite(waited) ? waited : undefined;
  } catch {
    return undefined;
  }
}
