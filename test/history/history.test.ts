/** The history: what is written comes back, whatever happens to the host, its disk or its clock. */
import { expect, mock, spyOn, test } from "bun:test";
import {
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fateIndex } from "../../src/frames/row-layout.ts";
import { decodeSegment, strangeCountMax } from "../../src/history/segment.ts";
import {
  batchOf,
  everything,
  openHistory,
  openPlaying,
  Playing,
  readAll,
  rowCountOf,
  segmentsIn,
  session,
} from "../support/history-parts.ts";
import { command } from "../support/programs.ts";
import { sampleOf } from "../support/recorder-parts.ts";
import { smallDisk } from "../support/small-disk.ts";
import { tempDirectory } from "../support/temp-directory.ts";

/** Where each batch of a segment ends, from its own lengths. */
const batchEnds = (bytes: Buffer) => {
  const ends: number[] = [];
  for (let end = 8; end < bytes.length; ) {
    end += 8 + bytes.readUInt32LE(end);
    ends.push(end);
  }
  return ends;
};
const frames = (count: number, first = 0) => Array.from({ length: count }, (_, at) => first + at);

test("rows, samples, events and checkpoints come back as they were", async () => {
  await using directory = await tempDirectory();
  await using opened = await openHistory(directory.path);
  const { history, scheduler, clock } = opened;
  const playing = new Playing(scheduler);
  history.startSession(session(3), playing.memory);
  playing.play(100);
  const sample = sampleOf({ session_id: 3, fps: 50 });
  history.addSample(sample);
  history.addEvent({ type: "log", level: "warn", message: "hot" }, clock.nowUs());
  history.addCheckpoint({ at_us: clock.nowUs(), id: "connect-1", state: { a: 1 } });
  await history.flush();
  const read = await readAll(history.read(everything));
  expect([...read.rows.columns.frame]).toEqual(frames(100));
  expect(read.rows.columns.encode_us[99]).toBe(1099);
  expect(read.samples).toEqual([{ at_us: clock.nowUs(), sample }]);
  expect(read.events.map(({ event }) => event)).toEqual([
    { type: "log", level: "warn", message: "hot" },
  ]);
  expect(read.checkpoints.map(({ id, state }) => ({ id, state }))).toEqual([
    { id: "connect-1", state: { a: 1 } },
  ]);
  expect(read.parts[0]?.sessions).toEqual([session(3)]);
});

test("what a player reports of a row that is in the file already is joined to it", async () => {
  await using directory = await tempDirectory();
  await using opened = await openPlaying(directory.path);
  const { history, clock, playing } = opened;
  playing.play(60);
  playing.writer.addLate(50, { complete_us: 7000, lost_packets: 3, isLost: true }, clock.nowUs());
  playing.play(200);
  await history[Symbol.asyncDispose]();
  const { rows } = await readAll(history.read(everything));
  expect(rows.columns.complete_us[50]).toBe(7000);
  expect(rows.columns.lost_packets[50]).toBe(3);
  expect(rows.columns.fate[50]).toBe(fateIndex("lost"));
  expect(rows.columns.complete_us[51]).toBeNaN();
  expect(rows.columns.encode_us[50]).toBe(1050);
});

test("a session of minutes lies in segments of about one, and is read across them", async () => {
  await using directory = await tempDirectory();
  await using opened = await openPlaying(directory.path);
  const { history, clock, playing } = opened;
  playing.play(50 * 60);
  playing.writer.addLate(50 * 60 - 1, { shown_us: 31_000 }, clock.nowUs());
  playing.play(50 * 90);
  await history.flush();
  expect(segmentsIn(directory.path)).toHaveLength(3);
  const { rows } = await readAll(history.read(everything));
  expect([...rows.columns.frame]).toEqual(frames(50 * 150));
  expect(rows.columns.shown_us[50 * 60 - 1]).toBe(31_000);
});

