import { expect, test } from "bun:test";
import { collect, openSmall } from "../support/stream.ts";

test("a stream closed while its next encoder is being opened ends like any other", async () => {
  for (let round = 0; round < 8; round++) {
    const stream = await openSmall({ codec: "hevc" });
    await collect(stream, ({ length }) => length === 2);
    // x265 follows no bitrate: another encoder is opened beside the one at work.
    stream.tune({ bitrateKbps: 900 + round });
    await collect(stream, ({ length }) => length === 1);
    await stream.close();
  }
  // What went wrong here ended the whole process.
  expect(process.exitCode ?? 0).toBe(0);
}, 30_000);
