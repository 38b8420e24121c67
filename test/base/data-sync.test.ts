import { expect, test } from "bun:test";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { DataSync, syncData } from "../../src/base/data-sync.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { tempDirectory } from "../support/temp-directory.ts";

async function openFile(directory: string): Promise<FileHandle> {
  return await open(join(directory, "file"), "wx");
}

test("files are synced by the C library, several at once", async () => {
  await using directory = await tempDirectory();
  const file = await openFile(directory.path);
  await file.write("text");
  expect(await Promise.all([syncData(file.fd), syncData(file.fd)])).toHaveLength(2);
  await file.close();
});

test("what cannot be synced is refused", async () => {
  const notOpen = 1_000_000;
  await expect(syncData(notOpen)).rejects.toThrow("the sync could not be queued");
});

test("one sync is under way at a time, and the next after the interval", async () => {
  const clock = new ManualClock();
  const begun: number[] = [];
  const refused: unknown[] = [];
  let sync = Promise.withResolvers<void>();
  const files = new DataSync({
    clock,
    intervalUs: 1000,
    onRefused: (cause) => refused.push(cause),
    sync: (fd) => {
      begun.push(fd);
      return sync.promise;
    },
  });
  files.begin(1);
  clock.advanceMs(2);
  files.begin(2);
  sync.reject(new Error("full"));
  await files.settled();
  expect(refused).toMatchObject([{ message: "full" }]);
  sync = Promise.withResolvers<void>();
  files.begin(3);
  sync.resolve();
  await files.settled();
  files.begin(4);
  expect(begun).toEqual([1, 3]);
});
