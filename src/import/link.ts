/** Messages between the host and the worker that reads a file of another tool. */
import type { Capture, CaptureMeta } from "../model/capture.ts";
import type { Timeline } from "../model/timeline.ts";
import type { FileRefusal } from "./refusal.ts";
import type { ImportedRun } from "./run.ts";

/** First `read`; after the capture is saved, and has its id, `write` the rows that were read. */
export type ImportRequest =
  | { readonly kind: "read"; readonly bytes: Uint8Array; readonly startedUnixMs: number }
  | {
      readonly kind: "write";
      /** Written into the file's metadata. */
      readonly head: CaptureMeta;
      /** Replaced if it exists, as a whole or not at all. */
      readonly path: string;
    };

/** The result for a file, without its rows, which stay in the worker. */
export type ReadFile = Pick<ImportedRun, "used" | "leftOut"> & {
  readonly tool: ImportedRun["tool"] | "onglass";
  readonly frameCount: number;
  readonly capture: Capture;
  /** For a capture of another host: its own, if it has one. */
  readonly carried?: { readonly timeline: Timeline | undefined; readonly hasRows: boolean };
};

export type ImportAnswer =
  /** From 0 to 1, of the request. */
  | { readonly kind: "progress"; readonly share: number }
  | ({ readonly kind: "read" } & ReadFile)
  | ({ readonly kind: "refused" } & FileRefusal)
  | { readonly kind: "written" }
  /** `disk` is the error name from the disk. */
  | { readonly kind: "failed"; readonly reason: string; readonly disk?: string };
