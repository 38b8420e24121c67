/** What a player reports of each frame. */
import { expect, test } from "bun:test";
import { FrameReports, reportFrameCountMax } from "../../../src/native/player/frame-reports.ts";

const settleUs = 150_000;

test("a frame is reported once, when a later one began long enough ago", () => {
  const facts = new FrameReports();
  facts.onShard(0, 0);
  facts.onShard(0, 100);
  facts.onComplete(0, 4000, 1);
  facts.onShard(1, 16_000);
  expect(facts.take(16_000 + settleUs - 1)).toBeUndefined();
  expect(facts.take(16_000 + settleUs)).toEqual({
    ...{ first: 0, arrived: [2], rebuilt: [1], complete_us: [4000] },
  });
  expect(facts.take(10 * settleUs)).toBeUndefined();
});

test("parity that comes after its frame was complete is counted as arrived", () => {
  const facts = new FrameReports();
  facts.onShard(0, 0);
  facts.onComplete(0, 4000, 0);
  facts.onShard(0, 500);
  facts.onShard(1, 1000);
  expect(facts.take(1000 + settleUs)?.arrived).toEqual([2]);
});

test("a frame of which nothing came, and one that stayed incomplete, are reported so", () => {
  const facts = new FrameReports();
  facts.onShard(0, 0);
  facts.onShard(2, 1000);
  expect(facts.take(1000 + settleUs)).toEqual({
    ...{ first: 0, arrived: [1, 0], rebuilt: [0, 0], complete_us: [-1, -1] },
  });
});

test("without the host's clock a frame is complete at an unknown time", () => {
  const facts = new FrameReports();
  facts.onShard(0, 0);
  facts.onComplete(0, undefined, 0);
  facts.onShard(1, 1);
  expect(facts.take(1 + settleUs)?.complete_us).toEqual([-2]);
});

test("after a long stop the newest frames are reported, no more than a report holds", () => {
  const facts = new FrameReports();
  for (let frame = 0; frame < 2000; frame++) facts.onShard(frame, frame);
  const first = facts.take(2000 + settleUs);
  expect(first?.arrived).toHaveLength(reportFrameCountMax);
  expect(first?.first).toBe(2000 - 512);
  const second = facts.take(2000 + settleUs);
  expect(second?.first).toBe(2000 - 512 + reportFrameCountMax);
});
