/** Reads of the history and of the rows of captures, from outside. */
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cannotText, messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { framesPage } from "../export/frames-json.ts";
import { concatTables, withZero } from "../frames/table.ts";
import type { History } from "../history/history.ts";
import type { HistoryRange, UnreadStretch } from "../history/read-range.ts";
import type { LoggedSession } from "../history/session-log.ts";
import type { CaptureMeta } from "../model/capture.ts";
import type { FrameTable } from "../model/frames.ts";
import type { FramesOverview } from "../model/frames-overview.ts";
import {
  type FramesPage,
  type HistorySession,
  type HistoryState,
  pageRowsMax,
} from "../model/frames-page.ts";
import { isLong } from "../model/long-range.ts";
import type {
  FramesQuery,
  HeldSession,
  HistoryReads,
  OverviewQuery,
  RowsFile,
} from "../ports/history.ts";
import { writeFrameFile } from "./frame-file.ts";
import type { Keeper } from "./keeper.ts";
import { heldCapture } from "./kept-capture.ts";
import {
  type FileRows,
  type KeptRows,
  keptRowsOf,
  pageOf,
  readFileRows,
  readFrames,
} from "./kept-rows.ts";
import { LongWork, type RowsPlace } from "./long-work.ts";
import { OverviewMemory, overviewOfParts } from "./overviews.ts";
import {
  describeSession,
  type HeldPlace,
  type JudgedPlace,
  nameOfPlace,
  newestOf,
  type RunStretch,
  rangeOf,
} from "./stretch.ts";
import { lackFields, unreadField } from "./unread.ts";

/** What players report of the last rows of a session has come by then. */
const finalUs = 5_000_000;

/** The sources of rows. */
export type HistoryReadsOptions = {
  readonly history: History;
  readonly keeper: Keeper;
  /** Path of a saved capture's rows; `undefined` when it has none. */
  framesPath(id: string): Promise<string | undefined>;
  nowUs(): number;
  readonly hostName: string;
};

/** Answers the API's requests about rows and the history. */
export class HistoryService implements HistoryReads {
  readonly #options: HistoryReadsOptions;
  /** Processes long ranges. */
  readonly long: LongWork;
  readonly #overviews: OverviewMemory;

  constructor(options: HistoryReadsOptions) {
    this.#options = options;
    this.long = new LongWork(options.history);
    this.#overviews = new OverviewMemory(this.long);
  }

