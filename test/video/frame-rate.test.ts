/** Frame rates as FFmpeg counts them. */
import { expect, test } from "bun:test";
import { frameRateOf } from "../../src/video/frame-rate.ts";

test("television rates are exact, others have three decimals", () => {
  expect([23.976, 29.97, 59.94, 119.88].map(frameRateOf)).toEqual(
    [24_000, 30_000, 60_000, 120_000].map((frames) => ({ frames, seconds: 1001 })),
  );
  expect(frameRateOf(60_000 / 1001)).toEqual({ frames: 60_000, seconds: 1001 });
  expect(frameRateOf(60)).toEqual({ frames: 60, seconds: 1 });
  expect(frameRateOf(12.5)).toEqual({ frames: 12_500, seconds: 1000 });
});
