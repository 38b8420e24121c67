/** What is sent at low and high bitrates, and that a picture can be seen in it. */
import { expect, test } from "bun:test";
import type { Micros } from "../../src/base/clock.ts";
import type { CodecName } from "../../src/model/capture.ts";
import { bitrateKbpsLeast } from "../../src/model/limits.ts";
import { openEncoder } from "../../src/video/encoder.ts";
import { quiet } from "../../src/video/ffmpeg.ts";
import { openSource } from "../../src/video/sources/open.ts";
import { decodeLumaFrom } from "../support/decode.ts";
import { until } from "../support/until.ts";

type Case = {
  readonly codec: CodecName;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly bitrateKbps: number;
  readonly seconds: number;
};

const formats = { h264: "h264", hevc: "hevc", av1: "obu" } as const;
const cases: readonly Case[] = [
  { codec: "h264", width: 320, height: 180, fps: 60, bitrateKbps: 300, seconds: 8 },
  { codec: "h264", width: 1280, height: 720, fps: 60, bitrateKbps: 300, seconds: 8 },
  { codec: "h264", width: 1920, height: 1080, fps: 60, bitrateKbps: 800, seconds: 8 },
  { codec: "h264", width: 1280, height: 720, fps: 60, bitrateKbps: 2000, seconds: 5 },
  { codec: "h264", width: 1280, height: 720, fps: 60, bitrateKbps: 10_000, seconds: 4 },
  { codec: "hevc", width: 640, height: 360, fps: 30, bitrateKbps: 300, seconds: 8 },
  { codec: "hevc", width: 640, height: 360, fps: 30, bitrateKbps: 1000, seconds: 6 },
  { codec: "hevc", width: 320, height: 180, fps: 60, bitrateKbps: 300, seconds: 8 },
  { codec: "av1", width: 640, height: 360, fps: 30, bitrateKbps: 300, seconds: 8 },
  { codec: "av1", width: 640, height: 360, fps: 60, bitrateKbps: 300, seconds: 8 },
  { codec: "av1", width: 320, height: 180, fps: 60, bitrateKbps: 300, seconds: 8 },
  { codec: "av1", width: 1280, height: 720, fps: 30, bitrateKbps: 300, seconds: 8 },
  { codec: "av1", width: 1280, height: 720, fps: 60, bitrateKbps: 1000, seconds: 6 },
  { codec: "av1", width: 640, height: 360, fps: 30, bitrateKbps: 2000, seconds: 6 },
];

for (const each of cases) {
  const { codec, width, height, fps, bitrateKbps } = each;
  test(`${codec} of ${width}x${height} at ${fps} fps sends ${bitrateKbps} kbit/s within 5 %, to be seen`, async () => {
    const { units, last } = await encode(each);
    const bits = units.reduce((sum, { length }) => sum + length, 0) * 8;
    expect((bits * fps) / units.length / (bitrateKbps * 1000)).toBeWithin(0.95, 1.05);
    const lastShown = { width, height, format: formats[codec], index: units.length - 1 };
    const shown = await decodeLumaFrom(Buffer.concat(units), lastShown);
    // As many pictures as units: it is the last.
    expect(shown).toHaveLength(1);
    // A picture that has stayed grey is 60 off.
    expect(meanDifference(shown[0]?.data ?? new Uint8Array(last.length), last)).toBeLessThan(25);
  }, 60_000);
}

test("a running encoder follows a rate above the one that it was opened with", async () => {
  const mode = { codec: "h264", width: 1280, height: 720, fps: 60, bitrateKbps: 2000 } as const;
  const { units } = await encode({ ...mode, seconds: 4, laterKbps: 8000 });
  const after = units.slice(units.length / 2);
  const bits = after.reduce((sum, { length }) => sum + length, 0) * 8;
  expect((bits * mode.fps) / after.length / 8_000_000).toBeWithin(0.9, 1.05);
}, 60_000);

test("a rate at which a key frame would take more than a second is refused", () => {
  expect(bitrateKbpsLeast({ width: 3840, height: 2160 })).toBeWithin(200, 300);
  expect(bitrateKbpsLeast({ width: 1920, height: 1080 })).toBe(200);
});

/**
 * All units, and the luma of the last picture that went in. As fast as this machine can.
 * `laterKbps` is asked for a quarter of the way.
 */
async function encode({
  seconds,
  laterKbps,
  ...mode
}: Case & { readonly laterKbps?: number }): Promise<{ units: Uint8Array[]; last: Uint8Array }> {
  quiet();
  const source = openSource("testsrc", mode);
  const encoder = openEncoder({ ...mode, encoder: "x264" });
  const units: Uint8Array[] = [];
  const take = () => {
    while (encoder.receive()) units.push(new Uint8Array(encoder.packet.data ?? []));
  };
  const count = mode.fps * seconds;
  for (let index = 0; index < count; index++) {
    if (laterKbps !== undefined && index === count / 4) encoder.setBitrate(laterKbps);
    source.capture(index, Math.round((index * 1e6) / mode.fps) as Micros);
    encoder.prepare(source.frame, index === 0);
    encoder.send(source.frame);
    take();
  }
  const isOut = () => {
    take();
    return units.length === count;
  };
  await until(isOut, { what: "the last picture" });
  const last = lumaOf(source.frame, mode);
  encoder.close();
  source.close();
  return { units, last };
}

function lumaOf(
  frame: { readonly data: readonly Buffer[] | null; readonly linesize: readonly number[] },
  { width, height }: { width: number; height: number },
): Uint8Array {
  const luma = new Uint8Array(width * height);
  const stride = frame.linesize[0] ?? width;
  for (let y = 0; y < height; y++) {
    luma.set(frame.data?.[0]?.subarray(y * stride, y * stride + width) ?? [], y * width);
  }
  return luma;
}

function meanDifference(one: Uint8Array, other: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += Math.abs((one[at] ?? 0) - (other[at] ?? 0));
  return sum / one.length;
}
