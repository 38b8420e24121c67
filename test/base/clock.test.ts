import { expect, test } from "bun:test";
import type { Micros } from "../../src/base/clock.ts";
import { systemClock } from "../../src/base/clock.ts";
import { sleepUntil } from "../../src/base/timer.ts";

test("the clock counts whole microseconds and never goes back", () => {
  const clock = systemClock();
  let last = clock.nowUs();
  for (let read = 0; read < 10_000; read++) {
    const now = clock.nowUs();
    expect(Number.isInteger(now)).toBe(true);
    expect(now).toBeGreaterThanOrEqual(last);
    last = now;
  }
});

test("two threads read the same clock", async () => {
  const worker = new Worker(new URL("../support/clock-worker.ts", import.meta.url).href);
  const clock = systemClock();
  const before = clock.nowUs();
  const there = await new Promise<number>((resolve) => {
    worker.onmessage = (event: MessageEvent<number>) => resolve(event.data);
    worker.postMessage("read");
  });
  worker.terminate();
  expect(there).toBeGreaterThanOrEqual(before);
  expect(there).toBeLessThanOrEqual(clock.nowUs());
});

test("sleepUntil returns once the time has come", async () => {
  const clock = systemClock();
  const due = (clock.nowUs() + 3_000) as Micros;
  await sleepUntil(clock, due);
  expect(clock.nowUs()).toBeGreaterThanOrEqual(due);
});
