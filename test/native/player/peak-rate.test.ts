import { expect, test } from "bun:test";
import { PeakRate } from "../../../src/native/player/peak-rate.ts";

test("the most that came within three looks counts, however little follows", () => {
  const peak = new PeakRate();
  let byteCount = 0;
  for (const [look, kbps] of [0, 1000, 3000, 3000, 3000, 500, 500, 500].entries()) {
    byteCount += (kbps * 100) / 8;
    peak.look(look * 100_000, byteCount);
  }
  expect(peak.kbps).toBeCloseTo(3000);
});