test("a range has the rows due from its start and before its end, of its session", async () => {
  await using directory = await tempDirectory();
  await using opened = await openHistory(directory.path);
  const { history, scheduler, clock } = opened;
  const [one, two] = [new Playing(scheduler), new Playing(scheduler)];
  history.startSession(session(1), one.memory);
  history.startSession(session(2), two.memory);
  one.play(50 * 100);
  const fromUs = clock.nowUs();
  two.play(10);
  one.play(10);
  const toUs = clock.nowUs();
  one.play(50 * 100);
  await history.flush();
  const { rows } = await readAll(history.read({ fromUs, toUs, sessionId: 1 }));
  expect([...rows.columns.frame]).toEqual(frames(10, 50 * 100));
  expect((await readAll(history.read({ fromUs, toUs }))).rows.count).toBe(20);
});

test("a file cut at any byte loses no batch that is whole", async () => {
  await using directory = await tempDirectory();
  await using opened = await openPlaying(directory.path);
  const { playing } = opened;
  playing.play(200);
  await opened.history.flush();
  const bytes = readFileSync(join(directory.path, segmentsIn(directory.path)[0] ?? ""));
  const ends = batchEnds(bytes);
  expect(ends.at(-1)).toBe(bytes.length);
  expect(rowCountOf(bytes)).toBe(200);
  for (let length = 0; length < bytes.length; length++) {
    const whole = ends.filter((end) => end <= length).at(-1) ?? 0;
    expect(rowCountOf(bytes.subarray(0, length))).toBe(rowCountOf(bytes.subarray(0, whole)));
  }
});

test("a byte that is wrong costs what lies behind it and nothing else", async () => {
  await using directory = await tempDirectory();
  await using opened = await openPlaying(directory.path);
  const { history, playing } = opened;
  playing.play(200);
  await history.flush();
  const [name = ""] = segmentsIn(directory.path);
  const bytes = readFileSync(join(directory.path, name));
  for (let place = 0; place < bytes.length; place += 7) {
    const bent = Uint8Array.from(bytes);
    bent[place] = (bent[place] ?? 0) ^ 0x5a;
    const segment = decodeSegment(bent);
    for (const record of segment?.records ?? []) {
      if (record.kind !== "rows") continue;
      const first = record.rows.columns.frame[0] ?? 0;
      expect([...record.rows.columns.frame]).toEqual(frames(record.rows.count, first));
    }
  }
});

test("a batch that unpacks to more than 16 MB ends its segment, and takes no more memory", async () => {
  await using directory = await tempDirectory();
  await using opened = await openPlaying(directory.path);
  const { playing } = opened;
  playing.play(200);
  await opened.history.flush();
  const [name = ""] = segmentsIn(directory.path);
  const whole = readFileSync(join(directory.path, name));
  const most = 16 * 1024 * 1024;
  // Sixty-four of them would be a gigabyte.
  const bombs = Buffer.concat(Array<Uint8Array>(64).fill(batchOf(new Uint8Array(most + 1))));
  expect(bombs.length).toBeLessThan(1_000_000);
  const before = process.memoryUsage().rss;
  const segment = decodeSegment(Buffer.concat([whole, bombs]));
  expect(process.memoryUsage().rss - before).toBeLessThan(4 * most);
  expect(segment?.tornBytes).toBe(bombs.length);
  expect(segment?.records).toHaveLength(decodeSegment(whole)?.records.length ?? -1);
  // At the limit it is read, and has nothing that is known.
  const full = batchOf(new Uint8Array(most));
  expect(decodeSegment(Buffer.concat([whole, full]))?.tornBytes).toBe(0);
});

