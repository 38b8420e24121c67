/**
 * Finds trouble in the rows of a session as they come: a frame much too late, many slots missed or
 * frames lost within a second, a frozen stream. Pure: rows and rules in.
 */
import { fateIndex } from "../frames/row-layout.ts";
import { latenessUs } from "../frames/table.ts";
import type { FrameTable } from "../model/frames.ts";

/** 0 switches a rule off. */
export type TroubleRules = {
  /** Frame intervals from due until handed over. */
  readonly lateIntervals: number;
  /** Within a second. */
  readonly missedCount: number;
  readonly lostCount: number;
  /** Between two frames that were handed over, in milliseconds. */
  readonly stallMs: number;
};

/** A finding of a rule. */
export type Trouble = {
  readonly rule: "late" | "missed" | "lost" | "stall" | "verdict";
  /** When the slot was due, on the monotonic clock. */
  readonly atUs: number;
  readonly value: number;
  readonly limit: number;
};

/** A newly opened encoder and a new player take their time. */
const beginUs = 3_000_000;
const secondUs = 1_000_000;
const missedFate = fateIndex("missed");
const lostFate = fateIndex("lost");

/** The rules over the rows of one session. */
export class TroubleFinder {
  readonly #intervalUs: number;
  #firstUs: number | undefined;
  #handedDueUs: number | undefined;
  /** When missed slots were due, and lost frames, within the last second. */
  readonly #missed: number[] = [];
  readonly #lost: number[] = [];

  /** @param fps the session's; a slowed stream is judged by it anyway */
  constructor(fps: number) {
    this.#intervalUs = 1e6 / Math.max(1, fps);
  }

  /**
   * The first trouble in these rows; `undefined` when there is none.
   * @param written rows that are new @param final rows that have become final
   */
  find(written: FrameTable, final: FrameTable, rules: TroubleRules): Trouble | undefined {
    let found: Trouble | undefined;
    for (let row = 0; row < written.count; row++) {
      const trouble = this.#ofWritten(written, row, rules);
      found ??= trouble;
    }
    for (let row = 0; row < final.count; row++) {
      if (final.columns.fate[row] !== lostFate) continue;
      const atUs = dueOf(final, row);
      const value = countWithin(this.#lost, atUs);
      const trouble = exceeding({ rule: "lost", atUs, value, limit: rules.lostCount });
      found ??= trouble;
    }
    return found;
  }

  #ofWritten(table: FrameTable, row: number, rules: TroubleRules): Trouble | undefined {
    const atUs = dueOf(table, row);
    this.#firstUs ??= atUs;
    const isBegin = atUs - this.#firstUs < beginUs;
    if (table.columns.fate[row] === missedFate) {
      const value = countWithin(this.#missed, atUs);
      const missed = exceeding({ rule: "missed", atUs, value, limit: rules.missedCount });
      return isBegin ? undefined : missed;
    }
    const lateUs = latenessUs(table, row);
    if (lateUs === undefined) return undefined;
    const stalledUs = atUs + lateUs - (this.#handedDueUs ?? atUs + lateUs);
    this.#handedDueUs = atUs + lateUs;
    if (isBegin) return undefined;
    const intervals = Math.round((lateUs / this.#intervalUs) * 10) / 10;
    const stalledMs = Math.round(stalledUs / 1000);
    return (
      exceeding({ rule: "stall", atUs, value: stalledMs, limit: rules.stallMs }) ??
      exceeding({ rule: "late", atUs, value: intervals, limit: rules.lateIntervals })
    );
  }
}

/** How many there were within the second that ends now, including this one. */
function countWithin(times: number[], atUs: number): number {
  times.push(atUs);
  while ((times[0] ?? atUs) <= atUs - secondUs) times.shift();
  return times.length;
}

function exceeding(trouble: Trouble): Trouble | undefined {
  return trouble.limit > 0 && trouble.value >= trouble.limit ? trouble : undefined;
}

function dueOf(table: FrameTable, row: number): number {
  return table.columns.due_us[row] ?? 0;
}
