/** What reading the history may cost: memory for what is read, and nothing on the disk. */
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { UnreadStretch } from "../../src/history/read-range.ts";
import {
  decodeSegment,
  segmentColumnBytesMax,
  segmentJsonValuesMax,
} from "../../src/history/segment.ts";
import { frameColumnNames } from "../../src/model/frames.ts";
import {
  batchOf,
  everything,
  openHistory,
  openPlaying,
  readAll,
  rowCountOf,
  segmentsIn,
} from "../support/history-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";

test("a segment whose rows would take gigabytes is read up to a limit, and the rest is damaged", async () => {
  await using directory = await tempDirectory();
  await using opened = await openHistory(directory.path);
  opened.history.addEvent({ type: "log", level: "warn", message: "hot" }, opened.clock.nowUs());
  await opened.history.flush();
  const [name = ""] = segmentsIn(directory.path);
  const whole = readFileSync(join(directory.path, name));
  // 65,536 rows of which nothing is known but that they were: one byte each, a kilobyte for all of them.
  const [column, count] = [Buffer.from("\x06due_us"), Buffer.from([0x80, 0x80, 0x04])];
  const rows = Buffer.concat([count, Buffer.from([1]), column, count, Buffer.alloc(65_536)]);
  const length = Buffer.from([0x80 | (rows.length & 0x7f), 0x80 | ((rows.length >> 7) & 0x7f), 4]);
  const blocks = Array<Uint8Array>(60).fill(Buffer.concat([Buffer.from([5]), length, rows]));
  const bomb = batchOf(Buffer.concat(blocks));
  expect(bomb.length).toBeLessThan(10_000);
  const bytes = Buffer.concat([whole, bomb, bomb]);
  const read = rowCountOf(bytes);
  expect(read).toBeGreaterThan(1_000_000);
  expect(read * 8 * frameColumnNames.length).toBeLessThan(segmentColumnBytesMax + 2 ** 25);
  const segment = decodeSegment(bytes);
  expect(segment?.damages).toEqual([segment?.records.length ?? -1]);
  expect(segment?.tornBytes).toBeGreaterThanOrEqual(bomb.length);
  writeFileSync(join(directory.path, name), bytes);
  const unread: UnreadStretch[] = [];
  await readAll(opened.history.read(everything, opened.history.run, unread));
  expect(unread).toMatchObject([{ name, reason: "damaged" }]);
});

test("a segment whose events would take gigabytes is read up to a limit, and the rest is damaged", async () => {
  await using directory = await tempDirectory();
  await using opened = await openHistory(directory.path);
  opened.history.addEvent({ type: "log", level: "warn", message: "hot" }, opened.clock.nowUs());
  await opened.history.flush();
  const [name = ""] = segmentsIn(directory.path);
  const whole = readFileSync(join(directory.path, name));
  const count = segmentJsonValuesMax / 4;
  const event = Buffer.from(`{"at_us":1,"event":[${"{},".repeat(count)}1]}`);
  const varint = [event.length & 0x7f, (event.length >> 7) & 0x7f, (event.length >> 14) & 0x7f];
  const length = [...varint.map((bits) => bits | 0x80), event.length >> 21];
  const bomb = batchOf(Buffer.concat([Buffer.from([3, ...length]), event]));
  const segment = decodeSegment(Buffer.concat([whole, bomb, bomb, bomb]));
  expect(segment?.records).toHaveLength(2);
  expect(segment?.damages).toEqual([2]);
});

test("reading again and again writes nothing again of what a player reported", async () => {
  await using directory = await tempDirectory();
  await using opened = await openPlaying(directory.path);
  const { history, clock, playing } = opened;
  playing.play(60);
  playing.writer.addLate(59, { complete_us: 7000 }, clock.nowUs());
  await history.flush();
  const { bytes } = history.held();
  for (let read = 0; read < 100; read++) await history.flush();
  expect(history.held().bytes).toBe(bytes);
  playing.writer.addLate(58, { complete_us: 8000 }, clock.nowUs());
  await history.flush();
  const { rows } = await readAll(history.read(everything));
  expect([...rows.columns.complete_us.slice(58)]).toEqual([8000, 7000]);
});
