/** What is drawn of a line, as paths in pixels of a chart's field. */
import { expect, test } from "bun:test";
import { areaPath, linePath } from "../../public/line-paths.ts";

const view = { width: 100, height: 50, range: { fromMs: 1000, toMs: 2000 }, top: 10 };

test("a line goes from point to point, to a tenth of a pixel, and is broken where there is no value", () => {
  const points = [
    [1000, 0],
    [1333, 5],
    [1500, null],
    [1600, 10],
    [2000, 2.5],
  ] as const;
  expect(linePath(points, view)).toBe("M0 50L33.3 25M60 0L100 37.5");
});

test("an area is closed along the ground, each piece by itself", () => {
  const points = [
    [1000, 5],
    [1500, 10],
    [1600, null],
    [1700, 5],
    [2000, 5],
  ] as const;
  expect(areaPath(points, view)).toBe("M0 50L0 25L50 0L50 50ZM70 50L70 25L100 25L100 50Z");
});

test("what lies outside of the range or above the scale keeps its place: the field cuts it off", () => {
  expect(
    linePath(
      [
        [900, 20],
        [1100, 5],
      ],
      view,
    ),
  ).toBe("M-10 -50L10 25");
});

test("a point alone has a place and no length", () => {
  expect(linePath([[1500, 5]], view)).toBe("M50 25h0");
});
