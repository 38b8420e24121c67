/** Merges events that would overlap in a chart into one mark, with their count. Pure. */
import {
  type EventMark,
  type EventMarks,
  type MarkLine,
  markLineCountMax,
} from "../model/marks.ts";
import { type EventType, eventTypes } from "../model/timeline.ts";

export type MarkRange = {
  readonly fromMs: number;
  /** Included. */
  readonly toMs: number;
  /** Which are shown; absent shows all. */
  readonly kinds: ReadonlySet<EventType> | undefined;
  /** Marks side by side: events closer than this fraction of the range are merged. */
  readonly markCount: number;
};

/** An event whose text is made only when it is shown. */
export type MarkedMoment = Pick<MarkLine, "t_ms" | "kind"> & { text(): string };

/** @param happenings ordered by time. */
export function clusterMarks(happenings: readonly MarkedMoment[], range: MarkRange): EventMarks {
  const { fromMs, toMs, kinds } = range;
  const reachMs = (toMs - fromMs) / range.markCount;
  const counts: Partial<Record<EventType, number>> = {};
  const marks: Cluster[] = [];
  for (const happening of happenings) {
    const { t_ms, kind } = happening;
    if (t_ms < fromMs || t_ms > toMs) continue;
    counts[kind] = (counts[kind] ?? 0) + 1;
    if (kinds !== undefined && !kinds.has(kind)) continue;
    const last = marks.at(-1);
    if (last !== undefined && t_ms - last.fromMs < reachMs) add(last, happening);
    else marks.push(clusterOf(happening));
  }
  return { marks: marks.map(markOf), counts };
}

type Cluster = {
  readonly fromMs: number;
  toMs: number;
  count: number;
  readonly kinds: Set<EventType>;
  readonly lines: MarkLine[];
};

function clusterOf(happening: MarkedMoment): Cluster {
  const { t_ms: fromMs } = happening;
  const cluster = { fromMs, toMs: fromMs, count: 0, kinds: new Set<EventType>(), lines: [] };
  add(cluster, happening);
  return cluster;
}

function add(cluster: Cluster, { t_ms, kind, text }: MarkedMoment): void {
  cluster.toMs = t_ms;
  cluster.count += 1;
  cluster.kinds.add(kind);
  if (cluster.lines.length < markLineCountMax) cluster.lines.push({ t_ms, kind, text: text() });
}

function markOf({ fromMs, toMs, count, kinds, lines }: Cluster): EventMark {
  const inOrder = eventTypes.filter((type) => kinds.has(type));
  return { from_ms: fromMs, to_ms: toMs, count, kinds: inOrder, lines };
}
