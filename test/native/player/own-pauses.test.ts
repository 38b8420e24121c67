/** What a player reports of itself: that it stood still, and that it waited for a core. */
import { expect, test } from "bun:test";
import { OwnPauses } from "../../../src/native/player/own-pauses.ts";

const tickUs = 10_000;

test("a tick that comes late by 40 ms counts as standing still, one that is late by less does not", () => {
  const pauses = new OwnPauses(tickUs, () => undefined);
  pauses.tick(1_000_000);
  pauses.tick(1_010_000);
  pauses.tick(1_010_000 + tickUs + 39_999);
  expect(pauses.pausedUs).toBe(0);
  pauses.tick(1_059_999 + tickUs + 40_000);
  expect(pauses.pausedUs).toBe(40_000);
  pauses.tick(2_109_999 + tickUs);
  expect(pauses.pausedUs).toBe(1_040_000);
});

test("the wait for a core counts from the start of the session", () => {
  let waitedNs = 5_000_000;
  const pauses = new OwnPauses(tickUs, () => waitedNs);
  expect(pauses.waitedUs).toBe(0);
  waitedNs += 250_000_000;
  expect(pauses.waitedUs).toBe(250_000);
});

test("a system that hides it reports no wait", () => {
  expect(new OwnPauses(tickUs, () => undefined).waitedUs).toBeUndefined();
});
