/** What one picture after the other leaves to the collector, whose stops hold frames up. */

import { heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import type { Micros } from "../../src/base/clock.ts";
import { newFrame } from "../../src/video/ffmpeg.ts";
import { PackedFitter } from "../../src/video/sources/packed-fitter.ts";
import { openTestSource } from "../../src/video/sources/testsrc.ts";

const size = { width: 1280, height: 720 };
const pictureBytes = size.width * size.height * 1.5;

test("pictures of the test source, marked or not, are not reported as newly allocated memory", () => {
  using stack = new DisposableStack();
  const source = openTestSource({ ...size, fps: 60 });
  stack.defer(() => source.close());
  /** The most that one of some pictures adds; a collection in between makes others less. */
  const captureSome = () => {
    const grown = Array.from({ length: 10 }, (_, index) => {
      const before = heapStats().extraMemorySize;
      source.capture(index, (index * 16_667) as Micros);
      return heapStats().extraMemorySize - before;
    });
    return Math.max(...grown.slice(2));
  };
  expect(captureSome()).toBeLessThan(pictureBytes / 10);
  source.mark?.(1);
  expect(captureSome()).toBeLessThan(pictureBytes / 10);
});

test("a picture converted into the same frame keeps its planes while nobody else holds them", () => {
  using stack = new DisposableStack();
  const fitter = stack.adopt(new PackedFitter(size), (it) => it.close());
  const frame = stack.adopt(newFrame(), (it) => it.free());
  const holder = stack.adopt(newFrame(), (it) => it.free());
  const picture = {
    ...{ ...size, bytes: new Uint8Array(size.width * size.height * 4), stride: size.width * 4 },
    isBlueFirst: true,
  };
  fitter.convert(picture, frame);
  const planes = frame.data;
  fitter.convert(picture, frame);
  expect(frame.data).toBe(planes);
  holder.ref(frame);
  fitter.convert(picture, frame);
  expect(frame.data).not.toBe(planes);
});
