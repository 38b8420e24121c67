import { expect, test } from "bun:test";
import { ClockFit } from "../../public/clock-offset.ts";

test("the shortest round trip says how far the clocks are apart, until it is long ago", () => {
  const clock = new ClockFit();
  expect([clock.offsetUs, clock.errorMs(0)]).toEqual([undefined, Number.POSITIVE_INFINITY]);
  clock.take({ tripMs: 40, offsetUs: 20_000, atMs: 0 });
  expect([clock.offsetUs, clock.errorMs(0)]).toEqual([20_000, 20]);
  clock.take({ tripMs: 1, offsetUs: 100, atMs: 1000 });
  clock.take({ tripMs: 40, offsetUs: -20_000, atMs: 2000 });
  expect(clock.offsetUs).toBe(100);
  // Half a millisecond, and 50 of a million since.
  expect(clock.errorMs(31_000)).toBe(0.5 + 1.5);
  clock.take({ tripMs: 4, offsetUs: 300, atMs: 31_000 });
  expect(clock.offsetUs).toBe(300);
});
