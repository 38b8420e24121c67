import { expect, test } from "bun:test";
import fc from "fast-check";
import { ClockOffset } from "../../../src/native/player/clock-offset.ts";

/** A ping at `sentUs`, with the host's clock ahead by `aheadUs` and each way as long as given. */
function ping(
  clock: ClockOffset,
  facts: { sentUs: number; aheadUs: number; there: number; back: number },
) {
  const { sentUs, aheadUs, there, back } = facts;
  const receivedUs = sentUs + there + aheadUs;
  const answeredUs = receivedUs + 50;
  return clock.add({ sentUs, receivedUs, answeredUs }, sentUs + there + 50 + back);
}

test("with equal ways there and back the offset is exact, however far the clocks are apart", () => {
  const clock = new ClockOffset();
  expect(clock.offsetUs).toBeUndefined();
  expect(ping(clock, { sentUs: 1e12, aheadUs: -9e11, there: 300, back: 300 })).toBe(600);
  expect(clock.offsetUs).toBe(-9e11);
});

test("the shortest round trip decides, until it is too old", () => {
  const clock = new ClockOffset();
  ping(clock, { sentUs: 1000, aheadUs: 5000, there: 100, back: 100 });
  const slow = { aheadUs: 5000, there: 9000, back: 100 };
  for (let count = 0; count < 19; count++) ping(clock, { sentUs: 2000, ...slow });
  expect(clock.offsetUs).toBe(5000);
  ping(clock, { sentUs: 3000, ...slow });
  expect(clock.offsetUs).toBe(5000 + (9000 - 100) / 2);
});

test("the offset is off by at most half the best round trip", () => {
  const way = fc.integer({ min: 0, max: 100_000 });
  const pings = fc.array(fc.record({ there: way, back: way }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(pings, (ways) => {
      const clock = new ClockOffset();
      for (const each of ways) ping(clock, { sentUs: 1e6, aheadUs: 77_777, ...each });
      const best = Math.min(...ways.map(({ there, back }) => there + back));
      expect(Math.abs((clock.offsetUs ?? 0) - 77_777)).toBeLessThanOrEqual(best / 2);
    }),
  );
});

test("a pong from before its ping is left out", () => {
  const clock = new ClockOffset();
  expect(clock.add({ sentUs: 100, receivedUs: 0, answeredUs: 0 }, 99)).toBeUndefined();
  expect(clock.add({ sentUs: 100, receivedUs: 0, answeredUs: 500 }, 101)).toBeUndefined();
  expect(clock.offsetUs).toBeUndefined();
});
