/** What is on the disk and cannot be read is reported as such, and nothing else is lost with it. */
import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onWarning } from "../../src/base/log.ts";
import type { UnreadStretch } from "../../src/history/read-range.ts";
import { VerdictService } from "../../src/keep/verdicts.ts";
import {
  everything,
  openHistory,
  Playing,
  readAll,
  segmentsIn,
  session,
} from "../support/history-parts.ts";
import { begin, keepIn } from "../support/keep-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";

function warningsOf(code: string) {
  const seen: unknown[] = [];
  const following = onWarning((given, fields) => {
    if (given === code) seen.push(fields.name ?? fields.cause);
  });
  return { seen, [Symbol.dispose]: () => following[Symbol.dispose]() };
}

async function fourMinutes(directory: string) {
  const opened = await openHistory(directory);
  const playing = new Playing(opened.scheduler);
  opened.history.startSession(session(1), playing.memory);
  for (let second = 0; second < 240; second++) {
    playing.play(50);
    await opened.history.flush();
  }
  return opened;
}

test("a segment that cannot be read is reported with its stretch, and warned of once", async () => {
  await using directory = await tempDirectory();
  await using opened = await fourMinutes(directory.path);
  const { history } = opened;
  using warnings = warningsOf("history_segment_not_read");
  const [, second = "", third = ""] = segmentsIn(directory.path);
  rmSync(join(directory.path, second));
  mkdirSync(join(directory.path, second));
  const beginOf = (name: string) => Number(name.split("-")[2]) * 1000;
  // Its first batch has the second before it began.
  const fromUs = beginOf(second) - 1_000_000 - 20_000;
  for (let turn = 0; turn < 2; turn++) {
    const unread: UnreadStretch[] = [];
    const { rows } = await readAll(history.read(everything, history.run, unread));
    expect(rows.count).toBeGreaterThan(150 * 50);
    expect(unread).toEqual([{ name: second, fromUs, toUs: beginOf(third), reason: "not a file" }]);
  }
  expect(warnings.seen).toEqual([second]);
});

test("a segment that was too old and is gone is not reported", async () => {
  await using directory = await tempDirectory();
  await using opened = await fourMinutes(directory.path);
  const { history } = opened;
  using warnings = warningsOf("history_segment_not_read");
  rmSync(join(directory.path, segmentsIn(directory.path)[1] ?? ""));
  const unread: UnreadStretch[] = [];
  await readAll(history.read(everything, history.run, unread));
  expect([unread, warnings.seen]).toEqual([[], []]);
});

test("a damaged place costs what was written with it, and not the rest of the minute", async () => {
  await using directory = await tempDirectory();
  await using opened = await fourMinutes(directory.path);
  const { history } = opened;
  const name = segmentsIn(directory.path)[1] ?? "";
  const path = join(directory.path, name);
  const bytes = readFileSync(path);
  const middle = Math.floor(bytes.length / 2);
  bytes.fill(0xa5, middle, middle + 8);
  writeFileSync(path, bytes);
  const unread: UnreadStretch[] = [];
  const { rows } = await readAll(history.read(everything, history.run, unread));
  expect(rows.count).toBeGreaterThanOrEqual(237 * 50);
  expect(rows.count).toBeLessThan(240 * 50);
  expect(unread).toMatchObject([{ name, reason: "damaged" }]);
  const [{ fromUs, toUs } = { fromUs: 0, toUs: 0 }] = unread;
  expect(toUs - fromUs).toBeGreaterThan(0);
  expect(toUs - fromUs).toBeLessThan(3_100_000);
});

/** What is reported of a segment whose bytes were changed, and when the next one begins. */
async function damagedBy(
  change: (bytes: Buffer) => Uint8Array,
  { place = 1, range = everything, withRows = true } = {},
) {
  await using directory = await tempDirectory();
  await using opened = await fourMinutes(directory.path);
  const { history } = opened;
  const names = segmentsIn(directory.path);
  const [name = "", next = ""] = names.slice(place);
  const path = join(directory.path, name);
  const beginOf = (of: string) => Number(of.split("-")[2]) * 1000;
  writeFileSync(path, change(readFileSync(path)));
  const unread: UnreadStretch[] = [];
  using warnings = warningsOf("history_segment_not_read");
  const { rows } = await readAll(history.read({ ...range, withRows }, history.run, unread));
  const [beginUs, nextUs] = [beginOf(name), beginOf(next)];
  return { name, rows, unread, warned: warnings.seen, beginUs, nextUs };
}

