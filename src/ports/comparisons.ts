/** Comparison of two runs, for the API, the console and the commands. */
import type { RunComparison } from "../model/run-comparison.ts";

/** A side: a saved capture, a range or a session of it, or a session of the history. */
export type RunReference = {
  /** Id of a capture; `baseline`; or `history:` and the id of a session in the history. */
  readonly id: string;
  /** Milliseconds since the capture or session began. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Unless given, the session with the most slots in the range. */
  readonly session?: number | undefined;
};

/** The two sides of a comparison. */
export type ComparisonRequest = {
  readonly a: RunReference;
  readonly b: RunReference;
  /** Even if mode, codec, path or source differ. */
  readonly isForced?: boolean;
};

/** Comparisons of stored runs. */
export type Comparisons = {
  /** @throws Failure `not_found`, `capture_damaged`, `frames_damaged` */
  compare(request: ComparisonRequest): Promise<RunComparison>;
};
