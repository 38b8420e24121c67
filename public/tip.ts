/** The tooltip of a chart at one moment: all its values then. Text only, whatever its origin. */
import { formatDuration, numberFormat } from "./format.ts";
import { type Line, type Plan, readingOrder, type Words } from "./plan.ts";

/** The point of the chart's lines nearest to a moment; `undefined` without any. */
export function nearestTime({ lines }: Plan, timeMs: number): number | undefined {
  let best: number | undefined;
  for (const { times } of new Map(lines.map((line) => [line.times, line])).values()) {
    const time = times[nearest(times, timeMs)];
    if (time === undefined) continue;
    if (best === undefined || Math.abs(time - timeMs) < Math.abs(best - timeMs)) best = time;
  }
  return best;
}

/** The time of the next point in that direction, the same when there is none. */
export function nextTime({ lines }: Plan, timeMs: number, step: -1 | 1): number {
  const others = lines.flatMap(({ times }) => {
    const time = times[nearest(times, timeMs) + step];
    return time === undefined || (time - timeMs) * step <= 0 ? [] : [time];
  });
  if (others.length === 0) return timeMs;
  return step > 0 ? Math.min(...others) : Math.max(...others);
}

/** The values of a moment in words, for screen readers too. */
export function tipOf(
  { lines }: Plan,
  timeMs: number,
  words: Words & { unit: string },
): HTMLElement[] {
  const head = document.createElement("strong");
  head.textContent = `${formatDuration(timeMs)} · ${words.unit}`;
  return [head, ...readingOrder(lines).map((line) => tipRow(line, timeMs, words))];
}

function tipRow(line: Line, timeMs: number, words: Words): HTMLElement {
  const row = document.createElement("span");
  const mark = document.createElement("i");
  mark.className = `swatch c-${line.color}`;
  const name = document.createElement("span");
  name.textContent = line.name;
  const value = document.createElement("b");
  value.textContent = valueText(line, nearest(line.times, timeMs), words);
  row.append(mark, name, value);
  return row;
}

function valueText({ drawn, shown, lowerBounds }: Line, index: number, words: Words): string {
  const value = (shown ?? drawn)[index];
  if (value === null || value === undefined) return words.notMeasured ?? "";
  const text = numberFormat(digitsOf(value)).format(value);
  return lowerBounds?.has(index) ? `≥ ${text}` : text;
}

function digitsOf(value: number): number {
  if (value >= 20 || Number.isInteger(value)) return 0;
  return value >= 1 ? 1 : 2;
}

function nearest(times: readonly number[], timeMs: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  const before = times[low - 1];
  return before !== undefined && timeMs - before < (times[low] ?? 0) - timeMs ? low - 1 : low;
}
