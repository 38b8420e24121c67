/**
 * Times in which players acted without any visible effect. An unchanged picture is not a fault
 * while nobody does anything; a program that does not react to keys for seconds is frozen.
 */
import { unansweredCountMin, unansweredUsMin } from "./bounds.ts";
import type { Window } from "./windows.ts";

/** How long somebody acted, and with what. */
export type Unanswered = { readonly fromUs: number; readonly toUs: number; readonly count: number };

/** For one session; the windows with input are few. */
export class UnansweredInput {
  readonly #windows: readonly Window[];

  constructor(windows: readonly Window[]) {
    this.#windows = windows.filter(({ input_count = 0 }) => input_count > 0);
  }

  /**
   * The input between two pictures, in windows that lie completely between them: for the others it
   * is unknown whether the picture came before or after. `undefined` if that is too little.
   */
  between(fromUs: number, toUs: number): Unanswered | undefined {
    if (this.#windows.length === 0 || toUs - fromUs < unansweredUsMin) return undefined;
    const inside = this.#windows.filter(
      (window) => beginUsOf(window) >= fromUs && window.t_ms * 1000 <= toUs,
    );
    const [first, last] = [inside[0], inside.at(-1)];
    if (first === undefined || last === undefined) return undefined;
    const actedUs = inside.reduce((sum, window) => sum + lengthUsOf(window), 0);
    const count = inside.reduce((sum, { input_count = 0 }) => sum + input_count, 0);
    if (actedUs < unansweredUsMin || count < unansweredCountMin) return undefined;
    return { fromUs: beginUsOf(first), toUs: last.t_ms * 1000, count };
  }
}

const lengthUsOf = ({ window_us = 2e6 }: Window) => window_us;
const beginUsOf = (window: Window) => window.t_ms * 1000 - lengthUsOf(window);
