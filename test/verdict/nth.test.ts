/** Ranks found without sorting are those that sorting finds. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { median, nth } from "../../src/verdict/nth.ts";

test("the value at every rank is the one that sorting puts there", () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), fc.nat(), (list, seed) => {
      const rank = seed % list.length;
      const sorted = Float64Array.from(list).sort();
      // Sorting tells -0 from 0, comparing does not.
      expect(nth(Float64Array.from(list), rank) + 0).toBe((sorted[rank] ?? 0) + 0);
    }),
  );
});

test("of an even count the median is the lower of the two in the middle", () => {
  expect(median(Float64Array.of(4, 1, 3, 2))).toBe(2);
});

test("no value at all has the median 0", () => {
  expect(median(new Float64Array())).toBe(0);
});
