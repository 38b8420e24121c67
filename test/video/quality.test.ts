/** What encoders report of each picture, and the one scale on which people read it. */
import { expect, test } from "bun:test";
import type { Micros } from "../../src/base/clock.ts";
import { codecs } from "../../src/model/capture.ts";
import { qualityOf } from "../../src/model/quality.ts";
import { openEncoder } from "../../src/video/encoder.ts";
import { quiet } from "../../src/video/ffmpeg.ts";
import { openSource } from "../../src/video/sources/open.ts";

const frameCount = 24;

/** Mean of the pictures that came out, as their encoder reported it. */
async function meanQuantiser(codec: (typeof codecs)[number], bitrateKbps: number) {
  quiet();
  const mode = { width: 640, height: 360, fps: 60, codec, bitrateKbps, source: "testsrc" };
  const source = openSource("testsrc", mode);
  const encoder = openEncoder({ ...mode, encoder: "x264" });
  const seen: number[] = [];
  for (let frame = 0; frame < frameCount; frame++) {
    source.capture(frame, (frame * 16_667) as Micros);
    encoder.prepare(source.frame, frame === 0);
    encoder.send(source.frame);
    while (encoder.receive()) seen.push(encoder.quantiser ?? Number.NaN);
    await Bun.sleep(0);
  }
  encoder.close();
  source.close();
  return seen.reduce((sum, value) => sum + value, 0) / seen.length;
}

test.each(codecs)("%s: fewer bits show as a coarser quantiser", async (codec) => {
  const fine = await meanQuantiser(codec, 20_000);
  const coarse = await meanQuantiser(codec, 250);
  expect(fine).toBeGreaterThan(0);
  expect(coarse).toBeLessThan(128);
  expect(coarse - fine).toBeGreaterThan(8);
});

test("quality is 100 at a quantiser that nobody sees and 0 at the coarsest, also beyond both", () => {
  expect([0, 18, 51, 69].map((quantiser) => qualityOf("h264", quantiser))).toEqual([
    100, 100, 0, 0,
  ]);
  expect([0, 20, 63].map((quantiser) => qualityOf("av1", quantiser))).toEqual([100, 100, 0]);
  expect(qualityOf("hevc", 45)).toBe(18);
});
