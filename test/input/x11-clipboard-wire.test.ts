/** What a display answers about its clipboard, read within its bounds. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  readAtom,
  readProperty,
  readSelectionNotify,
  writeConvertSelection,
  writeGetProperty,
  writeHiddenWindow,
  writeInternAtom,
} from "../../src/input/x11-clipboard-wire.ts";

test("whatever a display answers is read within its bounds", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const message = Buffer.from(bytes);
      expect(readAtom(message)).toBeGreaterThanOrEqual(0);
      readSelectionNotify(message);
      const value = readProperty(message);
      expect(value?.bytes.length ?? 0).toBeLessThanOrEqual(Math.max(0, bytes.length - 32));
    }),
  );
});

test("requests say their own length in words of four bytes", () => {
  const selection = { window: 1, selection: 2, type: 3, property: 4 };
  const requests = [
    writeHiddenWindow(1, 2),
    writeInternAtom("CLIPBOARD"),
    writeConvertSelection(selection),
    writeGetProperty(1, 2, 65_537),
  ];
  for (const request of requests) expect(request.readUInt16LE(2) * 4).toBe(request.length);
  expect(writeGetProperty(1, 2, 65_537).readUInt32LE(20)).toBe(16_385);
});
