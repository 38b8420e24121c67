/** The totals of one minute of a session, added up as its rows are read. */
import { fateIndex } from "../frames/row-layout.ts";
import { latenessUs } from "../frames/table.ts";
import type { FrameTable } from "../model/frames.ts";
import type { SessionMinute } from "./session-log.ts";

const minuteUs = 60_000_000;
const [missedFate, droppedFate, lostFate] = [
  fateIndex("missed"),
  fateIndex("dropped"),
  fateIndex("lost"),
];

/** Totals of the running minute of one session. */
export class MinuteTotals {
  #startUs: number;
  #rows = 0;
  #missed = 0;
  #dropped = 0;
  #lost = 0;
  #worstUs = 0;
  #frameEnd = 0;

  constructor(startUs: number) {
    this.#startUs = startUs;
  }

  /** @param written rows that are new @param final rows that have become final */
  add(written: FrameTable, final: FrameTable): void {
    this.#rows += written.count;
    this.#frameEnd = (written.columns.frame[written.count - 1] ?? this.#frameEnd - 1) + 1;
    for (let row = 0; row < written.count; row++) {
      const fate = written.columns.fate[row];
      if (fate === missedFate) this.#missed += 1;
      else if (fate === droppedFate) this.#dropped += 1;
      this.#worstUs = Math.max(this.#worstUs, latenessUs(written, row) ?? 0);
    }
    for (let row = 0; row < final.count; row++) {
      if (final.columns.fate[row] === lostFate) this.#lost += 1;
    }
  }

  /** The minute that ended at `nowUs`, and starts another; `undefined` while it continues. */
  next(nowUs: number, isLast = false): SessionMinute | undefined {
    if (nowUs - this.#startUs < minuteUs && !isLast) return undefined;
    const minute = {
      at_us: this.#startUs,
      rows: this.#rows,
      missed: this.#missed,
      dropped: this.#dropped,
      lost: this.#lost,
      worst_us: this.#worstUs,
      frame_end: this.#frameEnd,
    };
    [this.#startUs, this.#rows, this.#missed] = [nowUs, 0, 0];
    [this.#dropped, this.#lost, this.#worstUs] = [0, 0, 0];
    return minute;
  }
}
