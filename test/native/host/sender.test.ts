import { expect, test } from "bun:test";
import type { Micros } from "../../../src/base/clock.ts";
import { SealedPacketizer } from "../../../src/native/host/packetizer.ts";
import { ParityTarget } from "../../../src/native/host/parity-target.ts";
import { Assembly, type CompleteFrame } from "../../../src/native/player/assembly.ts";
import {
  emptyShardHeader,
  packetOverheadBytes,
  readShardHeader,
  shardHeaderBytes,
  viewOf,
} from "../../../src/native/wire/packet.ts";
import { Opener, Sealer } from "../../../src/native/wire/seal.ts";
import type { FrameRecord } from "../../../src/session/frame-record.ts";
import { PacedSender, type PacedSenderOptions } from "../../../src/session/paced-sender.ts";
import { type CountedFrame, encodedFrame } from "../../support/encoded-frame.ts";
import { clock } from "../../support/native.ts";

const media = { key: new Uint8Array(16).fill(3), tag: 7 };
const packetBytes = 500;
const shardBytes = packetBytes - packetOverheadBytes;

/** A sender with a kernel that takes what a test lets it. */
function setUp(change: Partial<PacedSenderOptions> = {}) {
  const opener = new Opener(media);
  const assembly = new Assembly({ shardBytes, patienceUs: 30_000 });
  const seen: { frame: number; bytes: Uint8Array; isKey: boolean }[] = [];
  const refused: { firstSequence: number; count: number }[] = [];
  const sent: FrameRecord[] = [];
  const state = {
    room: Number.POSITIVE_INFINITY,
    /** The call from which on there is room for everything. */
    callOfRoom: Number.POSITIVE_INFINITY,
    brokenCount: 0,
    packetCount: 0,
    callCount: 0,
  };
  let told = Promise.withResolvers<void>();
  const arrive = (datagram: Uint8Array) => {
    const plain = opener.open(datagram) ?? new Uint8Array();
    const header = emptyShardHeader();
    expect(readShardHeader(viewOf(plain), header)).toBe(true);
    assembly.add(header, plain.subarray(shardHeaderBytes), clock.nowUs());
    const frame: CompleteFrame | undefined = assembly.take(clock.nowUs());
    if (frame) seen.push({ frame: frame.frame, bytes: frame.bytes.slice(), isKey: frame.isKey });
  };
  const sender = new PacedSender({
    clock,
    packetizer: new SealedPacketizer({
      sealer: new Sealer(media),
      packetBytes,
      parityTarget: new ParityTarget({ percentMin: 0, percentMax: 0 }),
      onRefused: (firstSequence, count) => refused.push({ firstSequence, count }),
    }),
    pace: { frameIntervalUs: 1e6 / 60, share: 0.5 },
    send: (datagrams, first) => {
      state.callCount += 1;
      if (state.callCount >= state.callOfRoom) state.room = Number.POSITIVE_INFINITY;
      const count = Math.min(state.room, datagrams.length - first);
      state.room -= count;
      for (const datagram of datagrams.slice(first, first + count)) arrive(datagram);
      state.packetCount += count;
      return count;
    },
    onTaken: () => undefined,
    onSent: (record) => {
      sent.push({ ...record });
      told.resolve();
      told = Promise.withResolvers();
    },
    onDropped: () => {
      state.brokenCount += 1;
    },
    ...change,
  });
  const sentCount = async (count: number) => {
    while (sent.length < count) await told.promise;
  };
  return { sender, seen, refused, sent, state, sentCount };
}

const key = (index: number, byteCount = 5000) => encodedFrame({ isKey: true, index, byteCount });
const delta = (index: number, byteCount = 5000) => encodedFrame({ index, byteCount });
const bytesOf = ({ buffer, byteCount }: CountedFrame) => new Uint8Array(buffer, 0, byteCount);

test("frames of every size arrive as they were, each released once", async () => {
  const sizes = [
    1,
    shardBytes - 1,
    shardBytes,
    shardBytes + 1,
    5000,
    160 * shardBytes + 1,
    200_000,
  ];
  const { sender, seen, sentCount, sent } = setUp();
  for (const [index, size] of sizes.entries()) {
    const frame = key(index, size);
    sender.push(frame);
    await sentCount(index + 1);
    expect(seen.at(-1)?.bytes).toEqual(bytesOf(frame));
    expect(sent.at(-1)?.byteCount).toBe(size);
    await Promise.resolve();
    expect(frame.releaseCount).toBe(1);
  }
});

test("a large frame is spread over half an interval, a small one is not", async () => {
  const { sender, sent, state, sentCount } = setUp();
  sender.push(key(0, 8 * shardBytes));
  await sentCount(1);
  expect(state.callCount).toBe(1);
  sender.push(key(1, 200 * shardBytes));
  await sentCount(2);
  expect(state.callCount).toBeGreaterThan(2);
  const [, large] = sent.map(({ takenUs, handedUs }) => handedUs - takenUs);
  expect(large).toBeGreaterThanOrEqual(7000);
});

