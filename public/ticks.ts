/** Where the time axis has its labels: at round times. Pure. */
import type { Range } from "./range.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

const roundSteps = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((seconds) => seconds * second),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
  ...[1, 2, 3, 6, 12, 24, 48].map((hours) => hours * hour),
];

export type TimeTicks = { readonly stepMs: number; readonly times: readonly number[] };

/** @param countMax labels that fit side by side, 1 or more. */
export function timeTicks({ fromMs, toMs }: Range, countMax: number): TimeTicks {
  const lengthMs = toMs - fromMs;
  const stepMs =
    roundSteps.find((step) => lengthMs / step <= countMax) ??
    Math.ceil(lengthMs / countMax / (48 * hour)) * 48 * hour;
  const times: number[] = [];
  const first = Math.ceil(fromMs / stepMs);
  for (let count = first; count * stepMs <= toMs; count += 1) times.push(count * stepMs);
  return { stepMs, times };
}
