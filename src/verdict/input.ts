/** What a verdict is worked out from. */
import type { FrameTable } from "../model/frames.ts";
import type { SettingChange } from "../model/verdict.ts";
import type { Window } from "./windows.ts";

/** What the stream was asked to be; steps are worked out from it. */
export type StreamFacts = {
  readonly session_id: number;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly codec: string;
  readonly preset?: string | undefined;
  /** Of the session. A Moonlight player (`gamestream`) reports no single frames. */
  readonly kind?: string | undefined;
  /** Another tool recorded it: nothing of this host took part. */
  readonly isImported?: boolean;
};

/** What a verdict is made from. */
export type VerdictInput = {
  readonly stream: StreamFacts;
  /** Rows of this session alone, in order, of the range that is judged. */
  readonly rows: FrameTable;
  /** Its samples that overlap the range, in order. */
  readonly windows: readonly Window[];
  /** Settings that were changed in the range or shortly before it, in order; none unless given. */
  readonly changes?: readonly SettingChange[] | undefined;
  /**
   * How good it was and why, and no more: no rhythm, no cadence, no profile, and no episode is
   * listed. What a look every two seconds can afford.
   */
  readonly isBrief?: boolean;
};
