/**
 * Rows of frames held against what others say of the same frames: numbers and times drawn into the
 * picture, ffprobe, the kernel's counter of lost packets, the kernel's account of a thread. How fast
 * the machine is does not matter: what it could not make in time is in the rows too. Needs root.
 */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fateIndex } from "../../src/frames/row-layout.ts";
import { RowReader } from "../../src/frames/row-reader.ts";
import type { FramesPage } from "../../src/model/frames-page.ts";
import { readCode } from "../../src/video/code-block.ts";
import { decodeLuma, run as runProgram } from "../support/decode.ts";
import { clock, ownCredentials, startTestHost, startTestPlayer } from "../support/native.ts";
import { isRoot, NetworkRun } from "../support/network-run.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { openScreen } from "../support/x-screen.ts";

const size = { width: 640, height: 360, format: "h264" } as const;

type Row = { readonly [name: string]: number | string | boolean | null };

/** Stops the capture that a run armed; its rows, in order. */
async function rowsOf(run: NetworkRun): Promise<Row[]> {
  const { id } = JSON.parse(await run.call("POST", "stats/capture/stop"));
  const page: FramesPage = JSON.parse(await run.call("GET", `stats/recordings/${id}/frames`));
  expect(page.truncated ?? false).toBe(false);
  const names = Object.keys(page.columns);
  return Array.from({ length: page.count }, (_, row) =>
    Object.fromEntries(names.map((name) => [name, page.columns[name]?.[row] ?? null])),
  );
}

const wasMade = ({ fate }: Row) => fate !== "missed";

test.skipIf(!isRoot)(
  "numbers and times drawn into the pictures that a player wrote are those of the rows that were sent",
  async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "out.h264");
    await using run = await NetworkRun.start({ play: ["--out", path] }, 3);
    const summary = await run.summary();
    const rows = await rowsOf(run);
    const count = ["-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"];
    const probed = await runProgram(["ffprobe", "-v", "error", ...count, path], new Uint8Array());
    expect(Number(Buffer.from(probed).toString())).toBe(summary.frames);
    const pictures = await decodeLuma(await Bun.file(path).bytes(), size);
    const codes = pictures.map((picture) => readCode(picture));
    // The source counts the pictures it was asked for, also before the session began; a slot that was
    // missed asked for none.
    const made = rows.filter(wasMade);
    const before = (codes[0]?.frameNumber ?? 0) - made.findIndex(({ fate }) => fate === "sent");
    const placeOf = (number = Number.NaN) => number - before;
    const drawn = codes.map((code) => placeOf(code?.frameNumber));
    const sent = made.flatMap(({ fate }, place) => (fate === "sent" ? [place] : []));
    expect(sent.filter((place) => place <= (drawn.at(-1) ?? 0))).toEqual(drawn);
    const captureUs = (place = 0) => Number(made[place]?.due_us) + Number(made[place]?.wait_us);
    for (const [index, code] of codes.entries()) {
      const sinceUs = Number(code?.captureStartUs) - Number(codes[0]?.captureStartUs);
      expect(captureUs(drawn[index]) - captureUs(drawn[0])).toBe(sinceUs);
    }
  },
  90_000,
);

test.skipIf(!isRoot)(
  "what the kernel lost of a stream is what its rows say was lost, frame by frame",
  async () => {
    await using run = await NetworkRun.start();
    await run.samples((await run.samples(0)).length + 1);
    await run.machines.loseMedia(3, run.port);
    await run.samples((await run.samples(0)).length + 3);
    const lostCount = await run.machines.heal();
    await run.samples((await run.samples(0)).length + 2);
    await run.summary();
    const rows = (await rowsOf(run)).filter(wasMade);
    const lost = rows.reduce((sum, { lost_packets }) => sum + Number(lost_packets), 0);
    expect(lostCount).toBeGreaterThan(20);
    // A report that a busy machine brought too late leaves its frames unmeasured, never wrong.
    const unreported = rows.slice(0, -120).filter(({ lost_packets }) => lost_packets === null);
    if (unreported.length === 0) expect(lost).toBe(lostCount);
    else expect(lost).toBeWithin(1, lostCount + 1);
    const first = rows.findIndex(({ lost_packets }) => Number(lost_packets) > 0);
    expect(first).toBeGreaterThan(60);
    for (const row of rows.filter(({ fate }) => fate === "lost")) {
      expect(Number(row.lost_packets)).toBeGreaterThan(Number(row.rebuilt));
    }
  },
  90_000,
);

