/**
 * Whether anything worked while a frame took far longer than usual to encode. A stopped or blocked
 * thread takes as long as a slow encoder, but no core works for it.
 */
import { idleExcessUsMin, idleGrowth, mainShare, usualSpanUs } from "./bounds.ts";
import type { Judged } from "./judge.ts";
import type { Strain, Strains } from "./strain.ts";
import type { Windows } from "./windows.ts";

/** Fewer frames in a window say nothing of what one costs. */
const madeCountMin = 10;

/** Answers for the rows of one judged table. */
export class IdleEncoding {
  readonly #judged: Judged;
  readonly #windows: Windows;
  readonly #strains: Strains;

  constructor(judged: Judged, windows: Windows, strains: Strains) {
    this.#judged = judged;
    this.#windows = windows;
    this.#strains = strains;
  }

  /**
   * Less than half of the additional encoding time in the row's window was spent by any core. False
   * too if unknown: for small excesses, and if another device encodes.
   */
  at(row: number, excessUs: number): boolean {
    const { usual } = this.#judged;
    const usualUs = usual.submit + usual.encode;
    if (excessUs < Math.max(idleExcessUsMin, idleGrowth * usualUs)) return false;
    const strain = this.#strains.of(row);
    if (strain?.workedUs === undefined) return false;
    const frameUs = this.#usualWork(strain);
    // If cores work less than encoding takes, another device does it.
    if (frameUs === undefined || frameUs < usualUs) return false;
    const beyondUs = strain.workedUs - frameUs * strain.madeCount;
    return beyondUs < mainShare * strain.encodeLateUs;
  }

  /** What cores worked for each frame in the seconds before: the lower quartile of the windows. */
  #usualWork({ window }: Strain): number | undefined {
    const fromMs = window.t_ms - usualSpanUs / 1000;
    const before = this.#windows.all.filter(({ t_ms }) => t_ms >= fromMs && t_ms < window.t_ms);
    const costs = before.flatMap((one) => {
      const { workedUs, madeCount } = this.#strains.ofWindow(one);
      return workedUs === undefined || madeCount < madeCountMin ? [] : [workedUs / madeCount];
    });
    return costs.sort((a, b) => a - b)[Math.floor(costs.length / 4)];
  }
}
