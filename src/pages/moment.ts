/** The state at one moment of a capture, compared with one second earlier. Pure. */
import type { Moment } from "../../views/moment.ts";
import type { Timeline, TimelineCheckpoint } from "../model/timeline.ts";
import { differences } from "./difference.ts";

const earlierMs = 1000;

/**
 * A checkpoint is taken before and after each change: the last one before the moment holds the
 * state.
 */
export function momentOf({ checkpoints }: Pick<Timeline, "checkpoints">, atMs: number): Moment {
  const then = lastUntil(checkpoints, atMs);
  const before = lastUntil(checkpoints, atMs - earlierMs);
  if (then === undefined) return { atMs, checkpoint: undefined, changes: [] };
  const isOther = before !== undefined && before !== then;
  const changes = isOther ? differences(before.state, then.state) : [];
  return { atMs, checkpoint: then, changes };
}

function lastUntil(
  checkpoints: readonly TimelineCheckpoint[],
  atMs: number,
): TimelineCheckpoint | undefined {
  return checkpoints.findLast(({ t_ms }) => t_ms !== undefined && t_ms <= atMs);
}
