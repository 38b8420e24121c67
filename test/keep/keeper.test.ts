/** Captures of what has been, and the rows of armed ones. */
import { expect, test } from "bun:test";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { HistoryService } from "../../src/keep/history-reads.ts";
import { Playing } from "../support/history-parts.ts";
import { begin, beginPlaying, keepIn } from "../support/keep-parts.ts";
import { smallDisk } from "../support/small-disk.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { note } from "../support/timeline-parts.ts";

const numbers = (count: number, first = 0) => Array.from({ length: count }, (_, at) => first + at);

test("an armed capture has the rows due from its start until its end, counted from its start", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  const playing = beginPlaying(parts, 1);
  playing.play(100);
  await parts.recorder.start();
  playing.play(100);
  parts.sample(1);
  const meta = await parts.recorder.stop();
  playing.play(100);
  parts.scheduler.advanceMs(3000);
  const { columns } = await parts.service.framesOfRecording(meta?.id ?? "", {});
  expect(columns.frame).toEqual(numbers(100, 100));
  expect(columns.due_us?.[0]).toBe(0);
  expect(columns.due_us?.[99]).toBe(99 * 20_000);
  expect(meta?.origin).toBeUndefined();
  const path = join(directory.path, "frames", `${meta?.id}.parquet`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("what a player reports right after the end is still in the rows", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  const playing = beginPlaying(parts, 1);
  await parts.recorder.start();
  playing.play(50);
  const meta = await parts.recorder.stop();
  playing.writer.addLate(49, { complete_us: 9000 }, parts.clock.nowUs());
  parts.scheduler.advanceMs(3000);
  const { columns } = await parts.service.framesOfRecording(meta?.id ?? "", {});
  expect(columns.complete_us?.slice(-2)).toEqual([null, 9000]);
});

test("with the history off an armed capture has its rows all the same, and nothing is left over", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path, { ageMsMax: 0, bytesMax: 0 });
  const playing = beginPlaying(parts, 1);
  await parts.recorder.start();
  playing.play(200);
  const meta = await parts.recorder.stop();
  parts.scheduler.advanceMs(3000);
  expect((await parts.service.framesOfRecording(meta?.id ?? "", {})).count).toBe(200);
  await parts.history.cleaned();
  expect(parts.history.held().segmentCount).toBe(0);
});

test("the last seconds become a capture with samples, events, checkpoints and rows", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  const playing = beginPlaying(parts, 7);
  playing.play(50 * 40);
  parts.sample(7);
  parts.history.addEvent(note("hot"), parts.clock.nowUs() - 1000);
  parts.history.addCheckpoint({ at_us: parts.clock.nowUs() - 500, id: "connect-1", state: {} });
  playing.play(50);
  const meta = await parts.service.keepLast(30);
  expect(meta).toMatchObject({
    origin: "kept",
    kind: "native",
    sample_count: 1,
    duration_ms: 30_000,
  });
  expect(meta.sessions?.map(({ session_id }) => session_id)).toEqual([7]);
  expect(parts.kept).toEqual([meta]);
  const timeline = await parts.store.loadTimeline(meta.id);
  expect(timeline?.events.map(({ event, t_ms }) => ({ event, t_ms }))).toEqual([
    { event: note("hot"), t_ms: 28_999 },
  ]);
  expect(timeline?.checkpoints.map(({ id, event_index }) => [id, event_index])).toEqual([
    ["connect-1", 1],
  ]);
  const page = await parts.service.framesOfRecording(meta.id, { columns: ["frame"] });
  expect(page.columns).toEqual({ frame: numbers(1500, 50 * 41 - 1500) });
  expect(await parts.store.load(meta.id)).toMatchObject({ samples: [{ t_ms: 29_000 }] });
});

test("of more seconds than were recorded those that were become a capture", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  parts.scheduler.advanceMs(3_600_000);
  const playing = beginPlaying(parts, 1);
  playing.play(50 * 10);
  parts.sample(1);
  const { duration_ms } = await parts.service.keepLast(86_400);
  expect(duration_ms).toBeWithin(10_000, 11_001);
});

test("keeping disturbs no armed capture", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  const playing = beginPlaying(parts, 1);
  playing.play(100);
  await parts.recorder.start();
  playing.play(100);
  parts.sample(1);
  await parts.service.keepLast(3);
  expect(parts.recorder.status()).toMatchObject({ armed: true, sample_count: 1 });
  playing.play(100);
  const meta = await parts.recorder.stop();
  parts.scheduler.advanceMs(3000);
  expect((await parts.service.framesOfRecording(meta?.id ?? "", {})).count).toBe(200);
});

test("a session that ended is kept, or a range of it, without the rows of others", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  const [one, two] = [new Playing(parts.scheduler), new Playing(parts.scheduler)];
  begin(parts, 1, one.memory);
  one.play(100);
  parts.sample(1);
  begin(parts, 2, two.memory);
  two.play(100);
  parts.sample(2);
  parts.history.endSession(1);
  parts.history.endSession(2);
  parts.scheduler.advanceMs(60_000);
  const whole = await parts.service.keepSession("1", {});
  expect((await parts.service.framesOfRecording(whole.id, {})).columns.session_id).toEqual(
    numbers(100).map(() => 1),
  );
  expect(whole.sessions).toHaveLength(1);
  const state = await parts.service.state();
  expect(state.sessions.map(({ id, rows, running }) => ({ id, rows, running }))).toEqual([
    { id: "1-2", rows: 100, running: false },
    { id: "1-1", rows: 100, running: false },
  ]);
  const part = await parts.service.keepSession("1-2", { from: 1000, to: 2001 });
  const { columns } = await parts.service.framesOfRecording(part.id, { columns: ["frame"] });
  expect(columns.frame).toEqual(numbers(50, 50));
});

