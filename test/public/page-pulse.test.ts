/** A page that is short of time, and one that nobody sees. */
import { expect, test } from "bun:test";
import { PagePulse } from "../../public/page-pulse.ts";

/** Ticks and paints of a page that runs well, up to a moment. */
function runWell(pulse: PagePulse, fromMs: number, toMs: number): void {
  for (let ms = fromMs; ms <= toMs; ms += 10) {
    if (ms % 50 === 0) pulse.tick(ms + 2, false);
    pulse.paint(ms);
  }
}

test("a page that runs well is neither late nor unpainted", () => {
  const pulse = new PagePulse();
  runWell(pulse, 0, 2000);
  expect(pulse.take(2005)).toEqual({ late_ms: 0, unpainted_ms: 0 });
});

test("a task that takes 400 ms makes timers late by as much as they waited", () => {
  const pulse = new PagePulse();
  runWell(pulse, 0, 1000);
  pulse.tick(1400, false);
  pulse.paint(1401);
  runWell(pulse, 1450, 2000);
  expect(pulse.take(2000).late_ms).toBe(348);
});

test("a page that is covered paints once a second, and its timers are in time", () => {
  const pulse = new PagePulse();
  runWell(pulse, 0, 1000);
  for (let ms = 1050; ms <= 3000; ms += 50) {
    pulse.tick(ms + 2, false);
    if (ms % 1000 === 0) pulse.paint(ms);
  }
  expect(pulse.take(3000)).toEqual({ late_ms: 0, unpainted_ms: 2000 });
});

test("a hidden page is unpainted while it is hidden already, and its slow timers are not late", () => {
  const pulse = new PagePulse();
  runWell(pulse, 0, 1000);
  for (let ms = 2000; ms <= 4000; ms += 1000) pulse.tick(ms, true);
  expect(pulse.take(4000)).toEqual({ late_ms: 0, unpainted_ms: 3000 });
  pulse.tick(4100, false);
  pulse.tick(4150, false);
  expect(pulse.take(4150).late_ms).toBe(0);
});
