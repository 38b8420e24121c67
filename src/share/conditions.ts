/** The conditions of a capture, from its last checkpoint; texts are already redacted. */
import type { Condition } from "../../views/conditions.ts";
import type { Timeline } from "../model/timeline.ts";

/** Paths in a checkpoint's state, in the order in which they are shown. */
const shownPlaces =
  /^(version$|encoders\.\d+\.|settings\.(?!revision)|load\.(cpu_count|free_memory_bytes|load_average_1m)$)/;
const conditionCountMax = 80;
const depthMax = 5;

/** Paths as in the API; none without a checkpoint. */
export function conditionsOf(timeline: Timeline | undefined): Condition[] {
  const state = timeline?.checkpoints.at(-1)?.state;
  return leaves(state, "", 0)
    .filter(([place]) => shownPlaces.test(place))
    .slice(0, conditionCountMax);
}

function leaves(value: unknown, place: string, depth: number): Condition[] {
  if (depth > depthMax) return [];
  if (typeof value !== "object" || value === null) return [[place, value ?? null]];
  return Object.entries(value).flatMap(([name, member]) =>
    leaves(member, place === "" ? name : `${place}.${name}`, depth + 1),
  );
}
