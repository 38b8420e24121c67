import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Micros } from "../../src/base/clock.ts";
import { SealedPacketizer } from "../../src/native/host/packetizer.ts";
import { ParityTarget } from "../../src/native/host/parity-target.ts";
import { Assembly } from "../../src/native/player/assembly.ts";
import {
  emptyShardHeader,
  packetOverheadBytes,
  readShardHeader,
  type ShardHeader,
  shardHeaderBytes,
  viewOf,
} from "../../src/native/wire/packet.ts";
import { Opener, Sealer } from "../../src/native/wire/seal.ts";
import { encodedFrame } from "../support/encoded-frame.ts";

const media = { key: new Uint8Array(16).fill(9), tag: 3 };
const packetBytes = 500;
const shardBytes = packetBytes - packetOverheadBytes;
const opener = new Opener(media);

type Packet = { header: ShardHeader; shard: Uint8Array };

function setUp() {
  const parityTarget = new ParityTarget({ percentMin: 0, percentMax: 50 });
  const packets = new SealedPacketizer({
    ...{ sealer: new Sealer(media), packetBytes, parityTarget },
    onRefused: () => undefined,
  });
  const assembly = new Assembly({ shardBytes, patienceUs: 1000 });
  return { parityTarget, packets, assembly };
}

/** All packets of one frame, opened. */
function packetsOf(packets: SealedPacketizer, byteCount: number, index = 0): Packet[] {
  const frame = encodedFrame({
    isKey: index === 0,
    byteCount,
    captureStartUs: (1000 + index) as Micros,
  });
  return Array.from({ length: packets.begin(frame) }, (_, packet) => {
    const batch: Uint8Array[] = [];
    packets.addTo(batch, packet, packet + 1);
    const plain = opener.open(batch[0] ?? new Uint8Array()) ?? new Uint8Array();
    const header = emptyShardHeader();
    expect(readShardHeader(viewOf(plain), header)).toBe(true);
    return { header, shard: plain.slice(shardHeaderBytes) };
  });
}

const bytesOf = (byteCount: number) => new Uint8Array(byteCount).map((_, index) => index);

const blockOf = ({ header }: Packet) => header.block;
const parityOf = (packets: readonly Packet[]) =>
  packets.filter(({ header }) => header.shard >= header.dataCount);

const sizes = fc.oneof(
  fc.integer({ min: 1, max: 2 * shardBytes }),
  fc.integer({ min: 1, max: 20 * shardBytes }),
  // Over the edge of one block.
  fc.integer({ min: 159 * shardBytes, max: 330 * shardBytes }),
);

/** Packets by draw, of each block at most as many as it has parity. */
function losable(sent: readonly Packet[], draws: readonly number[]): Set<Packet> {
  const lost = new Set<Packet>();
  const countOf = new Map<number, number>();
  for (const draw of draws) {
    const packet = sent[draw % sent.length];
    if (packet === undefined || lost.has(packet)) continue;
    const count = countOf.get(blockOf(packet)) ?? 0;
    if (count === packet.header.parityCount) continue;
    lost.add(packet);
    countOf.set(blockOf(packet), count + 1);
  }
  return lost;
}

test("a frame comes back as long as no block lost more than its parity, in any order", () => {
  fc.assert(
    fc.property(sizes, fc.array(fc.nat(), { maxLength: 400 }), (byteCount, draws) => {
      const { packets, assembly } = setUp();
      const sent = packetsOf(packets, byteCount);
      const lost = losable(sent, draws);
      const left = sent.filter((packet) => !lost.has(packet));
      const [first = 0, second = 0] = draws;
      const turned = [...left.slice(first % left.length), ...left.slice(0, first % left.length)];
      if (second % 2 === 1) turned.reverse();
      for (const { header, shard } of turned) assembly.add(header, shard, 1);
      const { bytes = new Uint8Array() } = assembly.take(1) ?? {};
      expect(Buffer.compare(bytes, bytesOf(byteCount))).toBe(0);
      expect(assembly.invalidCount).toBe(0);
    }),
    { numRuns: 60 },
  );
}, 30_000);

