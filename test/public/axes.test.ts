/** What a chart draws of its lines, and how its axes are divided. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { brokenLine, usualStep } from "../../public/pauses.ts";
import type { Line } from "../../public/plan.ts";
import { scaleOf } from "../../public/scale.ts";
import { timeTicks } from "../../public/ticks.ts";

const lineOf = (drawn: readonly (number | null)[], isTail = false): Line => ({
  name: "",
  color: "",
  kind: "line",
  times: drawn.map((_, index) => index * 2000),
  drawn,
  isTail,
});
const scaled = (...lines: Line[]) => scaleOf({ lines, missing: [] }, 6);
const stack = lineOf(new Array(100).fill(8000));
const spiked = (count: number, height: number, at = 50) =>
  lineOf(
    Array.from({ length: count }, (_, index) => (index === at ? height : 11_000)),
    true,
  );

test("a spike of the p99 far above the stack lies off the scale, and is labelled with its height and time", () => {
  const { max, off } = scaled(stack, spiked(100, 96_000));
  expect(max).toBeLessThan(20_000);
  expect(off).toEqual({ max: 96_000, times: [100_000] });
});

test("a p99 that is not far above, or always as far, is drawn whole", () => {
  expect(scaled(stack, spiked(100, 12_500)).off).toBeUndefined();
  const high = lineOf(new Array(100).fill(40_000), true);
  expect(scaled(stack, high)).toEqual({ max: 40_000, tickAmount: 4 });
});

test("a p99 that is often far above leaves the stack a third of the height", () => {
  const often = lineOf(
    Array.from({ length: 100 }, (_, index) => (index % 4 === 0 ? 90_000 : 11_000)),
    true,
  );
  const { max, off } = scaled(stack, often);
  expect(max).toBeLessThanOrEqual(25_000);
  expect(off?.times).toHaveLength(25);
});

test("of fewer than twenty points none lies off the scale", () => {
  expect(scaled(stack, spiked(19, 96_000, 7))).toEqual({ max: 100_000, tickAmount: 5 });
  expect(scaled(stack, spiked(20, 96_000, 7)).off?.times).toEqual([14_000]);
});

test("whatever the spikes, each of them is below the top or labelled as above", () => {
  const value = fc.option(fc.double({ min: 0, max: 1e7, noNaN: true }), { nil: null });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 60 }), fc.array(value, { maxLength: 60 }), (a, b) => {
      const tail = lineOf(b, true);
      const { max, off } = scaled(lineOf(a), tail);
      for (const one of a) expect(one ?? 0).toBeLessThanOrEqual(max * (1 + 1e-6));
      const above = tail.times.filter((_, index) => (b[index] ?? 0) > max * (1 + 1e-6));
      for (const time of above) expect(off?.times).toContain(time);
    }),
  );
});

test("two windows far apart are not joined by a line", () => {
  const times = [2000, 4000, 6000, 60_000, 62_000, 64_000];
  const points = brokenLine(times, [1, 2, 3, 4, 5, 6], usualStep(times));
  expect(points).toEqual([
    [2000, 1],
    [4000, 2],
    [6000, 3],
    [6001, null],
    [60_000, 4],
    [62_000, 5],
    [64_000, 6],
  ]);
  expect(brokenLine([2000, 4000], [1, 2], 2000)).toHaveLength(2);
  const twoApart = brokenLine([2000, 30_000], [1, 2], usualStep([2000, 30_000]));
  expect(twoApart.some(([, value]) => value === null)).toBe(true);
});

test("a window that came a little late is still joined", () => {
  const times = [1000, 2000, 3000, 8000, 9000];
  expect(brokenLine(times, [1, 2, 3, 4, 5], usualStep(times))).toHaveLength(5);
  const later = [1000, 2000, 3000, 8001, 9000];
  expect(brokenLine(later, [1, 2, 3, 4, 5], usualStep(later))).toHaveLength(6);
});

test("a window by itself is drawn as long as a window, not left out", () => {
  const times = [2000, 4000, 60_000, 120_000, 122_000];
  const points = brokenLine(times, [1, 2, 3, 4, 5], usualStep(times));
  expect(points.filter(([, value]) => value === 3)).toEqual([
    [58_000, 3],
    [60_000, 3],
  ]);
  const alone = brokenLine([2000, 4000, 6000], [null, 7, null], 2000);
  expect(alone.filter(([, value]) => value === 7)).toHaveLength(2);
});

test("every value is drawn at its own time, whatever the pauses", () => {
  const steps = fc.array(fc.integer({ min: 1, max: 100_000 }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (lengths) => {
      let at = 0;
      const times = lengths.map((length) => (at += length));
      const points = brokenLine(times, times, usualStep(times));
      for (const time of times) expect(points).toContainEqual([time, time]);
      for (const [index, [time]] of points.entries()) {
        const before = points[index - 1];
        if (before !== undefined && before[1] !== null)
          expect(time).toBeGreaterThanOrEqual(before[0]);
      }
    }),
  );
});

test("the time axis is divided at times that a person would name", () => {
  const ticksOf = (fromMs: number, toMs: number) => timeTicks({ fromMs, toMs }, 8);
  expect(ticksOf(0, 10_800_500).stepMs).toBe(1_800_000);
  expect(ticksOf(2_700_125, 8_100_375).times[0]).toBe(3_600_000);
  expect(ticksOf(0, 60_000).times).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
  expect(ticksOf(1234, 5234).stepMs).toBe(500);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 8e8 }),
      fc.integer({ min: 1000, max: 8e8 }),
      (from, length) => {
        const { stepMs, times } = ticksOf(from, from + length);
        expect(times.length).toBeLessThanOrEqual(9);
        for (const time of times) {
          expect(time % stepMs).toBe(0);
          expect(time).toBeGreaterThanOrEqual(from);
          expect(time).toBeLessThanOrEqual(from + length);
        }
      },
    ),
  );
});
