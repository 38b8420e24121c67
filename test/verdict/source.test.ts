/** Whether a source stood still, on machines that look at it less often than it may have moved. */
import { expect, test } from "bun:test";
import { judgeRows } from "./judging.ts";
import { missedRow } from "./made-rows.ts";

const isStill = (row: number) => row > 600 && row < 960;

test("a source that hesitates once after it stood still moved all the same", () => {
  const verdict = judgeRows((row) => {
    const isHold = row > 980 && row < 992;
    return isStill(row) || isHold ? { repeat: 1 } : {};
  });
  expect(verdict.causes[0]).toMatchObject({ code: "source_still" });
  expect(verdict.freezes.count).toBe(1);
});

test("slots that the host missed do not make the source uneven: it stood still all the same", () => {
  const verdict = judgeRows((row) => {
    if (isStill(row)) return { repeat: 1 };
    // Of three seconds the host misses the first, nearly all of it.
    return row % 180 < 56 ? missedRow : {};
  });
  expect(verdict.causes.map(({ code }) => code)).toContain("source_still");
});

test("a source that moves in bits, as a page does that is scrolled, stands still in none of its pauses", () => {
  for (const [moved, paused] of [
    [15, 12],
    [60, 30],
    [30, 60],
  ] as const) {
    const verdict = judgeRows((row) => ({ repeat: row % (moved + paused) < moved ? 0 : 1 }));
    expect(verdict).toMatchObject({ quality: "smooth", freezes: { count: 0 } });
  }
});
