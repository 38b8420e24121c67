import { expect, spyOn, test } from "bun:test";
import fc from "fast-check";
import { nativeSession, recorderIn, sampleOf } from "../support/recorder-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";

test("two stops at once save one capture and get the same answer", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder, store } = parts;
  await recorder.start();
  recorder.pushSample(1, sampleOf());
  const [first, second] = await Promise.all([recorder.stop(), recorder.stop()]);
  expect(first).toMatchObject({ sample_count: 1 });
  expect(second).toEqual(first);
  expect((await store.list()).captures).toHaveLength(1);
  expect(await recorder.stop()).toBeUndefined();
});

test("two starts at once begin one capture", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  await Promise.all([recorder.start(), recorder.start()]);
  expect(recorder.captureNumber()).toBe(1);
});

test("a start while the last capture is being saved begins the next behind it", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder, store } = parts;
  await recorder.start();
  const [meta, status] = await Promise.all([recorder.stop(), recorder.start()]);
  expect(status).toMatchObject({ armed: true, sample_count: 0 });
  expect((await store.list()).captures).toEqual([expect.objectContaining({ id: meta?.id })]);
  expect(recorder.captureNumber()).toBe(2);
});

test("a sample that comes while the capture is being saved is in none", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder, store } = parts;
  await recorder.start();
  const number = recorder.captureNumber();
  recorder.pushSample(1, sampleOf({ fps: 1 }), number);
  const stopping = recorder.stop();
  recorder.pushSample(1, sampleOf({ fps: 2 }), number);
  const meta = await stopping;
  recorder.pushSample(1, sampleOf({ fps: 3 }), number);
  await recorder.start();
  recorder.pushSample(1, sampleOf({ fps: 4 }), number);
  expect(recorder.status().sample_count).toBe(0);
  expect((await store.load(meta?.id ?? ""))?.samples.map(({ fps }) => fps)).toEqual([1]);
});

test("however stop and the last samples interleave, the file holds what was heard of", async () => {
  const property = fc.asyncProperty(
    fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 20 }),
    fc.integer({ min: 0, max: 30 }),
    async (turns, stopTurn) => {
      await using directory = await tempDirectory();
      await using parts = recorderIn(directory.path);
      const { recorder, store } = parts;
      const heard: number[] = [];
      using _subscription = recorder.subscribe((event) => {
        if (event.kind === "sample") heard.push(event.sample.fps);
      });
      await recorder.start();
      const pushes = turns.map(async (turn, fps) => {
        await turnsPassed(turn);
        recorder.pushSample(1, sampleOf({ fps }));
      });
      await turnsPassed(stopTurn);
      const metas = await Promise.all([recorder.stop(), recorder.stop()]);
      await Promise.all(pushes);
      const saved = await store.load(metas[0]?.id ?? "");
      expect(saved?.samples.map(({ fps }) => fps)).toEqual(heard);
      expect(metas[0]?.sample_count).toBe(heard.length);
    },
  );
  await fc.assert(property, { numRuns: 40 });
});

async function turnsPassed(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

test("a wall clock set back by an hour changes no time in the capture", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder, store, clock } = parts;
  const { started_unix_ms } = await recorder.start();
  clock.advanceMs(2000);
  recorder.pushSample(1, sampleOf());
  clock.stepWallMs(-3_600_000);
  clock.advanceMs(2000);
  recorder.pushSample(1, sampleOf());
  expect(recorder.status()).toMatchObject({ started_unix_ms, elapsed_ms: 4000 });
  clock.advanceMs(100);
  const meta = await recorder.stop();
  expect(meta).toMatchObject({ started_unix_ms, duration_ms: 4100 });
  expect((await store.load(meta?.id ?? ""))?.samples.map(({ t_ms }) => t_ms)).toEqual([2000, 4000]);
});

test("a start that the clock repeats gets an id of its own", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder, clock, store } = parts;
  const ids: (string | undefined)[] = [];
  for (let capture = 0; capture < 3; capture++) {
    await recorder.start();
    recorder.registerSession({ ...nativeSession, client: `player ${capture}` });
    clock.advanceMs(3_600_000);
    ids.push((await recorder.stop())?.id);
    clock.stepWallMs(-3_600_000);
  }
  const id = "2026-06-26T20-14-03Z_1920x1080";
  expect(ids).toEqual([id, `${id}-2`, `${id}-3`]);
  expect((await store.load(id))?.meta.client).toBe("player 0");
});

test.each([
  [5400, undefined],
  [5401, true],
  [5450, true],
])("of %d samples at most the oldest 5,400 are kept, and it says so", async (count, truncated) => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder, clock, store } = parts;
  using errors = spyOn(console, "error").mockImplementation(() => undefined);
  await recorder.start();
  const session = recorder.registerSession(nativeSession);
  for (let window = 0; window < count; window++) {
    clock.advanceMs(2000);
    recorder.pushSample(session, sampleOf());
  }
  expect(recorder.status().sample_count).toBe(5400);
  const meta = await recorder.stop();
  expect(meta).toMatchObject({ sample_count: 5400, duration_ms: count * 2000 });
  expect(meta?.truncated).toBe(truncated);
  const saved = await store.load(meta?.id ?? "");
  expect(saved?.meta.truncated).toBe(truncated);
  expect(saved?.samples.map(({ t_ms }) => t_ms)).toEqual(
    Array.from({ length: 5400 }, (_, window) => (window + 1) * 2000),
  );
  const warnings = errors.mock.calls.filter(([line]) => String(line).includes("capture is full"));
  expect(warnings).toHaveLength(truncated ? 1 : 0);
});
