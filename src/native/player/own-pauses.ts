/**
 * What the player knows of itself and nobody else can: that its program stood still, and that its
 * thread could have run and did not. Without it a player that is stopped looks like a link that fails.
 */
import { readFileSync } from "node:fs";

/** A timer that is late by less is a busy loop or the kernel's doing, not a program that stood still. */
const pausedUsMin = 40_000;

/** Asked at every tick of the player, on the thread that receives. */
export class OwnPauses {
  readonly #tickUs: number;
  readonly #waitedNs: () => number | undefined;
  #lastUs: number | undefined;
  readonly #beganNs: number | undefined;
  /** So far; the time that the tick was late for want of a core is in it too. */
  pausedUs = 0;

  /** @param tickUs between two ticks when all is well */
  constructor(tickUs: number, waitedNs: () => number | undefined = readWaitedNs) {
    this.#tickUs = tickUs;
    this.#waitedNs = waitedNs;
    this.#beganNs = waitedNs();
  }

  /** Gives how late the tick is; below zero when it is early. */
  tick(nowUs: number): number {
    const lateUs = nowUs - (this.#lastUs ?? nowUs - this.#tickUs) - this.#tickUs;
    this.#lastUs = nowUs;
    if (lateUs >= pausedUsMin) this.pausedUs += lateUs;
    return lateUs;
  }

  /** How long the thread waited for a core so far; `undefined` where its system hides it. */
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
