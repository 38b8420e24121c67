/**
 * What the list of a killed host lacks: the minute that had begun, and when each of its sessions
 * ended. Both are in the last segments.
 */
import { concatTables, filterTable } from "../frames/table.ts";
import type { FrameTable } from "../model/frames.ts";
import { MinuteTotals } from "./minute-totals.ts";
import { type HistoryPart, readRange, type UnreadStretch } from "./read-range.ts";
import type { LoggedSession, SessionMinute } from "./session-log.ts";

/** The end of a session after the last whole minute of its list. */
export type LostEnd = { readonly minute: SessionMinute | undefined; readonly endedUs: number };

const minuteUs = 60_000_000;
/** A minute lies in two segments; a third may have been started for the latest data. */
const segmentCountMax = 3;

/** From where on the segments of a run are needed for `lostEnd`. */
export function lostFromUs({ beganUs, minutes }: LoggedSession): number {
  return minutes.at(-1)?.at_us ?? beganUs;
}

/**
 * @param names of the run's segments from `lostFromUs` on, in order
 * @returns `undefined` where the segments are gone or cannot be read
 */
export async function lostEnd(
  place: { readonly directory: string; readonly names: readonly string[] },
  logged: LoggedSession,
): Promise<LostEnd | undefined> {
  const names = place.names.slice(-segmentCountMax);
  const range = {
    fromUs: lostFromUs(logged),
    toUs: Number.POSITIVE_INFINITY,
    sessionId: logged.session.session_id,
  };
  const unread: UnreadStretch[] = [];
  const parts = await Array.fromAsync(readRange({ ...place, names }, range, unread));
  if (parts.length === 0 || unread.length > 0) return undefined;
  const rows = unlisted(concatTables(parts.map((part) => part.rows)), logged);
  const fromUs = rows.columns.due_us[0];
  return {
    minute: fromUs === undefined ? undefined : minuteOf(rows, fromUs),
    endedUs: newestUs(parts, listedUntilUs(logged)) + 1,
  };
}

/**
 * The time of the last data of an ended run.
 * @param names of its segments, in order
 * @returns `leastUs` if none of them can be read
 */
export async function runEndUs(
  place: { readonly directory: string; readonly names: readonly string[] },
  leastUs: number,
): Promise<number> {
  const names = place.names.slice(-segmentCountMax);
  const range = { fromUs: leastUs, toUs: Number.POSITIVE_INFINITY };
  return newestUs(await Array.fromAsync(readRange({ ...place, names }, range)), leastUs);
}

function listedUntilUs({ beganUs, minutes }: LoggedSession): number {
  const last = minutes.at(-1);
  return last === undefined ? beganUs : last.at_us + minuteUs;
}

/** A list of an earlier version does not say with which slot a minute ended. */
function unlisted(rows: FrameTable, logged: LoggedSession): FrameTable {
  const { frame, due_us } = rows.columns;
  const end = logged.minutes.at(-1)?.frame_end;
  const untilUs = listedUntilUs(logged);
  return filterTable(rows, (row) =>
    end === undefined ? (due_us[row] ?? 0) >= untilUs : (frame[row] ?? 0) >= end,
  );
}

function minuteOf(rows: FrameTable, fromUs: number): SessionMinute | undefined {
  const totals = new MinuteTotals(fromUs);
  totals.add(rows, rows);
  return totals.next(fromUs, true);
}

/** The time of the last row or sample. */
function newestUs(parts: readonly HistoryPart[], leastUs: number): number {
  return parts.reduce((newest, { rows, samples }) => {
    const dueUs = rows.columns.due_us[rows.count - 1] ?? leastUs;
    return Math.max(newest, dueUs, samples.at(-1)?.at_us ?? leastUs);
  }, leastUs);
}
