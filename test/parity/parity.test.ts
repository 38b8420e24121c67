import { expect, test } from "bun:test";
import fc from "fast-check";
import { coefficient, multiply } from "../../src/parity/galois.ts";
import { Parity } from "../../src/parity/parity.ts";
import { chanceBeyondRepair, parityCountFor } from "../../src/parity/plan.ts";

const limits = { dataCountMax: 200, parityCountMax: 55, shardBytesMax: 1408 };
const parity = new Parity(limits);

const block = fc
  .record({
    dataCount: fc.integer({ min: 1, max: 60 }),
    parityCount: fc.integer({ min: 0, max: 30 }),
    shardBytes: fc.integer({ min: 1, max: 100 }),
    seed: fc.nat(),
  })
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      lost: fc.subarray([...Array(shape.dataCount + shape.parityCount).keys()]),
    }),
  );

function fill(shape: { dataCount: number; shardBytes: number; seed: number }): Uint8Array[] {
  let state = shape.seed >>> 0;
  return Array.from({ length: shape.dataCount }, (_, index) => {
    const shard = parity.data(index).fill(0).subarray(0, shape.shardBytes);
    for (let at = 0; at < shard.length; at++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      shard[at] = state >>> 24;
    }
    return shard.slice();
  });
}

test("whatever was lost, a block with as many shards as it has data comes back whole", () => {
  fc.assert(
    fc.property(block, ({ shape, lost }) => {
      const sent = fill(shape);
      parity.encode(shape);
      const arrived = new Uint8Array(shape.dataCount + shape.parityCount).fill(1);
      for (const index of lost) {
        arrived[index] = 0;
        if (index < shape.dataCount) parity.data(index).fill(0xee);
        else parity.parity(index - shape.dataCount).fill(0xee);
      }
      const lostData = lost.filter((index) => index < shape.dataCount).length;
      const rebuilt = parity.rebuild(shape, arrived);
      if (lostData > 0 && lost.length > shape.parityCount) return expect(rebuilt).toBeUndefined();
      expect(rebuilt).toBe(lostData);
      for (const [index, shard] of sent.entries()) {
        expect(parity.data(index).subarray(0, shape.shardBytes)).toEqual(shard);
      }
    }),
    { numRuns: 300 },
  );
});

test("the kernel's parity is the sum of coefficients times data", () => {
  const shape = { dataCount: 7, parityCount: 5, shardBytes: 33, seed: 5 };
  const sent = fill(shape);
  parity.encode(shape);
  for (let row = 0; row < shape.parityCount; row++) {
    for (let at = 0; at < shape.shardBytes; at++) {
      const sum = sent.reduce(
        (total, shard, index) =>
          total ^ multiply(shard[at] ?? 0, coefficient(shape.parityCount, row, index)),
        0,
      );
      expect(parity.parity(row)[at]).toBe(sum);
    }
  }
});

test("multiplication agrees with shifting and reducing by the polynomial", () => {
  for (let left = 0; left < 256; left++) {
    for (let right = 0; right < 256; right++) {
      expect(multiply(left, right)).toBe(multiplySlowly(left, right));
    }
  }
});

function multiplySlowly(left: number, right: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) if (right & (1 << bit)) product ^= left << bit;
  for (let bit = 15; bit >= 8; bit--) if (product & (1 << bit)) product ^= 0x11d << (bit - 8);
  return product;
}

const shapes = fc.record({
  share: fc.constantFrom(0.01, 0.02, 0.05, 0.1),
  dataCount: fc.integer({ min: 1, max: 200 }),
});
const mostFor = (dataCount: number) =>
  dataCount > 10 ? Math.floor(dataCount / 2) : Math.max(3, dataCount);

test("below its bound, parity keeps the chance of loss under one in 100,000", () => {
  fc.assert(
    fc.property(shapes, ({ share, dataCount }) => {
      const parityCount = parityCountFor(dataCount, share);
      fc.pre(parityCount < mostFor(dataCount));
      expect(chanceBeyondRepair(dataCount, parityCount, share)).toBeLessThan(1e-5);
    }),
  );
});

test("above three, one parity shard less would miss the target", () => {
  fc.assert(
    fc.property(shapes, ({ share, dataCount }) => {
      const parityCount = parityCountFor(dataCount, share);
      fc.pre(parityCount > 3);
      expect(chanceBeyondRepair(dataCount, parityCount - 1, share)).toBeGreaterThanOrEqual(1e-5);
    }),
  );
});

test("parity stays between three and its bound", () => {
  fc.assert(
    fc.property(shapes, ({ share, dataCount }) => {
      const parityCount = parityCountFor(dataCount, share);
      expect(parityCount).toBeGreaterThanOrEqual(3);
      expect(parityCount).toBeLessThanOrEqual(mostFor(dataCount));
    }),
  );
});

test("no reported loss gets the parity of one per cent", () => {
  expect(parityCountFor(40, 0)).toBe(parityCountFor(40, 0.01));
});

test("the chance of losing more than none of one shard is its loss", () => {
  expect(chanceBeyondRepair(1, 0, 0.25)).toBeCloseTo(0.25, 12);
});
