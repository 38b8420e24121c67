/** The collector's runs, by runs that the test asks for. */
import { expect, test } from "bun:test";
import { CollectorWatch } from "../../src/machine/collector.ts";

test("runs of the collector are counted with what they took, and none while it is stopped", () => {
  const watch = new CollectorWatch();
  Bun.gc(true);
  expect(watch.total()).toEqual({ runCount: 0, us: 0 });
  watch.start();
  Bun.gc(true);
  const once = watch.total();
  expect(once.runCount).toBeGreaterThanOrEqual(1);
  expect(once.us).toBeGreaterThan(0);
  Bun.gc(true);
  expect(watch.total().runCount).toBeGreaterThan(once.runCount);
  watch.stop();
  const { runCount } = watch.total();
  Bun.gc(true);
  expect(watch.total().runCount).toBe(runCount);
});