/** The file keeps its length, and its end was never written: a power loss. */
const zerosFrom = (share: number) => (bytes: Buffer) =>
  bytes.fill(0, Math.floor(bytes.length * share));

test("a segment whose second half was never written is reported until the next one", async () => {
  const { name, rows, unread, warned, beginUs, nextUs } = await damagedBy(zerosFrom(0.5));
  expect(unread).toMatchObject([{ name, toUs: nextUs, reason: "damaged" }]);
  const [{ fromUs } = { fromUs: 0 }] = unread;
  expect(fromUs - beginUs).toBeWithin(25_000_000, 35_000_000);
  // All that is not in the stretch is there.
  const lost = (nextUs - fromUs) / 20_000;
  expect(rows.count + lost).toBeWithin(240 * 50 - 60, 240 * 50 + 60);
  expect(warned).toEqual([name]);
});

test("a last batch that was damaged is reported", async () => {
  const { name, unread, nextUs } = await damagedBy((bytes) => {
    bytes[bytes.length - 5] = (bytes.at(-5) ?? 0) ^ 0xff;
    return bytes;
  });
  expect(unread).toMatchObject([{ name, toUs: nextUs, reason: "damaged" }]);
  expect(nextUs - (unread[0]?.fromUs ?? 0)).toBeLessThan(3_100_000);
});

test("the end of a segment is reported also to who asks for that minute alone", async () => {
  const range = { fromUs: 70_000_000, toUs: 101_000_000 };
  const { unread } = await damagedBy(zerosFrom(0.5), { range });
  expect(unread).toMatchObject([{ toUs: range.toUs }]);
});

test("a batch that is what was written and does not unpack is reported with all behind it", async () => {
  const noZstd = Buffer.from("not zstd at all");
  const batchHead = Buffer.alloc(8);
  batchHead.writeUInt32LE(noZstd.length, 0);
  batchHead.writeUInt32LE(Bun.hash.crc32(noZstd), 4);
  for (const place of [1, 3]) {
    const { name, unread, beginUs, nextUs } = await damagedBy(
      (bytes) => {
        const headEnd = 8 + 8 + bytes.readUInt32LE(8);
        const parts = [bytes.subarray(0, headEnd), batchHead, noZstd, bytes.subarray(headEnd)];
        return Buffer.concat(parts);
      },
      { place },
    );
    const toUs = place === 1 ? nextUs : beginUs + 62_000_000;
    const fromUs = beginUs - 1_020_000;
    expect(unread).toEqual([{ name, fromUs, toUs, reason: "damaged" }]);
  }
});

test("of a first batch that was damaged also what was due before its segment is reported", async () => {
  for (const place of [0, 1]) {
    const { name, rows, unread } = await damagedBy(
      (bytes) => {
        const firstBatch = 8 + 8 + bytes.readUInt32LE(8);
        return bytes.fill(0xa5, firstBatch + 8, firstBatch + 16);
      },
      { place },
    );
    expect(unread).toMatchObject([{ name, reason: "damaged" }]);
    const [{ fromUs, toUs } = { fromUs: 0, toUs: 0 }] = unread;
    const there = new Set(rows.columns.due_us);
    const lastUs = rows.columns.due_us.at(-1) ?? 0;
    for (let frame = 0; frame < 240 * 50; frame++) {
      const dueUs = lastUs - frame * 20_000;
      expect(there.has(dueUs) || (dueUs >= fromUs && dueUs < toUs)).toBe(true);
    }
  }
});

test("a segment with more damage than is looked at is reported, the last one too", async () => {
  const zstdMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
  const { name, unread } = await damagedBy(
    (bytes) => {
      const middle = Math.floor(bytes.length / 2);
      const many = Buffer.concat(Array<Uint8Array>(40).fill(zstdMagic));
      return Buffer.concat([bytes.subarray(0, middle), many, bytes.subarray(middle + 100)]);
    },
    { place: 3 },
  );
  expect(unread).toMatchObject([{ name, reason: "damaged" }]);
});

test("a torn end of the last segment is what a host leaves that dies, and is not reported", async () => {
  for (const change of [zerosFrom(0.9), (bytes: Buffer) => bytes.subarray(0, -5)]) {
    expect(await damagedBy(change, { place: 3 })).toMatchObject({ unread: [], warned: [] });
  }
});

