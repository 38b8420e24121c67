/** What a data directory holds and what its disk has left, at most every half minute, whatever the disk does. */
import { expect, test } from "bun:test";
import { mkdirSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StorageWatch } from "../../src/telemetry/storage.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const history = {
  ...{ isOn: true, isStopped: false, droppedCount: 4, overwrittenCount: 5 },
  held: () => ({ bytes: 77, segmentCount: 2 }),
};

function watch(directory: string) {
  const clock = new ManualClock();
  const storage = new StorageWatch({ directory, clock, history });
  const values = async () =>
    Object.fromEntries(
      (await storage.metrics()).map(({ name, samples }) => [name, samples[0]?.value]),
    );
  return { clock, values };
}

/** A look that was begun in the background has come to its end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("captures are counted, and measured with their rows, timelines and notes", async () => {
  await using directory = await tempDirectory();
  for (const folder of ["captures", "frames", "timelines", "notes", "captures/damaged"]) {
    mkdirSync(join(directory.path, folder));
  }
  for (const [name, size] of [
    ["captures/a.json", 100],
    ["captures/b.json", 20],
    ["captures/.b.json.tmp", 5000],
    ["frames/a.parquet", 300],
    ["timelines/a.json", 4],
    ["notes/a.json", 1],
  ] as const) {
    writeFileSync(join(directory.path, name), "x".repeat(size));
  }
  const { values } = watch(directory.path);
  const found = await values();
  expect(found).toMatchObject({ captures: 2, captures_bytes: 425, data_disk_up: 1 });
  expect(found).toMatchObject({ history_bytes: 77, history_segments: 2, history_on: 1 });
  expect(found).toMatchObject({ history_dropped_total: 4, history_rows_overwritten_total: 5 });
  const { blocks, bsize } = statfsSync(directory.path);
  expect(found.data_disk_size_bytes).toBe(blocks * bsize);
  expect(found.data_disk_free_bytes).toBeGreaterThan(0);
});

test("it is looked at again half a minute later, and answers what is known meanwhile", async () => {
  await using directory = await tempDirectory();
  mkdirSync(join(directory.path, "captures"));
  const { clock, values } = watch(directory.path);
  expect((await values()).captures).toBe(0);
  writeFileSync(join(directory.path, "captures/a.json"), "{}");
  clock.advanceMs(29_999);
  expect((await values()).captures).toBe(0);
  clock.advanceMs(2);
  // This look only begins it.
  expect((await values()).captures).toBe(0);
  let count = 0;
  for (let turn = 0; turn < 1000 && count === 0; turn++) {
    await settled();
    count = (await values()).captures ?? 0;
  }
  expect(count).toBe(1);
});

test("a directory that is not there has no figures, and its disk does not answer", async () => {
  const { values } = watch("/nonexistent/onglass");
  const found = await values();
  expect(found.captures).toBe(0);
  expect(found.data_disk_free_bytes).toBeUndefined();
  expect(found.data_disk_up).toBe(0);
});
