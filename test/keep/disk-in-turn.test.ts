/** Rows of captures are read in turn with all other work on the data directory's disk. */
import { expect, test } from "bun:test";
import { stat } from "node:fs/promises";
import { dataDisk } from "../../src/base/disk-lane.ts";
import { readFrames } from "../../src/keep/kept-rows.ts";
import { overviewOfFile } from "../../src/keep/overviews.ts";
import { openCaptureStore } from "../../src/store/capture-store.ts";
import { saveFramed } from "../support/framed-capture.ts";
import { tempDirectory } from "../support/temp-directory.ts";

/** More than a lane ever has under way. */
const heldCount = 8;
/** Answers of the disk to others meanwhile: reading a small file takes two. */
const turnCount = 500;

test("rows are not read beside work that the disk does not answer", async () => {
  await using directory = await tempDirectory();
  const store = openCaptureStore(directory.path);
  await store.prepare();
  const path = store.frames.pathOf(await saveFramed(store, 600));
  const answer = Promise.withResolvers<void>();
  const held = Array.from({ length: heldCount }, () => dataDisk.runPatiently(() => answer.promise));
  const order: string[] = [];
  const reads = [
    readFrames(path, {}).then(({ count }) => order.push(`${count} rows`)),
    overviewOfFile(path, {}).then(() => order.push("overview")),
  ];
  for (let turn = 0; turn < turnCount; turn++) await stat(path);
  order.push("answered");
  answer.resolve();
  await Promise.all([...held, ...reads]);
  expect(order[0]).toBe("answered");
  expect(order).toContain("600 rows");
});
