/**
 * The points of a line, interrupted where nothing was measured for longer than the distance of
 * windows. A line across a pause would show values that never existed. Pure.
 */
import type { ValueColumn } from "./columns.ts";

export type LinePoint = readonly [timeMs: number, value: number | null];

/**
 * Steps between windows; a larger distance is a pause, unless it is no longer than a window or two.
 */
const stepCountMax = 2.5;
const pauseMsMin = 5000;

/** @param stepMs as returned by `usualStep`. */
export function brokenLine(
  times: readonly number[],
  values: ValueColumn,
  stepMs: number,
): LinePoint[] {
  // With two points only there is no usual step.
  const pauseMs = times.length > 2 ? Math.max(stepMs * stepCountMax, pauseMsMin) : pauseMsMin;
  const isPause = (index: number) => (times[index] ?? 0) - (times[index - 1] ?? 0) > pauseMs;
  const valueAt = (index: number) => values[index] ?? null;
  const points: LinePoint[] = [];
  for (const [index, timeMs] of times.entries()) {
    const hasBefore = index > 0 && !isPause(index) && valueAt(index - 1) !== null;
    const hasAfter = !isPause(index + 1) && valueAt(index + 1) !== null;
    if (index > 0 && isPause(index)) points.push([(times[index - 1] ?? 0) + 1, null]);
    // An isolated point has no line to either side: it is drawn as wide as the time it covers.
    const isAlone = !(hasBefore || hasAfter) && times.length > 1 && valueAt(index) !== null;
    if (isAlone) points.push([timeMs - Math.min(stepMs, pauseMs), valueAt(index)]);
    points.push([timeMs, valueAt(index)]);
  }
  return points;
}

/** The median step between points; 0 with fewer than two. */
export function usualStep(times: readonly number[]): number {
  const steps = new Float64Array(Math.max(0, times.length - 1));
  for (let index = 0; index < steps.length; index += 1) {
    steps[index] = (times[index + 1] ?? 0) - (times[index] ?? 0);
  }
  steps.sort();
  return steps[Math.floor((steps.length - 1) / 2)] ?? 0;
}
