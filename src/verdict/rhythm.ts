/** A period of the starts of episodes, found within three periods. */
import {
  rhythmCountMin,
  rhythmFilledMin,
  rhythmOnGridMin,
  rhythmPeriodUsMin,
  rhythmSpreadEach,
  rhythmSpreadMax,
} from "./bounds.ts";

export type Rhythm = {
  readonly periodUs: number;
  /** Standard deviation of the starts around the grid. */
  readonly spreadUs: number;
  /** A start that the grid goes through. */
  readonly phaseUs: number;
  /** Indexes of the starts on the grid. */
  readonly members: readonly number[];
};

/** With more starts than this the latest are used: a rhythm shows in fewer. */
const startCountMax = 200;

/** @param starts in the order of time, on any one clock. `undefined` when they have no period. */
export function findRhythm(starts: readonly number[]): Rhythm | undefined {
  const skipped = Math.max(0, starts.length - startCountMax);
  const times = starts.slice(skipped);
  if (times.length < rhythmCountMin) return undefined;
  let best: Rhythm | undefined;
  for (const periodUs of candidates(times)) {
    const found = fit(times, periodUs);
    if (found !== undefined && isBetter(found, best)) best = found;
  }
  if (best === undefined) return undefined;
  return { ...best, members: best.members.map((index) => index + skipped) };
}

/** Differences between starts up to four apart, so that one in between does not hide the period. */
function candidates(times: readonly number[]): number[] {
  const periods: number[] = [];
  for (let index = 0; index < times.length; index++) {
    for (let apart = 1; apart <= 4 && index + apart < times.length; apart++) {
      const period = (times[index + apart] ?? 0) - (times[index] ?? 0);
      if (period >= rhythmPeriodUsMin) periods.push(period);
    }
  }
  return periods;
}

/** More members are better; with the same number the tighter grid, as a share of its period. */
function isBetter(found: Rhythm, best: Rhythm | undefined): boolean {
  if (best === undefined) return true;
  if (found.members.length !== best.members.length)
    return found.members.length > best.members.length;
  return found.spreadUs / found.periodUs < best.spreadUs / best.periodUs;
}

/**
 * The best grid near a period: anchored at each of the first starts, then fitted to its members.
 */
function fit(times: readonly number[], periodUs: number): Rhythm | undefined {
  let best: Rhythm | undefined;
  for (const anchor of times.slice(0, 3)) {
    const found = fitFrom(times, periodUs, anchor);
    if (found !== undefined && isBetter(found, best)) best = found;
  }
  return best;
}

function fitFrom(times: readonly number[], periodUs: number, anchor: number): Rhythm | undefined {
  const members: number[] = [];
  const ticks: number[] = [];
  let period = periodUs;
  let last = Number.NaN;
  for (let index = 0; index < times.length; index++) {
    const sinceUs = (times[index] ?? 0) - anchor;
    const tick = Math.round(sinceUs / period);
    if (Math.abs(sinceUs - tick * period) > 2 * rhythmSpreadMax * period) continue;
    if (last === tick) continue;
    members.push(index);
    ticks.push(tick);
    last = tick;
    // Adjusts the period as it becomes better known, so that it does not drift over many ticks.
    if (tick > 0) period = sinceUs / tick;
  }
  return judgeFit(times, members, ticks);
}

function judgeFit(
  times: readonly number[],
  members: readonly number[],
  ticks: readonly number[],
): Rhythm | undefined {
  if (members.length < rhythmCountMin) return undefined;
  // The number of members decides first: the fit is most of the work.
  if (members.length < rhythmOnGridMin * times.length) return undefined;
  const line = leastSquares(
    ticks,
    members.map((index) => times[index] ?? 0),
  );
  const span = (ticks.at(-1) ?? 0) - (ticks[0] ?? 0) + 1;
  const isFilled = members.length >= rhythmFilledMin * span;
  const isTight = line.spread <= spreadShareMax(members.length) * line.slope;
  if (!(isFilled && isTight)) return undefined;
  return { periodUs: line.slope, spreadUs: line.spread, phaseUs: line.start, members };
}

/** Among a few random starts some pair always makes a grid, and the others often lie near it. */
function spreadShareMax(count: number): number {
  return Math.min(rhythmSpreadMax, rhythmSpreadEach * (count - 2));
}

function leastSquares(x: readonly number[], y: readonly number[]) {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  let across = 0;
  let squares = 0;
  for (const [index, value] of x.entries()) {
    across += (value - meanX) * ((y[index] ?? 0) - meanY);
    squares += (value - meanX) ** 2;
  }
  const slope = across / squares;
  const start = meanY - slope * meanX;
  const residuals = x.map((value, index) => ((y[index] ?? 0) - start - slope * value) ** 2);
  return { slope, start: start + slope * (x[0] ?? 0), spread: Math.sqrt(mean(residuals)) };
}
