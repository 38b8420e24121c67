/**
 * A history that an earlier host left opens. `first-version/` is what the first host with a history
 * wrote: session 5, 400 frames at 50 a second from 1 s on, frame n encoded in 1,000 + n µs, one sample.
 */
import { expect, test } from "bun:test";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeSegment } from "../../src/history/segment.ts";
import { everything, openHistory, Playing, readAll, session } from "../support/history-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const firstVersion = join(import.meta.dir, "first-version");

async function copyInto(directory: string): Promise<string> {
  const path = join(directory, "history");
  await cp(firstVersion, path, { recursive: true });
  return path;
}

test("rows, samples and sessions of the first version are read, what it did not measure absent", async () => {
  await using directory = await tempDirectory();
  await using opened = await openHistory(await copyInto(directory.path));
  const { history } = opened;
  const [found] = await history.sessions();
  expect(found).toMatchObject({ run: 1, session: { session_id: 5, fps: 50, codec: "h264" } });
  const { rows, samples } = await readAll(history.read(everything, 1));
  expect(rows.count).toBe(400);
  expect([...rows.columns.frame]).toEqual(Array.from({ length: 400 }, (_, frame) => frame));
  expect([...rows.columns.encode_us]).toEqual(Array.from({ length: 400 }, (_, n) => 1000 + n));
  expect(rows.columns.due_us[399]).toBe(1_000_000 + 399 * 20_000);
  expect(rows.columns.source_age_us.every(Number.isNaN)).toBe(true);
  expect(samples.map(({ sample }) => sample.session_id)).toEqual([5]);
});

test("a new host adds a run of its own and changes no byte of the old one", async () => {
  await using directory = await tempDirectory();
  const path = await copyInto(directory.path);
  await using opened = await openHistory(path);
  const { history, scheduler } = opened;
  expect(history.run).toBe(2);
  const playing = new Playing(scheduler);
  history.startSession(session(1), playing.memory);
  playing.play(100);
  await history.flush();
  const names = (await readdir(firstVersion)).filter((name) => name.endsWith(".hist"));
  for (const name of names) {
    expect(await readFile(join(path, name))).toEqual(await readFile(join(firstVersion, name)));
  }
  expect((await readAll(history.read(everything, 2))).rows.count).toBe(100);
});

test("a segment of a later version is left alone, and the rest is read", async () => {
  await using directory = await tempDirectory();
  const path = await copyInto(directory.path);
  const [name = ""] = (await readdir(path)).filter((one) => one.endsWith(".hist"));
  const later = name.replace("-000000-", "-000001-");
  const bytes = await readFile(join(path, name));
  bytes[7] = "I".charCodeAt(0);
  await writeFile(join(path, later), bytes);
  expect(decodeSegment(bytes)).toBeUndefined();
  await using opened = await openHistory(path);
  expect((await readAll(opened.history.read(everything, 1))).rows.count).toBe(400);
  expect(await readdir(path)).toContain(later);
});

test("a data directory from before the history begins one", async () => {
  await using directory = await tempDirectory();
  await using opened = await openHistory(join(directory.path, "history"));
  expect(opened.history.held()).toMatchObject({ bytes: 0, segmentCount: 0 });
});
