/** Rounding of a verdict's figures: anything finer is below what can be measured. */

/** Milliseconds with two decimals, from microseconds. */
export const millis = (us: number): number => Math.round(us / 10) / 100;
/** A share with four decimals. */
export const roundShare = (value: number): number => Math.round(value * 1e4) / 1e4;
