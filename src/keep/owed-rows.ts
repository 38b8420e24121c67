/**
 * Rows that a killed host had not written: they are written some seconds after their capture, and
 * those of a running capture only after its recovery. The history of that run has them.
 */
import { warn } from "../base/log.ts";
import type { History } from "../history/history.ts";
import { runEndUs } from "../history/lost-ends.ts";
import type { Capture, CaptureMeta } from "../model/capture.ts";
import type { KeptRange } from "./kept-capture.ts";

/** The newest. Each is a file that a start reads. */
const captureCountMax = 100;

/** A capture, and where in the history its rows are. */
export type OwedRows = {
  readonly meta: CaptureMeta;
  readonly range: KeptRange & { readonly sessionId?: number | undefined };
  readonly run: number;
  /** It recorded until the host was killed: longer than its saved head says. */
  readonly isLonger: boolean;
};

/** Where captures and rows are looked for. */
export type OwedSources = {
  readonly history: History;
  /** Captures without rows that can have ended after this date, the newest first. */
  rowlessIds(sinceUnixMs: number): Promise<readonly string[]>;
  /** @throws Failure `capture_damaged` */
  load(id: string): Promise<Capture | undefined>;
  readonly hostName: string;
};

/**
 * Captures of this host without rows, of which an earlier run has some. Unreadable ones are left
 * out.
 */
export async function owedRows(sources: OwedSources): Promise<OwedRows[]> {
  const { segmentCount, fromUnixMs } = sources.history.held();
  if (segmentCount === 0) return [];
  const ids = await sources.rowlessIds(fromUnixMs);
  const owed: OwedRows[] = [];
  for (const id of ids.slice(0, captureCountMax)) {
    const found = await owedOf(id, sources).catch((cause: unknown) => {
      warn("capture_rows_not_saved", { id, cause });
    });
    if (found !== undefined) owed.push(found);
  }
  return owed;
}

async function owedOf(
  id: string,
  { history, load, hostName }: OwedSources,
): Promise<OwedRows | undefined> {
  const capture = await load(id);
  if (capture === undefined) return undefined;
  const { meta } = capture;
  if (meta.host !== hostName || meta.origin === "imported") return undefined;
  const { started_unix_ms: unixMs, duration_ms: durationMs } = meta;
  const begin = history.placeBefore({ unixMs, durationMs });
  if (begin === undefined) return undefined;
  const { run, atUs: fromUs } = begin;
  const endUs = fromUs + durationMs * 1000;
  const toUs = isCutOff(capture) ? await lastUs(history, run, endUs) : endUs;
  const duration_ms = Math.ceil((toUs - fromUs) / 1000);
  return {
    meta: { ...meta, duration_ms },
    range: { fromUs, toUs, ...sessionOf(meta) },
    run,
    isLonger: duration_ms > durationMs,
  };
}

/** Its journal has no end: it ends with the last window. */
function isCutOff({ meta, samples }: Capture): boolean {
  return meta.recovered === true && meta.duration_ms === (samples.at(-1)?.t_ms ?? 0);
}

async function lastUs(history: History, run: number, leastUs: number): Promise<number> {
  const names = history.namesOf({ fromUs: leastUs, toUs: Number.POSITIVE_INFINITY }, run);
  using _held = history.hold(names);
  return (await runEndUs({ directory: history.directory, names }, leastUs)) + 1;
}

/** If it was made from a single session, rows of others are not part of it. */
function sessionOf({ origin, sessions = [] }: CaptureMeta): { readonly sessionId?: number } {
  const [only, ...others] = sessions;
  const isOne = origin === "kept" && only !== undefined && others.length === 0;
  return isOne ? { sessionId: only.session_id } : {};
}