/** A film whose pictures differ in nothing but their grey, by far from each to the nine after it. */
async function greyFilm(path: string): Promise<void> {
  const grey = "lum='40+mod(N*17,170)':cb=128:cr=128";
  const source = `color=black:size=320x180:rate=24,format=yuv420p,geq=${grey}`;
  const codec = ["-c:v", "libx264", "-qp", "10", "-pix_fmt", "yuv420p", "-color_range", "tv"];
  const options = ["-v", "error", "-y", "-f", "lavfi", "-i", source, "-t", "3", ...codec, path];
  await runProgram(["ffmpeg", ...options], new Uint8Array());
}

test("a slot repeats the picture before it where its row says so, in a film of 24 in 60", async () => {
  await using directory = await tempDirectory();
  const film = join(directory.path, "film.mp4");
  await greyFilm(film);
  await using host = await startTestHost({ source: `file:${film}` });
  host.gate.setFollowed(true);
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  const { rows: memory } = await host.event("session_started");
  await player.frameCount(180);
  const { columns, count } = new RowReader(memory, 1).read(Number.POSITIVE_INFINITY).written;
  const sent = Array.from({ length: count }, (_, row) => row).filter(
    (row) => columns.fate[row] === fateIndex("sent"),
  );
  const stream = Buffer.concat(player.frames.map(({ bytes }) => bytes));
  const pictures = await decodeLuma(stream, { width: 320, height: 180, format: "h264" });
  expect(player.frames[0]?.frame).toBe(0);
  for (let index = 1; index < Math.min(pictures.length, sent.length); index++) {
    const [before, now] = [pictures[index - 1], pictures[index]].map(
      (picture) => picture?.data[90 * 320 + 160] ?? Number.NaN,
    );
    const isRepeat = Math.abs((now ?? 0) - (before ?? 0)) < 8;
    expect([index, columns.repeat[sent[index] ?? 0]]).toEqual([index, isRepeat ? 1 : 0]);
  }
  const newCount = sent.filter((row) => columns.repeat[row] === 0).length;
  const seconds =
    ((columns.frame[sent.at(-1) ?? 0] ?? 0) - (columns.frame[sent[0] ?? 0] ?? 0)) / 60;
  // A film that was a picture behind when it was taken is behind by less than one.
  expect(newCount - 1).toBeWithin(Math.floor(seconds * 24) - 1, Math.ceil(seconds * 24) + 2);
}, 40_000);

/** Nanoseconds that the kernel says a thread of this process could have run and did not. */
const waitedNs = (thread: number) =>
  Number(readFileSync(`/proc/self/task/${thread}/schedstat`, "utf8").split(" ")[1]);

const sumOf = (column: Float64Array) =>
  column.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0);

/** All threads of this process run on the core until the end. */
async function moveThreads(core: number): Promise<AsyncDisposable> {
  const move = (cores: string) =>
    runProgram(["taskset", "-acp", cores, `${process.pid}`], new Uint8Array());
  await move(`${core}`);
  return { [Symbol.asyncDispose]: async () => void (await move(`0-${cpus().length - 1}`)) };
}

/**
 * Nothing else runs on the core for so long, without a break: the program takes it once it has started.
 * It ends by itself.
 */
