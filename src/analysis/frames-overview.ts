/**
 * Folds rows into an overview, table by table, so that three hours need no more memory than their
 * times. Invariants: counts add up to the rows that were added, and the slowest frame of every
 * part, and of all, is included. Pure.
 */
import { latenessColumn } from "../frames/table.ts";
import { type FrameColumnName, type FrameTable, frameFates } from "../model/frames.ts";
import {
  binBeginUs,
  binCount,
  binLowUs,
  binsPerOctave,
  type Distribution,
  type FramesOverview,
  overviewPoints,
} from "../model/frames-overview.ts";

/** The rows to fold, on the clock of `due_us`. */
export type OverviewRange = {
  readonly fromMs: number;
  readonly toMs: number;
  /** Parts; 300 by default. */
  readonly points?: number | undefined;
};

/** The columns that are read. */
export const overviewColumns: readonly FrameColumnName[] = [
  ...(["session_id", "due_us", "fate", "repeat", "wait_us", "capture_us", "submit_us"] as const),
  ...(["encode_us", "packetize_us", "send_us", "queue_us", "gap_us"] as const),
  ...(["complete_us", "shown_us"] as const),
];

type End = Distribution["measured_until"];
const ends: readonly End[] = ["shown", "complete", "handed_over"];
const sentFate = frameFates.indexOf("sent");
/** A far end that is known for fewer frames than this share says little about the others. */
const knownShareMin = 0.5;

/** The bin of a time. Times before 0 do not occur. */
export function binOf(us: number): number {
  if (!(us >= binLowUs)) return 0;
  return Math.min(binCount - 1, 1 + Math.floor(Math.log2(us / binLowUs) * binsPerOctave + 1e-9));
}

