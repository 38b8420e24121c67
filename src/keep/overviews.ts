/** Overviews of rows, folded a part at a time: of a file, and of the history. */
import { OverviewFold, type OverviewRange, overviewColumns } from "../analysis/frames-overview.ts";
import { openFrameFileAt } from "../export/parquet-reader.ts";
import { marksOfFile } from "../export/row-marks.ts";
import { filterTable, withZero } from "../frames/table.ts";
import type { HistoryPart } from "../history/read-range.ts";
import type { FrameTable } from "../model/frames.ts";
import type { FramesOverview } from "../model/frames-overview.ts";
import { isLong } from "../model/long-range.ts";
import type { OverviewQuery } from "../ports/history.ts";
import type { LongWork } from "./long-work.ts";
import { overviewsKey, storedOverview } from "./stored-overviews.ts";

/** Overviews of saved captures that are cached: their rows never change. */
const rememberedCountMax = 32;

/** The latest overviews of saved captures. */
export class OverviewMemory {
  readonly #known = new Map<string, FramesOverview>();
  readonly #long: Pick<LongWork, "overview">;

  /** @param long folds a long range without blocking this thread */
  constructor(long: Pick<LongWork, "overview">) {
    this.#long = long;
  }

  /** @param path of the capture's rows */
  async get(path: string, query: OverviewQuery): Promise<FramesOverview> {
    const key = JSON.stringify([path, query.from, query.to, query.session, query.points]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const overview = await this.#make(path, query);
    this.#known.set(key, overview);
    const [oldest] = this.#known.keys();
    if (this.#known.size > rememberedCountMax && oldest !== undefined) this.#known.delete(oldest);
    return overview;
  }

  async #make(path: string, query: OverviewQuery): Promise<FramesOverview> {
    const file = await openFrameFileAt(path);
    const durationMs = durationOf(file.head);
    const stored = storedOverview(file.note(overviewsKey), query, durationMs);
    if (stored !== undefined) return { ...stored, ...marksOfFile(file, query) };
    const rangeMs = Math.min(durationMs, query.to ?? durationMs) - (query.from ?? 0);
    if (isLong(rangeMs)) return await this.#long.overview({ kind: "overview", path, query });
    return await overviewOfFile(path, query);
  }
}

/** Folds the rows of a file. @throws Error when it cannot be read */
export async function overviewOfFile(path: string, query: OverviewQuery): Promise<FramesOverview> {
  const file = await openFrameFileAt(path);
  const fromMs = query.from ?? 0;
  const durationMs = durationOf(file.head);
  const toMs = Math.max(fromMs, query.to ?? durationMs);
  const tables = file.parts({ fromUs: fromMs * 1000, toUs: toMs * 1000 + 1 }, overviewColumns);
  const overview = await fold(tables, { fromMs, toMs, points: query.points }, query.session);
  return { ...overview, ...marksOfFile(file, query) };
}

/** The head of the file is that of the capture. */
export function durationOf(head: unknown): number {
  const isHead = typeof head === "object" && head !== null && "duration_ms" in head;
  return isHead && typeof head.duration_ms === "number" ? head.duration_ms : 0;
}

/** @param beginUs the zero of `due_us` */
export async function overviewOfParts(
  parts: AsyncIterable<HistoryPart>,
  { beginUs, range, session }: HistoryFold,
): Promise<FramesOverview> {
  return await fold(rowsOf(parts, beginUs), range, session);
}

type HistoryFold = {
  readonly beginUs: number;
  readonly range: OverviewRange;
  readonly session: number | undefined;
};

async function* rowsOf(parts: AsyncIterable<HistoryPart>, beginUs: number) {
  for await (const { rows } of parts) yield withZero(rows, beginUs);
}

/** Of one session: the requested one, otherwise that of the first row. */
async function fold(
  tables: AsyncIterable<FrameTable>,
  range: OverviewRange,
  asked: number | undefined,
): Promise<FramesOverview> {
  const overview = new OverviewFold(range);
  let session = asked;
  for await (const table of tables) {
    const ids = table.columns.session_id;
    session ??= ids[0];
    overview.add(filterTable(table, (row) => ids[row] === session));
  }
  return overview.finish();
}
