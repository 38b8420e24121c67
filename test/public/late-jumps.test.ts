/** When a page that is behind joins again. */
import { expect, test } from "bun:test";
import { behindMsMax, LateJumps } from "../../public/late-jumps.ts";

const late = behindMsMax + 1;

/** In which seconds it joins again. */
function jumpsOf(jumps: LateJumps, behindMs: readonly number[]): number[] {
  return behindMs.flatMap((ms, second) => (jumps.isDue(ms) ? [second] : []));
}

test("a hiccup of one report is waited out, two in a row are not", () => {
  expect(jumpsOf(new LateJumps(), [late, 0, late, behindMsMax, late, late])).toEqual([5]);
});

test("a page that is behind again right away joins less and less often", () => {
  const seconds = jumpsOf(new LateJumps(), Array<number>(50).fill(late));
  expect(seconds).toEqual([1, 5, 13, 21, 29, 37, 45]);
});

test("a page that has kept up for ten seconds joins as soon as the first time", () => {
  const jumps = new LateJumps();
  jumpsOf(jumps, Array<number>(60).fill(late));
  jumpsOf(jumps, Array<number>(9).fill(0));
  expect(jumpsOf(jumps, [late, late])).toEqual([]);
  jumpsOf(jumps, Array<number>(10).fill(0));
  expect(jumpsOf(jumps, [late, late])).toEqual([1]);
});
