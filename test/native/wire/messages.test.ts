import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Message,
  MessageReader,
  messageBytesMax,
  readMessage,
  writeMessage,
} from "../../../src/native/wire/messages.ts";

const open: Message = {
  kind: "open",
  width: 1280,
  height: 720,
  fps: 60,
  codec: "h264",
  bitrate_kbps: 10_000,
  packet_bytes: 1200,
};
const messages: Message[] = [
  { kind: "challenge", version: 1, nonce: "bm9uY2U" },
  { kind: "hello", version: 1, name: "desk", proof: { kind: "code", secret: "c2VjcmV0" } },
  open,
  { kind: "idr" },
  { kind: "ended", reason: "it was time" },
];

function framed(tag: number, payload: string | Uint8Array): Uint8Array {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(6);
  head.writeUInt32BE(body.length + 2, 0);
  head.writeUInt16BE(tag, 4);
  return Buffer.concat([head, body]);
}

test("messages come out whole, however the stream is cut", () => {
  const stream = Buffer.concat(messages.map(writeMessage));
  const cuts = fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 40 });
  fc.assert(
    fc.property(cuts, (places) => {
      const reader = new MessageReader();
      const read: unknown[] = [];
      const ends = [...places.sort((a, b) => a - b), stream.length];
      let start = 0;
      for (const end of ends) {
        read.push(...reader.read(stream.subarray(start, end)));
        start = end;
      }
      expect(read).toEqual(messages);
    }),
  );
});

test("a tag of a later version is skipped", () => {
  const reader = new MessageReader();
  const stream = Buffer.concat([framed(999, "whatever"), writeMessage({ kind: "idr" })]);
  expect([...reader.read(stream)]).toEqual([{ kind: "idr" }]);
});

test("a message that says nothing needs no payload, and one that says something does", () => {
  const reader = new MessageReader();
  const stream = Buffer.concat([framed(8, ""), framed(9, "{}"), framed(9, "")]);
  const read = [...reader.read(stream)];
  expect(read).toEqual([{ kind: "idr" }, { kind: "bye" }, { kind: "bye" }]);
  expect([...new MessageReader().read(framed(5, ""))]).toEqual(["malformed"]);
});

test("a field of a later version is not a fault", () => {
  const payload = { ...open, kind: undefined, hdr: true };
  expect(readMessage(framed(5, JSON.stringify(payload)).subarray(4))).toMatchObject(open);
});

test("the longest message is read, one byte more is not", () => {
  const payload = (byteCount: number) => `{${" ".repeat(byteCount - 2)}}`;
  const longest = [...new MessageReader().read(framed(8, payload(messageBytesMax - 2)))];
  expect(longest).toEqual([{ kind: "idr" }]);
  const longer = [...new MessageReader().read(framed(8, payload(messageBytesMax - 1)))];
  expect(longer).toEqual(["malformed"]);
});

test.each([
  ["no tag", Uint8Array.of(0, 0, 0, 1, 7)],
  ["no JSON", framed(8, "{")],
  ["bytes that are no text", framed(8, Uint8Array.of(0xff, 0xfe))],
  ["a field that is missing", framed(10, "{}")],
  ["a number out of range", framed(5, JSON.stringify({ ...open, packet_bytes: 1401 }))],
  ["a codec nobody knows", framed(5, JSON.stringify({ ...open, codec: "theora" }))],
])("a message with %s is malformed", (_, bytes) => {
  expect([...new MessageReader().read(bytes)]).toEqual(["malformed"]);
});

test("any bytes at all are read without a throw", () => {
  const tagged = fc
    .tuple(fc.integer({ min: 0, max: 12 }), fc.oneof(fc.json(), fc.string()))
    .map(([tag, text]) => framed(tag, text));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), tagged), (bytes) => {
      for (const each of new MessageReader().read(bytes)) expect(each).toBeTruthy();
    }),
    { numRuns: 2000 },
  );
});
