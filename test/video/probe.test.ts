import { expect, test } from "bun:test";
import type { CodecName } from "../../src/model/capture.ts";
import { encodersFor } from "../../src/video/encoders.ts";
import { probeEncoders } from "../../src/video/probe.ts";

const { signal } = new AbortController();

test("the software encoders that are built in can be opened", async () => {
  expect(await probeEncoders({ choice: "x264", signal })).toEqual([
    { codec: "h264", encoder: "libx264", available: true },
    { codec: "hevc", encoder: "libx265", available: true },
    { codec: "av1", encoder: "libsvtav1", available: true },
  ]);
});

test("whatever hardware is asked for, every codec has an encoder that opens", async () => {
  for (const choice of ["auto", "nvenc", "vaapi", "qsv"] as const) {
    const encoders = await probeEncoders({ choice, signal });
    expect(encoders.map(({ codec, available }) => [codec, available])).toEqual([
      ["h264", true],
      ["hevc", true],
      ["av1", true],
    ]);
    for (const { codec, encoder } of encoders) {
      const names = encodersFor(codec as CodecName, choice).map(({ name }) => name);
      expect(names).toContain(encoder);
    }
  }
});
