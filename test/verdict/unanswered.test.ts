/** A source that stands still: what players did says whether somebody waited for it. */
import { expect, test } from "bun:test";
import { judgeRows } from "./judging.ts";

/** A desktop on which somebody typed, and which stands still from second 10 to 20 of 30. */
const typedOn = (inputCount: number) =>
  judgeRows(
    (row) => ({ repeat: row % 20 === 0 && (row < 600 || row >= 1200) ? 0 : 1 }),
    () => (inputCount === 0 ? {} : { input_count: inputCount }),
  );

test("a desktop that stands still while nobody does anything is no fault", () => {
  const verdict = typedOn(0);
  expect(verdict.causes.map(({ code }) => code)).not.toContain("source_still");
  expect(verdict.freezes.count).toBe(0);
});

test("a desktop that answers no key for ten seconds is a source that stands still", () => {
  const verdict = typedOn(12);
  expect(verdict.quality).toBe("bad");
  expect(verdict.freezes.count).toBe(1);
  expect(verdict.freezes.ms).toBeWithin(7_900, 10_100);
  const [cause] = verdict.causes;
  expect(cause?.code).toBe("source_still");
  expect(cause?.evidence).toContainEqual({ metric: "input_count", seen: 48, unit: "count" });
});

test("a few keys that do nothing do not make a still desktop a frozen one", () => {
  const verdict = judgeRows(
    (row) => ({ repeat: row % 20 === 0 && (row < 600 || row >= 1200) ? 0 : 1 }),
    (t_ms) => (t_ms === 14_000 ? { input_count: 7 } : {}),
  );
  expect(verdict.causes.map(({ code }) => code)).not.toContain("source_still");
});

test("a source that has never moved and answers nothing is noticed by what was done to it", () => {
  const verdict = judgeRows(
    (row) => ({ repeat: row === 0 ? 0 : 1 }),
    () => ({ input_count: 20 }),
  );
  expect(verdict.causes[0]?.code).toBe("source_still");
});
