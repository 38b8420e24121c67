/** What the Counters page makes of two readings. */
import { expect, test } from "bun:test";
import { mbpsBetween } from "../../public/byte-rate.ts";

test("a rate is what came between two readings over the time that passed on the host", () => {
  // 8.6 Mbit/s, read 5.7 s apart because the page was busy for long.
  const before = { bytes: 1_000_000, atUs: 4_000_000 };
  const now = { bytes: 1_000_000 + (8.6e6 / 8) * 5.7, atUs: 9_700_000 };
  expect(mbpsBetween(before, now)).toBeCloseTo(8.6, 9);
});

test("one reading twice, or that of a host that was restarted, has no rate", () => {
  const reading = { bytes: 5000, atUs: 4_000_000 };
  expect(mbpsBetween(reading, reading)).toBeUndefined();
  expect(mbpsBetween(reading, { bytes: 10, atUs: 1000 })).toBeUndefined();
});

test("a total that began again has a rate of nothing", () => {
  expect(mbpsBetween({ bytes: 5000, atUs: 0 }, { bytes: 10, atUs: 1e6 })).toBe(0);
});
