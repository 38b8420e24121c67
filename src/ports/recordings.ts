/** Saved captures, as read by the API, the console and the commands. */
import type { Capture, CaptureMeta } from "../model/capture.ts";
import type { Timeline } from "../model/timeline.ts";

/** A malformed id is treated as not found. */
export type Recordings = {
  /** Newest first; `damaged` are the names of files that were moved aside. */
  list(): Promise<{
    readonly captures: readonly CaptureMeta[];
    readonly damaged?: readonly string[];
  }>;
  /** @throws Failure `capture_damaged` */
  load(id: string): Promise<Capture | undefined>;
  /** Path of the capture's bytes. */
  filePath(id: string): Promise<string | undefined>;
  /** Path of its timeline's bytes; `undefined` when it has none. */
  timelinePath(id: string): Promise<string | undefined>;
  /** @throws Failure `timeline_damaged` */
  loadTimeline(id: string): Promise<Timeline | undefined>;
  /** Changes whenever the capture's file does; `undefined` when there is none with this id. */
  version(id: string): Promise<string | undefined>;
};
