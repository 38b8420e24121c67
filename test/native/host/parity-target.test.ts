import { expect, test } from "bun:test";
import { ParityTarget } from "../../../src/native/host/parity-target.ts";
import { parityCountFor } from "../../../src/parity/plan.ts";

const open = { percentMin: 0, percentMax: 50 };
const report = (share: number) => ({ lostCount: share * 1000, settledCount: 1000 });

test("before a report, parity is what one per cent asks for", () => {
  const target = new ParityTarget(open);
  for (const dataCount of [1, 10, 11, 42, 160]) {
    expect(target.countFor(dataCount)).toBe(parityCountFor(dataCount, 0.01));
  }
});

test("one report of more loss is followed at once", () => {
  const target = new ParityTarget(open);
  target.countFor(42);
  target.addReport(report(0.05));
  expect(target.countFor(42)).toBe(parityCountFor(42, 0.05));
});

test("less loss is followed over seconds, and never below one per cent", () => {
  const target = new ParityTarget(open);
  target.addReport(report(0.1));
  target.addReport(report(0));
  expect(target.lossShare).toBeCloseTo(0.09, 2);
  const shares: number[] = [];
  for (let count = 0; count < 60; count++) {
    target.addReport(report(0));
    shares.push(target.lossShare);
  }
  expect(shares).toEqual([...shares].sort((a, b) => b - a));
  expect(shares[7]).toBeGreaterThan(0.03);
  expect(shares.at(-1)).toBe(0.01);
  expect(target.countFor(42)).toBe(parityCountFor(42, 0.01));
});

test("a report that settles nothing changes nothing", () => {
  const target = new ParityTarget(open);
  target.addReport(report(0.05));
  target.addReport({ lostCount: 0, settledCount: 0 });
  expect(target.lossShare).toBe(0.05);
});

test("loss beyond all measure is answered with the most parity, not more", () => {
  const target = new ParityTarget(open);
  target.addReport({ lostCount: 1e9, settledCount: 1 });
  expect([1, 10, 11, 160].map((count) => target.countFor(count))).toEqual([3, 10, 5, 80]);
});

test("bounds in per cent hold, with three shards at least", () => {
  const target = new ParityTarget(open);
  target.addReport(report(0.3));
  target.bounds = { percentMin: 0, percentMax: 20 };
  expect([1, 10, 42, 160].map((count) => target.countFor(count))).toEqual([3, 3, 8, 32]);
  target.bounds = { percentMin: 40, percentMax: 50 };
  target.addReport(report(0));
  expect(target.countFor(160)).toBeGreaterThanOrEqual(64);
  target.bounds = { percentMin: 0, percentMax: 0 };
  expect([1, 10, 42, 160].map((count) => target.countFor(count))).toEqual([0, 0, 0, 0]);
});

test("a least share raises what the loss asks for", () => {
  const target = new ParityTarget({ percentMin: 20, percentMax: 50 });
  expect(target.countFor(42)).toBe(9);
  expect(target.countFor(1)).toBe(3);
});

test("on a link that carries less than is asked for, a small frame has less parity than data", () => {
  const target = new ParityTarget({ percentMin: 0, percentMax: 50 });
  expect(target.countFor(2)).toBe(3);
  target.isTight = true;
  expect(target.countFor(2)).toBe(1);
  expect(target.countFor(20)).toBe(3);
  target.isTight = false;
  expect(target.countFor(2)).toBe(3);
});
