import { expect, test } from "bun:test";
import { Standstill } from "../../src/session/standstill.ts";

test("a tick that is seconds late was not heard by anybody, one that is a little late was", () => {
  const standstill = new Standstill(100);
  const stood = [0, 100_000, 550_000, 5_650_000, 5_750_000].map((us) => standstill.tick(us));
  expect(stood).toEqual([0, 0, 0, 5_000_000, 0]);
});

test("the time between two stretches of ticks is none", () => {
  const standstill = new Standstill(100);
  standstill.tick(0);
  standstill.rest();
  expect(standstill.tick(60_000_000)).toBe(0);
});

test("a tick that was meant to come later is not late", () => {
  const standstill = new Standstill(100);
  standstill.tick(0);
  expect(standstill.tick(800_000, 400)).toBe(0);
  expect(standstill.tick(1_800_000, 400)).toBe(600_000);
});
