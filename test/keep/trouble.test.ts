/** Trouble found in rows, and saved by itself. */
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { fateIndex } from "../../src/frames/row-layout.ts";
import { emptyTable, makeColumns } from "../../src/frames/table.ts";
import { type Trouble, TroubleFinder, type TroubleRules } from "../../src/keep/trouble.ts";
import { TroubleWatch } from "../../src/keep/trouble-watch.ts";
import type { FrameTable } from "../../src/model/frames.ts";
import { type Settings, settingsDefault } from "../../src/model/settings.ts";
import type { Playing } from "../support/history-parts.ts";
import { beginPlaying, keepIn } from "../support/keep-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";

const fps = 50;
const intervalUs = 20_000;
const rules: TroubleRules = { lateIntervals: 12, missedCount: 15, lostCount: 5, stallMs: 500 };

type Slot = { readonly lateUs?: number; readonly fate?: "sent" | "missed" | "lost" };

/** One row each, from slot `first` on. */
function rowsOf(slots: readonly Slot[], first = 0): FrameTable {
  const columns = makeColumns(slots.length);
  for (const [row, { lateUs = 5000, fate = "sent" }] of slots.entries()) {
    columns.frame[row] = first + row;
    columns.due_us[row] = (first + row) * intervalUs;
    columns.fate[row] = fateIndex(fate);
    if (fate === "missed") continue;
    columns.wait_us[row] = 0;
    columns.gap_us[row] = lateUs;
  }
  return { count: slots.length, columns };
}

const frames = (count: number, first = 0) =>
  Array.from({ length: count }, (_, place) => first + place);

const calm = (count: number) => Array.from({ length: count }, (): Slot => ({}));

/** After ten calm seconds. */
function find(slots: readonly Slot[], given: Partial<TroubleRules> = {}): Trouble | undefined {
  const finder = new TroubleFinder(fps);
  expect(finder.find(rowsOf(calm(500)), emptyTable, rules)).toBeUndefined();
  const written = rowsOf(slots, 500);
  const final = slots.some(({ fate }) => fate === "lost") ? written : emptyTable;
  return finder.find(written, final, { ...rules, ...given });
}

const at = (slot: number) => (500 + slot) * intervalUs;

test("a frame as many intervals late as the rule says is trouble, one less is not", () => {
  const late = (intervals: number) => [...calm(3), { lateUs: intervals * intervalUs }, ...calm(3)];
  expect(find(late(12))).toEqual({ rule: "late", atUs: at(3), value: 12, limit: 12 });
  expect(find(late(11.9))).toBeUndefined();
  expect(find(late(12), { lateIntervals: 0 })).toBeUndefined();
});

test("by default a standstill that is seen is trouble: a tenth of a second at 60 fps, and not a hiccup", () => {
  const lateIntervals = settingsDefault.keep_on_late;
  // A core taken from the encoder: five slots missed, and the frame after them late.
  const taken = (intervals: number) => [
    ...Array.from({ length: 5 }, (): Slot => ({ fate: "missed" })),
    { lateUs: intervals * intervalUs },
    ...calm(20),
  ];
  expect(find(taken(6.4), { lateIntervals })).toMatchObject({ rule: "late", value: 6.4, limit: 6 });
  expect(find(taken(4), { lateIntervals })).toBeUndefined();
});

test("slots missed within a second are counted, those further apart are not", () => {
  const missed = Array.from({ length: 15 }, (): Slot => ({ fate: "missed" }));
  expect(find(missed)).toEqual({ rule: "missed", atUs: at(14), value: 15, limit: 15 });
  expect(find(missed.slice(1))).toBeUndefined();
  const spread = missed.flatMap((one) => [one, ...calm(3)]);
  expect(find(spread)).toBeUndefined();
});

test("frames that the player lost within a second are trouble", () => {
  const lost = Array.from({ length: 5 }, (): Slot => ({ fate: "lost" }));
  expect(find(lost)).toEqual({ rule: "lost", atUs: at(4), value: 5, limit: 5 });
  expect(find(lost.slice(1))).toBeUndefined();
});

