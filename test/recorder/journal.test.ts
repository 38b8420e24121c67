import { expect, spyOn, test } from "bun:test";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { Journal } from "../../src/recorder/journal.ts";
import { formatEntry, type JournalEntry, parseJournal } from "../../src/recorder/journal-lines.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { command } from "../support/programs.ts";
import { nativeSession, recorderIn, sampleOf } from "../support/recorder-parts.ts";
import { smallDisk } from "../support/small-disk.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const startedUnixMs = Date.UTC(2026, 5, 26, 20, 14, 3);
const head: JournalEntry = { head: { version: 1, started_unix_ms: startedUnixMs, host: "h" } };
const entries: JournalEntry[] = [
  head,
  { session: { ...nativeSession, session_id: 7 } },
  ...[1, 2, 3].map((n) => ({ sample: sampleOf({ t_ms: n * 2000, session_id: 7, fps: n }) })),
];
const lines = entries.map(formatEntry);
const text = lines.join("");

async function withJournal(directory: string, content: string | Uint8Array): Promise<string> {
  const journal = join(directory, "journal");
  await mkdir(journal);
  await Bun.write(join(journal, "1-2-3.jsonl"), content);
  return journal;
}

test("a journal that a crash left becomes a capture", async () => {
  await using directory = await tempDirectory();
  const journal = await withJournal(directory.path, text);
  await using parts = recorderIn(directory.path);
  const added: string[] = [];
  using _subscription = parts.recorder.subscribe((event) => {
    if (event.kind === "added") added.push(event.meta.id);
  });
  const [meta] = await parts.recorder.recover();
  expect(meta).toEqual({
    id: "2026-06-26T20-14-03Z_1920x1080",
    started_unix_ms: startedUnixMs,
    duration_ms: 6000,
    kind: "native",
    width: 1920,
    height: 1080,
    fps: 60,
    codec: "h264",
    client: "a player",
    sample_count: 3,
    version: 1,
    recovered: true,
    sessions: [{ ...nativeSession, session_id: 7 }],
    host: "h",
  });
  expect((await parts.store.load(meta?.id ?? ""))?.samples.map(({ fps }) => fps)).toEqual([
    1, 2, 3,
  ]);
  expect(added).toEqual([meta?.id ?? "none"]);
  expect(await readdir(journal)).toEqual([]);
  expect(await parts.recorder.recover()).toEqual([]);
});

test("a journal whose capture was saved already does not become a second", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder, store, clock } = parts;
  await recorder.start();
  const session = recorder.registerSession(nativeSession);
  clock.advanceMs(2000);
  recorder.pushSample(session, sampleOf());
  const live = recorder.live();
  await recorder.stop();
  const again = [
    { head: { version: 1, started_unix_ms: live?.meta.started_unix_ms ?? 0, host: "test-host" } },
    { session: { ...nativeSession, session_id: session } },
    ...(live?.samples ?? []).map((sample) => ({ sample })),
  ];
  const lost = again.map((entry) => formatEntry(entry as JournalEntry)).join("");
  await Bun.write(join(directory.path, "journal", "1-2-3.jsonl"), lost);
  expect(await recorder.recover()).toEqual([]);
  expect((await store.list()).captures).toHaveLength(1);
  expect(await readdir(join(directory.path, "journal"))).toEqual([]);
});

test("the journal of the capture that records is left alone", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  await parts.recorder.start();
  expect(await parts.recorder.recover()).toEqual([]);
  expect(parts.recorder.isArmed()).toBe(true);
});

test("an empty journal is nothing", async () => {
  await using directory = await tempDirectory();
  const journal = await withJournal(directory.path, "");
  await using parts = recorderIn(directory.path);
  expect(await parts.recorder.recover()).toEqual([]);
  expect(await readdir(journal)).toEqual([]);
});

test("a journal that is not one is set aside", async () => {
  await using directory = await tempDirectory();
  const journal = await withJournal(directory.path, "nonsense\n");
  await using parts = recorderIn(directory.path);
  expect(await parts.recorder.recover()).toEqual([]);
  expect(await readdir(join(journal, "damaged"))).toEqual(["1-2-3.jsonl"]);
});

test("a pipe in a journal's place is set aside, not waited for", async () => {
  await using directory = await tempDirectory();
  const journal = await withJournal(directory.path, "");
  const path = join(journal, "1-2-3.jsonl");
  await rm(path);
  await command("mkfifo", path);
  await using parts = recorderIn(directory.path);
  expect(await parts.recorder.recover()).toEqual([]);
  expect(await readdir(join(journal, "damaged"))).toEqual(["1-2-3.jsonl"]);
});

test("a journal with a damaged line gives what can be read, and is set aside", async () => {
  await using directory = await tempDirectory();
  const damaged = lines.with(3, "\0\0\0\0\n").join("");
  const journal = await withJournal(directory.path, damaged);
  await using parts = recorderIn(directory.path);
  expect(await parts.recorder.recover()).toEqual([expect.objectContaining({ sample_count: 2 })]);
  expect(await readdir(join(journal, "damaged"))).toEqual(["1-2-3.jsonl"]);
});

test("one bad journal does not keep another from being recovered", async () => {
  await using directory = await tempDirectory();
  const journal = await withJournal(directory.path, text);
  await mkdir(join(journal, "0-0-0.jsonl"));
  await using parts = recorderIn(directory.path);
  expect(await parts.recorder.recover()).toHaveLength(1);
});

