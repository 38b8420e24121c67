/** Fake input of a real X server, as another program on it sees it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { type Injector, openInjector } from "../../src/input/injector.ts";
import { findCookie, messageBytes, readSetup, setupBytes } from "../../src/input/x11-wire.ts";
import { openScreen, type XScreen } from "../support/x-screen.ts";

let screen: XScreen;
let injector: Injector;

beforeAll(async () => {
  screen = await openScreen();
  injector = await openInjector(screen.name);
});

afterAll(async () => {
  await injector.close();
  await screen[Symbol.asyncDispose]();
});

const sees = (text: string | RegExp) => screen.sees(text);

test("the pointer goes where the player points, and from there as far as it moves", async () => {
  injector.inject({ kind: "pointer", x: 960, y: 540, width: 1920, height: 1080 });
  await sees("root:(320,240)");
  injector.inject({ kind: "pointer_move", dx: -20, dy: 10 });
  await sees("root:(300,250)");
});

test("keys go down and up as the keys of the display", async () => {
  const key = { kind: "key", modifiers: 0, flags: 0 } as const;
  injector.inject({ ...key, virtualKey: 0x41, isDown: true });
  injector.inject({ ...key, virtualKey: 0x41, isDown: false });
  await sees(/KeyPress[\s\S]*keysym 0x61, a\)[\s\S]*KeyRelease[\s\S]*keysym 0x61, a\)/);
});

test("text comes as it was typed, also what no key has", async () => {
  injector.inject({ kind: "text", text: "Zλ" });
  await sees(/keysym 0x5a, Z\)/);
  await sees(/keysym 0x(7eb|10003bb)/);
});

test("buttons and whole notches of the wheel arrive", async () => {
  injector.inject({ kind: "button", button: 3, isDown: true });
  injector.inject({ kind: "button", button: 3, isDown: false });
  await sees(/ButtonPress[\s\S]*button 3,/);
  injector.inject({ kind: "scroll", axis: "vertical", amount: -60 });
  injector.inject({ kind: "scroll", axis: "vertical", amount: -60 });
  await sees(/button 5,/);
  injector.inject({ kind: "scroll", axis: "horizontal", amount: 120 });
  await sees(/button 7,/);
});

test("what is held when the injection ends is up once that has ended", async () => {
  const leaving = await openInjector(screen.name);
  const virtualKeys = [0x57, 0x41, 0x53, 0x44, 0x10, 0x11, 0x12, 0x20];
  for (const virtualKey of virtualKeys)
    leaving.inject({ kind: "key", isDown: true, virtualKey, modifiers: 0, flags: 0 });
  leaving.inject({ kind: "button", isDown: true, button: 1 });
  await screen.holds((held) => held.keycodes.length === virtualKeys.length && held.hasButton);
  await leaving.close();
  expect(await screen.held()).toEqual({ keycodes: [], hasButton: false });
});

test("a display that has stopped answering holds the end for two seconds at most", async () => {
  await using stopped = await openScreen();
  const leaving = await openInjector(stopped.name);
  stopped.pause();
  const startMs = performance.now();
  await leaving.close();
  expect(performance.now() - startMs).toBeWithin(1900, 4000);
});

test("a release is never dropped, however far the display lags behind", async () => {
  await using slow = await openScreen();
  const wild = await openInjector(slow.name);
  wild.inject({ kind: "key", isDown: true, virtualKey: 0x57, modifiers: 0, flags: 0 });
  await slow.holds(({ keycodes }) => keycodes.length === 1);
  slow.pause();
  for (let count = 0; count < 50_000; count++) wild.inject({ kind: "pointer_move", dx: 1, dy: 1 });
  wild.inject({ kind: "key", isDown: false, virtualKey: 0x57, modifiers: 0, flags: 0 });
  slow.resume();
  await slow.holds(({ keycodes }) => keycodes.length === 0);
  await wild.close();
});

test("a display that is not there is refused with a reason", async () => {
  await expect(openInjector(":65000")).rejects.toThrow('Cannot pass input on to ":65000"');
  await expect(openInjector("no display")).rejects.toThrow("no display's name");
});

test("whatever a display answers is read within its bounds", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const buffer = Buffer.from(bytes);
      expect(messageBytes(buffer)).toBeGreaterThanOrEqual(32);
      expect(setupBytes(buffer) ?? 8).toBeGreaterThanOrEqual(8);
      readSetup(buffer);
      expect(findCookie(buffer, "0").data.length).toBeLessThanOrEqual(300);
    }),
  );
});
