import { expect, test } from "bun:test";
import fc from "fast-check";
import { fitPicture } from "../../../src/video/sources/fit.ts";

test("a picture of the stream's shape fills it", () => {
  const into = { width: 1280, height: 720 };
  expect(fitPicture({ width: 640, height: 360 }, into)).toEqual({ ...into, x: 0, y: 0 });
});

test("a tall picture gets bars at its sides, a wide one above and below", () => {
  const into = { width: 1280, height: 720 };
  const tall = { width: 240, height: 720, x: 520, y: 0 };
  expect(fitPicture({ width: 100, height: 300 }, into)).toEqual(tall);
  const wide = { width: 1280, height: 320, x: 0, y: 200 };
  expect(fitPicture({ width: 400, height: 100 }, into)).toEqual(wide);
});

test("pixels that are not square count for what they show", () => {
  const into = { width: 1280, height: 720 };
  expect(fitPicture({ width: 720, height: 576 }, into, 64 / 45)).toEqual({ ...into, x: 0, y: 0 });
});

test("every picture lies inside the stream on even numbers", () => {
  const side = fc.integer({ min: 1, max: 10_000 });
  const evenSide = fc.integer({ min: 8, max: 2048 }).map((half) => half * 2);
  const size = (value: fc.Arbitrary<number>) => fc.record({ width: value, height: value });
  fc.assert(
    fc.property(size(side), size(evenSide), (picture, into) => {
      const fit = fitPicture(picture, into);
      for (const value of Object.values(fit)) expect(value % 2).toBe(0);
      for (const value of [fit.x, fit.y]) expect(value).toBeGreaterThanOrEqual(0);
      for (const value of [fit.width, fit.height]) expect(value).toBeGreaterThanOrEqual(2);
      expect(fit.x + fit.width).toBeLessThanOrEqual(into.width);
      expect(fit.y + fit.height).toBeLessThanOrEqual(into.height);
      expect(fit.width === into.width || fit.height === into.height).toBe(true);
    }),
  );
});
