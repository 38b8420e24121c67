/** Captures that are deleted while something is being written for them: nothing of them comes back. */
import { expect, test } from "bun:test";
import { mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { lockFile } from "../../src/base/descriptors.ts";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { smallCaptureId as id, later, smallCapture } from "../support/small-capture.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const roundCount = 20;
const folders = ["captures", "frames", "timelines", "notes"];

async function filesIn(path: string): Promise<string[]> {
  const names = await Promise.all(
    folders.map((folder) => readdir(join(path, folder)).catch(() => [])),
  );
  return names.flat();
}

async function storeIn(path: string): Promise<CaptureStore> {
  const store = new CaptureStore(join(path, "captures"), later);
  await mkdir(store.frames.directory, { recursive: true });
  return store;
}

const marks = { rows_until_ms: 1000 };

/** Deletes it, and does the work when so many steps on the disk have been taken meanwhile. */
async function deletedDuring(
  store: CaptureStore,
  { stepCount, work }: { readonly stepCount: number; work(): Promise<unknown> },
): Promise<void> {
  const removing = store.remove(id);
  for (let step = 0; step < stepCount; step += 1) await store.version("none");
  await Promise.all([removing, work()]);
}

test("a capture that is deleted while its head is being marked stays deleted", async () => {
  await using directory = await tempDirectory();
  const store = await storeIn(directory.path);
  for (let round = 0; round < roundCount; round += 1) {
    await store.save(smallCapture());
    await Bun.write(store.frames.pathOf(id), "rows");
    const work = () => store.settleRows(id, marks);
    await deletedDuring(store, { stepCount: round % 10, work });
    expect(await filesIn(directory.path)).toEqual([]);
  }
});

test("a capture is not deleted while another process does not end its turn, and can be later", async () => {
  await using directory = await tempDirectory();
  const store = await storeIn(directory.path);
  await store.save(smallCapture());
  const held = await open(store.directory, "r");
  expect(lockFile(held.fd)).toBe(0);
  expect(await store.remove(id).catch((cause: unknown) => cause)).toMatchObject({
    code: "storage_unreadable",
  });
  expect(await store.version(id)).toBeString();
  await held.close();
  expect(await store.remove(id)).toBe(true);
});

test("a capture that another process deletes while its head is being marked stays deleted", async () => {
  await using directory = await tempDirectory();
  const host = await storeIn(directory.path);
  const command = await storeIn(directory.path);
  for (let round = 0; round < roundCount; round += 1) {
    await host.save(smallCapture());
    const work = () => host.settleRows(id, marks);
    await deletedDuring(command, { stepCount: round % 10, work });
    expect(await filesIn(directory.path)).toEqual([]);
  }
});

test("rows that are finished for a capture that is being deleted are removed with it", async () => {
  await using directory = await tempDirectory();
  const store = await storeIn(directory.path);
  for (let round = 0; round < roundCount; round += 1) {
    await store.save(smallCapture());
    // As the worker gives the file its name: at any moment of the deletion.
    const work = async () => {
      await Bun.write(store.frames.pathOf(id), "rows");
      await store.settleRows(id);
    };
    await deletedDuring(store, { stepCount: round % 10, work });
    expect(await filesIn(directory.path)).toEqual([]);
  }
});

test("a note that is written while its capture is being deleted is not left for the next of that id", async () => {
  await using directory = await tempDirectory();
  const store = await storeIn(directory.path);
  for (let round = 0; round < roundCount; round += 1) {
    await store.save(smallCapture());
    await Promise.all([
      store.change(id, { name: "slow", baseline: true }),
      store.remove(id),
      store.change(id, { note: "again" }),
    ]);
    expect(await filesIn(directory.path)).toEqual([]);
  }
});

test("two changes of one capture at the same time are both kept", async () => {
  await using directory = await tempDirectory();
  const store = await storeIn(directory.path);
  await store.save(smallCapture());
  await Promise.all([store.change(id, { name: "slow" }), store.change(id, { note: "at night" })]);
  expect((await store.load(id))?.meta).toMatchObject({ name: "slow", note: "at night" });
});

test("the rows of a capture that is there stay, and its head has what they lack", async () => {
  await using directory = await tempDirectory();
  const store = await storeIn(directory.path);
  await store.save(smallCapture());
  await Bun.write(store.frames.pathOf(id), "rows");
  expect(await store.settleRows(id, marks)).toBe(true);
  expect((await store.load(id))?.meta).toMatchObject(marks);
  expect(await store.frames.filePath(id)).toBe(store.frames.pathOf(id));
});
