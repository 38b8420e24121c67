/** Beats of a rhythm, and what was at fault at a moment, as the charts mark them. */
import { expect, test } from "bun:test";
import { beatTimes, causesAt, type Marked } from "../../public/verdict-beats.ts";

const marked: Marked = {
  from_ms: 0,
  to_ms: 60_000,
  causes: [],
  freezes: { count: 0, ms: 0 },
  episodes: [
    { from_ms: 3000, to_ms: 3100, frames: 4, code: "link_loss" },
    { from_ms: 10_000, to_ms: 10_100, frames: 4 },
  ],
  rhythm: { period_ms: 7000, spread_ms: 20, phase_ms: 3000, metric: "link_loss" },
};

test("beats lie on the grid of the rhythm, within what was judged and shown", () => {
  expect(beatTimes(marked, { fromMs: 0, toMs: 20_000 })).toEqual([3000, 10_000, 17_000]);
  expect(beatTimes(marked, { fromMs: 50_000, toMs: 90_000 })).toEqual([52_000, 59_000]);
  expect(beatTimes({ ...marked, rhythm: undefined } as never, { fromMs: 0, toMs: 9 })).toEqual([]);
});

test("a rhythm too quick to be drawn apart is not drawn", () => {
  const quick = { ...marked, rhythm: { period_ms: 100, spread_ms: 1, phase_ms: 0, metric: "x" } };
  expect(beatTimes(quick, { fromMs: 0, toMs: 60_000 })).toEqual([]);
});

test("what was at fault within a window is named by its words", () => {
  const words = { cause_link_loss: "Packets lost", cause_unknown: "unexplained" };
  expect(causesAt(marked, { fromMs: 2000, toMs: 4000 }, words)).toEqual(["Packets lost"]);
  expect(causesAt(marked, { fromMs: 9000, toMs: 11_000 }, words)).toEqual(["unexplained"]);
  const few = { code: "encoder_slow", momentary: true, share: 1, episodes: 1 } as const;
  const slow = { ...few, worst_ms: 0, worst_late_ms: 0, evidence: [] };
  const episodes = [{ from_ms: 0, to_ms: 9, frames: 1, code: "encoder_slow" as const }];
  const both = { cause_encoder_slow: "too slow", momentary_encoder_slow: "took long" };
  const momentary = { ...marked, causes: [slow], episodes };
  expect(causesAt(momentary, { fromMs: 0, toMs: 9 }, both)).toEqual(["took long"]);
  expect(causesAt(undefined, { fromMs: 0, toMs: 1 }, words)).toEqual([]);
});