test("what the kernel has no room for at first is sent a moment later", async () => {
  const { sender, seen, state, refused, sentCount } = setUp({
    pace: { frameIntervalUs: 10_000_000, share: 0.5 },
  });
  state.room = 3;
  state.callOfRoom = 4;
  sender.push(key(0));
  await sentCount(1);
  expect(seen).toHaveLength(1);
  expect(sender.sendDroppedCount).toBe(0);
  expect(refused).toEqual([]);
});

test("what the kernel refuses for a whole frame interval is counted, with its sequences", async () => {
  const { sender, state, refused, sent, sentCount } = setUp();
  state.room = 3;
  sender.push(key(0));
  await sentCount(1);
  const packetCount = Math.ceil(5000 / shardBytes);
  expect(sender.sendDroppedCount).toBe(packetCount - 3);
  expect(refused.reduce((sum, { count }) => sum + count, 0)).toBe(packetCount - 3);
  expect(refused[0]?.firstSequence).toBe(3);
  expect(sent[0]?.byteCount).toBe(3 * shardBytes);
  expect(sender.bytesSentCount).toBe(3 * shardBytes);
  expect(sent[0]).toMatchObject({ fate: "refused", packetCount, refusedCount: packetCount - 3 });
});

test("nothing is sent before the first key frame", async () => {
  const { sender, seen, state, sentCount } = setUp();
  const first = delta(0);
  sender.push(first);
  expect(first.releaseCount).toBe(1);
  expect(sender.framesDroppedCount).toBe(1);
  expect(state.brokenCount).toBe(1);
  sender.push(key(1));
  await sentCount(1);
  expect(seen).toMatchObject([{ frame: 0, isKey: true }]);
});

test("a stalled sender drops what it cannot hold and recovers with the next key frame", async () => {
  const { sender, seen, state, sent, sentCount } = setUp({
    pace: { frameIntervalUs: 50_000, share: 0.5 },
  });
  state.room = 0;
  const stalled = [key(0), delta(1), delta(2), delta(3), delta(4), delta(5), delta(6)];
  for (const frame of stalled) sender.push(frame);
  // One is being sent, four waited; the fifth made room by dropping all that hung on the oldest.
  expect(sender.framesDroppedCount).toBe(6);
  expect(state.brokenCount).toBe(6);
  state.room = Number.POSITIVE_INFINITY;
  const after = [key(7), delta(8)];
  for (const frame of after) sender.push(frame);
  await sentCount(3);
  expect(sent.map(({ slot }) => slot)).toEqual([0, 7, 8]);
  expect(seen.map(({ frame }) => frame)).toEqual([0, 1, 2]);
  await Promise.resolve();
  for (const frame of [...stalled, ...after]) expect(frame.releaseCount).toBe(1);
});

test("a queue full of key frames drops the newest and waits for another", async () => {
  const { sender, state, sent, sentCount } = setUp({
    pace: { frameIntervalUs: 50_000, share: 0.5 },
  });
  state.room = 0;
  for (const frame of [key(0), key(1), key(2), key(3), key(4), key(5), delta(6)])
    sender.push(frame);
  expect(sender.framesDroppedCount).toBe(2);
  state.room = Number.POSITIVE_INFINITY;
  await sentCount(5);
  sender.push(delta(7));
  sender.push(key(8));
  await sentCount(6);
  expect(sent.map(({ slot }) => slot)).toEqual([0, 1, 2, 3, 4, 8]);
});

test("a closed sender releases what it holds and sends no more", async () => {
  const { sender, state } = setUp();
  const frames = [key(0, 200 * shardBytes), delta(1), delta(2)];
  for (const frame of frames) sender.push(frame);
  const { packetCount } = state;
  sender.close();
  sender.push(frames[0] ?? key(0));
  expect(frames.map(({ releaseCount }) => releaseCount)).toEqual([1, 1, 1]);
  await Bun.sleep(0);
  expect(state.packetCount).toBe(packetCount);
});

test("captureStartUs and flags travel with the frame", async () => {
  const headers: ReturnType<typeof emptyShardHeader>[] = [];
  const opener = new Opener(media);
  const done = Promise.withResolvers<void>();
  const { sender } = setUp({
    send: (datagrams, first) => {
      for (const datagram of datagrams.slice(first)) {
        const header = emptyShardHeader();
        readShardHeader(viewOf(opener.open(datagram) ?? new Uint8Array()), header);
        headers.push(header);
      }
      return datagrams.length - first;
    },
    onSent: () => done.resolve(),
  });
  const captureStartUs = 123_456_789_012 as Micros;
  sender.push(encodedFrame({ isKey: true, isRepeat: true, captureStartUs, byteCount: 900 }));
  await done.promise;
  expect(headers.map(({ flags }) => flags)).toEqual([3, 3, 7]);
  expect(headers.every((header) => header.captureUs === captureStartUs)).toBe(true);
});
