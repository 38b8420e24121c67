/** Which way a player's pads, fingers and pen go: to devices of the machine, or to the mouse. */
import { expect, test } from "bun:test";
import type { InputTarget } from "../../src/desktop/input-target.ts";
import { ContactPointer } from "../../src/input/contact-pointer.ts";
import { type InputEvent, penButtons, type TouchEvent } from "../../src/input/event.ts";
import { openInput } from "../../src/play/input-sink.ts";
import { FakeUinput } from "../support/fake-uinput.ts";

const pad: InputEvent = {
  ...{ kind: "pad", pad: 0, activeMask: 1, buttons: 0 },
  ...{ leftTrigger: 0, rightTrigger: 0, leftX: 0, leftY: 0, rightX: 0, rightY: 0 },
};

const touch = (
  phase: TouchEvent["phase"],
  pointer: number,
  [x, y]: readonly [x: number, y: number] = [0, 0],
): TouchEvent => ({ kind: "touch", phase, pointer, x, y, pressure: 0 });

const warning = "watch_input_dropped";
const headless = {
  kind: "wayland",
  path: "/nowhere",
  output: "HEADLESS-1",
  size: { width: 1280, height: 720 },
} as const;

const targets: readonly (readonly [target: InputTarget, isReached: boolean])[] = [
  [{ ...headless, output: "eDP-1" }, true],
  [{ kind: "seat", size: headless.size }, true],
  [headless, false],
  [{ ...headless, output: "WL-1" }, false],
  [{ kind: "x11", display: ":99" }, false],
];

test("fingers reach the machine's touch screen only where that touches what is streamed", async () => {
  for (const [target, isReached] of targets) {
    const uinput = new FakeUinput();
    const input = openInput({
      source: "wayland:",
      isOn: true,
      stream: headless.size,
      warning,
      uinput,
    });
    void input.reach(target);
    input.accept(touch("down", 1));
    input.accept(pad);
    expect(uinput.names.includes("onglass touch screen")).toBe(isReached);
    expect(uinput.names).toContain("Microsoft X-Box 360 pad");
    await input.close();
    expect(uinput.names).toEqual([]);
  }
});

test("nothing is made of what a player sends where the operator allows no input", () => {
  const uinput = new FakeUinput();
  const input = openInput({ source: "x11:", isOn: false, stream: headless.size, warning, uinput });
  void input.reach({ kind: "x11", display: ":99" });
  input.accept(pad);
  expect(uinput.devices).toEqual([]);
});

test("elsewhere the first finger and the tip of the pen are the left button of a mouse", () => {
  const said: string[] = [];
  const pointer = new ContactPointer((event) => {
    if (event.kind === "pointer") said.push(`${event.x / event.width} ${event.y / event.height}`);
    if (event.kind === "button") said.push(`${event.button} ${event.isDown ? "down" : "up"}`);
  });
  const taken = () => said.splice(0).join(", ");
  pointer.accept(touch("down", 4, [0, 1]));
  pointer.accept(touch("down", 5, [1, 1]));
  pointer.accept(touch("move", 4, [1, 0]));
  expect(taken()).toBe("0 1, 1 down, 1 0");
  pointer.accept(touch("up", 5));
  expect(taken()).toBe("");
  pointer.accept(touch("up", 4));
  expect(taken()).toBe("1 up");
  pointer.accept({
    ...{ kind: "pen", phase: "down", tool: "pen", x: 0, y: 0, pressure: 0, tilt: undefined },
    buttons: penButtons.primary,
  });
  expect(taken()).toBe("0 0, 1 down, 3 down");
  pointer.release();
  expect(taken()).toBe("1 up, 3 up");
});
