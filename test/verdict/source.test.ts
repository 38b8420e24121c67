/** Whether a source stood still, on machines that look at it less often than it may have moved. */
import { expect, test } from "bun:test";
import { judgeRows } from "./judging.ts";
import { dice, missedRow } from "./made-rows.ts";

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

/** A minute of slots in which pictures are new for stretches that `next` gives in turn, with pauses of other lengths. */
function minuteOf(
  next: (roll: () => number) => readonly [moved: number, paused: number],
  seed: number,
) {
  const roll = dice(seed);
  const isNew = new Uint8Array(3600);
  for (let row = 0; row < isNew.length; ) {
    const [moved, paused] = next(roll);
    isNew.fill(1, row, row + moved);
    row += moved + paused;
  }
  return judgeRows((row) => ({ repeat: isNew[row] === 1 ? 0 : 1 }), undefined, 3600);
}

/** Seconds around a middle, now and then several times as much. */
const pauseOf = (roll: () => number, seconds: number) =>
  Math.round(60 * seconds * Math.exp(2 * (roll() + roll() - 1)));

const deskWork = {
  "one who reads and scrolls": (roll: () => number) =>
    [18 + Math.floor(70 * roll()), pauseOf(roll, 2.5)] as const,
  "one who points here and there": (roll: () => number) =>
    [10 + Math.floor(50 * roll()), pauseOf(roll, 0.8)] as const,
  "one who types, with pauses": (roll: () => number) =>
    [1, roll() < 0.1 ? pauseOf(roll, 1.5) : 5 + Math.floor(8 * roll())] as const,
};

test.each(Object.entries(deskWork))("the screen of %s is not frozen", (_, next) => {
  for (let seed = 1; seed <= 20; seed++) {
    const verdict = minuteOf(next, seed);
    expect(verdict).toMatchObject({ quality: "smooth", freezes: { count: 0 } });
    expect(verdict.causes).toEqual([]);
  }
});

test("a game that freezes again and again is frozen each time", () => {
  const verdict = minuteOf((roll) => [400 + Math.floor(200 * roll()), 60], 3);
  expect(verdict.causes[0]).toMatchObject({ code: "source_still" });
  expect(verdict.freezes.count).toBeGreaterThanOrEqual(5);
});
