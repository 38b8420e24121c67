/** The part of a run for a request about a session or a capture. */
import type { HistoryRange } from "../history/read-range.ts";
import type { LoggedSession } from "../history/session-log.ts";
import type { HistorySession } from "../model/frames-page.ts";
import { type FramesQuery, heldMsMax } from "../ports/history.ts";

/** Start and end on the monotonic clock of a run. */
export type RunStretch = { readonly run: number; readonly beginUs: number; readonly endUs: number };

/** Where the rows of a stretch lie in the history. */
export type HeldPlace = {
  readonly kind: "history";
  readonly directory: string;
  readonly names: readonly string[];
  readonly range: HistoryRange;
  /** `due_us` and `t_ms` count from here. */
  readonly zeroUs: number;
};

/** Of a session that is over it has a name, the same as long as the same rows are there. */
export type JudgedPlace = {
  readonly place: HeldPlace;
  readonly name: string | undefined;
  readonly isLong: boolean;
};

/** Whatever is asked for beyond the ends of the stretch makes no difference. */
export function nameOfPlace(stretch: RunStretch, { names, range }: HeldPlace): string {
  const fromUs = Math.max(stretch.beginUs, range.fromUs);
  const toUs = Math.min(stretch.endUs, range.toUs);
  return JSON.stringify([stretch.run, range.sessionId, fromUs, toUs, names[0], names.length]);
}

/** Start and end of the request, on the same clock. */
export function rangeOf(
  { beginUs, endUs }: RunStretch,
  { from, to, last_s }: FramesQuery,
): { readonly fromUs: number; readonly toUs: number } {
  if (last_s !== undefined) return { fromUs: Math.max(beginUs, endUs - last_s * 1e6), toUs: endUs };
  const at = (ms: number | undefined, otherwise: number) =>
    ms === undefined ? otherwise : beginUs + ms * 1000;
  return { fromUs: at(from, beginUs), toUs: at(to, endUs) };
}

/** If a range is too long to be examined as a whole, its last part. */
export function newestOf({ fromUs, toUs }: { readonly fromUs: number; readonly toUs: number }) {
  return { fromUs: Math.max(fromUs, toUs - heldMsMax * 1000), toUs };
}

/** A session of the history, as the list has it. */
export function describeSession(
  { run, session, beganUnixMs, minutes }: LoggedSession,
  { beginUs, endUs }: RunStretch,
  running: boolean,
): HistorySession {
  const sum = (name: "rows" | "missed" | "dropped" | "lost") =>
    minutes.reduce((total, minute) => total + minute[name], 0);
  return {
    id: `${run}-${session.session_id}`,
    session,
    running,
    started_unix_ms: beganUnixMs,
    duration_ms: Math.max(0, Math.round((endUs - beginUs) / 1000)),
    rows: sum("rows"),
    missed: sum("missed"),
    dropped: sum("dropped"),
    lost: sum("lost"),
    minutes: {
      at_ms: minutes.map(({ at_us }) => Math.max(0, Math.round((at_us - beginUs) / 1000))),
      worst_ms: minutes.map(({ worst_us }) => Math.round(worst_us / 10) / 100),
      missed: minutes.map(({ missed }) => missed),
      lost: minutes.map(({ lost }) => lost),
      dropped: minutes.map(({ dropped }) => dropped),
    },
  };
}
