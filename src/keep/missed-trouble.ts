/**
 * Trouble that a host had found, or would have found, but not saved: it waits some seconds for what
 * follows, and was killed meanwhile. The history of that run has the rows.
 */
import { concatTables, rowsOfSession, tableBetween } from "../frames/table.ts";
import type { History } from "../history/history.ts";
import { runEndUs } from "../history/lost-ends.ts";
import type { HistoryPart } from "../history/read-range.ts";
import { HistorySessionLog, type LoggedSession, readSessions } from "../history/session-log.ts";
import { type Trouble, TroubleFinder, type TroubleRules } from "./trouble.ts";

/** Rules apply per second; the first three seconds of a session are exempt. */
const readUs = 60_000_000;

/** Trouble of an earlier run, on its clock. */
export type MissedTrouble = {
  readonly run: number;
  readonly sessionId: number;
  readonly trouble: Trouble;
  /** Its date in that run. */
  readonly unixMs: number;
  /** The time of the run's last data. */
  readonly endUs: number;
};

/** The previous run, if it was killed and its end was not examined yet. */
export async function killedRun(
  history: History,
): Promise<{ readonly run: number; readonly sessions: readonly LoggedSession[] } | undefined> {
  const run = history.runBefore;
  if (run === undefined) return undefined;
  const { sessions, isSearched } = await readSessions(history.directory, run);
  const killed = sessions.filter(({ endedUs }) => endedUs === undefined);
  return isSearched || killed.length === 0 ? undefined : { run, sessions: killed };
}

/**
 * The end of a run was examined: the next start does not repeat it, whatever happened to the
 * capture.
 */
export async function markSearched({ directory }: History, run: number): Promise<void> {
  const list = new HistorySessionLog(directory, run);
  list.append({ searched: true });
  await list.settled();
}

/** The first trouble of the last `withinUs` of a run. */
export async function missedTrouble(
  history: History,
  killed: { readonly run: number; readonly sessions: readonly LoggedSession[] },
  { rules, withinUs }: { readonly rules: TroubleRules; readonly withinUs: number },
): Promise<MissedTrouble | undefined> {
  const { run, sessions } = killed;
  const names = history.namesOf({ fromUs: 0, toUs: Number.POSITIVE_INFINITY }, run);
  using _held = history.hold(names);
  const endUs = (await runEndUs({ directory: history.directory, names }, 0)) + 1;
  const range = { fromUs: Math.max(0, endUs - readUs), toUs: endUs };
  const parts = await Array.fromAsync(history.read(range, run));
  const all = concatTables(parts.map((part) => part.rows));
  const found = sessions.flatMap(({ session }) => {
    const rows = rowsOfSession(all, session.session_id);
    const finder = new TroubleFinder(session.fps);
    const [before, last] = [
      tableBetween(rows, 0, endUs - withinUs),
      tableBetween(rows, endUs - withinUs, endUs),
    ];
    finder.find(before, before, rules);
    const trouble = finder.find(last, last, rules);
    return trouble === undefined ? [] : [{ sessionId: session.session_id, trouble }];
  });
  const [first] = found.sort((a, b) => a.trouble.atUs - b.trouble.atUs);
  return first && { ...first, run, endUs, unixMs: dateOf(parts, first.trouble.atUs) };
}

function dateOf(parts: readonly HistoryPart[], atUs: number): number {
  const { head } = parts.findLast((part) => part.head.begin_us <= atUs) ?? parts[0] ?? {};
  return head === undefined ? 0 : head.begin_unix_ms + (atUs - head.begin_us) / 1000;
}
