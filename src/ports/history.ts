/** The history and the rows of captures, for the API, the console and the commands. */
import type { Capture, CaptureMeta } from "../model/capture.ts";
import type { FrameColumnName } from "../model/frames.ts";
import type { FramesOverview } from "../model/frames-overview.ts";
import type { FramesPage, HistorySession, HistoryState } from "../model/frames-page.ts";
import type { Timeline } from "../model/timeline.ts";
import type { Unread } from "../model/unread.ts";

/** In milliseconds since the start of the capture or session; what is left out is not limited. */
export type FramesQuery = {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** The last seconds, instead of both limits. */
  readonly last_s?: number | undefined;
  readonly session?: number | undefined;
  readonly columns?: readonly FrameColumnName[] | undefined;
};

/** The rows to fold, and the number of parts. */
export type OverviewQuery = Omit<FramesQuery, "columns"> & { readonly points?: number | undefined };

/** A stretch of a session of the history, in the shapes of a capture. */
export type HeldSession = {
  readonly session: HistorySession;
  /** The covered range, since the session began: at most `heldMsMax`. */
  readonly fromMs: number;
  readonly toMs: number;
  /** `duration_ms` is the whole session's; samples are those of the stretch. */
  readonly capture: Capture;
  /** Events and checkpoints of the stretch. */
  readonly timeline: Timeline;
  /** The unreadable part of the stretch, since the session began; absent if there is none. */
  readonly unread?: Unread;
};

/** The maximum part of a session that is examined as a whole: the length of a capture. */
export const heldMsMax = 3 * 60 * 60 * 1000;

/** Rows as a Parquet file. */
export type RowsFile = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The range has more rows than a file can hold: these are the first. */
  readonly isTruncated: boolean;
};

/** Queries of rows and the history. */
export type HistoryReads = {
  /** @throws Failure `storage_unreadable` */
  state(): Promise<HistoryState>;
  /** Waits for rows that are still being written. @throws Failure `no_frames`, `frames_damaged` */
  framesOfRecording(id: string, query: FramesQuery): Promise<FramesPage>;
  /** Path of a saved capture's Parquet file. Waits like `framesOfRecording`. */
  framesPath(id: string): Promise<string | undefined>;
  /** Of the capture that is recording; `undefined` when none is. */
  framesOfCapture(query: FramesQuery): Promise<FramesPage | undefined>;
  /** `undefined` when the history has no such session. */
  framesOfSession(id: string, query: FramesQuery): Promise<FramesPage | undefined>;
  /** The rows of a range, folded. @throws Failure `no_frames`, `frames_damaged` */
  overviewOfRecording(id: string, query: OverviewQuery): Promise<FramesOverview>;
  /** Of the capture that is recording; `undefined` when none is. */
  overviewOfCapture(query: OverviewQuery): Promise<FramesOverview | undefined>;
  /** Of a session of the history, at most three hours; `undefined` when it has no such session. */
  overviewOfSession(id: string, query: OverviewQuery): Promise<FramesOverview | undefined>;
  /**
   * Samples and events of a session. Of a range longer than `heldMsMax` the last part; `undefined`
   * when the history has no such session.
   */
  held(id: string, range: Pick<FramesQuery, "from" | "to">): Promise<HeldSession | undefined>;
  /** Rows of a range as a Parquet file; `undefined` when the history has no such session. */
  parquetOfSession(id: string, query: FramesQuery): Promise<RowsFile | undefined>;
  /** The same for the capture that is recording; `undefined` when none is. */
  parquetOfCapture(query: FramesQuery): Promise<RowsFile | undefined>;
  /** Makes a capture of the last seconds. @throws Failure `nothing_kept` */
  keepLast(lastS: number): Promise<CaptureMeta>;
  /** Of a session or a range of it. @throws Failure `nothing_kept`, `not_found` */
  keepSession(id: string, range: Pick<FramesQuery, "from" | "to">): Promise<CaptureMeta>;
};
