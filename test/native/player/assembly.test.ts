import { expect, test } from "bun:test";
import fc from "fast-check";
import { Assembly } from "../../../src/native/player/assembly.ts";
import { blockCountOf, blockStart, dataShardCount } from "../../../src/native/wire/frame-plan.ts";
import { keyFlag, type ShardHeader } from "../../../src/native/wire/packet.ts";

const shardBytes = 10;
const patienceUs = 1000;
type Shard = { header: ShardHeader; bytes: Uint8Array };

function shardsOf(frame: number, bytes: Uint8Array, isKey = false): Shard[] {
  const count = dataShardCount(bytes.length, shardBytes);
  const blockCount = blockCountOf(count);
  const shards: Shard[] = [];
  for (let block = 0; block < blockCount; block++) {
    const start = blockStart(block, blockCount, count);
    const dataCount = blockStart(block + 1, blockCount, count) - start;
    for (let shard = 0; shard < dataCount; shard++) {
      const at = (start + shard) * shardBytes;
      shards.push({
        header: {
          flags: isKey ? keyFlag : 0,
          block,
          blockCount,
          shard,
          dataCount,
          parityCount: 0,
          frame,
          frameBytes: bytes.length,
          captureUs: 1000 + frame,
        },
        bytes: bytes.slice(at, at + shardBytes),
      });
    }
  }
  return shards;
}

const payload = (frame: number, byteCount = 25) => new Uint8Array(byteCount).fill(frame + 1);
const make = () => new Assembly({ shardBytes, patienceUs });

function add(assembly: Assembly, shards: readonly Shard[], nowUs = 1): void {
  for (const { header, bytes } of shards) assembly.add(header, bytes, nowUs);
}

function takeAll(assembly: Assembly, nowUs = 1): number[] {
  const frames: number[] = [];
  for (;;) {
    const frame = assembly.take(nowUs);
    if (frame === undefined) return frames;
    frames.push(frame.frame);
  }
}

test("a frame comes back byte for byte, in whatever order its shards come", () => {
  const frames = fc.uint8Array({ minLength: 1, maxLength: 5000 }).chain((bytes) =>
    fc.record({
      bytes: fc.constant(bytes),
      shards: fc.shuffledSubarray(shardsOf(0, bytes, true), {
        minLength: dataShardCount(bytes.length, shardBytes),
      }),
    }),
  );
  fc.assert(
    fc.property(frames, ({ bytes, shards }) => {
      const assembly = make();
      add(assembly, shards);
      const frame = assembly.take(1);
      expect(frame?.bytes).toEqual(bytes);
      expect(frame?.isKey).toBe(true);
      expect(frame?.captureUs).toBe(1000);
    }),
  );
});

test("a frame that is overtaken is waited for, and forwarded first", () => {
  const assembly = make();
  const [first, ...rest] = shardsOf(0, payload(0), true);
  add(assembly, rest, 1);
  add(assembly, shardsOf(1, payload(1)), 2);
  expect(takeAll(assembly, 2 + patienceUs - 1)).toEqual([]);
  add(assembly, first === undefined ? [] : [first], 3);
  expect(takeAll(assembly, 3)).toEqual([0, 1]);
  expect(assembly.lostCount).toBe(0);
});

test("a frame is lost when its time is over, with all after it skipped up to a key frame", () => {
  const assembly = make();
  add(assembly, shardsOf(0, payload(0), true), 1);
  add(assembly, shardsOf(1, payload(1)).slice(1), 2);
  add(assembly, shardsOf(2, payload(2)), 3);
  expect(takeAll(assembly, 3)).toEqual([0]);
  expect(assembly.isBroken).toBe(false);
  expect(takeAll(assembly, 3 + patienceUs)).toEqual([]);
  expect(assembly.isBroken).toBe(true);
  add(assembly, shardsOf(3, payload(3), true), 4);
  add(assembly, shardsOf(4, payload(4)), 5);
  expect(takeAll(assembly, 3 + patienceUs)).toEqual([3, 4]);
  expect(assembly.isBroken).toBe(false);
  expect(assembly.lostCount).toBe(1);
  expect(assembly.skippedCount).toBe(1);
  expect(assembly.completeCount).toBe(4);
});

