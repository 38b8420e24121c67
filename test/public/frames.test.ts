/** Single frames in the browser: what is drawn never leaves out the slowest. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { alphaOf, binRange, cumulative, usedBins } from "../../public/frame-folds.ts";
import { columnsOf, planFrames } from "../../public/frame-plan.ts";
import type { FramesPage } from "../../src/model/frames-page.ts";

const words = { tag: "en", budget: "budget" };

function pageOf(encode: readonly (number | null)[]): FramesPage {
  const count = encode.length;
  return {
    ...{ from_ms: 0, to_ms: count * 10, count },
    columns: {
      due_us: encode.map((_, index) => index * 10_000),
      fate: encode.map((us) => (us === null ? "missed" : "sent")),
      wait_us: encode.map(() => 100),
      encode_us: encode,
      send_us: encode.map((us) => (us === null ? null : 500)),
    },
  };
}

test("the slowest frame has a pixel however many share it, and a missed slot keeps its mark", () => {
  const frames = fc.array(fc.option(fc.integer({ min: 1, max: 1e6 })), {
    minLength: 1,
    maxLength: 500,
  });
  fc.assert(
    fc.property(frames, fc.integer({ min: 1, max: 300 }), (encode, width) => {
      const bars = planFrames(pageOf(encode), { words, fps: 100 })?.bars;
      if (bars === undefined) throw new Error("there are frames, so there are bars");
      const range = { fromMs: 0, toMs: encode.length * 10 };
      const columns = columnsOf(bars, { range, width, frameMs: 10 });
      const drawn = new Set(columns.flatMap((one) => (one === undefined ? [] : [one.frame])));
      const times = encode.map((us) => us ?? -1);
      const slowest = Math.max(...times);
      expect([...drawn].some((frame) => times[frame] === slowest)).toBe(true);
      const hasMissed = encode.includes(null);
      expect(columns.some((one) => one?.fate === 1)).toBe(hasMissed);
    }),
    { numRuns: 300 },
  );
});

test("a frame's stages are stacked from due until handed over, and told each by itself", () => {
  const plan = planFrames(pageOf([1000, null, 3000]), { words, fps: 100 });
  expect(plan?.lines.map(({ name, drawn }) => [name, drawn])).toEqual([
    ["send", [1600, null, 3600]],
    ["encode", [1100, null, 3100]],
    ["wait", [100, null, 100]],
    ["budget (10 ms)", Array.from({ length: 9 }, () => 10_000)],
  ]);
  expect(plan?.lines[1]?.shown).toEqual([1000, null, 3000]);
  expect(planFrames(pageOf([]), { words, fps: 100 })).toBeUndefined();
});

test("a cumulative curve grows to one, and nothing that was counted lies outside of what is drawn", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 90 }), (counts) => {
      const shares = cumulative(counts);
      const all = counts.reduce((total, count) => total + count, 0);
      for (const [index, share] of shares.entries()) {
        expect(share).toBeGreaterThanOrEqual(shares[index - 1] ?? 0);
      }
      expect(shares.at(-1)).toBeCloseTo(all === 0 ? 0 : 1, 9);
      const { first, last } = usedBins(counts);
      for (const [bin, count] of counts.entries()) {
        if (count > 0) expect([bin >= first, bin <= last]).toEqual([true, true]);
      }
    }),
  );
});

test("a single slow frame is seen in the heat map beside the fullest cell", () => {
  expect(alphaOf(1, 100_000)).toBeGreaterThanOrEqual(0.3);
  expect(alphaOf(100_000, 100_000)).toBe(1);
  const bins_us = Array.from({ length: 85 }, (_, bin) => 250 * 2 ** ((bin - 1) / 6));
  const cells = { bucket: [0, 9], bin: [30, 84], count: [500, 1] };
  const { low, high } = binRange({ cells, bins_us });
  expect([low <= 30, high]).toEqual([true, 85]);
});
