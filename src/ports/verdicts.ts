/** Verdicts, for the API, the console and the commands. */
import type { Verdict } from "../model/verdict.ts";

/** In milliseconds since the start of the capture or session; what is left out is not limited. */
export type VerdictQuery = {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** The last seconds, instead of both limits. */
  readonly last_s?: number | undefined;
  /** Unless given, the session with the most slots in the range. */
  readonly session?: number | undefined;
};

export type VerdictReads = {
  /** @throws Failure `no_frames` for a capture without rows, `frames_damaged` */
  verdictOfRecording(id: string, query: VerdictQuery): Promise<Verdict>;
  /** Of the capture that is recording; `undefined` when none is. */
  verdictOfCapture(query: VerdictQuery): Promise<Verdict | undefined>;
  /** `undefined` when the history has no such session. */
  verdictOfSession(id: string, query: VerdictQuery): Promise<Verdict | undefined>;
  /** Of the last ten seconds of each running session; without new ones. */
  live(): readonly Verdict[];
};
