/** What people say of captures: kept beside them, bounded, gone with them. */
import { expect, test } from "bun:test";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { changedNote, captureNoteLimits as limits } from "../../src/model/capture-note.ts";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { madeCapture } from "../support/made-capture.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { tempDirectory } from "../support/temp-directory.ts";

async function storeIn(path: string) {
  const later = new ManualClock({ wallMs: Date.now() + 60_000 });
  const store = new CaptureStore(join(path, "captures"), later);
  const { id } = await store.save(madeCapture({ id: "a", windowCount: 3 }));
  return { store, id };
}

test("a name, a note and labels are in the list and in what is loaded, and not in the file", async () => {
  await using directory = await tempDirectory();
  const { store, id } = await storeIn(directory.path);
  const before = await Bun.file((await store.filePath(id)) ?? "").text();
  const said = { name: "first try", note: "two\nlines", labels: ["wifi", "evening"] };
  expect(await store.change(id, said)).toMatchObject({ id, ...said });
  expect((await store.list()).captures[0]).toMatchObject(said);
  expect((await store.load(id))?.meta).toMatchObject(said);
  expect(await Bun.file((await store.filePath(id)) ?? "").text()).toBe(before);
});

test("what a change leaves out stays, and an empty text takes away", async () => {
  await using directory = await tempDirectory();
  const { store, id } = await storeIn(directory.path);
  await store.change(id, { name: "first", note: "why" });
  await store.change(id, { name: "" });
  const { name, note } = (await store.list()).captures[0] ?? {};
  expect([name, note]).toEqual([undefined, "why"]);
  await store.change(id, { note: "" });
  expect(await readdir(join(directory.path, "notes"))).toEqual([]);
});

test("one capture at most is the baseline", async () => {
  await using directory = await tempDirectory();
  const { store, id } = await storeIn(directory.path);
  const other = (await store.save(madeCapture({ id: "b", windowCount: 3 }))).id;
  await store.change(id, { baseline: true });
  await store.change(other, { baseline: true });
  const marked = async () =>
    (await store.list()).captures.filter(({ baseline }) => baseline).map((meta) => meta.id);
  expect(await marked()).toEqual([other]);
  await store.change(id, { baseline: false });
  expect(await marked()).toEqual([other]);
  await store.remove(other);
  expect(await marked()).toEqual([]);
});

test("a note goes with its capture", async () => {
  await using directory = await tempDirectory();
  const { store, id } = await storeIn(directory.path);
  await store.change(id, { name: "first", baseline: true });
  await store.remove(id);
  expect(await readdir(join(directory.path, "notes"))).toEqual([]);
});

test("nothing is kept of a capture that does not exist", async () => {
  await using directory = await tempDirectory();
  const { store } = await storeIn(directory.path);
  for (const id of ["gone", "../settings", "baseline"]) {
    expect(await store.change(id, { name: "x", baseline: true })).toBeUndefined();
  }
});

test.each(["{", "[]", '{"name":7}', `{"note":"${"x".repeat(40_000)}"}`])(
  "a damaged note costs the note and not the list",
  async (text) => {
    await using directory = await tempDirectory();
    const { store, id } = await storeIn(directory.path);
    await mkdir(join(directory.path, "notes"), { recursive: true });
    await Bun.write(join(directory.path, "notes", `${id}.json`), text);
    expect((await store.list()).captures.map((meta) => [meta.id, meta.name])).toEqual([
      [id, undefined],
    ]);
    expect((await store.change(id, { name: "again" }))?.name).toBe("again");
  },
);

test("whatever is said, what is kept is bounded and moves no cursor", () => {
  const text = fc.string({ unit: "binary", maxLength: 3000 });
  fc.assert(
    fc.property(text, text, fc.array(text, { maxLength: 20 }), (name, note, labels) => {
      const kept = changedNote({}, { name, note, labels });
      expect(kept.name?.length ?? 0).toBeLessThanOrEqual(limits.nameLengthMax);
      expect(kept.note?.length ?? 0).toBeLessThanOrEqual(limits.noteLengthMax);
      expect(kept.labels?.length ?? 0).toBeLessThanOrEqual(limits.labelCountMax);
      for (const label of kept.labels ?? []) {
        expect(label).toMatch(/^[^,]{1,32}$/su);
      }
      const all = [kept.name, ...(kept.labels ?? []), kept.note?.replaceAll("\n", "")].join("");
      expect(all).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(changedNote(kept, {})).toEqual(kept);
    }),
  );
});
