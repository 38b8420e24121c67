/** Quantiles by selection are those of sorting. */
import { expect, test } from "bun:test";
import { selectQuantile, selectQuantiles } from "../../src/analysis/select.ts";
import { dice } from "../verdict/made-rows.ts";

const shares = [0.25, 0.5, 0.75, 0.99];

/** Nearest rank of sorted values. */
function sortedQuantiles(values: Float64Array): number[] {
  const sorted = values.slice().sort();
  return shares.map((share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
}

test("quantiles that are selected one behind the other are those of the sorted values", () => {
  const roll = dice(7);
  for (let count = 1; count < 400; count += 7) {
    // Many are equal, as times in whole microseconds are.
    const values = Float64Array.from({ length: count }, () => Math.floor(roll() * 40));
    expect(selectQuantiles(values.slice(), count, shares)).toEqual(sortedQuantiles(values));
    expect(shares.map((share) => selectQuantile(values.slice(), count, share))).toEqual(
      sortedQuantiles(values),
    );
  }
});

test("of no values there is no quantile", () => {
  expect(selectQuantiles(new Float64Array(4), 0, shares)).toEqual(shares.map(() => Number.NaN));
});
