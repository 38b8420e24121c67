import { expect, test } from "bun:test";
import fc from "fast-check";
import { captureId, isCaptureId, numberedCaptureId } from "../../src/model/capture-id.ts";

test("an id is the start in UTC plus the mode", () => {
  const start = {
    started_unix_ms: Date.UTC(2026, 5, 26, 20, 14, 3, 999),
    width: 5120,
    height: 1440,
  };
  expect(captureId(start)).toBe("2026-06-26T20-14-03Z_5120x1440");
  expect(captureId({ started_unix_ms: 0, width: 0, height: 0 })).toBe("1970-01-01T00-00-00Z_0x0");
  expect(captureId({ started_unix_ms: 951_782_400_000, width: 1, height: 1 })).toBe(
    "2000-02-29T00-00-00Z_1x1",
  );
});

test("the second of a name gets -2", () => {
  expect([1, 2, 3].map((n) => numberedCaptureId("x", n))).toEqual(["x", "x-2", "x-3"]);
});

test("whatever start and mode are, the id is valid", () => {
  const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.MAX_VALUE, 1e21));
  const property = fc.property(number, number, number, (started_unix_ms, width, height) => {
    expect(isCaptureId(captureId({ started_unix_ms, width, height }))).toBe(true);
  });
  fc.assert(property);
});

test("ids are of 1 to 128 characters", () => {
  expect([0, 1, 128, 129].map((length) => isCaptureId("a".repeat(length)))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

test("no id leads out of a directory or holds anything but letters, digits, dot, dash, underscore", () => {
  const tricky = fc.constantFrom("/", "\\", "..", ".", "\0", "\n", "%2f", ":", "é", "a", "-", "_");
  const text = fc.oneof(
    fc.string(),
    fc.array(tricky).map((parts) => parts.join("")),
  );
  const property = fc.property(text, (id) => {
    const plain = id.length >= 1 && id.length <= 128 && !/[^A-Za-z0-9._-]/.test(id);
    expect(isCaptureId(id)).toBe(plain && id !== "." && id !== "..");
  });
  fc.assert(property, { numRuns: 1000 });
});
