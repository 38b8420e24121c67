import { expect, test } from "bun:test";
import { readOrientation, upright } from "../../../src/video/sources/orientation.ts";

function matrix(...corner: readonly [number, number, number, number]): Buffer {
  const bytes = Buffer.alloc(36);
  for (const [index, value] of [0, 1, 3, 4].entries()) {
    bytes.writeInt32LE((corner[index] ?? 0) * 65_536, value * 4);
  }
  return bytes;
}

test("quarter turns become the filters that undo them", () => {
  expect(readOrientation(matrix(1, 0, 0, 1))).toEqual(upright);
  expect(readOrientation(matrix(0, 1, -1, 0)).steps).toEqual([
    { name: "transpose", args: "clock" },
  ]);
  expect(readOrientation(matrix(-1, 0, 0, -1)).steps).toEqual([
    { name: "hflip" },
    { name: "vflip" },
  ]);
  expect(readOrientation(matrix(0, -1, 1, 0)).steps).toEqual([
    { name: "transpose", args: "cclock" },
  ]);
});

test("only a quarter turn to the side swaps width and height", () => {
  expect(readOrientation(matrix(0, 1, -1, 0)).isSideways).toBe(true);
  expect(readOrientation(matrix(-1, 0, 0, -1)).isSideways).toBe(false);
});

test("no matrix, one cut short and an angle between leave the picture as it is", () => {
  for (const wrong of [null, undefined, Buffer.alloc(35), matrix(1, 1, -1, 1)]) {
    expect(readOrientation(wrong)).toEqual(upright);
  }
});
