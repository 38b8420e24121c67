/** Which segments of the history go, and which stay. */
import { expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  dayMs,
  openHistory,
  openPlaying,
  Playing,
  readAll,
  segmentsIn,
  session,
} from "../support/history-parts.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";
import { tempDirectory } from "../support/temp-directory.ts";

test("the oldest segments go first, by size", async () => {
  await using directory = await tempDirectory();
  await using opened = await openPlaying(directory.path);
  const { history, playing } = opened;
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
  await using opened = await openPlaying(directory.path);
  const { history, scheduler, playing } = opened;
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
  await using opened = await openPlaying(directory.path);
  const { history, clock, playing } = opened;
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

test("segments dated far ahead, because a clock was wrong, do not stay forever", async () => {
  await using directory = await tempDirectory();
  const wrong = new ManualScheduler();
  wrong.clock.stepWallMs(4 * 365 * 24 * 60 * 60 * 1000);
  await using first = await openHistory(directory.path, { scheduler: wrong });
  const playing = new Playing(wrong);
  first.history.startSession(session(1), playing.memory);
  playing.play(100);
  await first.history[Symbol.asyncDispose]();
  const ahead = segmentsIn(directory.path);
  expect(ahead).toHaveLength(1);
  await using opened = await openHistory(directory.path);
  const { history, scheduler } = opened;
  const later = new Playing(scheduler);
  history.startSession(session(1), later.memory);
  later.play(50 * 60);
  await history.flush();
  history.setLimits({ ageMsMax: 30_000, bytesMax: 1e9 });
  await history.cleaned();
  expect(segmentsIn(directory.path)).not.toContain(ahead[0] ?? "");
});

test("a clock that is set back by years, as at the start of a machine, costs no segment", async () => {
  await using directory = await tempDirectory();
  await using first = await openHistory(directory.path);
  const playing = new Playing(first.scheduler);
  first.history.startSession(session(1), playing.memory);
  playing.play(100);
  await first.history[Symbol.asyncDispose]();
  const before = segmentsIn(directory.path);
  const back = new ManualScheduler();
  back.clock.stepWallMs(-50 * 365 * 24 * 60 * 60 * 1000);
  await using opened = await openHistory(directory.path, { scheduler: back });
  const { history, scheduler } = opened;
  const later = new Playing(scheduler);
  history.startSession(session(1), later.memory);
  later.play(100);
  await history.flush();
  history.setLimits({ ageMsMax: 7 * 24 * 60 * 60 * 1000, bytesMax: 1e9 });
  await history.cleaned();
  expect(segmentsIn(directory.path)).toEqual(expect.arrayContaining(before));
  history.setLimits({ ageMsMax: 0, bytesMax: 1e9 });
  await history.cleaned();
  expect(segmentsIn(directory.path)).toEqual([]);
});

test("a history that is switched off leaves no list of who played", async () => {
  await using directory = await tempDirectory();
  await using opened = await openPlaying(directory.path);
  const { history, playing } = opened;
  playing.play(100);
  history.endSession(1);
  await history.flush();
  history.setLimits({ ageMsMax: 0, bytesMax: 0 });
  await history.cleaned();
  await history.sessions();
  expect(readdirSync(directory.path)).toEqual([]);
});

test("a session that plays while the history is switched off and on again is listed", async () => {
  await using directory = await tempDirectory();
  await using opened = await openHistory(directory.path);
  const { history, scheduler, clock } = opened;
  const playing = new Playing(scheduler);
  const beganUs = clock.nowUs();
  history.startSession(session(1), playing.memory);
  playing.play(100);
  history.setLimits({ ageMsMax: 0, bytesMax: 0 });
  await history.cleaned();
  playing.play(100);
  history.setLimits({ ageMsMax: 1e12, bytesMax: 1e12 });
  playing.play(100);
  await history.flush();
  expect(await history.sessions()).toMatchObject([{ session: session(1), beganUs }]);
});

test("a list of sessions that outlived its segments is not taken for that of the next start", async () => {
  await using directory = await tempDirectory();
  const began = { session: session(7), at_us: 1, unix_ms: 1 };
  await Bun.write(join(directory.path, "000001.sessions"), `${JSON.stringify({ began })}\n`);
  await using opened = await openHistory(directory.path);
  const { history, scheduler } = opened;
  history.clean();
  await history.cleaned();
  expect(readdirSync(directory.path)).toEqual([]);
  const playing = new Playing(scheduler);
  history.startSession(session(1), playing.memory);
  playing.play(100);
  await history.flush();
  expect((await history.sessions()).map((one) => one.session.session_id)).toEqual([1]);
});

test("after a start with the highest number that a name takes, segments are still found", async () => {
  await using directory = await tempDirectory();
  const wallMs = new ManualScheduler().clock.wallMs();
  await Bun.write(join(directory.path, `999999999-000000-1-${wallMs}.hist`), "");
  await using opened = await openPlaying(directory.path);
  const { playing } = opened;
  playing.play(100);
  await opened.history.flush();
  await using next = await openHistory(directory.path);
  expect(next.history.held().segmentCount).toBe(2);
});

test("a host that starts removes nothing before its time, whatever the settings say meanwhile", async () => {
  await using directory = await tempDirectory();
  await using first = await openHistory(directory.path);
  const playing = new Playing(first.scheduler);
  first.history.startSession(session(1), playing.memory);
  playing.play(100);
  await first.history[Symbol.asyncDispose]();
  await using opened = await openHistory(directory.path, { cleanAfterMs: 2000 });
  const { history, scheduler } = opened;
  history.setLimits({ ageMsMax: 0, bytesMax: 0 });
  scheduler.advanceMs(1999);
  await history.cleaned();
  expect(segmentsIn(directory.path)).toHaveLength(1);
  scheduler.advanceMs(1);
  await history.cleaned();
  expect(segmentsIn(directory.path)).toEqual([]);
});

const hourMs = 60 * 60 * 1000;
const yearMs = 365 * dayMs;

/** A minute and more of one session, as an earlier start of the host left it. */
async function recorded(directory: string, scheduler = new ManualScheduler()): Promise<string[]> {
  await using first = await openHistory(directory, { scheduler });
  const playing = new Playing(scheduler);
  first.history.startSession(session(1), playing.memory);
  playing.play(50 * 90);
  await first.history[Symbol.asyncDispose]();
  return segmentsIn(directory);
}

test("a clock that is far ahead and then set back deletes nothing", async () => {
  await using directory = await tempDirectory();
  const before = await recorded(directory.path);
  await using opened = await openHistory(directory.path);
  const { history, scheduler } = opened;
  for (const stepMs of [4 * yearMs, -4 * yearMs, 30 * dayMs, -30 * dayMs]) {
    scheduler.clock.stepWallMs(stepMs);
    history.clean();
    await history.cleaned();
    scheduler.advanceMs(hourMs / 2);
    history.clean();
    await history.cleaned();
    expect(segmentsIn(directory.path)).toEqual(before);
  }
});

test("a clock that was far ahead at the start of the host deletes nothing either", async () => {
  await using directory = await tempDirectory();
  const before = await recorded(directory.path);
  const ahead = new ManualScheduler();
  ahead.clock.stepWallMs(4 * yearMs);
  const written = await recorded(directory.path, ahead);
  await using opened = await openHistory(directory.path);
  opened.history.clean();
  await opened.history.cleaned();
  expect(segmentsIn(directory.path)).toEqual(written);
  expect(written).toEqual(expect.arrayContaining(before));
});

test("what is too old after a machine was off goes an hour later, also while nobody plays", async () => {
  await using directory = await tempDirectory();
  const before = await recorded(directory.path);
  const later = new ManualScheduler();
  later.clock.stepWallMs(8 * dayMs);
  await using opened = await openHistory(directory.path, { scheduler: later, cleanAfterMs: 2000 });
  later.advanceMs(2000);
  await opened.history.cleaned();
  expect(segmentsIn(directory.path)).toEqual(before);
  later.advanceMs(hourMs);
  await opened.history.cleaned();
  expect(segmentsIn(directory.path)).toEqual([]);
});