test("frames of which nothing came are lost too", () => {
  const assembly = make();
  add(assembly, shardsOf(0, payload(0), true), 1);
  add(assembly, shardsOf(4, payload(4), true), 2);
  expect(takeAll(assembly, 2 + patienceUs)).toEqual([0, 4]);
  expect(assembly.lostCount).toBe(3);
});

test("a jump to the highest frame number costs nothing and counts what is between", () => {
  const assembly = make();
  add(assembly, shardsOf(0, payload(0), true), 1);
  expect(takeAll(assembly, 1)).toEqual([0]);
  const last = 2 ** 32 - 1;
  add(assembly, shardsOf(last, payload(1), true), 2);
  expect(takeAll(assembly, 2 + patienceUs)).toEqual([last]);
  expect(assembly.lostCount).toBe(last - 1);
});

test("a shard that comes twice is used once", () => {
  const assembly = make();
  const shards = shardsOf(0, payload(0), true);
  add(assembly, [...shards.slice(0, 2), ...shards.slice(0, 2)]);
  expect(takeAll(assembly)).toEqual([]);
  add(assembly, shards.slice(2));
  expect(takeAll(assembly)).toEqual([0]);
});

test("shards whose numbers disagree with their frame are counted and left out", () => {
  const assembly = make();
  const [shard] = shardsOf(0, payload(0), true);
  const { header, bytes } = shard ?? { header: undefined, bytes: new Uint8Array() };
  if (header === undefined) throw new Error("there is a first shard");
  add(assembly, [{ header, bytes }]);
  const wrong: Partial<ShardHeader>[] = [
    { frameBytes: 24 },
    { captureUs: 5 },
    { dataCount: 4 },
    { blockCount: 2 },
    { frameBytes: 2 ** 32 - 1 },
    { parityCount: 4 },
    { parityCount: 3, shard: 6 },
    { parityCount: 3, shard: 5, frameBytes: 21 },
  ];
  for (const fault of wrong) add(assembly, [{ header: { ...header, ...fault }, bytes }]);
  add(assembly, [{ header: { ...header, shard: 2 }, bytes }]);
  expect(assembly.invalidCount).toBe(wrong.length + 1);
});

test("what a reader leaves out breaks the chain until the next key frame", () => {
  const assembly = make();
  add(assembly, shardsOf(0, payload(0), true));
  expect(takeAll(assembly)).toEqual([0]);
  assembly.breakChain();
  add(assembly, shardsOf(1, payload(1)));
  add(assembly, shardsOf(2, payload(2), true));
  expect(takeAll(assembly)).toEqual([2]);
  expect(assembly.skippedCount).toBe(1);
});

test("any headers at all are taken without a throw, and every frame is counted once", () => {
  const small = fc.integer({ min: 0, max: 3 });
  const header = fc.record({
    flags: small,
    block: small,
    blockCount: small,
    shard: small,
    dataCount: small,
    parityCount: small,
    frame: fc.integer({ min: 0, max: 60 }),
    frameBytes: fc.integer({ min: 0, max: 30 }),
    captureUs: small,
  });
  const input = fc.array(fc.tuple(header, fc.uint8Array({ maxLength: 12 })), { maxLength: 300 });
  fc.assert(
    fc.property(input, (shards) => {
      const assembly = make();
      let handedOn = 0;
      shards.forEach(([each, bytes], nowUs) => {
        assembly.add(each, bytes, nowUs + 1);
        handedOn += takeAll(assembly, (nowUs + 1) * 50).length;
      });
      handedOn += takeAll(assembly, Number.MAX_SAFE_INTEGER).length;
      const total = handedOn + assembly.lostCount + assembly.skippedCount;
      expect(total).toBeLessThanOrEqual(61);
      expect(assembly.completeCount).toBeLessThanOrEqual(total + 1);
    }),
  );
});
