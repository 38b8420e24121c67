import { expect, test } from "bun:test";
import { SharedCounts } from "../../src/base/shared-counts.ts";
import { Follower } from "../../src/counters/follow.ts";
import { tickMs } from "../../src/counters/level-task.ts";
import { mediaSlotCount, mediaSlots } from "../../src/model/media-totals.ts";
import { counting, levelOf } from "../support/counting.ts";

function sent(totals: SharedCounts, bytes: number) {
  totals.add(mediaSlots.bytes, bytes);
  totals.add(mediaSlots.frames, 1);
}

test("what another thread sends is in the counts whenever they are read", () => {
  const { counters } = counting();
  const totals = new SharedCounts(mediaSlotCount);
  using follower = new Follower(counters, { path: "live/7", memory: totals.memory });
  totals.add(mediaSlots.groups, 1);
  sent(totals, 1200);
  expect(levelOf(counters, "live/7").external.publisher).toMatchObject({
    broadcasts: 1,
    subscriptions: 1,
    bytes: 1200,
    frames: 1,
    groups: 1,
  });
  sent(totals, 34);
  expect(levelOf(counters, "").external.publisher.bytes).toBe(1234);
  follower.close();
});

test("what was sent before the close is counted, once, however often it is closed", () => {
  const { counters } = counting();
  const totals = new SharedCounts(mediaSlotCount);
  const follower = new Follower(counters, { path: "live/7", memory: totals.memory });
  sent(totals, 5);
  follower.close();
  sent(totals, 100);
  follower.close();
  expect(levelOf(counters, "live").external.publisher).toMatchObject({
    broadcasts_closed: 1,
    subscriptions_closed: 1,
    bytes: 5,
    frames: 1,
  });
  expect(levelOf(counters, "live").open).toBe(0);
});

test("the published counts follow too", () => {
  const { counters, outlet, scheduler } = counting();
  const totals = new SharedCounts(mediaSlotCount);
  using _follower = new Follower(counters, { path: "live/7", memory: totals.memory });
  sent(totals, 10);
  scheduler.advanceMs(tickMs);
  expect(outlet.framesOf(".stats/prefix/live").map(({ bytes }) => bytes)).toEqual([0, 10]);
});