async function takeCore(core: number, seconds: number): Promise<void> {
  const line = [
    "import os, time",
    `os.sched_setaffinity(0, {${core}})`,
    "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(20))",
    `end = time.monotonic() + ${seconds}`,
    "while time.monotonic() < end: pass",
  ].join("\n");
  expect(await Bun.spawn(["python3", "-c", line]).exited).toBe(0);
}

test.skipIf(!isRoot)(
  "a core that is taken from the encode thread shows as its wait for a core, as late, and as missed slots",
  async () => {
    await using host = await startTestHost();
    host.gate.setFollowed(true);
    using player = await startTestPlayer(host.host.port, await ownCredentials(host));
    const { rows: memory, threads } = await host.event("session_started");
    const thread = threads.encode ?? 0;
    // The encoder's own threads must not be stopped with it: the encode thread would sleep until they
    // are done, which is no wait for a core, where something else keeps the other core too busy to
    // take them over.
    await using _others = await moveThreads(1);
    await runProgram(["taskset", "-cp", "0", `${thread}`], new Uint8Array());
    await player.frameCount(60);
    const before = waitedNs(thread);
    const atUs = clock.nowUs();
    await takeCore(0, 0.4);
    const untilUs = clock.nowUs();
    await player.frameCount(player.frames.length + 30);
    const waitedUs = (waitedNs(thread) - before) / 1000;
    const { columns } = new RowReader(memory, 1).read(Number.POSITIVE_INFINITY).written;
    const within = (row: number) =>
      (columns.due_us[row] ?? 0) >= atUs - 50_000 && (columns.due_us[row] ?? 0) < untilUs;
    const places = Array.from(columns.due_us, (_, row) => row).filter(within);
    const longest = Math.max(
      ...places.map((row) => (columns.wait_us[row] ?? 0) + (columns.cpu_wait_us[row] || 0)),
    );
    expect(waitedUs).toBeGreaterThan(200_000);
    // Once for the frame that was due, and never more than the kernel says of the thread.
    expect(longest).toBeGreaterThan(150_000);
    expect(sumOf(columns.cpu_wait_us) * 1000).toBeLessThan(waitedNs(thread) + 1e6);
    const missed = places.filter((row) => columns.fate[row] === fateIndex("missed")).length;
    expect(missed).toBeGreaterThan(Math.floor(longest / (1e6 / 60)) - 4);
  },
  40_000,
);

test("slots that pass while the screen stands still are missed, also those after which no frame comes", async () => {
  // A screen of this depth is grabbed for each slot: its server blocks the thread that encodes.
  await using screen = await openScreen(16);
  await using host = await startTestHost({ source: `x11:${screen.name}` });
  host.gate.setFollowed(true);
  using player = await startTestPlayer(host.host.port, await ownCredentials(host));
  const { rows: memory, session } = await host.event("session_started");
  await player.frameCount(30);
  const reader = new RowReader(memory, session.session_id);
  screen.pause();
  const pausedUs = clock.nowUs();
  await Bun.sleep(1500);
  player.player.stop();
  await host.event("session_ended");
  const endedUs = clock.nowUs();
  screen.resume();
  const { columns, count } = reader.read(Number.POSITIVE_INFINITY).written;
  // From the first frame that the session got: a busy machine may have left out slots before it.
  const [first = 0] = columns.frame;
  expect(first).toBeLessThan(10);
  expect([...columns.frame]).toEqual(Array.from({ length: count }, (_, row) => first + row));
  const rows = Array.from(columns.due_us, (_, row) => row);
  const lastMade = rows.findLast((row) => columns.fate[row] !== fateIndex("missed")) ?? 0;
  expect(columns.due_us[lastMade]).toBeLessThan(pausedUs + 50_000);
  expect(count - 1 - lastMade).toBeGreaterThan(80);
  expect(columns.due_us[count - 1]).toBeLessThan(endedUs);
}, 30_000);
