/** What happens during a capture goes where the capture goes: journal, file, and away with it. */
import { expect, test } from "bun:test";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Timeline } from "../../src/model/timeline.ts";
import { nativeSession, recorderIn, sampleOf } from "../support/recorder-parts.ts";
import { smallDisk } from "../support/small-disk.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { messages, note } from "../support/timeline-parts.ts";

async function load(path: string | undefined): Promise<Timeline> {
  if (path === undefined) throw new Error("There is no timeline");
  return await Bun.file(path).json();
}

test("a capture's timeline is saved under its id, on its clock", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { clock, recorder, store, timeline } = parts;
  timeline.record(note("before the capture"));
  await recorder.start();
  clock.advanceMs(1500);
  timeline.record(note("in it"));
  const taken = timeline.checkpoint({ id: "mine", label: "here" });
  recorder.registerSession(nativeSession);
  const meta = await recorder.stop();
  timeline.record(note("after the capture"));
  const path = await store.timelinePath(meta?.id ?? "");
  expect(path).toBe(join(directory.path, "timelines", `${meta?.id}.json`));
  expect((await stat(path ?? "")).mode & 0o777).toBe(0o600);
  expect(await load(path)).toEqual({
    version: 1,
    kind: "timeline",
    id: meta?.id ?? "",
    started_at: "2026-06-26T20:14:03.000Z",
    host: "test",
    events_dropped: 0,
    checkpoints_dropped: 0,
    events_thinned: 0,
    events: [{ index: 0, timestamp: "2026-06-26T20:14:04.500Z", t_ms: 1500, event: note("in it") }],
    checkpoints: [taken],
  });
  expect([taken.t_ms, taken.event_index]).toEqual([1500, 1]);
});

test("a capture in which nothing happened has a timeline all the same", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  await parts.recorder.start();
  const meta = await parts.recorder.stop();
  expect((await load(await parts.store.timelinePath(meta?.id ?? ""))).events).toEqual([]);
});

test("a capture's timeline is deleted with it", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  await parts.recorder.start();
  const meta = await parts.recorder.stop();
  expect(await parts.recorder.remove(meta?.id ?? "")).toBe(true);
  expect(await readdir(join(directory.path, "timelines"))).toEqual([]);
  expect(await parts.store.timelinePath(meta?.id ?? "")).toBeUndefined();
});

test("no path is built of an id that is none", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  await Bun.write(join(directory.path, "secret.json"), "{}");
  await parts.store.prepare();
  for (const id of ["../secret", "..", ".", "", "a/b", "x".repeat(129)]) {
    expect([id, await parts.store.timelinePath(id)]).toEqual([id, undefined]);
  }
});

test("a timeline is recovered with its capture", async () => {
  await using directory = await tempDirectory();
  const parts = recorderIn(directory.path);
  await parts.recorder.start();
  const session = parts.recorder.registerSession(nativeSession);
  parts.timeline.record(note("a"));
  parts.timeline.checkpoint({ id: "mine" });
  parts.timeline.record(note("b"));
  parts.recorder.pushSample(session, sampleOf());
  // The host ends without saving.
  await parts.recorder[Symbol.asyncDispose]();
  await using later = recorderIn(directory.path);
  const [meta] = await later.recorder.recover();
  expect(meta?.recovered).toBe(true);
  const timeline = await load(await later.store.timelinePath(meta?.id ?? ""));
  expect([timeline.recovered, timeline.id]).toEqual([true, meta?.id ?? ""]);
  expect(messages(timeline.events)).toEqual(["a", "b"]);
  expect(timeline.checkpoints.map(({ id, event_index }) => [id, event_index])).toEqual([
    ["mine", 1],
  ]);
});

test("a timeline that does not fit on the disk is kept with its capture", async () => {
  await using disk = await smallDisk();
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path, join(disk.path, "captures"));
  await parts.recorder.start();
  parts.timeline.record(note("a"));
  disk.fill();
  const refusal = await parts.recorder.stop().catch((cause: Error) => cause.message);
  expect(refusal).toContain("it is kept");
  expect(parts.recorder.status().held).toBe(true);
  disk.free();
  const meta = await parts.recorder.stop();
  const timeline = await load(await parts.store.timelinePath(meta?.id ?? ""));
  expect(messages(timeline.events)).toEqual(["a"]);
  expect(await readdir(join(disk.path, "timelines"))).toEqual([`${meta?.id}.json`]);
});

test("the next capture's timeline starts again", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  await parts.recorder.start();
  parts.timeline.record(note("a"));
  await parts.recorder.stop();
  await parts.recorder.start();
  parts.timeline.record(note("b"));
  const meta = await parts.recorder.stop();
  const timeline = await load(await parts.store.timelinePath(meta?.id ?? ""));
  expect(timeline.events.map(({ index }) => index)).toEqual([0]);
  expect(messages(timeline.events)).toEqual(["b"]);
});

test("a torn event at the end of a journal costs that event only", async () => {
  await using directory = await tempDirectory();
  const head = { head: { version: 1, started_unix_ms: 1_782_504_843_000, host: "h" } };
  const event = { index: 0, timestamp: "2026-06-26T20:14:04.500Z", t_ms: 1, event: note("a") };
  const lines = [head, { event }, { event: { ...event, index: 1 } }].map((line) =>
    JSON.stringify(line),
  );
  await Bun.write(join(directory.path, "journal/1-2-3.jsonl"), lines.join("\n"));
  await using parts = recorderIn(directory.path);
  const [meta] = await parts.recorder.recover();
  const timeline = await load(await parts.store.timelinePath(meta?.id ?? ""));
  expect(timeline.events).toEqual([event]);
});