test("a stream that stands still is trouble with the first frame that comes again", () => {
  const still = [...Array.from({ length: 25 }, (): Slot => ({ fate: "missed" })), {}];
  const found = find(still, { missedCount: 0 });
  expect(found).toEqual({ rule: "stall", atUs: at(25), value: 520, limit: 500 });
  expect(find(still.slice(2), { missedCount: 0 })).toBeUndefined();
});

test("the first three seconds of a session are its start, not trouble", () => {
  const finder = new TroubleFinder(fps);
  const late = { lateUs: 900_000 };
  expect(finder.find(rowsOf([late, ...calm(100), late]), emptyTable, rules)).toBeUndefined();
});

function watchIn(parts: Awaited<ReturnType<typeof keepIn>>, settings: Partial<Settings> = {}) {
  const watch = new TroubleWatch({
    ...{ history: parts.history, keeper: parts.keeper, scheduler: parts.scheduler },
    nowUs: () => parts.clock.nowUs(),
    list: async () => (await parts.store.list()).captures,
    remove: (id) => parts.recorder.remove(id),
  });
  watch.applySettings({ ...settingsDefault, ...settings });
  parts.history.follow(watch);
  return watch;
}

/** A frame that is handed over late. */
function lateFrame(playing: Playing): void {
  playing.writer.draft.gapUs = 400_000;
  playing.play(1);
  playing.writer.draft.gapUs = 1000;
}

test("trouble saves 30 s before it and 10 s after it, and says why", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  await using _watch = watchIn(parts);
  const playing = beginPlaying(parts, 4);
  playing.writer.draft.gapUs = 1000;
  playing.play(50 * 40);
  parts.sample(4);
  lateFrame(playing);
  playing.play(50 * 20);
  await until(() => parts.kept.length > 0, { what: "trouble is saved" });
  const [meta] = parts.kept;
  expect(meta).toMatchObject({
    origin: "automatic",
    duration_ms: 40_000,
    trigger: { rule: "late", session_id: 4, t_ms: 30_000, limit: settingsDefault.keep_on_late },
  });
  const { columns } = await parts.service.framesOfRecording(meta?.id ?? "", { columns: ["frame"] });
  expect(columns.frame?.[0]).toBe(50 * 10);
  expect(columns.frame).toHaveLength(50 * 40);
});

test("a history that is switched off and on again leaves a gap of rows, not a stall", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  const watch = watchIn(parts);
  const playing = beginPlaying(parts, 1);
  playing.writer.draft.gapUs = 1000;
  playing.play(50 * 10);
  parts.sample(1);
  const limits = { ageMsMax: 86_400_000, bytesMax: 1e9 };
  const turn = (isOn: boolean) => {
    watch.applySettings({ ...settingsDefault, history_days: isOn ? 1 : 0 });
    parts.history.setLimits(isOn ? limits : { ...limits, ageMsMax: 0 });
  };
  turn(false);
  parts.scheduler.advanceMs(9000);
  turn(true);
  playing.play(50 * 30);
  parts.sample(1);
  await watch[Symbol.asyncDispose]();
  expect(parts.kept).toEqual([]);
});

test("at most one a minute is saved", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  await using _watch = watchIn(parts);
  const playing = beginPlaying(parts, 1);
  playing.writer.draft.gapUs = 1000;
  playing.play(50 * 10);
  parts.sample(1);
  for (let time = 0; time < 4; time++) {
    lateFrame(playing);
    playing.play(50 * 10);
  }
  await until(() => parts.kept.length > 0, { what: "trouble is saved" });
  expect(parts.kept).toHaveLength(1);
});

test("beyond the number that is kept the oldest automatic one goes, and no other", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  await using _watch = watchIn(parts, { keep_count: 1 });
  const playing = beginPlaying(parts, 1);
  playing.writer.draft.gapUs = 1000;
  playing.play(50 * 10);
  parts.sample(1);
  const asked = await parts.service.keepLast(5);
  for (let time = 1; time <= 2; time++) {
    parts.sample(1);
    lateFrame(playing);
    playing.play(50 * 20);
    await until(() => parts.kept.length > time, { what: "trouble is saved" });
    playing.play(50 * 60);
  }
  await parts.keeper.rowsSettled(parts.kept[2]?.id ?? "");
  const files = () => readdirSync(parts.store.directory).filter((name) => name.endsWith(".json"));
  await until(() => files().length === 2, { what: "the oldest is gone" });
  const ids = (await parts.store.list()).captures.map(({ id }) => id);
  expect(ids).toEqual([parts.kept[2]?.id ?? "", asked.id]);
});

