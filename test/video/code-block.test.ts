import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Micros } from "../../src/base/clock.ts";
import { codeCellSize, drawCode, type Luma, readCode } from "../../src/video/code-block.ts";

const number = fc.integer({ min: 0, max: 0xffff_ffff });
const time = fc.maxSafeNat().map((value) => value as Micros);
const side = fc.integer({ min: 1, max: 400 }).map((half) => half * 2);
const room = fc.record({ width: side, height: side, padding: fc.nat(64) });

function luma(width: number, height: number, padding = 0): Luma {
  const stride = width + padding;
  return { data: crypto.getRandomValues(new Uint8Array(stride * height)), stride, width, height };
}

test("whatever code is drawn is read back, where the picture has room for it", () => {
  fc.assert(
    fc.property(room, fc.record({ frameNumber: number, captureStartUs: time }), (size, code) => {
      const picture = luma(size.width, size.height, size.padding);
      const hasRoom = size.width >= 64 && size.height >= 28;
      expect(drawCode(picture, code.frameNumber, code.captureStartUs)).toBe(hasRoom);
      expect(readCode(picture)).toEqual(hasRoom ? code : undefined);
    }),
  );
});

test("nothing outside the code's cells is touched", () => {
  const picture = luma(640, 360);
  const before = picture.data.slice();
  drawCode(picture, 1, 2 as Micros);
  const size = codeCellSize(640, 360) ?? 0;
  const isOutside = (_: number, at: number) => at % 640 >= 16 * size || at >= 640 * 7 * size;
  expect(picture.data.filter(isOutside)).toEqual(before.filter(isOutside));
});

test("a picture without a code yields none", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), (level) => {
      const data = new Uint8Array(320 * 180).fill(level);
      expect(readCode({ data, stride: 320, width: 320, height: 180 })).toBeUndefined();
    }),
  );
});

test("a code with one cell turned over yields none", () => {
  const cell = fc.record({ x: fc.nat(15), y: fc.nat(6) });
  fc.assert(
    fc.property(number, time, cell, (frameNumber, us, { x, y }) => {
      const picture = luma(320, 180);
      drawCode(picture, frameNumber, us);
      const size = codeCellSize(320, 180) ?? 0;
      for (let line = y * size; line < (y + 1) * size; line += 1) {
        const start = line * 320 + x * size;
        for (let at = start; at < start + size; at += 1) {
          picture.data[at] = 251 - (picture.data[at] ?? 0);
        }
      }
      expect(readCode(picture)).toBeUndefined();
    }),
  );
});
