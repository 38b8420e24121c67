import { expect, test } from "bun:test";
import fc from "fast-check";
import { LossCounter } from "../../../src/native/host/loss-counter.ts";
import type { Report } from "../../../src/native/wire/messages.ts";

const report = (change: Partial<Report>): Report => ({
  settled_sequence: 0,
  packets_received: 0,
  packets_lost: 0,
  packets_duplicate: 0,
  packets_reordered: 0,
  packets_late: 0,
  packets_stale: 0,
  fec_recovered: 0,
  frames_complete: 0,
  frames_lost: 0,
  frames_skipped: 0,
  idr_requests: 0,
  ...change,
});

test("what the kernel refused is taken off what the player misses, once its report is past it", () => {
  const ledger = new LossCounter();
  ledger.refused(10, 5);
  ledger.add(report({ settled_sequence: 14, packets_lost: 3 }), 100);
  expect(ledger.packetsDroppedCount).toBe(3);
  ledger.add(report({ settled_sequence: 15, packets_lost: 8 }), 100);
  expect(ledger.packetsDroppedCount).toBe(3);
  ledger.add(report({ settled_sequence: 50, packets_lost: 9 }), 100);
  expect(ledger.packetsDroppedCount).toBe(4);
});

test("a player cannot miss more than was sent, nor take a loss back", () => {
  const ledger = new LossCounter();
  ledger.add(report({ settled_sequence: 1e15, packets_lost: 1e15, frames_lost: 1e15 }), 40);
  expect(ledger.packetsDroppedCount).toBe(40);
  expect(ledger.framesLostCount).toBe(40);
  ledger.add(report({}), 50);
  expect(ledger.packetsDroppedCount).toBe(40);
});

test("a round trip that no session could have had is not believed", () => {
  const ledger = new LossCounter();
  ledger.add(report({ rtt_us: 2000 }), 10);
  ledger.add(report({ rtt_us: Number.MAX_SAFE_INTEGER }), 10);
  expect(ledger.rttUs).toBe(2000);
});

test("whatever is reported, counts only grow and stay within what was sent", () => {
  const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const said = fc.record({ settled_sequence: count, packets_lost: count, fec_recovered: count });
  fc.assert(
    fc.property(fc.array(said, { maxLength: 50 }), (reports) => {
      const ledger = new LossCounter();
      let before = 0;
      for (const each of reports) {
        ledger.refused(0, 1);
        ledger.add(report(each), 1000);
        expect(ledger.packetsDroppedCount).toBeGreaterThanOrEqual(before);
        expect(ledger.packetsDroppedCount).toBeLessThanOrEqual(1000);
        before = ledger.packetsDroppedCount;
      }
    }),
  );
});

test("what a player says of its own pauses only grows, by a minute a report at most", () => {
  const counter = new LossCounter();
  expect(counter.totals().playerPausedUs).toBeUndefined();
  counter.add(report({ paused_us: 300_000, waited_us: 1e15 }), 10);
  expect(counter.totals()).toMatchObject({ playerPausedUs: 300_000, playerWaitedUs: 60_000_000 });
  counter.add(report({ paused_us: 100 }), 10);
  counter.add(report({}), 10);
  expect(counter.totals()).toMatchObject({ playerPausedUs: 300_000, playerWaitedUs: 60_000_000 });
});