/** What a host leaves that is killed so many frames after a late one. */
async function killedAfterTrouble(directory: string, framesAfter: number) {
  const parts = await keepIn(directory);
  const watch = watchIn(parts);
  const playing = beginPlaying(parts, 4);
  playing.writer.draft.gapUs = 1000;
  playing.play(50 * 40);
  parts.sample(4);
  lateFrame(playing);
  playing.play(framesAfter);
  await parts.history.flush();
  return {
    parts,
    [Symbol.asyncDispose]: async () => {
      await watch[Symbol.asyncDispose]();
      await parts[Symbol.asyncDispose]();
    },
  };
}

test("trouble just before the host was killed is saved by the next start, once", async () => {
  await using directory = await tempDirectory();
  await using killed = await killedAfterTrouble(directory.path, 100);
  expect(killed.parts.kept).toEqual([]);
  await using second = await keepIn(directory.path);
  await using watch = watchIn(second);
  await watch.saveMissed();
  const [meta] = second.kept;
  expect(meta).toMatchObject({
    ...{ origin: "automatic", duration_ms: 32_000 },
    trigger: { rule: "late", session_id: 4, t_ms: 30_000, limit: settingsDefault.keep_on_late },
  });
  const page = await second.service.framesOfRecording(meta?.id ?? "", { columns: ["frame"] });
  expect(page.columns.frame).toEqual(frames(50 * 30 + 101, 50 * 10));
  await second.recorder.remove(meta?.id ?? "");
  await using third = await keepIn(directory.path);
  await using again = watchIn(third);
  await again.saveMissed();
  expect(third.kept).toEqual([]);
});

test("the end of a run that was saved, was orderly or is not to be saved makes no capture", async () => {
  const ways = {
    saved: { framesAfter: 50 * 14 },
    orderly: { framesAfter: 100, ends: true },
    off: { framesAfter: 100, settings: { keep_count: 0 } },
    calm: { framesAfter: 50 * 30 },
  };
  for (const [name, way] of Object.entries(ways)) {
    const { framesAfter, ends, settings } = { ends: false, settings: {}, ...way };
    await using directory = await tempDirectory();
    await using killed = await killedAfterTrouble(directory.path, framesAfter);
    const isSaved = framesAfter > 100;
    if (isSaved) await until(() => killed.parts.kept.length > 0, { what: "it is saved" });
    if (ends) killed.parts.history.endSession(4);
    await killed.parts.history.sessions();
    await using second = await keepIn(directory.path);
    await using watch = watchIn(second, settings);
    await watch.saveMissed();
    expect([name, second.kept]).toEqual([name, []]);
  }
});

test("with the rules off nothing is saved", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  await using _watch = watchIn(parts, { keep_count: 0 });
  const playing = beginPlaying(parts, 1);
  playing.writer.draft.gapUs = 1000;
  playing.play(50 * 10);
  lateFrame(playing);
  playing.play(50 * 20);
  expect(parts.kept).toEqual([]);
});

test("a verdict that turns bad saves a capture with the share of frames as its reason", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  await using watch = watchIn(parts);
  const playing = beginPlaying(parts, 4);
  playing.writer.draft.gapUs = 1000;
  playing.play(50 * 40);
  parts.sample(4);
  watch.onBadVerdict({ session_id: 4, share: 0.1234, limit: 0.05 }, parts.clock.nowUs());
  playing.play(50 * 20);
  await until(() => parts.kept.length > 0, { what: "trouble is saved" });
  expect(parts.kept[0]?.trigger).toMatchObject({
    ...{ rule: "verdict", session_id: 4, t_ms: 30_000, value: 12.3, limit: 5 },
  });
});

test("with its rule off a bad verdict saves nothing", async () => {
  await using directory = await tempDirectory();
  await using parts = await keepIn(directory.path);
  await using watch = watchIn(parts, { keep_on_verdict: false });
  const playing = beginPlaying(parts, 4);
  playing.play(50 * 10);
  watch.onBadVerdict({ session_id: 4, share: 0.5, limit: 0.05 }, parts.clock.nowUs());
  playing.play(50 * 20);
  expect(parts.kept).toEqual([]);
});
