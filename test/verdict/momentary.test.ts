/** A few slow frames are not a part that is too slow. */
import { expect, test } from "bun:test";
import { verdictOf } from "../../src/verdict/verdict.ts";
import { judgeRows } from "./judging.ts";
import { madeRows, missedRow } from "./made-rows.ts";

test("two slow frames do not make an encoder too slow for its mode, twelve within ten seconds do", () => {
  const slowIn = (count: number) =>
    judgeRows((row) =>
      row >= 600 && row < 600 + count * 20 && row % 20 === 10 ? { encode_us: 40_000 } : {},
    );
  const [few] = slowIn(2).causes;
  expect(few).toMatchObject({ code: "encoder_slow", share: 1, momentary: true });
  expect(few?.step).toBeUndefined();
  const [many] = slowIn(12).causes;
  expect(many?.momentary).toBeUndefined();
  expect(many?.step).toMatchObject({ code: "smaller_mode" });
});

test("an encoder that is too slow from the start, in every frame, is not slow in some frames", () => {
  // Each frame takes two and a half slots: all are alike, and what shows are the slots between them.
  const verdict = judgeRows((row) =>
    row % 5 === 0 || row % 5 === 2 ? { encode_us: row % 40 === 0 ? 52_000 : 40_000 } : missedRow,
  );
  expect(verdict.causes).toMatchObject([{ code: "encoder_slow" }]);
  expect(verdict.causes[0]?.momentary).toBeUndefined();
  expect(verdict.causes[0]?.step).toMatchObject({ code: "smaller_mode" });
});

test("one frame that held up a second of slots is one slow frame", () => {
  const verdict = judgeRows((row) => {
    if (row === 900) return { encode_us: 1_000_000 };
    return row > 900 && row < 960 ? missedRow : {};
  });
  expect(verdict.causes[0]).toMatchObject({ code: "encoder_slow", momentary: true });
});

test("an encoder whose usual frame fills the interval is too slow, however few frames are late", () => {
  const judged = (usualUs: number) =>
    judgeRows((row) => ({ encode_us: row === 600 || row === 640 ? 40_000 : usualUs })).causes[0];
  expect(judged(14_000)).toMatchObject({ code: "encoder_slow", step: { code: "smaller_mode" } });
  expect(judged(14_000)?.momentary).toBeUndefined();
  expect(judged(9000)?.momentary).toBe(true);
});

test("on a busy machine, a preset that fills the interval is what onglass can change", () => {
  const judged = (usualUs: number, preset: string) => {
    const rows = madeRows(1800, (row) =>
      row % 20 === 10
        ? { encode_us: usualUs + 30_000, cpu_wait_us: 25_000 }
        : { encode_us: usualUs },
    );
    const stream = { session_id: 1, width: 640, height: 360, fps: 60, codec: "h264", preset };
    return verdictOf({ stream, rows, windows: [] }).causes[0];
  };
  expect(judged(14_000, "slow")).toMatchObject({
    code: "machine_busy",
    step: { code: "faster_preset" },
  });
  expect(judged(14_000, "ultrafast")?.step?.code).toBe("free_the_cores");
  expect(judged(5000, "slow")?.step?.code).toBe("free_the_cores");
});
