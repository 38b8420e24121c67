/** How figures of a verdict are rounded: finer is below what anybody can measure. */

/** Milliseconds with two decimals, from microseconds. */
export const millis = (us: number): number => Math.round(us / 10) / 100;
/** A share with four decimals. */
export const roundShare = (value: number): number => Math.round(value * 1e4) / 1e4;
