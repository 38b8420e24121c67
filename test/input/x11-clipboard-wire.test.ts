/** What a display answers about its clipboard, read within its bounds. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  readAtom,
  readOwnerEvent,
  readProperty,
  readSelectionNotify,
  writeChangeProperty,
  writeConvertSelection,
  writeGetProperty,
  writeGetSelectionOwner,
  writeHiddenWindow,
  writeInternAtom,
  writeSelectionNotify,
  writeSelectProperties,
  writeSetSelectionOwner,
} from "../../src/input/x11-clipboard-wire.ts";

test("whatever a display answers is read within its bounds", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const message = Buffer.from(bytes);
      expect(readAtom(message)).toBeGreaterThanOrEqual(0);
      readSelectionNotify(message);
      readOwnerEvent(message);
      const value = readProperty(message);
      expect(value?.bytes.length ?? 0).toBeLessThanOrEqual(Math.max(0, bytes.length - 32));
    }),
  );
});

test("only the display itself says who wants a selection; old programs name no property", () => {
  const event = Buffer.alloc(32);
  event.writeUInt8(30, 0);
  for (const at of [4, 8, 12, 16, 20]) event.writeUInt32LE(at, at);
  const wanted = { time: 4, window: 12, selection: 16, type: 20, property: 20 };
  expect(readOwnerEvent(event)).toEqual({ kind: "wanted", wanted });
  event.writeUInt32LE(24, 24);
  expect(readOwnerEvent(event)).toEqual({ kind: "wanted", wanted: { ...wanted, property: 24 } });
  event.writeUInt8(30 | 0x80, 0);
  expect(readOwnerEvent(event)).toBeUndefined();
});

test("requests say their own length in words of four bytes", () => {
  const selection = { window: 1, selection: 2, type: 3, property: 4 };
  const requests = [
    writeHiddenWindow(1, 2),
    writeInternAtom("CLIPBOARD"),
    writeConvertSelection(selection),
    writeGetProperty(1, 2, 65_537),
    writeSelectProperties(1),
    writeChangeProperty({ ...selection, format: 8, bytes: Buffer.from("Grüße") }),
    writeSetSelectionOwner(1, 2, 3),
    writeGetSelectionOwner(2),
    writeSelectionNotify({ ...selection, time: 5 }, 4),
  ];
  for (const request of requests) expect(request.readUInt16LE(2) * 4).toBe(request.length);
  expect(writeGetProperty(1, 2, 65_537).readUInt32LE(20)).toBe(16_385);
});