  async state(): Promise<HistoryState> {
    const { history } = this.#options;
    const { bytes, segmentCount, fromUnixMs } = await history.measured();
    const sessions = await history.sessions();
    return {
      on: history.isOn,
      bytes,
      segments: segmentCount,
      from_unix_ms: fromUnixMs,
      rows_overwritten: history.overwrittenCount,
      batches_dropped: history.droppedCount,
      ...lackFields(history),
      sessions: sessions.map((session) => this.#describe(session)),
    };
  }

  async framesPath(id: string): Promise<string | undefined> {
    await this.#options.keeper.rowsSettled(id);
    return await this.#options.framesPath(id);
  }

  async framesOfRecording(id: string, query: FramesQuery): Promise<FramesPage> {
    return pageOf(await this.fileRowsOfRecording(id, query), query);
  }

  /** All rows of a saved capture in the range. @throws Failure `no_frames`, `frames_damaged` */
  async rowsOfRecording(id: string, query: FramesQuery): Promise<FrameTable> {
    return await this.fromFile(id, (path) => readFrames(path, query));
  }

  /** The same with what they lack. */
  async fileRowsOfRecording(id: string, query: FramesQuery): Promise<FileRows> {
    return await this.fromFile(id, (path) => readFileRows(path, query));
  }

  async overviewOfRecording(id: string, query: OverviewQuery): Promise<FramesOverview> {
    return await this.fromFile(id, (path) => this.#overviews.get(path, query));
  }

  async overviewOfCapture(query: OverviewQuery): Promise<FramesOverview | undefined> {
    const { keeper, history, nowUs } = this.#options;
    if (keeper.startedUs === undefined) return undefined;
    const stretch = { run: history.run, beginUs: keeper.startedUs, endUs: nowUs() };
    return await this.#overview(stretch, query, query.session);
  }

  async overviewOfSession(id: string, query: OverviewQuery): Promise<FramesOverview | undefined> {
    const found = await this.#find(id);
    return found && (await this.#overview(this.#stretchOf(found), query, found.session.session_id));
  }

  async #overview(
    stretch: RunStretch,
    query: OverviewQuery,
    session: number | undefined,
  ): Promise<FramesOverview> {
    const { history } = this.#options;
    if (stretch.run === history.run) await history.flush();
    const { fromUs, toUs } = newestOf(rangeOf(stretch, query));
    const since = (us: number) => Math.round((us - stretch.beginUs) / 1000);
    const range = { fromMs: since(fromUs), toMs: since(toUs), points: query.points };
    if (isLong((toUs - fromUs) / 1000)) {
      const place = this.#placeOf(stretch, { fromUs, toUs, sessionId: session });
      return await this.long.overview({ kind: "held_overview", place, ...range, session });
    }
    const unread: UnreadStretch[] = [];
    const parts = history.read({ fromUs, toUs, sessionId: session }, stretch.run, unread);
    const overview = await overviewOfParts(parts, { beginUs: stretch.beginUs, range, session });
    return { ...overview, ...unreadField(unread, stretch.beginUs) };
  }

  /**
   * The result of reading a saved capture's rows.
   * @throws Failure `no_frames`, `frames_damaged`, or what `read` throws
   */
  async fromFile<T>(id: string, read: (path: string) => Promise<T>): Promise<T> {
    const path = await this.framesPath(id);
    if (path === undefined) {
      throw new Failure("no_frames", `Cannot find the frames of recording "${id.slice(0, 128)}"`);
    }
    try {
      return await read(path);
    } catch (cause) {
      if (cause instanceof Failure) throw cause; // Of the disk, or too busy.
      const text = cannotText(`read the frames of recording "${id}"`, messageOf(cause));
      throw new Failure("frames_damaged", text, { cause, values: { id } });
    }
  }

  /** Of the capture that records; `undefined` when none does. */
  async rowsOfCapture(query: FramesQuery): Promise<KeptRows | undefined> {
    const { keeper, history, nowUs } = this.#options;
    if (keeper.startedUs === undefined) return undefined;
    const stretch = { run: history.run, beginUs: keeper.startedUs, endUs: nowUs() };
    return await this.#kept(stretch, query, query.session);
  }

  /** `undefined` when the history has no such session. */
  async rowsOfSession(id: string, query: FramesQuery): Promise<KeptRows | undefined> {
    const found = await this.#find(id);
    if (found === undefined) return undefined;
    const kept = await this.#kept(this.#stretchOf(found), query, found.session.session_id);
    return { ...kept, sessions: [found.session] };
  }

  /** Rows and samples of a session of this run between two moments, their times counted from the first. */
  async rowsBetween(
    { fromUs, toUs }: { readonly fromUs: number; readonly toUs: number },
    sessionId: number,
  ): Promise<KeptRows> {
    const stretch = { run: this.#options.history.run, beginUs: fromUs, endUs: toUs };
    return await this.#kept(stretch, {}, sessionId);
  }

  async framesOfCapture(query: FramesQuery): Promise<FramesPage | undefined> {
    const { keeper, history, nowUs } = this.#options;
    if (keeper.startedUs === undefined) return undefined;
    const stretch = { run: history.run, beginUs: keeper.startedUs, endUs: nowUs() };
    return await this.#page(stretch, query, query.session);
  }

  async framesOfSession(id: string, query: FramesQuery): Promise<FramesPage | undefined> {
    const found = await this.#find(id);
    return found && (await this.#page(this.#stretchOf(found), query, found.session.session_id));
  }

  async held(
    id: string,
    asked: Pick<FramesQuery, "from" | "to">,
  ): Promise<HeldSession | undefined> {
    const { history, hostName } = this.#options;
    const found = await this.#find(id);
    if (found === undefined) return undefined;
    const { run, session, beganUnixMs } = found;
    const stretch = this.#stretchOf(found);
    const { fromUs, toUs } = newestOf(rangeOf(stretch, asked));
    if (run === history.run) await history.flush();
    const unread: UnreadStretch[] = [];
    const parts = history.read(
      // Data of this very moment is included.
      { fromUs, toUs: toUs + 1, sessionId: session.session_id, withRows: false },
      run,
      unread,
    );
    const whole = { fromUs: stretch.beginUs, toUs: stretch.endUs };
    const kept = await heldCapture(parts, whole, { session, hostName, beganUnixMs });
    return {
      session: this.#describe(found),
      fromMs: Math.floor((fromUs - stretch.beginUs) / 1000),
      toMs: Math.ceil((toUs - stretch.beginUs) / 1000),
      ...unreadField(unread, stretch.beginUs),
      ...kept,
    };
  }

  async parquetOfSession(id: string, query: FramesQuery): Promise<RowsFile | undefined> {
    const found = await this.#find(id);
    if (found === undefined) return undefined;
    const head = { session: found.session, started_unix_ms: found.beganUnixMs };
    const sessionId = found.session.session_id;
    return await this.#parquet(this.#stretchOf(found), { ...query, session: sessionId }, head);
  }

  async parquetOfCapture(query: FramesQuery): Promise<RowsFile | undefined> {
    const { keeper, history, nowUs, hostName } = this.#options;
    if (keeper.startedUs === undefined) return undefined;
    const stretch = { run: history.run, beginUs: keeper.startedUs, endUs: nowUs() };
    return await this.#parquet(stretch, query, { host: hostName });
  }

  /** As many rows as a file can hold: written by the same worker as those of captures. */
  async #parquet(stretch: RunStretch, query: FramesQuery, head: unknown): Promise<RowsFile> {
    const { history } = this.#options;
    if (stretch.run === history.run) await history.flush();
    const { fromUs, toUs } = rangeOf(stretch, query);
    const asked = { fromUs, toUs, sessionId: query.session };
    const { directory, names, range, zeroUs } = this.#placeOf(stretch, asked);
    using _held = history.hold(names);
    await using folder = await mkdtempDisposable(join(tmpdir(), "onglass-rows-"));
    const path = join(folder.path, "rows.parquet");
    const written = await writeFrameFile({ directory, names, range, zeroUs, head, path });
    history.warnOf(written.unread);
    return { bytes: await Bun.file(path).bytes(), isTruncated: written.isTruncated };
  }

  async keepLast(lastS: number): Promise<CaptureMeta> {
    return await this.#options.keeper.keepLast(lastS, { origin: "kept" });
  }

  async keepSession(id: string, range: Pick<FramesQuery, "from" | "to">): Promise<CaptureMeta> {
    const found = await this.#find(id);
    if (found === undefined) {
      throw new Failure("not_found", `Cannot find session "${id.slice(0, 64)}" in the history`);
    }
    const stretch = this.#stretchOf(found);
    const sessionId = found.session.session_id;
    const { fromUs, toUs } = rangeOf(stretch, range);
    return await this.#options.keeper.keep(
      { fromUs, toUs, sessionId },
      { origin: "kept" },
      found.run,
    );
  }

  async #page(stretch: RunStretch, query: FramesQuery, sessionId?: number): Promise<FramesPage> {
    const range = rangeOf(stretch, query);
    const unread: UnreadStretch[] = [];
    const rows = await this.#rows(stretch, { ...range, sessionId }, unread);
    const since = (us: number) => Math.round((us - stretch.beginUs) / 1000);
    const ends = { fromMs: since(range.fromUs), toMs: since(range.toUs) };
    const marks = unreadField(unread, stretch.beginUs);
    return framesPage(rows, { ...ends, ...marks }, query.columns);
  }

  /** At most one more than a page holds. */
  async #rows(
    stretch: RunStretch,
    range: HistoryRange,
    unread: UnreadStretch[],
  ): Promise<FrameTable> {
    const { history } = this.#options;
    if (stretch.run === history.run) await history.flush();
    const tables: FrameTable[] = [];
    let count = 0;
    for await (const { rows } of history.read(range, stretch.run, unread)) {
      tables.push(rows);
      count += rows.count;
      if (count > pageRowsMax) break;
    }
    return withZero(concatTables(tables), stretch.beginUs);
  }

