/** What counts as somebody doing something. */
import { expect, test } from "bun:test";
import { isAction } from "../../src/input/action.ts";
import type { PadEvent } from "../../src/input/event.ts";

const resting: PadEvent = {
  ...{ kind: "pad", pad: 0, activeMask: 1, buttons: 0, leftTrigger: 0, rightTrigger: 0 },
  ...{ leftX: 700, leftY: -900, rightX: 0, rightY: 0 },
};

test("a pad at rest does nothing, however often it reports", () => {
  expect(isAction(resting)).toBe(false);
  const sensor = { kind: "pad_motion", pad: 0, sensor: "gyroscope", x: 90, y: 0, z: 0 } as const;
  expect(isAction(sensor)).toBe(false);
});

test("a button, a trigger or a stick that is moved is something done", () => {
  for (const moved of [{ buttons: 1 }, { leftTrigger: 64 }, { rightY: -8192 }]) {
    expect(isAction({ ...resting, ...moved })).toBe(true);
  }
  expect(isAction({ ...resting, rightTrigger: 63, leftX: 8191 })).toBe(false);
});

test("keys, pointers and fingers always are", () => {
  expect(isAction({ kind: "pointer_move", dx: 1, dy: 0 })).toBe(true);
  expect(isAction({ kind: "text", text: "a" })).toBe(true);
});
