/**
 * Episodes: stretches in which the live verdict of a session is not smooth. For each, the slowest
 * frame is kept with all its times, and the fates of its slots are counted. A stretch that is open
 * when its session ends, or lasts longer than ten minutes, is an episode too.
 */
import type { CaptureSession } from "../../model/capture.ts";
import { type FrameFate, type FrameTable, frameFates } from "../../model/frames.ts";
import type { VerdictQuality } from "../../model/verdict.ts";

/** The seconds covered by a live verdict. */
const judgedUs = 10_000_000;
const lengthUsMax = 600_000_000;
const causeCountMax = 16;

const timeNames = [
  ...(["due_us", "wait_us", "capture_us", "submit_us", "encode_us", "queue_us"] as const),
  ...(["packetize_us", "send_us", "gap_us", "complete_us", "shown_us"] as const),
];
/** The times of one frame; unmeasured ones are absent. */
export type FrameTimes = { readonly frame: number } & {
  readonly [Name in (typeof timeNames)[number]]?: number;
};

/** A change of a live verdict. */
export type Turn = {
  readonly session_id: number;
  readonly quality: VerdictQuality;
  readonly cause?: string;
};

/** An ended stretch. Times on the monotonic clock. */
export type TracedEpisode = {
  readonly session: CaptureSession;
  readonly startUs: number;
  readonly endUs: number;
  readonly quality: VerdictQuality;
  readonly turns: readonly { readonly atUs: number; readonly cause: string | undefined }[];
  readonly fates: Readonly<Record<FrameFate, number>>;
  /** From due until handed over. */
  readonly slowest: FrameTimes | undefined;
  readonly end: "smooth" | "session_ended" | "too_long";
};

type Batch = {
  readonly toUs: number;
  readonly fates: Float64Array;
  readonly slowest: { readonly lateUs: number; readonly times: FrameTimes } | undefined;
};
type Open = {
  readonly startUs: number;
  quality: VerdictQuality;
  readonly turns: { atUs: number; cause: string | undefined }[];
  readonly batches: Batch[];
};
type Followed = {
  readonly session: CaptureSession;
  readonly beganUs: number;
  recent: Batch[];
  open: Open | undefined;
};

/** Follows rows and turns of all sessions. */
export class Episodes {
  readonly #nowUs: () => number;
  readonly #sessions = new Map<number, Followed>();
  #taker: ((episode: TracedEpisode) => void) | undefined;

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
  }

  /** @param taker receives every episode that ends from now on; must not throw or wait */
  follow(taker: (episode: TracedEpisode) => void): void {
    this.#taker = taker;
  }

  onStart(session: CaptureSession): void {
    this.#sessions.set(session.session_id, {
      ...{ session, recent: [], open: undefined },
      beganUs: this.#nowUs(),
    });
  }

  onRows({ session_id }: CaptureSession, _written: FrameTable, final: FrameTable): void {
    const followed = this.#sessions.get(session_id);
    if (followed === undefined || final.count === 0) return;
    const batch = batchOf(final);
    followed.recent = [
      ...followed.recent.filter(({ toUs }) => batch.toUs - toUs < judgedUs),
      batch,
    ];
    const { open } = followed;
    if (open === undefined) return;
    merge(open.batches, batch);
    const nowUs = this.#nowUs();
    if (nowUs - open.startUs < lengthUsMax) return;
    this.#end(followed, "too_long", nowUs);
    const cause = open.turns.at(-1)?.cause;
    followed.open = {
      ...beginOf(nowUs, []),
      quality: open.quality,
      turns: [{ atUs: nowUs, cause }],
    };
  }

  onTurn({ session_id, quality, cause }: Turn, atUs: number): void {
    const followed = this.#sessions.get(session_id);
    if (followed === undefined || quality === "cannot_tell") return;
    if (quality === "smooth") {
      this.#end(followed, "smooth", atUs);
      return;
    }
    followed.open ??= beginOf(Math.max(followed.beganUs, atUs - judgedUs), followed.recent);
    const { open } = followed;
    if (open.quality !== "bad") open.quality = quality;
    if (open.turns.length < causeCountMax) open.turns.push({ atUs, cause });
  }

  onEnd(sessionId: number): void {
    const followed = this.#sessions.get(sessionId);
    if (followed !== undefined) this.#end(followed, "session_ended", this.#nowUs());
    this.#sessions.delete(sessionId);
  }

  #end(followed: Followed, end: TracedEpisode["end"], endUs: number): void {
    const { session, open } = followed;
    followed.open = undefined;
    if (open === undefined) return;
    const { startUs, quality, turns } = open;
    const all = open.batches.reduce<Batch | undefined>(joined, undefined);
    const fates = Object.fromEntries(
      frameFates.map((fate, index) => [fate, all?.fates[index] ?? 0]),
    ) as Record<FrameFate, number>;
    const slowest = all?.slowest?.times;
    this.#taker?.({ session, startUs, endUs, quality, turns, fates, slowest, end });
  }
}

function beginOf(startUs: number, batches: readonly Batch[]): Open {
  return { startUs, quality: "stutter", turns: [], batches: [...batches] };
}

/** One of however many there were. */
function merge(batches: Batch[], batch: Batch): void {
  batches.splice(0, batches.length, ...[[...batches, batch].reduce(joined)]);
}

function joined(before: Batch | undefined, batch: Batch): Batch {
  if (before === undefined) return batch;
  const { slowest } = batch;
  return {
    toUs: batch.toUs,
    fates: before.fates.map((count, fate) => count + (batch.fates[fate] ?? 0)),
    slowest: (slowest?.lateUs ?? -1) > (before.slowest?.lateUs ?? -1) ? slowest : before.slowest,
  };
}

function batchOf({ count, columns }: FrameTable): Batch {
  const fates = new Float64Array(frameFates.length);
  let worst = -1;
  let worstUs = -1;
  for (let row = 0; row < count; row++) {
    const fate = columns.fate[row] ?? 0;
    fates[fate] = (fates[fate] ?? 0) + 1;
    const lateUs = latenessOf(columns, row);
    if (lateUs > worstUs) [worst, worstUs] = [row, lateUs];
  }
  const toUs = columns.due_us[count - 1] ?? 0;
  if (worst === -1) return { toUs, fates, slowest: undefined };
  return { toUs, fates, slowest: { lateUs: worstUs, times: timesOf(columns, worst) } };
}

/** From due until handed over; -1 for a slot without a sent frame. */
function latenessOf(columns: FrameTable["columns"], row: number): number {
  const gapUs = columns.gap_us[row] ?? Number.NaN;
  if (Number.isNaN(gapUs)) return -1;
  let sumUs = gapUs;
  for (const name of handed) {
    const us = columns[name][row] ?? Number.NaN;
    if (!Number.isNaN(us)) sumUs += us;
  }
  return sumUs;
}

const handed = timeNames.filter(
  (name) => !["due_us", "gap_us", "complete_us", "shown_us"].includes(name),
);

function timesOf(columns: FrameTable["columns"], row: number): FrameTimes {
  const times: Record<string, number> = { frame: columns.frame[row] ?? 0 };
  for (const name of timeNames) {
    const us = columns[name][row] ?? Number.NaN;
    if (!Number.isNaN(us)) times[name] = us;
  }
  return times as FrameTimes;
}
