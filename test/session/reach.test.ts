/** A player that is not heard, from the first sign of it to its end. */
import { expect, test } from "bun:test";
import type { Happening } from "../../src/model/happening.ts";
import { Reach } from "../../src/session/reach.ts";

test("four seconds without a sign are reported at their beginning and at their end, with their length", () => {
  const told: Happening[] = [];
  const reach = new Reach({ log: { add: (one) => void told.push(one) }, silentUsMax: 500_000 });
  const heardUs = 1_000_000;
  reach.onTick(499_999, heardUs + 499_999);
  expect([reach.isLost, reach.totalUs, told]).toEqual([false, 0, []]);
  for (let us = 500_000; us <= 4_000_000; us += 100_000) reach.onTick(us, heardUs + us);
  expect([reach.isLost, reach.totalUs]).toEqual([true, 4_000_000]);
  reach.onTick(20_000, heardUs + 4_120_000);
  expect([reach.isLost, reach.totalUs]).toEqual([false, 4_100_000]);
  expect(told).toEqual([
    { atUs: heardUs + 500_000, action: "player_unreachable", ms: 500 },
    { atUs: heardUs + 4_100_000, action: "player_reachable", ms: 4100 },
  ]);
});
