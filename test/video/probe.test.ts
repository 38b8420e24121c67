import { expect, test } from "bun:test";
import { probeEncoders } from "../../src/video/probe.ts";

test("the software encoders that are built in can be opened", async () => {
  expect(await probeEncoders(new AbortController().signal)).toEqual([
    { codec: "h264", encoder: "libx264", available: true },
    { codec: "hevc", encoder: "libx265", available: true },
    { codec: "av1", encoder: "libsvtav1", available: true },
  ]);
});
