/** Frames become datagrams and frames again. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  blockCountMax,
  dataCountMax,
  frameShardCountMax,
  parityCountOf,
  parityPercent,
  planBlocks,
} from "../../../src/gamestream/media/frame-plan.ts";
import { FramePacketizer } from "../../../src/gamestream/media/video-packetizer.ts";
import { randomFrom } from "../../support/gamestream-client/random.ts";
import { VideoReceiver, type WholeFrame } from "../../support/gamestream-client/video-receiver.ts";

const packetSize = 1024;
const room = packetSize - 16;
const bounds = { percentMin: 0, percentMax: 50 };

function unitOf(byteCount: number, seed: number): Uint8Array {
  const random = randomFrom(seed);
  return Uint8Array.from({ length: byteCount }, () => Math.floor(random() * 256));
}

function carry(options: {
  byteCount: number;
  lossShare: number;
  thrownShare: number;
  seed: number;
  key?: Buffer;
}) {
  const packetizer = new FramePacketizer({ packetSize, key: options.key });
  const unit = unitOf(options.byteCount, options.seed);
  const frames: WholeFrame[] = [];
  const random = randomFrom(options.seed + 1);
  const receiver = new VideoReceiver({
    key: options.key,
    isThrown: () => random() < options.thrownShare,
    onFrame: (frame) => frames.push(frame),
    onStatus: () => undefined,
    onLost: () => undefined,
  });
  const head = { isKey: true, time90k: 90, latencyTenthMs: 123 };
  const need = { lossShare: options.lossShare, parityCountMin: 2, bounds };
  const count = packetizer.packetize(unit, head, need);
  for (const slot of packetizer.slots.slice(0, count)) receiver.receive(slot);
  return { packetizer, unit, frames, receiver, count };
}

test("a frame of any size arrives whole when nothing is lost", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60_000 }), fc.nat(), (byteCount, seed) => {
      const { frames, unit } = carry({ byteCount, lossShare: 0, thrownShare: 0, seed });
      expect(frames).toHaveLength(1);
      expect(Buffer.compare(frames[0]?.unit ?? Buffer.alloc(0), unit)).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test("sizes around the edge of a packet and of a block arrive whole", () => {
  const edges = [room - 8, dataCountMax * room - 8, 2 * dataCountMax * room - 8];
  for (const edge of edges) {
    for (const byteCount of [edge - 1, edge, edge + 1]) {
      const { frames, unit } = carry({ byteCount, lossShare: 0, thrownShare: 0, seed: 3 });
      expect(Buffer.compare(frames[0]?.unit ?? Buffer.alloc(0), unit)).toBe(0);
    }
  }
});

for (const percent of [1, 5, 10]) {
  test(`at ${percent} % loss the rebuilt bytes equal the sent ones`, () => {
    const lossShare = percent / 100;
    let rebuiltCount = 0;
    for (let seed = 0; seed < 30; seed++) {
      const { frames, unit, receiver } = carry({
        byteCount: 92 * room - 8,
        lossShare,
        thrownShare: lossShare,
        seed: seed * 7,
      });
      rebuiltCount += receiver.rebuiltCount;
      expect(Buffer.compare(frames[0]?.unit ?? Buffer.alloc(0), unit)).toBe(0);
    }
    expect(rebuiltCount).toBeGreaterThan(0);
  });
}

test("a frame of one packet survives the loss of that packet", () => {
  const { packetizer, unit, count } = carry({
    byteCount: 20,
    lossShare: 0,
    thrownShare: 0,
    seed: 5,
  });
  expect(packetizer.dataCount).toBe(1);
  expect(count).toBeGreaterThanOrEqual(3);
  const frames: WholeFrame[] = [];
  let arrivedCount = 0;
  const receiver = new VideoReceiver({
    isThrown: () => arrivedCount++ === 0,
    onFrame: (frame) => frames.push(frame),
    onStatus: () => undefined,
    onLost: () => undefined,
  });
  for (const slot of packetizer.slots.slice(0, count)) receiver.receive(slot);
  expect(Buffer.compare(frames[0]?.unit ?? Buffer.alloc(0), unit)).toBe(0);
});

test("a frame of four blocks is rebuilt at 5 % loss", () => {
  const byteCount = (blockCountMax * dataCountMax - 3) * room;
  const { frames, unit } = carry({ byteCount, lossShare: 0.05, thrownShare: 0.05, seed: 11 });
  expect(frames[0]?.blockCount).toBe(blockCountMax);
  expect(Buffer.compare(frames[0]?.unit ?? Buffer.alloc(0), unit)).toBe(0);
});

test("a frame too large for parity goes without", () => {
  const byteCount = (blockCountMax * dataCountMax + 1) * room - 8;
  const { frames, packetizer, unit } = carry({ byteCount, lossShare: 0, thrownShare: 0, seed: 2 });
  expect(packetizer.parityCount).toBe(0);
  expect(Buffer.compare(frames[0]?.unit ?? Buffer.alloc(0), unit)).toBe(0);
});

test("a frame larger than all blocks is refused", () => {
  expect(planBlocks(frameShardCountMax)?.blockCount).toBe(blockCountMax);
  expect(planBlocks(frameShardCountMax + 1)).toBeUndefined();
  const packetizer = new FramePacketizer({ packetSize: 64 });
  const unit = new Uint8Array(frameShardCountMax * 48 - 8 + 1);
  const head = { isKey: true, time90k: 0, latencyTenthMs: 0 };
  expect(packetizer.packetize(unit, head, { lossShare: 0, parityCountMin: 0, bounds })).toBe(0);
  const most = unit.subarray(1);
  expect(packetizer.packetize(most, head, { lossShare: 0, parityCountMin: 0, bounds })).toBe(
    frameShardCountMax,
  );
});

test("sealed datagrams open with the key of the session", () => {
  const key = Buffer.alloc(16, 7);
  const { frames, unit } = carry({
    byteCount: 9000,
    lossShare: 0.1,
    thrownShare: 0.05,
    seed: 9,
    key,
  });
  expect(Buffer.compare(frames[0]?.unit ?? Buffer.alloc(0), unit)).toBe(0);
});

test("the host's processing time and the kind of frame are in its header", () => {
  const { frames } = carry({ byteCount: 10, lossShare: 0, thrownShare: 0, seed: 1 });
  expect(frames[0]).toMatchObject({ isKey: true, latencyTenthMs: 123, number: 1 });
});

test("the percentage says how many parity shards there are, within what a block holds", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: dataCountMax }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 16 }),
      (dataCount, lossShare, parityCountMin) => {
        const percent = parityPercent(dataCount, { lossShare, parityCountMin, bounds });
        const parityCount = parityCountOf(dataCount, percent);
        expect(percent).toBeLessThanOrEqual(255);
        expect(dataCount + parityCount).toBeLessThanOrEqual(255);
        expect(parityCount).toBeGreaterThanOrEqual(2);
      },
    ),
  );
});

test("parity keeps to the operator's bounds, whatever is lost", () => {
  const counts = {
    dataCount: fc.integer({ min: 1, max: dataCountMax }),
    loss: fc.double({ min: 0, max: 1, noNaN: true }),
  };
  fc.assert(
    fc.property(counts.dataCount, counts.loss, (dataCount, lossShare) => {
      const countOf = (percentMin: number, percentMax: number) => {
        const need = { lossShare, parityCountMin: 2, bounds: { percentMin, percentMax } };
        return parityCountOf(dataCount, parityPercent(dataCount, need));
      };
      expect(countOf(0, 0)).toBe(0);
      expect(countOf(0, 10)).toBeLessThanOrEqual(Math.max(4, Math.ceil(dataCount / 10)));
      expect(countOf(40, 50)).toBeGreaterThanOrEqual(Math.floor(dataCount * 0.4));
    }),
  );
});

test("sequences continue across frames, and over the end of sixteen bits", () => {
  const packetizer = new FramePacketizer({ packetSize: 64 });
  const head = { isKey: false, time90k: 0, latencyTenthMs: 0 };
  let expected = 0;
  for (let frame = 0; frame < 30; frame++) {
    const count = packetizer.packetize(new Uint8Array(frameShardCountMax * 40), head, {
      lossShare: 0,
      parityCountMin: 0,
      bounds,
    });
    for (const slot of packetizer.slots.slice(0, count)) {
      const sequence = ((slot[2] ?? 0) << 8) | (slot[3] ?? 0);
      if (sequence !== (expected & 0xffff)) expect(sequence).toBe(expected & 0xffff);
      expected += 1;
    }
  }
  expect(expected).toBeGreaterThan(65_536);
});
