/**
 * Writes the rows of a range of the history as a Parquet file, in a worker of its own: an hour of
 * rows takes two seconds of a core, while this thread has streams to serve. The worker has a lower
 * priority than everything that streams.
 */
import { workerUrl } from "../base/worker-url.ts";
import type { HistoryRange, UnreadStretch } from "../history/read-range.ts";
import type { RowMarks } from "../model/unread.ts";

/**
 * Rows of one file: twelve hours at 96 frames per second. A longer file is truncated, and says so.
 */
export const frameFileRowsMax = 4_000_000;

/** The rows, and the file. */
export type FrameFileRequest = {
  /** Of the history, and its segments that hold the range, in order. */
  readonly directory: string;
  readonly names: readonly string[];
  readonly range: HistoryRange;
  /** `due_us` counts from here, on the monotonic clock. */
  readonly zeroUs: number;
  /** Written into the file's metadata. */
  readonly head: unknown;
  /** Replaced when it is there, whole or not at all. */
  readonly path: string;
  /** `frameFileRowsMax` unless given. */
  readonly rowCountMax?: number | undefined;
};

/** The content of the file. */
export type WrittenRows = {
  readonly rowCount: number;
  /** There are more rows than a file can hold. */
  readonly isTruncated: boolean;
  /** The unreadable part of the history. */
  readonly unread: readonly UnreadStretch[];
  /** The same, and where truncated rows end, for the file and the head of its capture. */
  readonly marks: RowMarks;
};

/** The result for the file. */
export type FrameFileAnswer =
  /** More of the history is in it. */
  | { readonly kind: "progress" }
  | ({ readonly kind: "written" } & WrittenRows)
  | { readonly kind: "failed"; readonly reason: string };

type Outcome = Exclude<FrameFileAnswer, { kind: "progress" }>;

/**
 * @param onProgress called with every part of the history that has been written
 * @returns what was written. @throws Error with what was in the way; no file is left then
 */
export async function writeFrameFile(
  request: FrameFileRequest,
  onProgress: () => void = () => undefined,
): Promise<WrittenRows> {
  const worker = new Worker(workerUrl("keep/frame-file-worker.ts"));
  const answered = Promise.withResolvers<Outcome>();
  worker.onmessage = ({ data }: MessageEvent<FrameFileAnswer>) => {
    if (data.kind === "progress") onProgress();
    else answered.resolve(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    answered.resolve({ kind: "failed", reason: event.message });
  };
  worker.addEventListener("close", () => {
    answered.resolve({ kind: "failed", reason: "its worker exited unexpectedly" });
  });
  worker.postMessage(request);
  const answer = await answered.promise;
  worker.terminate();
  if (answer.kind === "written") return answer;
  throw new Error(`Cannot write "${request.path}": ${answer.reason}`);
}