/** Takes tables in order of time, and makes the overview once. */
export class OverviewFold {
  readonly #range: OverviewRange;
  readonly #points: number;
  readonly #cells: Uint32Array;
  readonly #frames: number[];
  readonly #gone: number[];
  readonly #worstUs: Float64Array;
  readonly #worstAtUs: Float64Array;
  readonly #total = new Values();
  readonly #ages: Readonly<Record<End, Values>> = byEnd();
  readonly #intervals: Readonly<Record<End, Values>> = byEnd();
  readonly #lastUs: Record<End, number> = {
    shown: Number.NaN,
    complete: Number.NaN,
    handed_over: Number.NaN,
  };
  #count = 0;

  constructor(range: OverviewRange) {
    this.#range = range;
    const { points = overviewPoints.standard } = range;
    this.#points = Math.min(Math.max(points, overviewPoints.min), overviewPoints.max);
    this.#cells = new Uint32Array(this.#points * binCount);
    this.#frames = new Array<number>(this.#points).fill(0);
    this.#gone = new Array<number>(this.#points).fill(0);
    this.#worstUs = new Float64Array(this.#points).fill(Number.NaN);
    this.#worstAtUs = new Float64Array(this.#points).fill(Number.NaN);
  }

  /** Rows of one session; those outside of the range are skipped. */
  add(table: FrameTable): void {
    const { due_us: due } = table.columns;
    const lateness = latenessColumn(table);
    for (let row = 0; row < table.count; row++) {
      if (this.#isOutside(due[row] ?? Number.NaN)) continue;
      this.#addRow(table, row, lateness[row] ?? Number.NaN);
    }
    for (const end of ends) this.#addEnds(table, end, lateness);
  }

  finish(): FramesOverview {
    const { fromMs, toMs } = this.#range;
    const interval = this.#best(this.#intervals);
    const intervals = this.#intervals[interval].sorted();
    return {
      from_ms: fromMs,
      to_ms: toMs,
      frames: this.#count,
      bins_us: Array.from({ length: binCount }, (_, bin) => Math.round(binBeginUs(bin))),
      buckets: {
        frames: this.#frames,
        gone: this.#gone,
        worst_us: Array.from(this.#worstUs, orNull),
        worst_at_us: Array.from(this.#worstAtUs, orNull),
      },
      cells: this.#sparseCells(),
      total: distributionOf(this.#total, "handed_over"),
      interval: distributionIn(intervals, interval),
      age: this.#age(),
      lows: lowsOf(intervals),
    };
  }

  #addRow({ columns }: FrameTable, row: number, lateUs: number): void {
    const dueUs = columns.due_us[row] ?? 0;
    const place = this.#bucketOf(dueUs);
    this.#count += 1;
    this.#frames[place] = (this.#frames[place] ?? 0) + 1;
    if (columns.fate[row] !== sentFate) this.#gone[place] = (this.#gone[place] ?? 0) + 1;
    if (Number.isNaN(lateUs)) return;
    const cell = place * binCount + binOf(lateUs);
    this.#cells[cell] = (this.#cells[cell] ?? 0) + 1;
    this.#total.add(Math.max(0, lateUs - (columns.wait_us[row] ?? 0)));
    if (lateUs <= (this.#worstUs[place] ?? Number.NaN)) return;
    this.#worstUs[place] = lateUs;
    this.#worstAtUs[place] = dueUs;
  }

  /** Age of each sent frame, and times between new ones, at one end. */
  #addEnds({ columns, count }: FrameTable, end: End, lateness: Float64Array): void {
    const { due_us: due, fate, repeat, wait_us: wait } = columns;
    const sinceDue = end === "handed_over" ? lateness : columns[`${end}_us`];
    for (let row = 0; row < count; row++) {
      // NaN where there is no such end, or nothing was handed over.
      const sinceUs = (sinceDue[row] ?? Number.NaN) + 0 * (lateness[row] ?? Number.NaN);
      const isSent = fate[row] === sentFate && !Number.isNaN(sinceUs);
      const dueUs = due[row] ?? Number.NaN;
      if (!isSent || this.#isOutside(dueUs)) continue;
      this.#ages[end].add(Math.max(0, sinceUs - (wait[row] ?? 0)));
      if (repeat[row] !== 1) this.#addNew(end, dueUs + sinceUs);
    }
  }

  #addNew(end: End, atUs: number): void {
    const lastUs = this.#lastUs[end];
    if (!Number.isNaN(lastUs)) this.#intervals[end].add(Math.max(0, atUs - lastUs));
    this.#lastUs[end] = atUs;
  }

  #isOutside(dueUs: number): boolean {
    return !(dueUs >= this.#range.fromMs * 1000 && dueUs <= this.#range.toMs * 1000);
  }

  #bucketOf(dueUs: number): number {
    const { fromMs, toMs } = this.#range;
    const share = (dueUs / 1000 - fromMs) / Math.max(1e-6, toMs - fromMs);
    return Math.min(this.#points - 1, Math.max(0, Math.floor(share * this.#points)));
  }

  /** The farthest end known for most frames. */
  #best(values: Readonly<Record<End, Values>>): End {
    const least = values.handed_over.count * knownShareMin;
    return ends.find((end) => values[end].count > 0 && values[end].count >= least) ?? "handed_over";
  }

  /** Before a frame has left the host there is no age on glass: only a far end has one. */
  #age(): Distribution {
    const end = this.#best(this.#ages);
    return distributionOf(end === "handed_over" ? new Values() : this.#ages[end], end);
  }

  #sparseCells(): FramesOverview["cells"] {
    const cells = { bucket: [] as number[], bin: [] as number[], count: [] as number[] };
    for (const [place, count] of this.#cells.entries()) {
      if (count === 0) continue;
      cells.bucket.push(Math.floor(place / binCount));
      cells.bin.push(place % binCount);
      cells.count.push(count);
    }
    return cells;
  }
}

function byEnd(): Readonly<Record<End, Values>> {
  return { shown: new Values(), complete: new Values(), handed_over: new Values() };
}

/** Times below this are counted per µs: nearly all are. */
const countedUs = 1 << 16;

/**
 * Times, counted instead of kept: three hours need no more memory than a minute, and no sort of
 * 648,000. Long times, and fractions of a microsecond, are kept as they are.
 */
class Values {
  count = 0;
  readonly #counts = new Uint32Array(countedUs);
  readonly #others: number[] = [];

  add(us: number): void {
    this.count += 1;
    if (us < countedUs && us === Math.trunc(us)) this.#counts[us] = (this.#counts[us] ?? 0) + 1;
    else this.#others.push(us);
  }

  /** Ascending. */
  sorted(): Float64Array {
    const times = new Float64Array(this.count);
    const others = Float64Array.from(this.#others).sort();
    let [place, next] = [0, 0];
    for (let us = 0; us < countedUs && place < this.count; us++) {
      for (; (others[next] ?? us) < us; next++) times[place++] = others[next] ?? 0;
      const end = place + (this.#counts[us] ?? 0);
      while (place < end) times[place++] = us;
    }
    times.set(others.subarray(next), place);
    return times;
  }
}

function distributionOf(values: Values, measured_until: End): Distribution {
  return distributionIn(values.sorted(), measured_until);
}

function distributionIn(ascending: Float64Array, measured_until: End): Distribution {
  const counts = new Array<number>(binCount).fill(0);
  let sum = 0;
  let [lastUs, bin] = [Number.NaN, 0];
  for (let place = 0; place < ascending.length; place++) {
    const us = ascending[place] ?? 0;
    if (us !== lastUs) bin = binOf(us);
    lastUs = us;
    counts[bin] = (counts[bin] ?? 0) + 1;
    sum += us;
  }
  return {
    count: ascending.length,
    measured_until,
    counts,
    mean_us: ascending.length === 0 ? null : Math.round(sum / ascending.length),
    p50_us: rank(ascending, 0.5),
    p99_us: rank(ascending, 0.99),
    max_us: ascending.at(-1) ?? null,
  };
}

/** Nearest rank. */
function rank(ascending: Float64Array, share: number): number | null {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? null;
}

/** As docs/metrics.md defines them. */
function lowsOf(ascending: Float64Array): FramesOverview["lows"] {
  const count = ascending.length;
  const sumUs = ascending.reduce((sum, us) => sum + us, 0);
  const q99 = rank(ascending, 0.99);
  if (count === 0 || q99 === null || sumUs === 0) {
    return { average_fps: null, p1_fps: null, low_average_fps: null, low_integral_fps: null };
  }
  const tail = ascending.filter((us) => us >= q99);
  const tailMean = tail.reduce((sum, us) => sum + us, 0) / tail.length;
  let [walkedUs, place] = [0, count];
  while (place > 0 && walkedUs < sumUs / 100) {
    place -= 1;
    walkedUs += ascending[place] ?? 0;
  }
  return {
    average_fps: fpsOf(sumUs / count),
    p1_fps: fpsOf(q99),
    low_average_fps: fpsOf(tailMean),
    low_integral_fps: fpsOf(ascending[place] ?? 0),
  };
}

function fpsOf(us: number): number | null {
  return us > 0 ? Math.round(1e9 / us) / 1000 : null;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
