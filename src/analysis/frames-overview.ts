/**
 * Folds rows into an overview, table by table, so that three hours need no more memory than their
 * times. What must stay true: counts add up to the rows that were added, and the slowest frame of
 * every part, and of all, is in it. Pure.
 */
import { latenessUs } from "../frames/table.ts";
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

/** Which rows are folded, on the clock of `due_us`. */
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
/** A far end that is known of fewer frames than this share says little of the others. */
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

  /** Rows of one session; those outside of the range are left out. */
  add(table: FrameTable): void {
    const { due_us: due } = table.columns;
    const [fromUs, toUs] = [this.#range.fromMs * 1000, this.#range.toMs * 1000];
    for (let row = 0; row < table.count; row++) {
      const dueUs = due[row] ?? Number.NaN;
      if (dueUs >= fromUs && dueUs <= toUs) this.#addRow(table, row, dueUs);
    }
  }

  finish(): FramesOverview {
    const { fromMs, toMs } = this.#range;
    const interval = this.#best(this.#intervals);
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
      interval: distributionOf(this.#intervals[interval], interval),
      age: this.#age(),
      lows: lowsOf(this.#intervals[interval].sorted()),
    };
  }

  #addRow(table: FrameTable, row: number, dueUs: number): void {
    const { fate, wait_us: wait } = table.columns;
    const place = this.#bucketOf(dueUs);
    this.#count += 1;
    this.#frames[place] = (this.#frames[place] ?? 0) + 1;
    if (fate[row] !== sentFate) this.#gone[place] = (this.#gone[place] ?? 0) + 1;
    const lateUs = latenessUs(table, row);
    if (lateUs === undefined) return;
    const cell = place * binCount + binOf(lateUs);
    this.#cells[cell] = (this.#cells[cell] ?? 0) + 1;
    if (!(lateUs <= (this.#worstUs[place] ?? Number.NaN))) {
      this.#worstUs[place] = lateUs;
      this.#worstAtUs[place] = dueUs;
    }
    this.#total.add(Math.max(0, lateUs - (wait[row] ?? 0)));
    if (fate[row] === sentFate) this.#addEnds(table, row, { dueUs, lateUs });
  }

  #addEnds(
    { columns }: FrameTable,
    row: number,
    { dueUs, lateUs }: { readonly dueUs: number; readonly lateUs: number },
  ): void {
    const waitUs = columns.wait_us[row] ?? 0;
    const isNew = columns.repeat[row] !== 1;
    for (const end of ends) {
      const sinceDueUs = end === "handed_over" ? lateUs : columns[`${end}_us`][row];
      if (sinceDueUs === undefined || Number.isNaN(sinceDueUs)) continue;
      this.#ages[end].add(Math.max(0, sinceDueUs - waitUs));
      if (!isNew) continue;
      const atUs = dueUs + sinceDueUs;
      const lastUs = this.#lastUs[end];
      if (!Number.isNaN(lastUs)) this.#intervals[end].add(Math.max(0, atUs - lastUs));
      this.#lastUs[end] = atUs;
    }
  }

  #bucketOf(dueUs: number): number {
    const { fromMs, toMs } = this.#range;
    const share = (dueUs / 1000 - fromMs) / Math.max(1e-6, toMs - fromMs);
    return Math.min(this.#points - 1, Math.max(0, Math.floor(share * this.#points)));
  }

  /** The farthest end that most frames have. */
  #best(values: Readonly<Record<End, Values>>): End {
    const least = values.handed_over.count * knownShareMin;
    return ends.find((end) => values[end].count > 0 && values[end].count >= least) ?? "handed_over";
  }

  /** Until a frame left the host is no age on glass: only a far end makes one. */
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

/** Times, in a buffer that doubles. */
class Values {
  count = 0;
  #times = new Float64Array(1024);

  add(us: number): void {
    if (this.count === this.#times.length) {
      const larger = new Float64Array(2 * this.count);
      larger.set(this.#times);
      this.#times = larger;
    }
    this.#times[this.count] = us;
    this.count += 1;
  }

  /** Ascending. */
  sorted(): Float64Array {
    return this.#times.slice(0, this.count).sort();
  }
}

function distributionOf(values: Values, measured_until: End): Distribution {
  const ascending = values.sorted();
  const counts = new Array<number>(binCount).fill(0);
  let sum = 0;
  for (const us of ascending) {
    const bin = binOf(us);
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
