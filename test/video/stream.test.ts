import { expect, test } from "bun:test";
import { readCode } from "../../src/video/code-block.ts";
import { decodeLuma } from "../support/decode.ts";
import { collect, openSmall, smallMode, streamBytes } from "../support/stream.ts";

test("every frame reads back its number and the start of its capture at a low bitrate", async () => {
  const stream = await openSmall({ bitrateKbps: 300 });
  const frames = await collect(stream, ({ length }) => length === 60);
  await stream.close();
  const pictures = await decodeLuma(streamBytes(frames), { ...smallMode, format: "h264" });
  const expected = frames.map(({ index, captureStartUs }) => ({
    frameNumber: index,
    captureStartUs,
  }));
  expect(pictures.map(readCode)).toEqual(expected);
});
