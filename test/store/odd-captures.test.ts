/** Whole captures under names and of sizes that onglass does not write. */
import { expect, test } from "bun:test";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { smallCaptureId as id, later, smallCapture } from "../support/small-capture.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const whole = JSON.stringify(smallCapture());

test.each(["before tuning", "Übung", "..", "-", "a\\b", "%2e%2e", "名前", "x".repeat(200)])(
  "a whole capture in the file %p stays there, under an id that loads and removes it",
  async (stem) => {
    await using directory = await tempDirectory();
    const store = new CaptureStore(directory.path, later);
    await store.save(smallCapture());
    const path = join(directory.path, `${stem}.json`);
    await Bun.write(path, whole);
    const { captures, damaged } = await store.list();
    const odd = captures.find((meta) => meta.id !== id)?.id ?? "";
    expect([damaged, odd]).toEqual([[], expect.stringMatching(/^[A-Za-z0-9._-]{1,128}$/)]);
    expect((await store.list()).captures.map((meta) => meta.id)).toContain(odd);
    expect(await store.load(odd)).toEqual({
      ...smallCapture(),
      meta: { ...smallCapture().meta, id: odd },
    });
    expect([await store.filePath(odd), await store.remove(odd)]).toEqual([path, true]);
    expect([await store.load(odd), await Bun.file(path).exists()]).toEqual([undefined, false]);
    expect((await store.list()).captures.map((meta) => meta.id)).toEqual([id]);
  },
);

test("a capture too large to be read stays where it is, and is listed", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  const path = join(directory.path, "large.json");
  const padding = " ".repeat(130 * 1024 * 1024);
  await Bun.write(path, `${whole.slice(0, -2)}${padding}]}`);
  expect(await store.list()).toMatchObject({ captures: [{ id: "large" }], damaged: [] });
  await expect(store.load("large")).rejects.toMatchObject({ code: "too_large" });
  expect([await store.filePath("large"), await store.remove("large")]).toEqual([path, true]);
});

test("a capture of 80 MB loads", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  const padding = " ".repeat(80 * 1024 * 1024);
  await Bun.write(join(directory.path, "large.json"), `${whole.slice(0, -2)}${padding}]}`);
  expect((await store.load("large"))?.samples).toEqual(smallCapture().samples);
});

test("a directory that cannot be read is said to be, and is not damage", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "captures");
  // Root may read anything, but no links that lead in a circle.
  await symlink(path, path);
  const store = new CaptureStore(path, later);
  const expected = {
    code: "storage_unreadable",
    message: "Cannot read the captures: its links lead in a circle",
  };
  await expect(store.list()).rejects.toMatchObject(expected);
  await expect(store.load(id)).rejects.toMatchObject(expected);
  await expect(store.version(id)).rejects.toMatchObject(expected);
});