test("a session of an earlier start keeps its rows, although its segments are to go meanwhile", async () => {
  await using directory = await tempDirectory();
  const first = await keepIn(directory.path);
  const playing = beginPlaying(first, 1);
  playing.play(100);
  first.sample(1);
  playing.play(50);
  await first[Symbol.asyncDispose]();
  await using parts = await keepIn(directory.path);
  const { history, service } = parts;
  const flush = history.flush.bind(history);
  let flushCount = 0;
  history.flush = async () => {
    flushCount += 1;
    // The rows are about to be written: retention comes first.
    if (flushCount === 2) history.setLimits({ ageMsMax: 0, bytesMax: 0 });
    if (flushCount === 2) await history.cleaned();
    await flush();
  };
  const { id } = await service.keepSession("1-1", {});
  expect((await service.framesOfRecording(id, {})).count).toBe(150);
  expect(flushCount).toBe(2);
  await history.cleaned();
  expect(history.namesOf({ fromUs: 0, toUs: Number.POSITIVE_INFINITY }, 1)).toEqual([]);
});

test("what earlier starts left on the disk is counted from the first answer on", async () => {
  await using directory = await tempDirectory();
  const first = await keepIn(directory.path);
  beginPlaying(first, 1).play(100);
  await first.history.flush();
  const { bytes } = await first.service.state();
  await first[Symbol.asyncDispose]();
  expect(bytes).toBeGreaterThan(0);
  await using parts = await keepIn(directory.path);
  expect((await parts.service.state()).bytes).toBeGreaterThanOrEqual(bytes);
});

test("what the history does not have cannot be kept", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  expect(parts.service.keepLast(30)).rejects.toMatchObject({ code: "nothing_kept" });
  expect(parts.service.keepSession("9", {})).rejects.toMatchObject({ code: "not_found" });
  expect(parts.service.keepSession("../x", {})).rejects.toMatchObject({ code: "not_found" });
});

test("a session too short for a sample is kept all the same, with its rows", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  const playing = beginPlaying(parts, 1);
  playing.play(60);
  const meta = await parts.service.keepLast(1);
  expect(meta).toMatchObject({ sample_count: 0, width: 1280, fps: 50 });
  expect((await parts.service.framesOfRecording(meta.id, {})).count).toBe(50);
});

test("why nothing can be kept is named: the history is off, or the disk is full", async () => {
  await using directory = await tempDirectory();
  await using off = await keepIn(directory.path, { ageMsMax: 0, bytesMax: 0 });
  await expect(off.service.keepLast(30)).rejects.toMatchObject({ code: "history_off" });
  await using disk = await smallDisk();
  await using parts = await keepIn(disk.path);
  disk.fill();
  const playing = beginPlaying(parts, 1);
  playing.play(60);
  await expect(parts.service.keepLast(30)).rejects.toMatchObject({
    code: "recording_not_saved",
    ...(disk.isReal ? { values: { disk: "full" } } : {}),
  });
  expect((await off.service.state()).stopped).toBeUndefined();
  const { stopped } = await parts.service.state();
  expect(stopped?.reason).toContain(disk.reason);
});

test("a page of frames comes from one file that is opened once, with what it lacks", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  const playing = beginPlaying(parts, 1);
  playing.play(100);
  parts.sample(1);
  playing.play(50);
  const { id } = await parts.service.keepLast(30);
  const asked: string[] = [];
  const service = new HistoryService({
    ...{ history: parts.history, keeper: parts.keeper, hostName: "here" },
    framesPath: async (wanted) => {
      asked.push(wanted);
      return await parts.store.frames.filePath(wanted);
    },
    nowUs: () => parts.clock.nowUs(),
  });
  expect((await service.framesOfRecording(id, {})).count).toBe(150);
  expect(asked).toEqual([id]);
});

test("a deleted capture takes its rows along", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  const playing = beginPlaying(parts, 1);
  playing.play(100);
  parts.sample(1);
  const { id } = await parts.service.keepLast(30);
  const path = await parts.service.framesPath(id);
  expect(existsSync(path ?? "")).toBe(true);
  await parts.recorder.remove(id);
  expect(existsSync(path ?? "")).toBe(false);
  expect(parts.service.framesOfRecording(id, {})).rejects.toMatchObject({ code: "no_frames" });
});

test("a capture that a crash left in its journal gets its rows from the history", async () => {
  await using directory = await tempDirectory();
  const first = await keepIn(directory.path);
  const playing = beginPlaying(first, 1);
  playing.play(50);
  await first.recorder.start();
  playing.play(150);
  first.sample(1);
  await first.history.flush();
  // The host dies here: nothing is stopped, nothing is closed.
  await using second = await keepIn(directory.path);
  const metas = await second.recorder.recover();
  expect(metas).toMatchObject([{ recovered: true }]);
  const { columns } = await second.service.framesOfRecording(metas[0]?.id ?? "", {});
  expect(columns.frame).toEqual(numbers(150, 50));
  await first[Symbol.asyncDispose]();
});
