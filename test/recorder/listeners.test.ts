import { expect, test } from "bun:test";
import type { StatsEvent } from "../../src/ports/stats.ts";
import { nativeSession, recorderIn, sampleOf } from "../support/recorder-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";

test("listeners hear of arming, samples, saving, removal in that order", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  const heard: StatsEvent[] = [];
  using _subscription = recorder.subscribe((event) => heard.push(event));
  await recorder.start();
  recorder.registerSession(nativeSession);
  recorder.pushSample(1, sampleOf());
  const meta = await recorder.stop();
  await recorder.remove(meta?.id ?? "");
  expect(heard.map((event) => event.kind)).toEqual([
    "status",
    "status",
    "sample",
    "status",
    "added",
    "status",
    "removed",
  ]);
  expect(heard[2]).toMatchObject({ kind: "sample", index: 0, sample: { session_id: 1 } });
  expect(heard[4]).toEqual({ kind: "added", meta: meta as NonNullable<typeof meta> });
});

test("a listener that throws keeps nobody from hearing", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  let heard = 0;
  using _bad = recorder.subscribe(() => {
    throw new Error("the listener's own fault");
  });
  using _good = recorder.subscribe(() => {
    heard += 1;
  });
  await recorder.start();
  expect(heard).toBe(1);
});

test("a listener that left hears nothing more", async () => {
  await using directory = await tempDirectory();
  await using parts = recorderIn(directory.path);
  const { recorder } = parts;
  let heard = 0;
  const subscription = recorder.subscribe(() => {
    heard += 1;
  });
  subscription[Symbol.dispose]();
  await recorder.start();
  expect(heard).toBe(0);
});
