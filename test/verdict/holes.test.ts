/** Stretches of which there are no rows say nothing: damaged, overwritten, or recording was paused. */
import { expect, test } from "bun:test";
import { concatTables, sliceTable } from "../../src/frames/table.ts";
import { readRun } from "../../src/import/read.ts";
import { recordingOf } from "../../src/import/recording.ts";
import { judgeSession, samplesOf } from "../../src/keep/judge-session.ts";
import { verdictOf } from "../../src/verdict/verdict.ts";
import { type MadeRow, madeRows, missedRow } from "./made-rows.ts";

const stream = { session_id: 1, width: 1280, height: 720, fps: 60, codec: "h264" };

/** Rows at 60 fps of which a stretch is gone. */
function rowsWithout(
  { from, to }: { readonly from: number; readonly to: number },
  change: (row: number) => MadeRow = () => ({}),
) {
  const rows = madeRows(7200, change);
  return concatTables([sliceTable(rows, 0, from), sliceTable(rows, to, rows.count)]);
}

const judge = (rows: ReturnType<typeof rowsWithout>) => verdictOf({ stream, rows, windows: [] });

test("a minute of which there are no rows is no freeze, and no fault", () => {
  const verdict = judge(rowsWithout({ from: 1800, to: 5400 }));
  expect(verdict.freezes).toEqual({ count: 0, ms: 0, list: [] });
  expect(verdict.quality).toBe("smooth");
});

test("a freeze ends where rows end, and does not reach into the next ones", () => {
  const isMissed = (row: number) => (row >= 1770 && row < 1800) || (row >= 5400 && row < 5430);
  const rows = rowsWithout({ from: 1800, to: 5400 }, (row) => (isMissed(row) ? missedRow : {}));
  expect(judge(rows).freezes).toEqual({
    ...{ count: 2, ms: 1000 },
    list: [
      { from_ms: 29_500, to_ms: 30_000 },
      { from_ms: 90_000, to_ms: 90_500 },
    ],
  });
});

test("a minute in which every slot was missed is one freeze of a minute", () => {
  const rows = madeRows(7200, (row) => (row >= 1800 && row < 5400 ? missedRow : {}));
  expect(judge(rows).freezes).toMatchObject({ count: 1, ms: 60_000 });
});

test("a source that gave every second picture did not stand still where there are no rows", () => {
  for (const from of [1800, 1801]) {
    const rows = rowsWithout({ from, to: from + 3600 }, (row) => ({ repeat: row % 2 }));
    const verdict = judge(rows);
    expect(verdict.freezes.count).toBe(0);
    expect(verdict.causes.map(({ code }) => code)).not.toContain("source_frozen");
    expect(verdict.cadence?.source_fps).toBeCloseTo(30, 0);
  }
});

test("a recording of another tool that paused has a freeze only as long as its missed slots", () => {
  const text = Array.from({ length: 1200 }, (_, row) => {
    const frametime = row === 600 ? 50_000 : 1000 / 60;
    return `${1000 / frametime},${frametime},${row}`;
  });
  const bytes = new TextEncoder().encode(`fps,frametime,elapsed\n${text.join("\n")}`);
  const { capture, rows } = recordingOf(readRun(bytes), { startedUnixMs: 0 });
  const session = samplesOf(capture);
  const { freezes } = judgeSession({ rows, preset: undefined, ...session }, undefined);
  expect(freezes).toMatchObject({ count: 1, ms: 10_000 });
});
