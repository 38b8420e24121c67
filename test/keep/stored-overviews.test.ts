/** Overviews that are stored beside rows: the same as those folded from the rows, or not used. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { FrameFileWriter } from "../../src/export/parquet-writer.ts";
import { sliceTable } from "../../src/frames/table.ts";
import { LongWork } from "../../src/keep/long-work.ts";
import { OverviewMemory, overviewOfFile } from "../../src/keep/overviews.ts";
import { OverviewNotes, overviewsKey, storedOverview } from "../../src/keep/stored-overviews.ts";
import { pagePoints } from "../../src/model/overview-points.ts";
import { madeRows } from "../support/made-rows.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const minuteMs = 60_000;
const [points] = pagePoints;

function notesOf(durationMs: number): string {
  const notes = new OverviewNotes(durationMs);
  const rows = madeRows({ count: 3600 });
  notes.add(sliceTable(rows, 0, 1800));
  notes.add(madeRows({ count: 600, sessionId: 2 }));
  notes.add(sliceTable(rows, 1800, 3600));
  return notes.finish();
}

/** A file of a minute, with what is to be stored in it. */
async function fileIn(directory: string, note: string | undefined): Promise<string> {
  const path = join(directory, "a.parquet");
  const parts: Uint8Array[] = [];
  const head = { duration_ms: minuteMs };
  const file = new FrameFileWriter(head, { write: (bytes) => void parts.push(bytes.slice()) });
  file.add(madeRows({ count: 3600 }));
  if (note !== undefined) file.note(overviewsKey, note);
  file.finish();
  await Bun.write(path, Buffer.concat(parts));
  return path;
}

test("what is stored for each session is what a fold of its rows answers", async () => {
  await using directory = await tempDirectory();
  const path = await fileIn(directory.path, undefined);
  for (const wanted of pagePoints) {
    const folded = await overviewOfFile(path, { points: wanted, session: 1 });
    const stored = storedOverview(notesOf(minuteMs), { points: wanted, session: 1 }, minuteMs);
    expect(stored).toEqual(folded);
  }
  const other = storedOverview(notesOf(minuteMs), { points, session: 2 }, minuteMs);
  expect(other?.frames).toBe(600);
});

test("a stored overview answers for the whole capture only", () => {
  const note = notesOf(minuteMs);
  const of = (query: object) => storedOverview(note, { points, ...query }, minuteMs);
  const halfPartMs = minuteMs / points / 2;
  expect(of({ from: 0, to: minuteMs + halfPartMs })).toBeDefined();
  expect(of({ from: 0, to: minuteMs + halfPartMs + 1 })).toBeUndefined();
  expect(of({ from: halfPartMs + 1 })).toBeUndefined();
  expect(of({ last_s: 60 })).toBeUndefined();
  expect(of({ session: 3 })).toBeUndefined();
  expect(of({ points: points - 1 })).toBeUndefined();
});

test.each([
  ["of another version", (note: string) => note.replace('"version":1', '"version":2')],
  ["that lacks a part", (note: string) => note.replaceAll('"lows"', '"highs"')],
  ["that is no JSON", (note: string) => note.slice(0, -5)],
])("rows beside an overview %s are folded again", async (_, change) => {
  await using directory = await tempDirectory();
  const note = change(notesOf(minuteMs).replaceAll('"frames":3600', '"frames":77'));
  const path = await fileIn(directory.path, note);
  const memory = new OverviewMemory(new LongWork());
  expect((await memory.get(path, { points })).frames).toBe(3600);
});

test("a stored overview is used without its rows being read", async () => {
  await using directory = await tempDirectory();
  const note = notesOf(minuteMs).replaceAll('"frames":3600', '"frames":77');
  const path = await fileIn(directory.path, note);
  const memory = new OverviewMemory(new LongWork());
  expect((await memory.get(path, { points })).frames).toBe(77);
});
