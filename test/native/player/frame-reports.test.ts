/** What a player reports of each frame. */
import { expect, test } from "bun:test";
import { FrameReports, reportFrameCountMax } from "../../../src/native/player/frame-reports.ts";

const settleUs = 150_000;

const at = (frame: number, shard = 0, block = 0) => ({ frame, block, shard });

test("a frame is reported once, when a later one began long enough ago", () => {
  const facts = new FrameReports();
  facts.onShard(at(0), 0);
  facts.onShard(at(0), 100);
  facts.onComplete(0, 4000, 1);
  facts.onShard(at(1), 16_000);
  expect(facts.take(16_000 + settleUs - 1)).toBeUndefined();
  expect(facts.take(16_000 + settleUs)).toEqual({
    ...{ first: 0, arrived: [2], rebuilt: [1], complete_us: [4000], lost_head: [0] },
  });
  expect(facts.take(10 * settleUs)).toBeUndefined();
});

test("parity that comes after its frame was complete is counted as arrived", () => {
  const facts = new FrameReports();
  facts.onShard(at(0), 0);
  facts.onComplete(0, 4000, 0);
  facts.onShard(at(0), 500);
  facts.onShard(at(1), 1000);
  expect(facts.take(1000 + settleUs)?.arrived).toEqual([2]);
});

test("a frame of which nothing came, and one that stayed incomplete, are reported so", () => {
  const facts = new FrameReports();
  facts.onShard(at(0), 0);
  facts.onShard(at(2), 1000);
  expect(facts.take(1000 + settleUs)).toEqual({
    ...{ first: 0, arrived: [1, 0], rebuilt: [0, 0], complete_us: [-1, -1] },
    lost_head: [0, 0],
  });
});

test("without the host's clock a frame is complete at an unknown time", () => {
  const facts = new FrameReports();
  facts.onShard(at(0), 0);
  facts.onComplete(0, undefined, 0);
  facts.onShard(at(1), 1);
  expect(facts.take(1 + settleUs)?.complete_us).toEqual([-2]);
});

test("after a long stop the newest frames are reported, no more than a report holds", () => {
  const facts = new FrameReports();
  for (let frame = 0; frame < 2000; frame++) facts.onShard(at(frame), frame);
  const first = facts.take(2000 + settleUs);
  expect(first?.arrived).toHaveLength(reportFrameCountMax);
  expect(first?.first).toBe(2000 - 512);
  const second = facts.take(2000 + settleUs);
  expect(second?.first).toBe(2000 - 512 + reportFrameCountMax);
});

test("what was lost of a frame before the first datagram that came is counted, whatever the order", () => {
  const facts = new FrameReports();
  for (const shard of [4, 3, 5]) facts.onShard(at(0, shard), 0);
  facts.onShard(at(0, 0, 1), 0);
  facts.onShard(at(1, 2, 1), 100);
  facts.onShard(at(2), 200);
  expect(facts.take(200 + settleUs)?.lost_head).toEqual([3, 65_535]);
});
