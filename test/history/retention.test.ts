/** Which segments of the history go, and which stay. */
import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { openHistory, Playing, readAll, segmentsIn, session } from "../support/history-parts.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { tempDirectory } from "../support/temp-directory.ts";

test("the oldest segments go first, by size", async () => {
  await using directory = await tempDirectory();
  await using opened = await openHistory(directory.path);
  const { history, scheduler } = opened;
  const playing = new Playing(scheduler);
  history.startSession(session(1), playing.memory);
  playing.play(50 * 60 * 5);
  await history.flush();
  const before = segmentsIn(directory.path);
  const bytes = before.map((name) => statSync(join(directory.path, name)).size);
  const newest = (bytes.at(-1) ?? 0) + (bytes.at(-2) ?? 0);
  history.setLimits({ ageMsMax: 1e12, bytesMax: newest });
  await history.cleaned();
  expect(segmentsIn(directory.path)).toEqual(before.slice(-2));
});

test("segments older than the limit go, exact to a segment", async () => {
  await using directory = await tempDirectory();
  await using opened = await openHistory(directory.path);
  const { history, scheduler } = opened;
  const playing = new Playing(scheduler);
  history.startSession(session(1), playing.memory);
  playing.play(50 * 60 * 4);
  await history.flush();
  const before = segmentsIn(directory.path);
  const wallMs = scheduler.clock.wallMs();
  const ages = before.map((name) => wallMs - Number(name.split(/[-.]/)[3]));
  history.setLimits({ ageMsMax: ages[1] ?? 0, bytesMax: 1e9 });
  await history.cleaned();
  expect(segmentsIn(directory.path)).toEqual(before.slice(1));
});

test("what a capture needs stays, whatever the limits", async () => {
  await using directory = await tempDirectory();
  await using opened = await openHistory(directory.path);
  const { history, scheduler, clock } = opened;
  const playing = new Playing(scheduler);
  history.startSession(session(1), playing.memory);
  playing.play(50 * 120);
  await history.flush();
  const fromUs = clock.nowUs();
  const pin = history.pin();
  playing.play(50 * 120);
  history.setLimits({ ageMsMax: 0, bytesMax: 0 });
  playing.play(50 * 60);
  await history.flush();
  await history.cleaned();
  const range = { fromUs, toUs: clock.nowUs() };
  expect((await readAll(history.read(range))).rows.count).toBe(50 * 180);
  pin[Symbol.dispose]();
  await history.cleaned();
  expect(segmentsIn(directory.path)).toEqual([]);
});

test("segments dated far ahead, because a clock was wrong, do not stay for ever", async () => {
  await using directory = await tempDirectory();
  const wrong = new ManualScheduler();
  wrong.clock.stepWallMs(4 * 365 * 24 * 60 * 60 * 1000);
  await using first = await openHistory(directory.path, { scheduler: wrong });
  const playing = new Playing(wrong);
  first.history.startSession(session(1), playing.memory);
  playing.play(100);
  await first.history[Symbol.asyncDispose]();
  expect(segmentsIn(directory.path)).toHaveLength(1);
  await using opened = await openHistory(directory.path);
  const { history } = opened;
  history.clean();
  await history.cleaned();
  expect(segmentsIn(directory.path)).toEqual([]);
});
