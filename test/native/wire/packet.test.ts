import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  emptyShardHeader,
  pingBytes,
  pongBytes,
  readPing,
  readPong,
  readShardHeader,
  readTag,
  shardHeaderBytes,
  viewOf,
  writePing,
  writePong,
  writeShardHeader,
} from "../../../src/native/wire/packet.ts";

const byte = fc.integer({ min: 0, max: 255 });
const time = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const header = fc
  .record({
    flags: byte,
    block: byte,
    blockCount: byte,
    shard: byte,
    dataCount: fc.integer({ min: 1, max: 255 }),
    parityCount: byte,
    frame: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    frameBytes: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    captureUs: time,
  })
  .filter((it) => it.block < it.blockCount && it.shard < it.dataCount + it.parityCount);

test("a shard's header reads back as it was written", () => {
  fc.assert(
    fc.property(header, (written) => {
      const bytes = new Uint8Array(shardHeaderBytes + 1);
      writeShardHeader(viewOf(bytes), written);
      const read = emptyShardHeader();
      expect(readShardHeader(viewOf(bytes), read)).toBe(true);
      expect(read).toEqual(written);
    }),
  );
});

test("a shard without payload is refused", () => {
  const bytes = new Uint8Array(shardHeaderBytes + 1);
  writeShardHeader(viewOf(bytes), emptyShardHeader());
  const read = emptyShardHeader();
  expect(readShardHeader(viewOf(bytes), read)).toBe(true);
  expect(readShardHeader(viewOf(bytes.subarray(0, shardHeaderBytes)), read)).toBe(false);
});

test.each([
  ["block past the block count", { block: 1 }],
  ["shard past the shards", { shard: 1 }],
  ["no data shard", { dataCount: 0, parityCount: 1 }],
  ["frame without bytes", { frameBytes: 0 }],
  ["time that is not a number", { captureUs: Number.NaN }],
  ["time before all time", { captureUs: -1 }],
])("a shard with a %s is refused", (_, fault) => {
  const bytes = new Uint8Array(shardHeaderBytes + 1);
  writeShardHeader(viewOf(bytes), { ...emptyShardHeader(), ...fault });
  expect(readShardHeader(viewOf(bytes), emptyShardHeader())).toBe(false);
});

test("ping and pong read back as they were written", () => {
  fc.assert(
    fc.property(time, time, time, (sentUs, a, b) => {
      const ping = new Uint8Array(pingBytes);
      writePing(viewOf(ping), sentUs);
      expect(readPing(viewOf(ping))).toBe(sentUs);
      const written = { sentUs, receivedUs: Math.min(a, b), answeredUs: Math.max(a, b) };
      const pong = new Uint8Array(pongBytes);
      writePong(viewOf(pong), written);
      expect(readPong(viewOf(pong))).toEqual(written);
    }),
  );
});

test("a pong that was answered before it was received is refused", () => {
  const pong = new Uint8Array(pongBytes);
  writePong(viewOf(pong), { sentUs: 1, receivedUs: 3, answeredUs: 2 });
  expect(readPong(viewOf(pong))).toBeUndefined();
});

test("any bytes at all are read without a throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 0, max: 4 }), (bytes, kind) => {
      if (bytes.length > 0) bytes[0] = kind;
      const view = viewOf(bytes);
      readTag(view);
      readPing(view);
      readPong(view);
      const read = emptyShardHeader();
      if (readShardHeader(view, read)) expect(read.block).toBeLessThan(read.blockCount);
    }),
    { numRuns: 2000 },
  );
});
