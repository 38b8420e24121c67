/** Buckets of both kinds hold every value, each in the bucket that its bounds say. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { Counted } from "../../src/telemetry/counted.ts";

const bounds = [0.001, 0.01, 0.1];

test("a value on a bound is counted below it, one just above in the next bucket", () => {
  const counted = new Counted(bounds);
  for (const value of [0, 0.001, 0.001_000_1, 0.1, 0.100_000_1, 5]) counted.add(value);
  expect(counted.read().counts).toEqual([2, 1, 1, 2]);
});

test("a value of 0 has a bucket of its own among the fine ones", () => {
  const counted = new Counted(bounds);
  counted.add(0);
  counted.add(-1);
  expect(counted.read()).toMatchObject({ sum: 0, fine: { zeros: 2, counts: [] } });
});

test("fine buckets begin with the first that holds a value and end with the last", () => {
  const counted = new Counted(bounds);
  counted.add(1);
  counted.add(2);
  // 1 is the upper edge of bucket 0, 2 of bucket 8.
  expect(counted.read().fine).toEqual({ zeros: 0, first: 0, counts: [1, 0, 0, 0, 0, 0, 0, 0, 1] });
});

test("every measured time is counted once in each kind, in a fine bucket within 9 %", () => {
  const micros = fc.integer({ min: 1, max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(micros, (us) => {
      const counted = new Counted(bounds);
      counted.add(us / 1e6);
      const { counts, fine } = counted.read();
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
      expect(fine?.counts).toEqual([1]);
      const upper = 2 ** ((fine?.first ?? 0) / 8);
      expect(us / 1e6).toBeLessThanOrEqual(upper * (1 + 1e-9));
      expect(us / 1e6).toBeGreaterThan((upper / 2 ** (1 / 8)) * (1 - 1e-9));
    }),
  );
});
