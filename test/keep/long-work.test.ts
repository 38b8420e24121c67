/** Verdicts and overviews of long ranges, worked out in a worker: the same as those of this thread. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { parquetOf } from "../../src/export/parquet-writer.ts";
import { ComparisonService } from "../../src/keep/comparisons.ts";
import { judgeSession } from "../../src/keep/judge-session.ts";
import { readFrames } from "../../src/keep/kept-rows.ts";
import { LongComparisons } from "../../src/keep/long-comparisons.ts";
import { LongWork } from "../../src/keep/long-work.ts";
import { overviewOfFile } from "../../src/keep/overviews.ts";
import { isLong } from "../../src/model/long-range.ts";
import { heldIn, playSession } from "../support/held-pages.ts";
import { segmentsIn } from "../support/history-parts.ts";
import { madeCapture, sessionOf } from "../support/made-capture.ts";
import { madeRows } from "../support/made-rows.ts";
import { syntheticRun } from "../support/synthetic-run.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const known = { samples: [], sessions: [], preset: undefined };

test("a range is long beyond two minutes", () => {
  expect(isLong(120_000)).toBe(false);
  expect(isLong(120_001)).toBe(true);
});

test("a capture's verdict and overview are those of this thread", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "a.parquet");
  await Bun.write(path, parquetOf({ duration_ms: 20_000 }, madeRows({ count: 1200 })));
  const long = new LongWork();
  const place = { kind: "file", path, query: {} } as const;
  const [verdict, overview] = await Promise.all([
    long.verdict({ kind: "verdict", place, known, session: 1 }),
    long.overview({ kind: "overview", path, query: { points: 50 } }),
  ]);
  expect(verdict).toEqual(judgeSession({ rows: await readFrames(path, {}), ...known }, 1));
  expect(overview).toEqual(await overviewOfFile(path, { points: 50 }));
});

test("two long captures are compared as in this thread, the baseline among them", async () => {
  await using directory = await tempDirectory();
  await using held = await heldIn(directory.path);
  const save = async (seed: number, addUs: number) => {
    const run = syntheticRun({ seed, seconds: 150, addUs, stage: "send_us" });
    const made = madeCapture({ id: "a", windowCount: 75, sessions: [sessionOf({})] });
    const { id } = await held.store.save(made);
    await Bun.write(held.store.frames.pathOf(id), parquetOf({}, run));
    return id;
  };
  const [a, b] = [await save(1, 0), await save(2, 1500)];
  const here = new ComparisonService({
    recordings: held.store,
    rowsOfRecording: (id, query) => held.history.rowsOfRecording(id, query),
  });
  const there = new LongComparisons({ recordings: held.store, history: held.history });
  const asked = { a: { id: a }, b: { id: b, from: 1000 } };
  const found = await there.compare(asked);
  expect(found.result).toBe("difference");
  expect(found).toEqual(await here.compare(asked));
  expect(there.compare({ a: { id: a }, b: { id: "gone" } })).rejects.toThrow("Cannot find");
  expect(there.compare({ a: { id: a }, b: { id: "baseline" } })).rejects.toThrow("baseline");
});

test("a session of the history is judged by what its segments hold", async () => {
  await using directory = await tempDirectory();
  await using held = await heldIn(directory.path);
  playSession(held, 7, 720);
  await held.tape.flush();
  const query = { session: 7 };
  const long = await held.history.judgedPlaceOfSession("7", query);
  expect(long).toMatchObject({ isLong: true, place: { kind: "history" } });
  const verdict = await held.verdicts.verdictOfSession("7", query);
  const kept = await held.history.rowsOfSession("7", query);
  expect(kept?.rows.count).toBeGreaterThan(30_000);
  expect(verdict).toEqual(kept && judgeSession({ ...kept, preset: undefined }, 7));
});

test("the verdict of a session that is over is worked out once, however its ends are asked for", async () => {
  await using directory = await tempDirectory();
  await using held = await heldIn(directory.path);
  playSession(held, 7, 130);
  held.tape.endSession(7);
  await held.tape.flush();
  const first = await held.verdicts.verdictOfSession("7", { session: 7 });
  expect(await held.verdicts.verdictOfSession("7", {})).not.toBe(first);
  held.clock.advanceMs(6000);
  const over = await held.verdicts.verdictOfSession("7", { session: 7 });
  expect(await held.verdicts.verdictOfSession("7", {})).toBe(over);
  expect(await held.verdicts.verdictOfSession("7", { from: 0, to: 3_600_000 })).toBe(over);
  expect(await held.verdicts.verdictOfSession("7", { from: 5000 })).not.toBe(over);
  expect(over).toEqual(first);
});

test("a verdict of rows that could not be read is worked out again when they can", async () => {
  await using directory = await tempDirectory();
  await using held = await heldIn(directory.path);
  playSession(held, 7, 130);
  held.tape.endSession(7);
  await held.tape.flush();
  held.clock.advanceMs(6000);
  const path = join(held.tape.directory, segmentsIn(held.tape.directory)[1] ?? "");
  const whole = await Bun.file(path).bytes();
  await Bun.write(path, "not a segment at all");
  expect(await held.verdicts.verdictOfSession("7", {})).toHaveProperty("unread");
  await Bun.write(path, whole);
  expect(await held.verdicts.verdictOfSession("7", {})).not.toHaveProperty("unread");
});

test("a file that cannot be read says so, and the next one is read", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "a.parquet");
  const long = new LongWork();
  const missing = long.overview({ kind: "overview", path: `${path}x`, query: {} });
  await Bun.write(path, parquetOf({ duration_ms: 1000 }, madeRows({ count: 60 })));
  const there = long.overview({ kind: "overview", path, query: {} });
  expect(missing).rejects.toThrow();
  expect((await there).frames).toBe(60);
});

test("a session's rows as Parquet are all of them, more than a page holds", async () => {
  await using directory = await tempDirectory();
  await using held = await heldIn(directory.path);
  await held.recorder.start();
  playSession(held, 7, 740);
  const whole = await held.history.parquetOfSession("7", {});
  const path = join(directory.path, "rows.parquet");
  await Bun.write(path, whole?.bytes ?? "");
  expect(whole?.isTruncated).toBe(false);
  // Nobody draws a download: it has no length, and no picture of one.
  expect(await Bun.file(path).text()).not.toContain("onglass.overviews");
  expect((await readFrames(path, { columns: ["frame"] })).count).toBe(37_000);
  const recorded = await held.history.parquetOfCapture({ from: 0, to: 10_000 });
  await Bun.write(path, recorded?.bytes ?? "");
  expect((await readFrames(path, { columns: ["frame"] })).count).toBe(500);
});
