/**
 * The value axis: from zero to the first round number above what is drawn, in round steps. A few
 * windows whose p99 is far above the rest would flatten the stack: then they lie off the scale, and
 * the chart marks each of them and labels the highest value. Pure.
 */
import type { Line, Plan } from "./plan.ts";

export type Scale = {
  readonly max: number;
  readonly tickAmount: number;
  /** Highest value above `max`; absent when all is below. */
  readonly off?: { readonly max: number; readonly times: readonly number[] };
};

const roundSteps = [1, 2, 2.5, 5, 10];
/** A tail at most this many times the rest is drawn whole. */
const tailFactor = 1.6;
/** However high it is, the rest keeps a third of the height. */
const tailFactorMax = 3;
/** One in twenty may lie off the scale: of fewer points than that, none. */
const tailShare = 0.95;
const tailCountMin = 20;

/** At least one whole unit: nothing drawn is of interest below. */
export function scaleOf({ lines }: Plan, tickCountMax: number): Scale {
  const tails = lines.filter(({ isTail }) => isTail === true);
  const base = topOf(lines.filter(({ isTail }) => isTail !== true));
  const top = Math.max(base, topOf(tails));
  const isWhole = top <= base * tailFactor;
  const shown = isWhole ? top : Math.max(base * tailFactor, usualTop(tails, base));
  const round = roundScale(Math.min(top, shown), tickCountMax);
  if (top <= round.max) return round;
  return { ...round, off: { max: top, times: timesAbove(tails, round.max) } };
}

function topOf(lines: readonly Line[]): number {
  let top = 1;
  for (const { drawn } of lines) for (const value of drawn) top = Math.max(top, value ?? 0);
  return top;
}

/**
 * A value that nearly all points of each tail stay below, with some margin, limited so that the
 * rest keeps its height, unless that would hide half of the tail.
 */
function usualTop(tails: readonly Line[], base: number): number {
  let top = 0;
  for (const { drawn } of tails) {
    const known = Float64Array.from(drawn.filter((value) => value !== null)).sort();
    if (known.length < tailCountMin) return Number.POSITIVE_INFINITY;
    const at = (share: number) => known[Math.ceil(share * known.length) - 1] ?? 0;
    const topMax = Math.max(base * tailFactorMax, at(0.5) * 1.3);
    top = Math.max(top, Math.min(at(tailShare) * 1.1, topMax));
  }
  return top;
}

function timesAbove(tails: readonly Line[], max: number): number[] {
  const times = new Set<number>();
  for (const { times: own, drawn } of tails) {
    for (const [index, value] of drawn.entries()) {
      if ((value ?? 0) > max) times.add(own[index] ?? 0);
    }
  }
  return [...times].sort((one, other) => one - other);
}

function roundScale(top: number, tickCountMax: number): Scale {
  const roughStep = top / tickCountMax;
  const power = 10 ** Math.floor(Math.log10(roughStep));
  const factor = roundSteps.find((round) => round * power >= roughStep * (1 - 1e-9)) ?? 10;
  const step = Math.max(1, Math.ceil(factor * power));
  const tickAmount = Math.ceil(top / step - 1e-9);
  return { max: tickAmount * step, tickAmount };
}
