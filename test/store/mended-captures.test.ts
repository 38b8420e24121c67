/** A capture with single values that are not valid: what is lost, and what is said of it. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { later, smallCapture, startedMs } from "../support/small-capture.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const whole = JSON.stringify(smallCapture());

test.each([
  ["null", '"mbps":null', 0],
  ["a negative rate", '"mbps":-25', 0],
  ["a number beyond all numbers", '"mbps":1e999', 0],
  ["a text", '"mbps":"25"', 0],
])("one value that is not valid (%s) costs that value, and says so", async (_what, text, mbps) => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  await Bun.write(join(directory.path, "one.json"), whole.replace('"mbps":25', text));
  const capture = await store.load("one");
  expect(capture?.meta.mended).toBe(1);
  const sample = { ...smallCapture().samples[0], mbps, unmeasured: ["mbps"] };
  expect(capture?.samples).toEqual([expect.objectContaining(sample)]);
  expect((await store.list()).damaged).toEqual([]);
});

test("a fraction of a count is rounded and not taken for measured", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  const text = whole.replace('"frames_dropped":0', '"frames_dropped":1.5');
  await Bun.write(join(directory.path, "one.json"), text);
  const [sample] = (await store.load("one"))?.samples ?? [];
  expect([sample?.frames_dropped, sample?.unmeasured]).toEqual([2, ["frames_dropped"]]);
});

test("an optional value that is not valid is left out, a stage without its median with it", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  const bad = whole
    .replace('"p50_us":', '"p50_us":null,"was":')
    .replace(/"mbps":/, '"rtt_us":"x",$&');
  await Bun.write(join(directory.path, "one.json"), bad);
  const [sample] = (await store.load("one"))?.samples ?? [];
  const stageCount = smallCapture().samples[0]?.stages.length ?? 0;
  expect(sample?.stages).toHaveLength(stageCount - 1);
  expect(sample?.rtt_us).toBeUndefined();
  expect(sample?.unmeasured?.toSorted()).toEqual(["rtt_us", "stages"]);
});

test("a sample without a time or session is left out", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  const { meta, samples } = smallCapture();
  const placeless = [{}, { t_ms: null }, { session_id: -1 }, { t_ms: 864_000_001 }];
  const added = placeless.map((fields) => ({ ...samples[0], ...fields }));
  const text = JSON.stringify({ meta, samples: [...added.slice(1), 7, null, ...samples] });
  await Bun.write(join(directory.path, "one.json"), text);
  const capture = await store.load("one");
  expect([capture?.samples, capture?.meta.mended]).toEqual([samples, 5]);
});

test("a capture that began beyond all dates is damaged", async () => {
  await using directory = await tempDirectory();
  const store = new CaptureStore(directory.path, later);
  const began = (ms: number) => whole.replace(String(startedMs), String(ms));
  await Bun.write(join(directory.path, "late.json"), began(253_402_300_799_999));
  await Bun.write(join(directory.path, "later.json"), began(253_402_300_800_000));
  const { captures, damaged } = await store.list();
  expect([captures.map((meta) => meta.id), damaged]).toEqual([["late"], ["later.json"]]);
});