  /** Where the rows of a session lie, for a worker; `undefined` when the history has no such session. */
  async placeOfSession(id: string, query: FramesQuery): Promise<HeldPlace | undefined> {
    const found = await this.#find(id);
    return found && (await this.#placeOfFound(found, query));
  }

  /** The same, and what is known of a verdict of them. */
  async judgedPlaceOfSession(id: string, query: FramesQuery): Promise<JudgedPlace | undefined> {
    const found = await this.#find(id);
    if (found === undefined) return undefined;
    const place = await this.#placeOfFound(found, query);
    const { history, nowUs } = this.#options;
    const { run, endedUs = Number.POSITIVE_INFINITY } = found;
    const isOver = run !== history.run || nowUs() - endedUs > finalUs;
    const name = isOver ? nameOfPlace(this.#stretchOf(found), place) : undefined;
    return { place, name, isLong: isLong((place.range.toUs - place.range.fromUs) / 1000) };
  }

  async #placeOfFound(found: LoggedSession, query: FramesQuery) {
    const { history } = this.#options;
    const stretch = this.#stretchOf(found);
    if (stretch.run === history.run) await history.flush();
    const range = { ...newestOf(rangeOf(stretch, query)), sessionId: found.session.session_id };
    return this.#placeOf(stretch, range);
  }

  /** The same of the capture that records. */
  async longPlaceOfCapture(query: FramesQuery): Promise<RowsPlace | undefined> {
    const { keeper, history, nowUs } = this.#options;
    if (keeper.startedUs === undefined) return undefined;
    const stretch = { run: history.run, beginUs: keeper.startedUs, endUs: nowUs() };
    return await this.#longPlace(stretch, query, query.session);
  }

  async #longPlace(
    stretch: RunStretch,
    query: FramesQuery,
    sessionId: number | undefined,
  ): Promise<RowsPlace | undefined> {
    const { history } = this.#options;
    const range = newestOf(rangeOf(stretch, query));
    if (!isLong((range.toUs - range.fromUs) / 1000)) return undefined;
    if (stretch.run === history.run) await history.flush();
    return this.#placeOf(stretch, { ...range, sessionId });
  }

