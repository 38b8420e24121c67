/** Further facts about a cause than its code: each is absent if it does not apply. */
import { type Cause, isCapacityCause } from "../model/verdict.ts";
import type { Seen } from "./evidence.ts";
import type { Judged } from "./judge.ts";
import { lossPatternOf } from "./loss-pattern.ts";
import { isMomentary } from "./momentary.ts";
import type { Windows } from "./windows.ts";

/** Fields of a cause that its step depends on, too. */
export type Traits = Pick<Cause, "momentary" | "loss" | "player_local" | "player_busy">;

export function traitsOf({ code, rows, outageUs }: Seen, judged: Judged, windows: Windows): Traits {
  if (code === "player_slow" && isOwnProgram(windows)) return { player_busy: true };
  if (isCapacityCause(code)) return isMomentary(code, judged, rows) ? { momentary: true } : {};
  if (code === "machine_busy")
    return isPlayerHere(rows, judged, windows) ? { player_local: true } : {};
  if (outageUs !== undefined) return { loss: "outage" };
  const loss = code === "link_loss" ? lossPatternOf(judged) : undefined;
  return loss === undefined ? {} : { loss };
}

/**
 * A player that reports its waits for a core is blamed only for those; a page reports how late it
 * ran.
 */
function isOwnProgram({ all }: Windows): boolean {
  return all.some(({ viewers, player_wait_us }) => !viewers && player_wait_us !== undefined);
}

/** The cores may have been used by the player itself. */
function isPlayerHere(rows: readonly number[], { table }: Judged, windows: Windows): boolean {
  const due = table.columns.due_us;
  return rows.some((row) => windows.machineAt(due[row] ?? 0)?.player_local === true);
}
