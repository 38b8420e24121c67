/** The input of a verdict. */
import type { FrameTable } from "../model/frames.ts";
import type { SettingChange } from "../model/verdict.ts";
import type { Window } from "./windows.ts";

/** The requested mode of the stream; steps are computed from it. */
export type StreamFacts = {
  readonly session_id: number;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly codec: string;
  readonly preset?: string | undefined;
  /** Of the session. A Moonlight player (`gamestream`) reports no single frames. */
  readonly kind?: string | undefined;
  /** Recorded by another tool: nothing of this host took part. */
  readonly isImported?: boolean;
};

/** The input of a verdict. */
export type VerdictInput = {
  readonly stream: StreamFacts;
  /** Rows of this session alone, in order, of the range that is judged. */
  readonly rows: FrameTable;
  /** Its samples that overlap the range, in order. */
  readonly windows: readonly Window[];
  /** Settings that were changed in the range or shortly before it, in order; none unless given. */
  readonly changes?: readonly SettingChange[] | undefined;
  /**
   * Only quality and causes: no rhythm, no cadence, no profile, and no list of episodes. Cheap
   * enough for a look every two seconds.
   */
  readonly isBrief?: boolean;
};