test("one shard more lost than there is parity loses the frame", () => {
  const { packets, assembly } = setUp();
  const sent = packetsOf(packets, 30 * shardBytes);
  const { parityCount = 0 } = sent[0]?.header ?? {};
  for (const { header, shard } of sent.slice(parityCount + 1)) assembly.add(header, shard, 1);
  expect(assembly.take(1)).toBeUndefined();
  expect(assembly.recoveredCount).toBe(0);
});

test("only what was missing counts as rebuilt, and what comes late counts as spare", () => {
  const { packets, assembly } = setUp();
  const sent = packetsOf(packets, 30 * shardBytes - 7);
  const late = sent.splice(4, 2);
  for (const { header, shard } of sent) assembly.add(header, shard, 1);
  expect(assembly.recoveredCount).toBe(2);
  const parityCount = parityOf(sent).length;
  expect(assembly.spareShardCount).toBe(parityCount - 2);
  for (const { header, shard } of late) assembly.add(header, shard, 1);
  expect(assembly.spareShardCount).toBe(parityCount);
  expect(assembly.completeCount).toBe(1);
  expect(assembly.take(1)?.bytes).toEqual(bytesOf(30 * shardBytes - 7));
});

test("without loss no shard is rebuilt", () => {
  const { packets, assembly } = setUp();
  for (const [index, size] of [1, 500, 5000, 80_000].entries()) {
    for (const { header, shard } of packetsOf(packets, size, index)) assembly.add(header, shard, 1);
    expect(assembly.take(1)?.bytes).toEqual(bytesOf(size));
  }
  expect(assembly.recoveredCount).toBe(0);
});

test("parity of a frame of one shard is as short as the frame", () => {
  const { packets } = setUp();
  const sent = packetsOf(packets, 100);
  expect(sent).toHaveLength(4);
  expect(sent.map(({ shard }) => shard.length)).toEqual([100, 100, 100, 100]);
});

test("parity that changes while a frame is sent holds from the next frame on", () => {
  const { packets, parityTarget } = setUp();
  const byteCount = 330 * shardBytes;
  const packetCount = packets.begin(encodedFrame({ byteCount }));
  for (let packet = 0; packet < packetCount; packet++) {
    if (packet === 10) parityTarget.addReport({ lostCount: 20, settledCount: 100 });
    packets.addTo([], packet, packet + 1);
  }
  expect(packets.begin(encodedFrame({ byteCount }))).toBeGreaterThan(packetCount);
});

test("a frame that would not fit what the picture can grow to is refused, and nothing is kept for it", () => {
  const assembly = new Assembly({ shardBytes, patienceUs: 1000, frameBytesMax: 10_000 });
  const { packets } = setUp();
  for (const { header, shard } of packetsOf(packets, 10_000)) assembly.add(header, shard, 1);
  expect(assembly.invalidCount).toBe(0);
  const larger = packetsOf(packets, 10_001, 1);
  for (const { header, shard } of larger) assembly.add(header, shard, 1);
  expect(assembly.invalidCount).toBe(larger.length);
});

test("shards of one block that say otherwise about its parity are left out", () => {
  const { packets, assembly } = setUp();
  const [first, second, third, ...rest] = packetsOf(packets, 4 * shardBytes);
  if (!(first && second && third)) throw new Error("the frame has four shards");
  assembly.add(first.header, first.shard, 1);
  assembly.add({ ...second.header, parityCount: 4 }, second.shard, 1);
  expect(assembly.invalidCount).toBe(1);
  for (const { header, shard } of [third, ...rest]) assembly.add(header, shard, 1);
  expect(assembly.take(1)?.bytes).toEqual(bytesOf(4 * shardBytes));
});
