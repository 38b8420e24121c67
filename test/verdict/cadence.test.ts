/** How evenly new pictures came: what the host did not look at says nothing of the source. */
import { expect, test } from "bun:test";
import { judgeRows } from "./judging.ts";
import { missedRow } from "./made-rows.ts";

test("slots that a slow encoder missed do not make the source slow or uneven", () => {
  const { cadence } = judgeRows((row) => (row % 7 > 3 ? missedRow : {}));
  expect(cadence?.source_fps).toBeCloseTo(60, 0);
  expect(cadence?.sent_fps).toBeCloseTo((60 * 4) / 7, 0);
  expect(cadence).not.toHaveProperty("uneven");
});

test("a slot missed now and then is no beat of the source against the stream", () => {
  const { cadence } = judgeRows((row) => (row % 300 === 150 ? missedRow : {}));
  expect(cadence).not.toHaveProperty("beat_s");
});

test("a source just below the stream's rate has a beat", () => {
  const { cadence } = judgeRows((row) => ({ repeat: row % 300 === 150 ? 1 : 0 }));
  expect(cadence?.beat_s).toBeCloseTo(5, 0);
});

test("a source that is seen too rarely to tell its rate has no cadence", () => {
  expect(judgeRows((row) => (row % 2 === 1 ? missedRow : {})).cadence).toBeUndefined();
});
