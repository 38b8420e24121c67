/** Which lines of a screen changed since its picture was taken last, by the damage of all pictures since. */
import type { LineRange } from "../base/line-range.ts";

/** With more regions than that the whole screen counts as changed. */
const rangeCountMax = 64;

/** All lines at first. */
export class ChangedLines {
  #ranges: LineRange[] | undefined;

  /** Of one more picture, once it is whole. */
  add(ranges: readonly LineRange[]): void {
    if (this.#ranges === undefined) return;
    if (this.#ranges.length + ranges.length > rangeCountMax) this.addAll();
    else this.#ranges.push(...ranges);
  }

  /** What changed is not known. */
  addAll(): void {
    this.#ranges = undefined;
  }

  /** Of the next picture nothing is known yet; `undefined` is all lines. */
  take(): readonly LineRange[] | undefined {
    const ranges = this.#ranges;
    this.#ranges = [];
    return ranges;
  }
}