test("a batch is read up to a thousand records that are not in their form", async () => {
  await using directory = await tempDirectory();
  await using opened = await openHistory(directory.path);
  opened.history.addEvent({ type: "log", level: "warn", message: "hot" }, opened.clock.nowUs());
  await opened.history.flush();
  const [name = ""] = segmentsIn(directory.path);
  const whole = readFileSync(join(directory.path, name));
  const known = decodeSegment(whole)?.records.length ?? 0;
  const json = Buffer.from(JSON.stringify({ at_us: 1, event: {} }));
  const event = Buffer.concat([Buffer.from([3, json.length]), json]);
  const lastIsRead = (strangeCount: number) => {
    // Each is an event of no bytes.
    const strange = Buffer.alloc(2 * strangeCount, Buffer.from([3, 0]));
    const batch = batchOf(Buffer.concat([strange, event]));
    const segment = decodeSegment(Buffer.concat([whole, batch]));
    expect(segment?.tornBytes).toBe(0);
    return (segment?.records.length ?? 0) > known;
  };
  expect(lastIsRead(strangeCountMax - 1)).toBe(true);
  expect(lastIsRead(strangeCountMax)).toBe(false);
});

test("the next start reads what a host left that died in the middle of a write", async () => {
  await using directory = await tempDirectory();
  await using first = await openHistory(directory.path);
  const playing = new Playing(first.scheduler);
  first.history.startSession(session(1), playing.memory);
  playing.play(100);
  await first.history.flush();
  const [name = ""] = segmentsIn(directory.path);
  const path = join(directory.path, name);
  const { size } = statSync(path);
  playing.play(100);
  await first.history.flush();
  truncateSync(path, size + 5);
  await using second = await openHistory(directory.path);
  expect(second.history.run).toBe(first.history.run + 1);
  const { rows } = await readAll(second.history.read(everything, first.history.run));
  expect([...rows.columns.frame]).toEqual(frames(100));
});

test("pipes in place of its files are passed over, not waited for", async () => {
  await using directory = await tempDirectory();
  const first = await openHistory(directory.path);
  const playing = new Playing(first.scheduler);
  first.history.startSession(session(1), playing.memory);
  playing.play(100);
  await first[Symbol.asyncDispose]();
  for (const name of readdirSync(directory.path)) {
    unlinkSync(join(directory.path, name));
    await command("mkfifo", join(directory.path, name));
  }
  await using second = await openHistory(directory.path);
  const { rows } = await readAll(second.history.read(everything, first.history.run));
  expect(rows.count).toBe(0);
});

test("with the history off nothing is written", async () => {
  await using directory = await tempDirectory();
  const limits = { ageMsMax: 0, bytesMax: 0 };
  await using opened = await openHistory(directory.path, { limits });
  const { history, scheduler } = opened;
  const playing = new Playing(scheduler);
  expect(history.isOn).toBe(false);
  history.startSession(session(1), playing.memory);
  playing.play(500);
  history.addSample(sampleOf({}));
  await history.flush();
  expect(segmentsIn(directory.path)).toEqual([]);
});

test("with the history off its followers still get every row once, from the start of the session", async () => {
  await using directory = await tempDirectory();
  const limits = { ageMsMax: 0, bytesMax: 0 };
  await using opened = await openHistory(directory.path, { limits });
  const { history, scheduler } = opened;
  const playing = new Playing(scheduler);
  const seen: number[] = [];
  const news: string[] = [];
  history.follow({
    onStart: ({ session_id }) => news.push(`start ${session_id}`),
    onRows: (_session, _written, final) => seen.push(...final.columns.frame),
    onSample: ({ session_id }) => news.push(`sample ${session_id}`),
    onEnd: (id) => news.push(`end ${id}`),
  });
  history.startSession(session(1), playing.memory);
  playing.play(500);
  history.addSample({ ...sampleOf({}), session_id: 1 });
  history.endSession(1);
  expect(seen).toEqual(frames(500));
  expect(news).toEqual(["start 1", "sample 1", "end 1"]);
  expect(segmentsIn(directory.path)).toEqual([]);
});

