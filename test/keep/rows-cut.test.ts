/** A capture with more rows than its file takes says where they end, wherever somebody looks. */
import { expect, test } from "bun:test";
import { onWarning } from "../../src/base/log.ts";
import { diskBuffer, openFrameFile } from "../../src/export/parquet-reader.ts";
import { english } from "../../src/i18n/english.ts";
import { german } from "../../src/i18n/german.ts";
import { Format } from "../../views/format.ts";
import { marks } from "../../views/recordings.ts";
import { beginPlaying, keepIn } from "../support/keep-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";

/** A session of a hundred seconds, kept where a file takes fewer rows. */
async function keptOf(directory: string, rowCountMax: number) {
  const parts = await keepIn(directory, undefined, rowCountMax);
  const playing = beginPlaying(parts, 1);
  for (let second = 0; second < 100; second++) {
    playing.play(50);
    parts.sample(1);
    await parts.history.flush();
  }
  const warned: unknown[] = [];
  using _following = onWarning((code, fields) => {
    if (code === "capture_rows_truncated") warned.push(fields);
  });
  const { id } = await parts.service.keepSession("1", {});
  await parts.keeper.rowsSettled(id);
  const close = () => parts[Symbol.asyncDispose]();
  return { ...parts, id, warned, [Symbol.asyncDispose]: close };
}

test("rows that are cut are warned of, and named in the head, in pages and in overviews", async () => {
  await using directory = await tempDirectory();
  await using kept = await keptOf(directory.path, 4999);
  const { id, service, store } = kept;
  const page = await service.framesOfRecording(id, { columns: ["due_us"] });
  const lastUs = Number(page.columns.due_us?.at(-1));
  expect(page.count).toBeLessThan(4999);
  expect(kept.warned).toEqual([{ id, rows: page.count }]);
  const endMs = Math.floor(lastUs / 1000) + 1;
  expect(page.rows_until_ms).toBe(endMs);
  expect((await service.overviewOfRecording(id, {})).rows_until_ms).toBe(endMs);
  const range = { from: 0, to: endMs + 1 };
  expect((await service.overviewOfRecording(id, range)).rows_until_ms).toBe(endMs);
  expect((await store.load(id))?.meta.rows_until_ms).toBe(endMs);
  const [head] = (await store.list()).captures;
  expect(head?.rows_until_ms).toBe(endMs);
  if (head === undefined) throw new Error("There is no capture");
  const badgesEnglish = marks(
    { language: "en", messages: english, format: new Format("en") },
    head,
  );
  const badgesGerman = marks({ language: "de", messages: german, format: new Format("de") }, head);
  expect(badgesEnglish.text).toContain("Single frames end at");
  expect(badgesGerman.text).toContain("Die Einzelbilder enden bei");
});

test("a range before the cut lacks nothing", async () => {
  await using directory = await tempDirectory();
  await using kept = await keptOf(directory.path, 4999);
  const range = { from: 0, to: 20_000 };
  const page = await kept.service.framesOfRecording(kept.id, range);
  expect(page.count).toBe(1000);
  expect(page.rows_until_ms).toBeUndefined();
  expect((await kept.service.overviewOfRecording(kept.id, range)).rows_until_ms).toBeUndefined();
});

test("as many rows as a file takes are no cut", async () => {
  await using directory = await tempDirectory();
  await using kept = await keptOf(directory.path, 5000);
  expect(kept.warned).toEqual([]);
  expect((await kept.store.load(kept.id))?.meta.rows_until_ms).toBeUndefined();
  expect((await kept.service.framesOfRecording(kept.id, {})).count).toBe(5000);
});

test("the file of rows that were cut has a note of how many it holds", async () => {
  await using directory = await tempDirectory();
  await using kept = await keptOf(directory.path, 4999);
  const path = (await kept.service.framesPath(kept.id)) ?? "";
  const file = await openFrameFile(diskBuffer(path, Bun.file(path).size));
  expect(file.note("onglass.truncated")).toBe(`${file.rowCount}`);
});
