import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  choiceKinds,
  podChoice,
  podFraction,
  podId,
  podInt,
  podObject,
  podRectangle,
  readPodObject,
} from "../../src/pipewire/pod.ts";
import { enumVideoFormat, readVideoFormat } from "../../src/pipewire/video-params.ts";

const word = fc.nat(0x7fff_ffff);

test("the properties of an object are read as they were written, of a choice its first", () => {
  fc.assert(
    fc.property(word, word, word, (one, two, three) => {
      const bytes = podObject(0x40003, 4, [
        [1, podId(one)],
        [2, podRectangle(one, two)],
        [3, podChoice(choiceKinds.range, [podInt(three), podInt(0), podInt(9)])],
        [4, podFraction(two, three)],
      ]);
      const values = new Map<number, unknown>([
        [1, one],
        [2, [one, two]],
        [3, three],
        [4, [two, three]],
      ]);
      expect(readPodObject(bytes)).toEqual(values as never);
    }),
  );
});

test("bytes that are not an object are not one", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(() => readPodObject(Buffer.from(bytes))).not.toThrow();
    }),
  );
  const cut = enumVideoFormat({ fps: 60 }).subarray(0, 60);
  expect(readPodObject(cut)).toBeUndefined();
});

test.each([
  [8, [640, 360], { width: 640, height: 360, isBlueFirst: true }],
  [7, [640, 360], { width: 640, height: 360, isBlueFirst: false }],
  [8, [16_385, 360], undefined],
  [8, [640, 0], undefined],
  [2, [640, 360], undefined],
] as const)("pixel format %d in %j", (format, [width, height], expected) => {
  const bytes = podObject(0x40003, 4, [
    [0x20001, podId(format)],
    [0x20003, podRectangle(width, height)],
  ]);
  expect(readVideoFormat(bytes)).toEqual(expected);
});
