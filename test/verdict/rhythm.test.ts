/** Periods among starts that keep one, and among those that do not. */
import { expect, test } from "bun:test";
import { findRhythm } from "../../src/verdict/rhythm.ts";
import { judgeRows } from "./judging.ts";
import { dice, fate } from "./made-rows.ts";

test("the rhythm of one cause is found between episodes of another", () => {
  const slow = [150, 370, 640, 700, 1010, 1130];
  const verdict = judgeRows(
    (row) => {
      if (row % 420 === 60) return { fate: fate("lost"), lost_packets: 9 };
      if (row % 420 === 61) return { key: 1, complete_us: 9000 };
      return slow.includes(row)
        ? { encode_us: 45_000, complete_us: 54_000 }
        : { complete_us: 9000 };
    },
    undefined,
    420 * 3 + 120,
  );
  expect(verdict.rhythm?.metric).toBe("link_loss");
  expect(verdict.rhythm?.period_ms).toBeCloseTo(7000, -2);
});

test("pictures that break again as soon as they are mended keep no rhythm", () => {
  const verdict = judgeRows((row) => {
    if (row < 300 || row >= 455) return { complete_us: 9000 };
    if (row % 31 === 0) return { fate: fate("lost"), lost_packets: 9 };
    return { key: row % 31 === 22 ? 1 : 0, complete_us: 9000 };
  });
  expect(verdict.causes[0]).toMatchObject({ code: "link_loss" });
  expect(verdict.rhythm).toBeUndefined();
});

test("a few starts at random seldom make a rhythm", () => {
  const roll = dice(7);
  for (const count of [4, 5, 6, 8]) {
    let found = 0;
    for (let turn = 0; turn < 500; turn++) {
      const starts = Array.from({ length: count }, () => roll() * 60e6).sort((a, b) => a - b);
      if (findRhythm(starts) !== undefined) found += 1;
    }
    expect(found).toBeLessThanOrEqual(15);
  }
});
