/** A thread that sleeps in the kernel: what wakes it, and that no wake is lost. */
import { expect, test } from "bun:test";
import { makeSignal, raiseSignal } from "../../src/base/descriptors.ts";
import { Wake } from "../../src/base/wake.ts";

/** A sleep that is not ended takes so long, and fails. */
const longMs = 5000;

function sleepMs(wake: Wake, descriptor: number): number {
  const startMs = performance.now();
  wake.sleep(descriptor, longMs);
  return performance.now() - startMs;
}

test("a wake between the announcement and the sleep is not lost", () => {
  const wake = new Wake();
  const other = new Wake(wake.link);
  const silent = makeSignal();
  wake.announce();
  other.wake();
  expect(sleepMs(wake, silent)).toBeLessThan(longMs);
  wake.close();
});

test("a wake of a thread that does not sleep does not end its next sleep", () => {
  const wake = new Wake();
  const silent = makeSignal();
  new Wake(wake.link).wake();
  wake.announce();
  const startMs = performance.now();
  wake.sleep(silent, 20);
  expect(performance.now() - startMs).toBeGreaterThan(18);
  wake.close();
});

test("a descriptor that can be read ends the sleep", () => {
  const wake = new Wake();
  const ready = makeSignal();
  raiseSignal(ready);
  wake.announce();
  expect(sleepMs(wake, ready)).toBeLessThan(longMs);
  wake.close();
});