test("a journal cut at any byte gives every whole line before the cut", () => {
  const bytes = Buffer.from(text);
  for (let cut = 0; cut < bytes.length; cut++) {
    const { capture, damagedLineCount } = parseJournal(bytes.toString("utf8", 0, cut));
    const wholeCount = bytes.toString("utf8", 0, cut).split("\n").length - 1;
    expect(damagedLineCount).toBe(0);
    expect(capture === undefined).toBe(wholeCount === 0);
    expect(capture?.samples.length ?? 0).toBe(Math.max(0, wholeCount - 2));
  }
});

test("the end of a capture that could not be saved is its length", () => {
  const ended = text + formatEntry({ end: { duration_ms: 7777 } });
  expect(parseJournal(ended).capture?.meta.duration_ms).toBe(7777);
});

test("a journal holds no more samples than a capture", () => {
  const sample = formatEntry({ sample: sampleOf() });
  const count = (samples: number) =>
    parseJournal(formatEntry(head) + sample.repeat(samples)).capture?.meta;
  expect(count(5400)).toMatchObject({ sample_count: 5400 });
  expect(count(5400)).not.toHaveProperty("truncated");
  expect(count(5401)).toMatchObject({ sample_count: 5400, truncated: true });
});

test("any text at all is read without an exception", () => {
  const anyLine = fc.oneof(
    fc.constantFrom(...lines),
    fc.string().map((line) => `${line}\n`),
    fc.json().map((line) => `${line}\n`),
    fc.constantFrom(
      "{}\n",
      "null\n",
      '{"head":null}\n',
      '{"sample":{}}\n',
      '{"__proto__":1}\n',
      "[]\n",
    ),
    fc
      .record({ started_unix_ms: fc.anything(), version: fc.constant(1), host: fc.string() })
      .map(
        (any) =>
          `${JSON.stringify({ head: any }, (_key, value) => (typeof value === "bigint" ? 1 : value))}\n`,
      ),
  );
  const property = fc.property(fc.array(anyLine), fc.string(), (some, torn) => {
    const { capture } = parseJournal(some.join("") + torn);
    if (capture !== undefined) expect(capture.meta.sample_count).toBe(capture.samples.length);
  });
  fc.assert(property, { numRuns: 500 });
});

test("any bytes in a journal's place leave the host able to start", async () => {
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.nat(text.length - 1), fc.nat(255)).map(([at, value]) => {
      const bytes = Buffer.from(text);
      bytes[at] = value;
      return bytes;
    }),
  );
  using _quiet = spyOn(console, "error").mockImplementation(() => undefined);
  const property = fc.asyncProperty(anyBytes, async (bytes) => {
    await using directory = await tempDirectory();
    const journal = await withJournal(directory.path, bytes);
    await using parts = recorderIn(directory.path);
    const metas = await parts.recorder.recover();
    for (const { id } of metas) expect(await parts.store.load(id)).toBeDefined();
    expect((await parts.store.list()).damaged).toEqual([]);
    expect((await readdir(journal)).filter((name) => name !== "damaged")).toEqual([]);
  });
  await fc.assert(property, { numRuns: 60 });
});

test("a journal is its owner's alone", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "journal");
  const journal = new Journal({ directory: path, clock: new ManualClock(), startedUnixMs });
  journal.append(head);
  await journal.close();
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect((await stat(journal.path)).mode & 0o777).toBe(0o600);
});

test("a disk that hangs while it syncs delays no line", async () => {
  await using directory = await tempDirectory();
  const hung = Promise.withResolvers<void>();
  const sync = () => hung.promise;
  const clock = new ManualClock();
  const journal = new Journal({ directory: directory.path, clock, startedUnixMs, sync });
  for (const entry of entries) {
    journal.append(entry);
    await journal.settled();
  }
  expect(await readFile(journal.path, "utf8")).toBe(text);
  hung.resolve();
  await journal.close();
});

test("lines that a full disk refused are written once there is room, in order, none torn", async () => {
  await using disk = await smallDisk();
  const journal = new Journal({ directory: disk.path, clock: new ManualClock(), startedUnixMs });
  using errors = spyOn(console, "error").mockImplementation(() => undefined);
  disk.fill();
  for (const entry of entries.slice(0, 4)) {
    journal.append(entry);
    await journal.settled();
  }
  expect(errors).toHaveBeenCalledTimes(1);
  disk.free();
  for (const entry of entries.slice(4)) journal.append(entry);
  await journal.settled();
  await journal.close();
  expect(await readFile(journal.path, "utf8")).toBe(text);
});

test("a journal is whole only while the disk has taken all of it", async () => {
  await using disk = await smallDisk();
  const journal = new Journal({ directory: disk.path, clock: new ManualClock(), startedUnixMs });
  journal.append(head);
  expect(await journal.isWhole()).toBe(true);
  disk.fill();
  const large = sampleOf({ stages: [{ name: "x".repeat(2_000_000), p50_us: 1, p99_us: 1 }] });
  journal.append({ sample: large });
  const whole = await journal.isWhole();
  // What is not a real disk takes all that goes into a file that is open.
  expect(whole).toBe(!disk.isReal);
  await journal.close();
});