  #placeOf({ run, beginUs: zeroUs }: RunStretch, range: HistoryRange) {
    const { history } = this.#options;
    const names = history.namesOf(range, run);
    return { kind: "history", directory: history.directory, names, range, zeroUs } as const;
  }

  async #kept(stretch: RunStretch, query: FramesQuery, sessionId?: number): Promise<KeptRows> {
    const { history } = this.#options;
    if (stretch.run === history.run) await history.flush();
    const range = { ...newestOf(rangeOf(stretch, query)), sessionId };
    const unread: UnreadStretch[] = [];
    const parts = history.read(range, stretch.run, unread);
    return await keptRowsOf({ parts, unread }, stretch.beginUs);
  }

  /** By `<run>-<session>`, or the number of a session of this run. @throws Failure `storage_unreadable` */
  async #find(id: string): Promise<LoggedSession | undefined> {
    const match = /^(?:(\d{1,9})-)?(\d{1,10})$/.exec(id);
    if (match === null) return undefined;
    const { history } = this.#options;
    const run = match[1] === undefined ? history.run : Number(match[1]);
    const sessionId = Number(match[2]);
    const sessions = await history.sessions();
    const found = sessions.find((one) => one.run === run && one.session.session_id === sessionId);
    if (found !== undefined || !history.unreadRuns.has(run)) return found;
    throw new Failure("storage_unreadable", `Cannot read the list that may have session "${id}"`);
  }

  #stretchOf(logged: LoggedSession): RunStretch {
    const { run, beganUs: beginUs, endedUs, minutes } = logged;
    const lastUs = Math.max(beginUs, ...minutes.slice(-1).map(({ at_us }) => at_us + 60_000_000));
    const openUs = run === this.#options.history.run ? this.#options.nowUs() : lastUs + 60_000_000;
    return { run, beginUs, endUs: endedUs ?? openUs };
  }

  #describe(logged: LoggedSession): HistorySession {
    const running = logged.endedUs === undefined && logged.run === this.#options.history.run;
    return describeSession(logged, this.#stretchOf(logged), running);
  }
}
