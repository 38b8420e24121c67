/** The durations of frames in two runs, as shares of common bins. */
import { binCountMax, type RunDistribution } from "../model/run-comparison.ts";
import { selectQuantile } from "./select.ts";

/** Range of the chart: values beyond are in the last bin. */
const lowShare = 0.001;
const highShare = 0.95;
/** A narrower chart would show rounding. */
const widthUsMin = 1000;

/** `undefined` if one of them has no frames. Changes neither. */
export function distributionOf(
  metric: string,
  a: Float64Array,
  b: Float64Array,
): RunDistribution | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  const [ofA, ofB] = [endsOf(a), endsOf(b)];
  const low = Math.min(ofA.low, ofB.low);
  const width = Math.max(widthUsMin, Math.max(ofA.high, ofB.high) - low);
  // Whole steps of 50 µs, for readable bounds.
  const step_us = Math.ceil(width / binCountMax / 50) * 50;
  const from_us = Math.max(0, Math.floor(low / step_us) * step_us);
  const bins = { from_us, step_us, count: Math.ceil((low + width - from_us) / step_us) };
  return { metric, from_us, step_us, a: sharesOf(a, bins), b: sharesOf(b, bins) };
}

function endsOf(values: Float64Array): { readonly low: number; readonly high: number } {
  const copy = values.slice();
  const high = selectQuantile(copy, copy.length, highShare);
  return { low: selectQuantile(copy, copy.length, lowShare), high };
}

function sharesOf(
  values: Float64Array,
  bins: { readonly from_us: number; readonly step_us: number; readonly count: number },
): number[] {
  const count = Math.min(binCountMax, bins.count);
  const counts = new Float64Array(count + 1);
  const { from_us, step_us } = bins;
  for (let index = 0; index < values.length; index++) {
    const bin = Math.floor(((values[index] ?? 0) - from_us) / step_us);
    const place = Math.max(0, Math.min(count, bin));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return Array.from(counts, (one) => Math.round((one / values.length) * 1e6) / 1e6);
}
