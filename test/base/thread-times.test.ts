import { expect, test } from "bun:test";
import { ThreadTimes } from "../../src/base/thread-times.ts";

test("the time that a thread is busy grows as it works, and contains what it waited", () => {
  const times = new ThreadTimes();
  const before = times.busyUs() ?? 0;
  const endMs = performance.now() + 20;
  while (performance.now() < endMs);
  // The kernel counts once a tick.
  expect(times.busyUs()).toBeGreaterThan(before);
  expect(times.waitedUs()).toBeLessThan(times.busyUs() ?? 0);
  times.close();
});

test("times that are closed are not known", () => {
  const times = new ThreadTimes();
  times.close();
  expect(times.busyUs()).toBeUndefined();
  expect(times.waitedUs()).toBeUndefined();
});
