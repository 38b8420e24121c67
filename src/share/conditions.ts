/** Under which conditions a capture was made, from its last checkpoint; texts are redacted already. */
import type { Condition } from "../../views/conditions.ts";
import type { Timeline } from "../model/timeline.ts";

/** Places in a checkpoint's state, in the order in which they are shown. */
const shownPlaces =
  /^(version$|encoders\.\d+\.|settings\.(?!revision)|load\.(cpu_count|free_memory_bytes|load_average_1m)$)/;
const conditionCountMax = 80;
const depthMax = 5;

/** Places as the API has them; none without a checkpoint. */
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