test("a list of sessions that cannot be read is counted, and warned of once", async () => {
  await using directory = await tempDirectory();
  await (await fourMinutes(directory.path))[Symbol.asyncDispose]();
  await using opened = await openHistory(directory.path);
  const { history } = opened;
  using warnings = warningsOf("session_list_not_read");
  rmSync(join(directory.path, "000001.sessions"));
  expect([await history.sessions(), history.unreadRuns.size]).toEqual([[], 0]);
  mkdirSync(join(directory.path, "000001.sessions"));
  for (let turn = 0; turn < 2; turn++) {
    expect([await history.sessions(), history.unreadRuns.size]).toEqual([[], 1]);
  }
  expect(warnings.seen).toHaveLength(1);
});

test("segments that are being read stay until they were, also those of an earlier start", async () => {
  await using directory = await tempDirectory();
  await (await fourMinutes(directory.path))[Symbol.asyncDispose]();
  await using opened = await openHistory(directory.path);
  const { history } = opened;
  const reading = history.read(everything, 1);
  expect((await reading.next()).done).toBe(false);
  history.setLimits({ ageMsMax: 0, bytesMax: 0 });
  await history.cleaned();
  const { rows, parts } = await readAll(reading);
  expect(parts).toHaveLength(3);
  expect(rows.count).toBeGreaterThan(150 * 50);
  await history.cleaned();
  expect(segmentsIn(directory.path)).toEqual([]);
  expect(readdirSync(directory.path)).toEqual([]);
});

function verdictsOf(parts: Awaited<ReturnType<typeof keepIn>>) {
  const { service: history, store: recordings, recorder: stats } = parts;
  return new VerdictService({ history, recordings, stats, presetNow: () => undefined });
}

test("a capture kept of a stretch that cannot all be read says so, in its head and its rows", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  const { history, scheduler, service, keeper, store } = parts;
  const playing = new Playing(scheduler);
  begin(parts, 1, playing.memory);
  for (let second = 0; second < 240; second++) {
    playing.play(50);
    parts.sample(1);
    await history.flush();
  }
  const folder = join(directory.path, "history");
  writeFileSync(join(folder, segmentsIn(folder)[1] ?? ""), "not a segment at all");
  const meta = await service.keepSession("1", {});
  const [stretch] = meta.unread ?? [];
  expect((stretch?.to_ms ?? 0) - (stretch?.from_ms ?? 0)).toBeGreaterThan(50_000);
  await keeper.rowsSettled(meta.id);
  expect((await store.load(meta.id))?.meta.unread).toEqual(meta.unread);
  const asked = { from: 0, to: 130_000, columns: ["frame"] as const };
  expect((await service.framesOfRecording(meta.id, asked)).unread).toEqual(meta.unread);
  expect((await service.overviewOfRecording(meta.id, {})).unread).toEqual(meta.unread);
  expect((await service.framesOfSession("1", asked))?.unread).toEqual(meta.unread);
  expect((await service.overviewOfSession("1", {}))?.unread).toEqual(meta.unread);
  expect((await service.held("1", {}))?.unread).toEqual(meta.unread);
  const verdicts = verdictsOf(parts);
  expect((await verdicts.verdictOfRecording(meta.id, {})).unread).toEqual(meta.unread);
  expect((await verdicts.verdictOfSession("1", {}))?.unread).toEqual(meta.unread);
  expect((await verdicts.verdictOfSession("1", { from: 0, to: 1000 }))?.unread).toBeUndefined();
  const cut = { from: 0, to: 100_000 };
  const both = [service.framesOfRecording(meta.id, cut), service.framesOfSession("1", cut)];
  for (const page of await Promise.all(both)) {
    expect(page?.unread).toEqual([{ from_ms: stretch?.from_ms ?? 0, to_ms: 100_000 }]);
  }
  expect((await service.framesOfSession("1", { from: 0, to: 1000 }))?.unread).toBeUndefined();
});

test("an armed capture whose rows cannot all be read says so in its head, once they are written", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  const { history, scheduler, service, recorder, keeper, store } = parts;
  const playing = new Playing(scheduler);
  begin(parts, 1, playing.memory);
  await recorder.start();
  for (let second = 0; second < 130; second++) {
    playing.play(50);
    parts.sample(1);
    await history.flush();
  }
  const folder = join(directory.path, "history");
  writeFileSync(join(folder, segmentsIn(folder)[1] ?? ""), "not a segment at all");
  const meta = await recorder.stop();
  const id = meta?.id ?? "";
  scheduler.advanceMs(3000);
  await keeper.rowsSettled(id);
  const { unread } = await service.framesOfRecording(id, { columns: ["frame"] });
  expect(unread).toHaveLength(1);
  expect((await store.load(id))?.meta as unknown).toEqual({ ...meta, unread });
  expect((await store.list()).captures[0]?.unread).toEqual(unread);
});