test("a full disk stops the history and nothing else, and it continues once there is room", async () => {
  await using disk = await smallDisk();
  await using opened = await openPlaying(disk.path);
  const { history, playing } = opened;
  playing.play(100);
  await history.flush();
  disk.fill();
  for (let window = 0; window < 8; window++) {
    playing.play(50 * 10);
    await history.flush();
  }
  expect(history.droppedCount).toBeGreaterThan(0);
  const { segmentCount } = history.held();
  for (let attempt = 0; attempt < 3; attempt++) {
    playing.play(50 * 11);
    await history.flush();
  }
  // An attempt that wrote nothing leaves nothing.
  expect(history.held().segmentCount).toBe(segmentCount);
  if (disk.isReal) expect(segmentsIn(disk.path)).toHaveLength(segmentCount);
  disk.free();
  playing.play(50 * 11);
  await history.flush();
  const last = playing.frame;
  playing.play(50);
  await history.flush();
  const { rows } = await readAll(history.read(everything));
  expect([...rows.columns.frame.slice(-50)]).toEqual(frames(50, last));
  if (disk.isReal) expect(rows.columns.frame[0]).toBe(0);
});

test("a clock that is set back changes neither order nor what is found", async () => {
  await using directory = await tempDirectory();
  await using opened = await openPlaying(directory.path);
  const { history, scheduler, playing } = opened;
  playing.play(50 * 90);
  scheduler.clock.stepWallMs(-3 * 60 * 60 * 1000);
  playing.play(50 * 90);
  await history.flush();
  await history.cleaned();
  const { rows } = await readAll(history.read(everything));
  expect([...rows.columns.frame]).toEqual(frames(50 * 180));
});

test("files that are not segments are left alone", async () => {
  await using directory = await tempDirectory();
  writeFileSync(join(directory.path, "notes.txt"), "mine");
  writeFileSync(join(directory.path, "000001-000000-5-7.hist"), "not a segment at all");
  await using opened = await openHistory(directory.path);
  const { history } = opened;
  expect((await readAll(history.read(everything, 1))).rows.count).toBe(0);
  history.setLimits({ ageMsMax: 0, bytesMax: 0 });
  await history.cleaned();
  expect(readdirSync(directory.path)).toEqual(["notes.txt"]);
});

test("only the owner may read the history", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "history");
  await using opened = await openPlaying(path);
  const { history, playing } = opened;
  playing.play(60);
  await history.flush();
  expect(statSync(path).mode & 0o777).toBe(0o700);
  const [name = ""] = segmentsIn(path);
  expect(statSync(join(path, name)).mode & 0o777).toBe(0o600);
});

test("a host without sessions does not wake up", async () => {
  await using directory = await tempDirectory();
  await using opened = await openPlaying(directory.path);
  const { history, scheduler, playing } = opened;
  playing.play(100);
  history.endSession(1);
  scheduler.advanceMs(2000);
  expect(scheduler.waitingCount).toBe(0);
});

test("what is added while the disk hangs in a sync is in the file when a flush has resolved", async () => {
  await using directory = await tempDirectory();
  const hung = Promise.withResolvers<void>();
  const sync = () => hung.promise;
  await using opened = await openHistory(directory.path, { sync });
  const { history, scheduler } = opened;
  const playing = new Playing(scheduler);
  history.startSession(session(1), playing.memory);
  for (let count = 1; count <= 3; count++) {
    // Each begins a segment of its own.
    scheduler.advanceMs(60_000);
    history.addSample(sampleOf({ session_id: 1 }));
    await history.flush();
    expect((await readAll(history.read(everything))).samples).toHaveLength(count);
  }
  hung.resolve();
});

test("a sync that the disk refuses stops the history, and ten seconds later it continues", async () => {
  await using directory = await tempDirectory();
  const sync = mock(() => Promise.resolve());
  sync.mockImplementationOnce(() => Promise.reject(new Error("no medium")));
  await using opened = await openHistory(directory.path, { sync });
  const { history, scheduler } = opened;
  history.startSession(session(1), new Playing(scheduler).memory);
  const add = async () => {
    history.addSample(sampleOf({ session_id: 1 }));
    await history.flush();
  };
  using _quiet = spyOn(console, "error").mockImplementation(() => undefined);
  await add();
  await add();
  expect([history.isStopped, history.stopCause]).toMatchObject([true, { message: "no medium" }]);
  scheduler.advanceMs(10_000);
  await add();
  expect(history.isStopped).toBe(false);
});
