import { expect, test } from "bun:test";
import { join } from "node:path";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { sampleOf } from "../support/recorder-parts.ts";
import { smallCapture } from "../support/small-capture.ts";
import { tempDirectory } from "../support/temp-directory.ts";

test("1,000 captures are listed newest first, also after one came and one went", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path);
  const startedMs = Date.UTC(2026, 0, 1);
  const captureAt = (second: number) => ({
    ...smallCapture({
      id: "",
      started_unix_ms: startedMs + second * 1000,
      client: `client ${second}`,
      sample_count: 40,
    }),
    samples: Array.from({ length: 40 }, (_, index) => sampleOf({ t_ms: index * 2000 })),
  });
  for (let index = 0; index < 1000; index++) {
    // A stride that visits every second once, so that the order on disk is not the order in time.
    const capture = captureAt((index * 617) % 1000);
    await Bun.write(join(directory.path, `${index}.json`), JSON.stringify(capture));
  }
  const secondsOf = ({ captures }: Awaited<ReturnType<CaptureStore["list"]>>) =>
    captures.map((meta) => Number(meta.client.slice("client ".length)));
  const newestFirst = Array.from({ length: 1000 }, (_, index) => 999 - index);
  expect(secondsOf(await store.list())).toEqual(newestFirst);
  await store.remove("0");
  await store.save(captureAt(1000));
  expect(secondsOf(await store.list())).toEqual([1000, ...newestFirst.slice(0, -1)]);
});
