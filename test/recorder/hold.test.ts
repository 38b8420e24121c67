import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { StatsEvent } from "../../src/ports/stats.ts";
import { nativeSession, recorderIn, sampleOf } from "../support/recorder-parts.ts";
import { smallDisk } from "../support/small-disk.ts";
import { tempDirectory } from "../support/temp-directory.ts";

test("a disk that is full at stop costs nothing: the capture is kept, live, and saved later", async () => {
  await using directory = await tempDirectory();
  await using disk = await smallDisk();
  await using parts = recorderIn(directory.path, disk.path);
  const { recorder, clock, store } = parts;
  await recorder.start();
  const session = recorder.registerSession(nativeSession);
  for (let window = 0; window < 3; window++) {
    clock.advanceMs(2000);
    recorder.pushSample(session, sampleOf());
  }
  disk.fill();
  const refusal = await recorder.stop().catch((cause: unknown) => cause);
  expect(refusal).toMatchObject({ code: "capture_not_saved" });
  expect(String(refusal)).toContain(disk.reason);
  expect(recorder.isArmed()).toBe(false);
  clock.advanceMs(60_000);
  expect(recorder.status()).toMatchObject({
    armed: false,
    held: true,
    sample_count: 3,
    kind: "native",
    elapsed_ms: 6000,
  });
  expect(recorder.live()?.samples).toHaveLength(3);
  expect(recorder.captureNumber()).toBe(1);
  expect(await readdir(join(directory.path, "journal"))).toHaveLength(1);
  if (disk.isReal) expect(await readdir(disk.path)).toEqual([]);
  await expect(recorder.start()).rejects.toMatchObject({ code: "capture_held" });
  await expect(recorder.stop()).rejects.toMatchObject({ code: "capture_not_saved" });
  expect(recorder.live()?.samples).toHaveLength(3);
  disk.free();
  const meta = await recorder.stop();
  expect(meta).toMatchObject({ sample_count: 3, duration_ms: 6000 });
  expect((await store.load(meta?.id ?? ""))?.samples).toHaveLength(3);
  expect(recorder.status()).toMatchObject({ armed: false, held: false, sample_count: 0 });
  expect(recorder.captureNumber()).toBe(0);
  expect(await readdir(join(directory.path, "journal"))).toEqual([]);
});

test("start saves the capture that is kept, then begins another", async () => {
  await using directory = await tempDirectory();
  await using disk = await smallDisk();
  await using parts = recorderIn(directory.path, disk.path);
  const { recorder, store } = parts;
  await recorder.start();
  recorder.pushSample(1, sampleOf());
  disk.fill();
  await recorder.stop().catch(() => undefined);
  disk.free();
  expect(await recorder.start()).toMatchObject({ armed: true, held: false, sample_count: 0 });
  expect((await store.list()).captures.map((meta) => meta.sample_count)).toEqual([1]);
});

test("a capture that is kept takes no more samples or sessions", async () => {
  await using directory = await tempDirectory();
  await using disk = await smallDisk();
  await using parts = recorderIn(directory.path, disk.path);
  const { recorder } = parts;
  await recorder.start();
  disk.fill();
  await recorder.stop().catch(() => undefined);
  recorder.pushSample(1, sampleOf());
  recorder.registerSession(nativeSession);
  expect(recorder.live()).toMatchObject({ meta: { sessions: [] }, samples: [] });
});

test("listeners hear that a capture is kept", async () => {
  await using directory = await tempDirectory();
  await using disk = await smallDisk();
  await using parts = recorderIn(directory.path, disk.path);
  const { recorder } = parts;
  await recorder.start();
  disk.fill();
  const heard: StatsEvent[] = [];
  using _subscription = recorder.subscribe((event) => heard.push(event));
  await recorder.stop().catch(() => undefined);
  expect(heard.at(-1)).toMatchObject({ kind: "status", status: { armed: false, held: true } });
});

test("a capture that is kept outlives the host in its journal", async () => {
  await using directory = await tempDirectory();
  await using disk = await smallDisk();
  const first = recorderIn(directory.path, disk.path);
  await first.recorder.start();
  const session = first.recorder.registerSession(nativeSession);
  first.clock.advanceMs(2000);
  first.recorder.pushSample(session, sampleOf());
  first.clock.advanceMs(1500);
  disk.fill();
  await first.recorder.stop().catch(() => undefined);
  await first.recorder[Symbol.asyncDispose]();
  const second = recorderIn(directory.path, disk.path);
  expect(await second.recorder.recover()).toEqual([]);
  expect(await readdir(join(directory.path, "journal"))).toHaveLength(1);
  disk.free();
  expect(await second.recorder.recover()).toEqual([
    expect.objectContaining({ recovered: true, duration_ms: 3500, sample_count: 1, width: 1920 }),
  ]);
  expect(await readdir(join(directory.path, "journal"))).toEqual([]);
});

test("a disk without room for the journal does not stop the recording", async () => {
  await using disk = await smallDisk();
  await using parts = recorderIn(disk.path);
  const { recorder, store } = parts;
  disk.fill();
  await recorder.start();
  recorder.pushSample(1, sampleOf());
  await recorder.stop().catch(() => undefined);
  disk.free();
  const meta = await recorder.stop();
  expect((await store.load(meta?.id ?? ""))?.samples).toHaveLength(1);
});
