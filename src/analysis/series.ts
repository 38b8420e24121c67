/**
 * Makes the columns for charts of a capture. Invariants at every zoom: a spike of one window is
 * visible (p99 and longest by the worst, fps by the lowest), losses are kept (counters are summed),
 * means of stages and gap add up to that of the total, and unmeasured values are null.
 */
import type { Capture, CaptureMeta, StatsSample } from "../model/capture.ts";
import { type Series, type SeriesSession, seriesPoints } from "../model/series.ts";
import { SeriesColumns } from "./series-columns.ts";

/** Which part of a capture a series covers, and with how many points. */
export type SeriesOptions = {
  /** Buckets for each session, 2 to 2,000; 600 by default. */
  readonly points?: number | undefined;
  /** First and last millisecond, both included; the whole capture by default. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
};

type Range = { readonly fromMs: number; readonly toMs: number; readonly points: number };
type SessionFacts = Pick<
  SeriesSession,
  "session_id" | "kind" | "client" | "width" | "height" | "fps" | "codec"
>;

/** A session with no more samples in the range than `points` has a bucket for each. */
export function makeSeries(capture: Capture, options: SeriesOptions = {}): Series {
  const { meta, samples } = capture;
  const range = rangeOf(capture, options);
  const bySession = new Map<number, StatsSample[]>();
  for (const { session_id } of meta.sessions ?? []) bySession.set(session_id, []);
  let count = 0;
  for (const sample of samples) {
    if (sample.t_ms < range.fromMs || sample.t_ms > range.toMs) continue;
    count += 1;
    const known = bySession.get(sample.session_id);
    if (known === undefined) bySession.set(sample.session_id, [sample]);
    else known.push(sample);
  }
  const facts = new Map((meta.sessions ?? []).map((session) => [session.session_id, session]));
  const sessions = [...bySession].map(([id, own]) => ({
    ...(facts.get(id) ?? unlisted(meta, id)),
    ...columnsOf(own, range),
  }));
  return {
    from_ms: range.fromMs,
    to_ms: range.toMs,
    duration_ms: meta.duration_ms,
    sample_count: count,
    sessions,
  };
}

function rangeOf({ meta, samples }: Capture, options: SeriesOptions): Range {
  const lastMs = samples.at(-1)?.t_ms ?? 0;
  const points = Math.trunc(finite(options.points, seriesPoints.standard));
  return {
    fromMs: Math.max(0, finite(options.from, 0)),
    toMs: Math.max(0, finite(options.to, Math.max(meta.duration_ms, lastMs))),
    points: Math.min(Math.max(points, seriesPoints.min), seriesPoints.max),
  };
}

function finite(value: number | undefined, otherwise: number): number {
  return value !== undefined && Number.isFinite(value) ? value : otherwise;
}

/** A file without `sessions` has a single session, the one in its head. */
function unlisted(meta: CaptureMeta, session_id: number): SessionFacts {
  if (meta.sessions !== undefined) {
    return { session_id, kind: "", client: "", width: 0, height: 0, fps: 0, codec: "" };
  }
  const { kind, client, width, height, fps, codec } = meta;
  return { session_id, kind, client, width, height, fps, codec };
}

function columnsOf(samples: StatsSample[], range: Range) {
  sortByTime(samples);
  const columns = new SeriesColumns(Math.min(samples.length, range.points));
  const isWhole = samples.length <= range.points;
  const bucketMs = (range.toMs - range.fromMs) / range.points || 1;
  let last = -1;
  for (const sample of samples) {
    const place = Math.min(Math.floor((sample.t_ms - range.fromMs) / bucketMs), range.points - 1);
    if (isWhole || place !== last) columns.open();
    last = place;
    columns.add(sample);
  }
  return columns.build();
}

/** The recorder writes them in order; a foreign file may not. */
function sortByTime(samples: StatsSample[]): void {
  for (let index = 1; index < samples.length; index++) {
    const before = samples[index - 1]?.t_ms ?? 0;
    if (before > (samples[index]?.t_ms ?? 0)) {
      samples.sort((a, b) => a.t_ms - b.t_ms);
      return;
    }
  }
}
