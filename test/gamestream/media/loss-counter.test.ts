/** What a player's reports may say, and what they may not. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { type FecStatus, readFecStatus } from "../../../src/gamestream/control/fec-status.ts";
import { FecLossCounter, type FrameLoss } from "../../../src/gamestream/media/loss-counter.ts";

const status = (change: Partial<FecStatus>): FecStatus => ({
  frame: 1,
  missingCount: 0,
  dataCount: 20,
  parityCount: 5,
  dataReceived: 20,
  parityReceived: 5,
  block: 0,
  ...change,
});

function sentCounter(frameCount = 10): FecLossCounter {
  const counter = new FecLossCounter();
  for (let frame = 1; frame <= frameCount; frame++) counter.sent(frame, 25, 0);
  return counter;
}

test("a repaired block counts what was missing and what was rebuilt", () => {
  const counter = sentCounter();
  counter.add(status({ dataReceived: 18, parityReceived: 2, missingCount: 2 }));
  expect(counter).toMatchObject({
    packetsDroppedCount: 2,
    fecRecoveredCount: 2,
    framesLostCount: 0,
  });
});

test("a dropped block counts all that did not come, and its frame once", () => {
  const counter = sentCounter();
  counter.add(status({ dataReceived: 10, parityReceived: 5, missingCount: 3 }));
  counter.invalidate(1, 2);
  expect(counter).toMatchObject({
    packetsDroppedCount: 10,
    fecRecoveredCount: 0,
    framesLostCount: 2,
  });
});

test("a report counts once, and only for a frame that was sent as it says", () => {
  const counter = sentCounter();
  const lossy = { dataReceived: 18, parityReceived: 2, missingCount: 2 };
  counter.add(status(lossy));
  counter.add(status(lossy));
  counter.add(status({ ...lossy, frame: 11 }));
  counter.add(status({ ...lossy, frame: 2, dataCount: 30 }));
  counter.add(status({ ...lossy, frame: 3, block: 4 }));
  expect(counter).toMatchObject({ packetsDroppedCount: 2, reportCount: 1 });
});

test("datagrams that the kernel refused are not counted as lost on the way", () => {
  const counter = new FecLossCounter();
  counter.sent(1, 25, 3);
  counter.add(status({ dataReceived: 15, parityReceived: 5, missingCount: 5 }));
  expect(counter.packetsDroppedCount).toBe(2);
});

test("the loss estimate rises at once and falls by the second", () => {
  const counter = sentCounter();
  counter.add(status({ dataReceived: 10, parityReceived: 5 }));
  counter.settle();
  const peak = counter.lossShare;
  expect(peak).toBeCloseTo(10 / 250);
  counter.settle();
  expect(counter.lossShare).toBeLessThan(peak);
  expect(counter.lossShare).toBeGreaterThan(0);
});

test("whatever is reported, counts grow and stay within what was sent", () => {
  const count = fc.integer({ min: 0, max: 0xffff });
  const report = fc.record({
    frame: fc.integer({ min: 0, max: 30 }),
    missingCount: count,
    dataCount: count,
    parityCount: count,
    dataReceived: count,
    parityReceived: count,
    block: fc.integer({ min: 0, max: 255 }),
  });
  fc.assert(
    fc.property(fc.array(report, { maxLength: 60 }), (reports) => {
      const counter = sentCounter(20);
      for (const each of reports) {
        const bytes = Buffer.alloc(21);
        bytes.writeUInt32BE(each.frame, 0);
        bytes.writeUInt16BE(each.missingCount, 8);
        bytes.writeUInt16BE(each.dataCount % 30, 10);
        bytes.writeUInt16BE(each.parityCount % 30, 12);
        bytes.writeUInt16BE(each.dataReceived % 30, 14);
        bytes.writeUInt16BE(each.parityReceived % 30, 16);
        bytes.writeUInt8(each.block, 19);
        const read = readFecStatus(bytes);
        if (read !== undefined) counter.add(read);
        counter.invalidate(each.frame, 0xffff_ffff);
      }
      expect(counter.packetsDroppedCount).toBeLessThanOrEqual(20 * 25 * 4);
      expect(counter.fecRecoveredCount).toBeLessThanOrEqual(20 * 25 * 4);
      expect(counter.framesLostCount).toBeLessThanOrEqual(20);
    }),
  );
});

test("of each frame that is reported it is known what it lost, on the stream's grid", () => {
  const told: FrameLoss[] = [];
  const counter = new FecLossCounter((loss) => void told.push(loss));
  for (const frame of [1, 2]) {
    counter.begins(frame, 100 + frame);
    counter.sent(frame, 25, 0);
  }
  counter.add(status({ dataReceived: 18, parityReceived: 2, missingCount: 2 }));
  counter.invalidate(2, 2);
  expect(told).toEqual([
    { slot: 101, lostPackets: 2, rebuilt: 2, isLost: false },
    { slot: 102, lostPackets: 0, rebuilt: 0, isLost: true },
  ]);
});
