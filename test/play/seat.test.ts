/** What one page holds, and when it is released. */
import { expect, test } from "bun:test";
import type { InputEvent } from "../../src/input/event.ts";
import { heldCountMax, PlaySeat } from "../../src/play/seat.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";

const key = (virtualKey: number, isDown: boolean): InputEvent => ({
  ...{ kind: "key", isDown, virtualKey, modifiers: 0, flags: 0 },
});
const move: InputEvent = { kind: "pointer_move", dx: 1, dy: 1 };

function seatOf() {
  const scheduler = new ManualScheduler();
  const passed: InputEvent[] = [];
  return { scheduler, passed, seat: new PlaySeat((event) => passed.push(event), scheduler) };
}

test("a page that is silent for a second has its keys and buttons released", () => {
  const { scheduler, passed, seat } = seatOf();
  seat.accept(key(300, true));
  seat.accept({ kind: "button", isDown: true, button: 1 });
  scheduler.advanceMs(999);
  expect(passed).toHaveLength(2);
  scheduler.advanceMs(1);
  expect(passed.slice(2)).toEqual([key(300, false), { kind: "button", isDown: false, button: 1 }]);
});

test("a page that says it is there keeps what it holds", () => {
  const { scheduler, passed, seat } = seatOf();
  seat.accept(key(300, true));
  for (let count = 0; count < 5; count += 1) {
    scheduler.advanceMs(900);
    seat.heard();
  }
  expect(passed).toHaveLength(1);
  seat.accept(key(300, false));
  scheduler.advanceMs(5000);
  expect(passed).toHaveLength(2);
});

test("moves are passed on, and hold nothing", () => {
  const { scheduler, passed, seat } = seatOf();
  seat.accept(move);
  scheduler.advanceMs(5000);
  expect(passed).toEqual([move]);
});

test("a release of what this page does not hold is not passed on: another may hold it", () => {
  const { passed, seat } = seatOf();
  seat.accept(key(300, false));
  expect(passed).toEqual([]);
});

test("no more is held than hands can hold", () => {
  const { passed, seat } = seatOf();
  for (let at = 0; at <= heldCountMax; at += 1) seat.accept(key(300 + at, true));
  expect(seat.heldCount).toBe(heldCountMax);
  expect(passed).toHaveLength(heldCountMax);
  seat.release();
  expect(seat.heldCount).toBe(0);
  expect(passed).toHaveLength(2 * heldCountMax);
});
