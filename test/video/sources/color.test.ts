/** A flat picture: its colour is what was asked for, and only its first frame is new. */
import { expect, test } from "bun:test";
import type { Micros } from "../../../src/base/clock.ts";
import { openSource } from "../../../src/video/sources/open.ts";

test.each([
  ["color:ffffff", [235, 128, 128]],
  ["color:000000", [16, 128, 128]],
  // BT.709, limited range.
  ["color:00ff00", [173, 42, 26]],
])("%s is flat, and repeats after its first frame", (name, expected) => {
  const source = openSource(name, { width: 64, height: 36, fps: 60 });
  const news = [0, 1, 2].map((index) => source.capture(index, index as Micros));
  expect(news).toEqual([true, false, false]);
  const planes = source.frame.data ?? [];
  const { linesize } = source.frame;
  const sizes = [
    [64, 36],
    [32, 18],
    [32, 18],
  ] as const;
  for (const [plane, [width, height]] of sizes.entries()) {
    const values = new Set<number>();
    for (let y = 0; y < height; y++) {
      const start = y * (linesize[plane] ?? 0);
      for (const value of planes[plane]?.subarray(start, start + width) ?? []) values.add(value);
    }
    expect(values.size).toBe(1);
    expect(Math.abs(([...values][0] as number) - (expected[plane] ?? 0))).toBeLessThanOrEqual(1);
  }
  source.close();
});
