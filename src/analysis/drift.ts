/**
 * The probability that two equal runs would lie as far apart if the measured value drifts: blocks
 * that resemble their neighbours are not independent. The rank sum test ignores that; this one
 * widens the spread of the blocks by how much neighbours resemble each other.
 */

/** Two numbers per side say nothing about their neighbours. */
const blockCountMin = 3;
/** A higher correlation of neighbours would leave no independent sample at all. */
const resemblanceMax = 0.9;

/** Standard errors added to the observed value: slow drift hides behind quick noise. */
const doubt = 0.7;

/** Blocks of each side in the order of time. @returns the probability, two-sided; 1 at most */
export function driftChance(a: readonly number[], b: readonly number[]): number {
  const count = a.length + b.length;
  if (a.length < blockCountMin || b.length < blockCountMin) return 1;
  const [ofA, ofB] = [spreadOf(a), spreadOf(b)];
  const distance = Math.abs(ofB.mean - ofA.mean);
  if (distance === 0) return 1;
  const squares = ofA.squares + ofB.squares;
  if (squares === 0) return 0;
  const resemblance = resemblanceOf(ofA, ofB, count);
  const widening = (1 + resemblance) / (1 - resemblance);
  const freedom = Math.max(1, (count - 2) / widening);
  const variance = (squares / (count - 2)) * widening * (1 / a.length + 1 / b.length);
  return studentTails(distance / Math.sqrt(variance), freedom);
}

type Spread = { readonly mean: number; readonly squares: number; readonly products: number };

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let squares = 0;
  let products = 0;
  for (const [index, value] of values.entries()) {
    squares += (value - mean) ** 2;
    if (index > 0) products += (value - mean) * ((values[index - 1] ?? mean) - mean);
  }
  return { mean, squares, products };
}

/**
 * Correlation of neighbours, 0 if there is none. With few blocks the estimate is too small:
 * corrected.
 */
function resemblanceOf(a: Spread, b: Spread, count: number): number {
  const seen = (a.products + b.products) / (a.squares + b.squares);
  const corrected = seen + (2 * (1 + 4 * seen)) / count + doubt / Math.sqrt(count);
  return Math.max(0, Math.min(resemblanceMax, corrected));
}

/**
 * Both tails of Student's distribution, by Wallace's approximation to the normal one: good to two
 * digits.
 */
function studentTails(t: number, freedom: number): number {
  const scale = (8 * freedom + 1) / (8 * freedom + 3);
  return normalTails(scale * Math.sqrt(freedom * Math.log1p((t * t) / freedom)));
}

/** Both tails beyond z; Abramowitz and Stegun 26.2.17 in the middle, the leading term far out. */
function normalTails(z: number): number {
  if (z > 6) return (2 * Math.exp((-z * z) / 2)) / (z * Math.sqrt(2 * Math.PI));
  const t = 1 / (1 + 0.231_641_9 * z);
  const sum =
    t *
    (0.319_381_53 +
      t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return Math.min(1, (2 * sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI));
}
