import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { nativeSession, recorderIn, sampleOf } from "../support/recorder-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";

test("a capture goes from arming to its file, its listing, its loading, its removal", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder, store, clock } = parts;
  await recorder.start();
  const session = recorder.registerSession({
    ...nativeSession,
    width: 5120,
    height: 1440,
    fps: 240,
    codec: "hevc",
    client: "abcd",
  });
  clock.advanceMs(2000);
  recorder.pushSample(session, sampleOf());
  clock.advanceMs(2000);
  recorder.pushSample(session, sampleOf({ fps: 59 }));
  clock.advanceMs(500);
  const meta = await recorder.stop();
  expect(meta).toEqual({
    id: "2026-06-26T20-14-03Z_5120x1440",
    started_unix_ms: Date.UTC(2026, 5, 26, 20, 14, 3),
    duration_ms: 4500,
    kind: "native",
    width: 5120,
    height: 1440,
    fps: 240,
    codec: "hevc",
    client: "abcd",
    sample_count: 2,
    version: 1,
    sessions: [
      {
        session_id: session,
        kind: "native",
        width: 5120,
        height: 1440,
        fps: 240,
        codec: "hevc",
        client: "abcd",
      },
    ],
    host: "test-host",
  });
  const id = meta?.id ?? "";
  expect((await store.list()).captures).toEqual([expect.objectContaining({ id })]);
  expect((await store.load(id))?.samples).toEqual([
    sampleOf({ t_ms: 2000, session_id: session }),
    sampleOf({ t_ms: 4000, session_id: session, fps: 59 }),
  ]);
  expect(await recorder.remove(id)).toBe(true);
  expect((await store.list()).captures).toEqual([]);
  expect(await recorder.remove(id)).toBe(false);
});

test("an idle recorder is disarmed, empty and zero", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  expect(recorder.isArmed()).toBe(false);
  expect(recorder.live()).toBeUndefined();
  expect(recorder.status()).toEqual({
    armed: false,
    sample_count: 0,
    started_unix_ms: 0,
    kind: "",
    held: false,
    elapsed_ms: 0,
  });
});

test("a sample pushed while idle is in no capture", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  recorder.pushSample(1, sampleOf());
  await recorder.start();
  expect(recorder.status().sample_count).toBe(0);
});

test("stop with nothing recording gives nothing", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  expect(await recorder.stop()).toBeUndefined();
  expect(await readdir(directory.path)).toEqual([]);
});

test("stop leaves nothing live", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  await recorder.start();
  await recorder.stop();
  expect(recorder.isArmed()).toBe(false);
  expect(recorder.live()).toBeUndefined();
  expect(await recorder.stop()).toBeUndefined();
});

test("start while armed changes nothing", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder, clock } = parts;
  const first = await recorder.start();
  recorder.registerSession(nativeSession);
  recorder.pushSample(1, sampleOf());
  clock.advanceMs(1000);
  const number = recorder.captureNumber();
  expect(await recorder.start()).toEqual({
    ...first,
    sample_count: 1,
    kind: "native",
    elapsed_ms: 1000,
  });
  expect(recorder.captureNumber()).toBe(number);
});

test("a capture in which nobody played is saved with empty kind, codec, client", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder, store } = parts;
  await recorder.start();
  const meta = await recorder.stop();
  expect(meta).toMatchObject({
    id: "2026-06-26T20-14-03Z_0x0",
    kind: "",
    width: 0,
    height: 0,
    fps: 0,
    codec: "",
    client: "",
    sample_count: 0,
    sessions: [],
  });
  expect((await store.load(meta?.id ?? ""))?.samples).toEqual([]);
});

test("the gate opens after the capture exists", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder, gate } = parts;
  const open = gate.open.bind(gate);
  let wasThere = false;
  gate.open = (number) => {
    wasThere = recorder.live() !== undefined;
    open(number);
  };
  await recorder.start();
  expect(wasThere).toBe(true);
});

test("the gate closes before the capture is taken away", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder, gate } = parts;
  await recorder.start();
  const close = gate.close.bind(gate);
  let wasThere = false;
  gate.close = () => {
    close();
    wasThere = recorder.live() !== undefined;
  };
  await recorder.stop();
  expect(wasThere).toBe(true);
});

test("every capture has another number on the gate", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder, gate } = parts;
  await recorder.start();
  const first = gate.captureNumber();
  await recorder.stop();
  await recorder.start();
  expect(gate.captureNumber()).toBe(first + 1);
});

test("a sample of an older capture is not in the newer", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  await recorder.start();
  const older = recorder.captureNumber();
  await recorder.stop();
  await recorder.start();
  recorder.pushSample(1, sampleOf(), older);
  expect(recorder.status().sample_count).toBe(0);
  recorder.pushSample(1, sampleOf(), recorder.captureNumber());
  expect(recorder.status().sample_count).toBe(1);
});

test("a malformed sample does not spoil the capture", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder, store } = parts;
  await recorder.start();
  recorder.pushSample(1, sampleOf({ fps: Number.NaN }));
  recorder.pushSample(1, sampleOf({ packets_dropped: -1 }));
  recorder.pushSample(1, sampleOf());
  const meta = await recorder.stop();
  expect((await store.load(meta?.id ?? ""))?.samples).toHaveLength(1);
});

test("live gives the samples past the n-th", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  await recorder.start();
  for (const fps of [1, 2, 3]) recorder.pushSample(1, sampleOf({ fps }));
  const fpsAfter = (after?: number) => recorder.live(after)?.samples.map((sample) => sample.fps);
  expect(fpsAfter()).toEqual([1, 2, 3]);
  expect(fpsAfter(2)).toEqual([3]);
  expect(fpsAfter(3)).toEqual([]);
  expect(fpsAfter(99)).toEqual([]);
  expect(recorder.live(2)?.meta.sample_count).toBe(3);
});

test("a saved capture leaves no journal behind", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  await recorder.start();
  recorder.pushSample(1, sampleOf());
  await recorder.stop();
  expect(await readdir(join(directory.path, "journal"))).toEqual([]);
});
