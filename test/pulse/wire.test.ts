/** PulseAudio's protocol: what is written is what the server expects, what it sends is checked. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  readCommand,
  readDefaultOutput,
  readDescriptor,
  readFirstNumber,
  writeAuthorize,
  writeSubscribe,
} from "../../src/pulse/wire.ts";

const number = (value: number) => [
  0x4c,
  value >>> 24,
  (value >> 16) & 255,
  (value >> 8) & 255,
  value & 255,
];
const text = (value: string) => [0x74, ...Buffer.from(`${value}\0`)];

test("a command is a descriptor and tagged fields", () => {
  const bytes = writeSubscribe(7);
  expect(readDescriptor(bytes)).toEqual({ payloadBytes: 15, channel: undefined });
  expect([...bytes.subarray(20)]).toEqual([...number(35), ...number(7), ...number(0x80)]);
  const authorize = writeAuthorize(1, Buffer.alloc(256, 9));
  expect(readCommand(authorize.subarray(20))).toMatchObject({ number: 8, tag: 1 });
  expect(readFirstNumber(authorize.subarray(30))).toBe(13);
});

test("the default output is found in what the server says of itself", () => {
  const form = [0x61, 3, 2, 0, 0, 0xbb, 0x80];
  const fields = [...text("pulseaudio"), ...text("16.1"), ...text("me"), ...text("here"), ...form];
  expect(readDefaultOutput(Buffer.from([...fields, ...text("speakers")]))).toBe("speakers");
  expect(readDefaultOutput(Buffer.from([...fields, 0x4e]))).toBe("");
  expect(readDefaultOutput(Buffer.from(fields))).toBeUndefined();
  expect(readDefaultOutput(Buffer.from([...fields, 0x74, 0x61]))).toBeUndefined();
});

test("whatever a server sends is read within its bounds", () => {
  const pieces = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => [...bytes]),
    fc.string({ maxLength: 10 }).map(text),
    fc.nat().map(number),
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 10 }), (parts) => {
      const bytes = Buffer.from(parts.flat());
      readDescriptor(bytes);
      readFirstNumber(bytes);
      expect((readDefaultOutput(bytes) ?? "").length).toBeLessThanOrEqual(bytes.length);
      const command = readCommand(bytes);
      expect(command?.fields.length ?? 0).toBe(command === undefined ? 0 : bytes.length - 10);
    }),
  );
});
