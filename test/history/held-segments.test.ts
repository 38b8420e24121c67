/** What the names of a directory say of the history, before a file is opened. */
import { expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HeldSegments } from "../../src/history/held-segments.ts";
import { formatSegmentName } from "../../src/history/segment-names.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const nameOf = (run: number, number: number) =>
  formatSegmentName({ run, number, beginMs: number * 60_000, beginUnixMs: 1e12 + number * 60_000 });

test("the last run is the highest whose name is a segment's, in whatever order names come", () => {
  const names = [
    nameOf(2, 0),
    nameOf(1_000_000, 3),
    nameOf(999_999, 7),
    "9999999-x.hist",
    "2.sessions",
  ];
  expect(new HeldSegments(names).lastRun).toBe(1_000_000);
  expect(new HeldSegments([]).lastRun).toBe(0);
  expect(new HeldSegments(["notes.txt", "99999999999-000000-0-0.hist"]).lastRun).toBe(0);
});

test("segments are in the order of runs and numbers, also where those have seven digits", () => {
  const held = new HeldSegments([nameOf(1_000_000, 0), nameOf(2, 1), nameOf(2, 0), "odd"]);
  expect(held.all.map(({ name }) => name)).toEqual([
    nameOf(2, 0),
    nameOf(2, 1),
    nameOf(1_000_000, 0),
  ]);
  held.add({ run: 1_000_001, number: 0, beginMs: 0, beginUnixMs: 0, name: "new", bytes: 5 });
  expect(held.all.at(-1)?.name).toBe("new");
  expect(held.remove(nameOf(2, 0))?.number).toBe(0);
  expect(held.remove("odd")).toBeUndefined();
  expect(held.held()).toMatchObject({ bytes: 5, segmentCount: 3 });
});

test("a size that the disk does not give is asked for again; a segment that is gone has none", async () => {
  await using directory = await tempDirectory();
  const held = new HeldSegments([nameOf(1, 0), nameOf(1, 1)]);
  const inTheWay = join(directory.path, "history");
  await writeFile(inTheWay, "");
  await held.measure(inTheWay);
  expect(held.all.map(({ bytes }) => bytes)).toEqual([undefined, undefined]);
  await writeFile(join(directory.path, nameOf(1, 0)), "12345");
  await Promise.all([held.measure(directory.path), held.measure(directory.path)]);
  expect(held.all.map(({ bytes }) => bytes)).toEqual([5, 0]);
});
