/** What foreign JSON is looked at for before it is parsed. */
import { expect, test } from "bun:test";
import { depthOf, isTooHeavy } from "../../src/base/json-depth.ts";
import { bundleOf, readBundle } from "../../src/import/bundle.ts";
import { readTimeline } from "../../src/timeline/read-timeline.ts";
import { madeCapture } from "../support/made-capture.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const megabytes = 1024 * 1024;

test("the depth is that of brackets outside texts", () => {
  expect(depthOf(bytesOf('{"a[[[\\"[":[[1]]}'))).toBe(3);
});

test("a text of many small values is too heavy, one of few large ones is not", () => {
  for (const part of ["[],", "{},", '"",', '"a":1,']) {
    const text = bytesOf(`[${part.repeat(Math.ceil((40 * megabytes) / part.length))}0]`);
    expect([part, isTooHeavy(text)]).toEqual([part, true]);
  }
  expect(isTooHeavy(bytesOf(`["${"[]{},:".repeat(10 * megabytes)}"]`))).toBe(false);
  expect(isTooHeavy(bytesOf(`[${"[],".repeat(4 * megabytes)}0]`))).toBe(false);
});

test("a capture of three hours with rows and the largest timeline is not", () => {
  const capture = madeCapture({ id: "long", windowCount: 5400 });
  const document = bytesOf(bundleOf({ capture, timeline: undefined, rows: undefined }));
  const event = { id: 1, t_ms: 1, timestamp: "2026-11-29T08:00:00Z", kind: "session", text: "a" };
  const text = `${JSON.stringify(event)},`;
  const timeline = bytesOf(`[${text.repeat(Math.ceil((48 * megabytes) / text.length))}0]`);
  const rows = bytesOf(`"${"A".repeat(64 * megabytes)}"`);
  expect(isTooHeavy(Buffer.concat([document, timeline, rows]))).toBe(false);
});

test("a document that is too heavy is refused before it is parsed, with what is wrong", async () => {
  const heavy = "[],".repeat(6 * megabytes);
  const bundle = readBundle(bytesOf(`{"onglass_capture":1,"capture":[${heavy}0]}`));
  await expect(bundle).rejects.toThrow("too many values");
  expect(() => readTimeline(bytesOf(`{"events":[${heavy}0]}`))).toThrow("too many values");
});
