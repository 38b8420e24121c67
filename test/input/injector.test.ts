/** Fake input of a real X server, as another program on it sees it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import type { Injector } from "../../src/input/injector.ts";
import { openX11Injector } from "../../src/input/x11-injector.ts";
import { openInput } from "../../src/play/input-sink.ts";
import {
  findCookie,
  messageBytes,
  readEvent,
  readExtension,
  readKeyboardMapping,
  readSetup,
  readXkbGroup,
  setupBytes,
} from "../../src/x11/wire.ts";
import { until } from "../support/until.ts";
import { openScreen, type XScreen } from "../support/x-screen.ts";

let screen: XScreen;
let injector: Injector;

beforeAll(async () => {
  screen = await openScreen();
  injector = await openX11Injector(screen.name);
});

afterAll(async () => {
  await injector.close();
  await screen[Symbol.asyncDispose]();
});

const press = (to: Injector, virtualKey: number, flags = 0) => {
  to.inject({ kind: "key", isDown: true, virtualKey, modifiers: 0, flags });
  to.inject({ kind: "key", isDown: false, virtualKey, modifiers: 0, flags });
};

const sees = (text: string | RegExp) => screen.sees(text);

test("the pointer goes where the player points, and from there as far as it moves", async () => {
  injector.inject({ kind: "pointer", x: 960, y: 540, width: 1920, height: 1080 });
  await sees("root:(320,240)");
  injector.inject({ kind: "pointer_move", dx: -20, dy: 10 });
  await sees("root:(300,250)");
});

test("the pointer finds the screen between the black bars, also when its size changes", async () => {
  await using wide = await openScreen();
  const stream = { width: 1280, height: 720 };
  const options = {
    source: `x11:${wide.name}`,
    isOn: true,
    stream,
    warning: "gamestream_input_dropped",
  } as const;
  const player = openInput(options);
  void player.reach({ kind: "x11", display: wide.name });
  const point = (x: number, y: number) =>
    player.accept({ kind: "pointer", x, y, width: 1279, height: 719 });
  const lands = async (place: readonly [number, number], x: number, y: number) => {
    // What comes before the display has answered is dropped.
    const isThere = async () => {
      point(x, y);
      return (await wide.held()).place.join() === place.join();
    };
    await until(isThere, { what: `${x}, ${y} is ${place}` });
  };
  await lands([320, 240], 640, 360);
  await lands([0, 240], 160, 360);
  await lands([0, 0], 10, 0);
  await lands([639, 479], 1120, 719);
  await wide.resize(320, 240);
  await lands([160, 120], 640, 360);
  await player.close();
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

test("keys type what the display's layout has in their place, also after it has changed", async () => {
  await using german = await openScreen();
  const player = await openX11Injector(german.name);
  // The places of a US keyboard's Z, Y, [, ;, - and the key beside the left shift.
  const places = [0x5a, 0x59, 0xdb, 0xba, 0xbd, 0xe2];
  for (const place of places) press(player, place);
  const american = ["z", "y", "bracketleft", "semicolon", "minus", "less"];
  await until(() => german.typed().length === 6, { what: "all keys arrive" });
  expect(german.typed()).toEqual(american);
  await german.useLayout("de");
  for (const place of places) press(player, place);
  await until(() => german.typed().length === 12, { what: "all keys arrive" });
  expect(german.typed().slice(6)).toEqual(["y", "z", "udiaeresis", "odiaeresis", "ssharp", "less"]);
  player.inject({ kind: "key", isDown: true, virtualKey: 0xa5, modifiers: 0, flags: 0 });
  press(player, 0x51);
  await until(() => german.typed().length === 14, { what: "AltGr and Q arrive" });
  expect(german.typed().slice(12)).toEqual(["ISO_Level3_Shift", "at"]);
  await player.close();
});

test("a key whose code is of the player's own layout types that letter", async () => {
  await using german = await openScreen();
  await german.useLayout("de");
  const player = await openX11Injector(german.name);
  press(player, 0x5a, 1);
  await until(() => german.typed().length === 1, { what: "the key arrives" });
  expect(german.typed()).toEqual(["z"]);
  await player.close();
});

test("text stays as it is in every layout, and keys that were lent to it are given back", async () => {
  await using other = await openScreen();
  const player = await openX11Injector(other.name);
  const before = await other.spareKeyCount();
  const typed = async (text: string) => {
    const from = other.typed().length;
    player.inject({ kind: "text", text });
    await until(() => other.typed().length >= from + text.length, { what: `"${text}" arrives` });
    return other.typed().slice(from);
  };
  // A program reads the new keymap when it gets around to it; a key pressed before is unknown to it.
  await until(async () => (await typed("é"))[0] === "eacute", { what: "the lent key is known" });
  expect(await typed("yé")).toEqual(["y", "eacute"]);
  await other.useLayout("de");
  await until(async () => (await typed("z"))[0] === "z", { what: "the layout is known" });
  await until(async () => (await typed("é"))[0] === "eacute", { what: "the lent key is known" });
  expect(await typed("zéß<")).toEqual(["z", "eacute", "ssharp", "less"]);
  // Caps Lock goes from the first layout to the second, in which no key types Latin letters.
  await other.useLayout("us,ru", "-option", "grp:caps_toggle");
  await until(async () => (await typed("z"))[0] === "z", { what: "the layout is known" });
  press(player, 0x14);
  press(player, 0x41);
  await until(() => other.typed().at(-1) === "Cyrillic_ef", { what: "the key arrives" });
  // The window may hear of the other layout before the player does.
  await until(async () => (await typed("f"))[0] === "f", { what: "the layout is known" });
  expect(await typed("af")).toEqual(["a", "f"]);
  await player.close();
  expect(await other.spareKeyCount()).toBe(before);
});

test("line breaks and tabs of pasted text are typed", async () => {
  await using other = await openScreen();
  const player = await openX11Injector(other.name);
  for (const text of ["a\n\tb\r", "\nc"]) player.inject({ kind: "text", text });
  await until(() => other.typed().length >= 6, { what: "all keys arrive" });
  expect(other.typed()).toEqual(["a", "Return", "Tab", "b", "Return", "c"]);
  await player.close();
});

test("what is held when the injection ends is up once that has ended", async () => {
  const leaving = await openX11Injector(screen.name);
  const virtualKeys = [0x57, 0x41, 0x53, 0x44, 0x10, 0x11, 0x12, 0x20];
  for (const virtualKey of virtualKeys)
    leaving.inject({ kind: "key", isDown: true, virtualKey, modifiers: 0, flags: 0 });
  leaving.inject({ kind: "button", isDown: true, button: 1 });
  await screen.holds((held) => held.keycodes.length === virtualKeys.length && held.hasButton);
  await leaving.close();
  expect(await screen.held()).toMatchObject({ keycodes: [], hasButton: false });
});

test("a display that has stopped answering holds the end for two seconds at most", async () => {
  await using stopped = await openScreen();
  const leaving = await openX11Injector(stopped.name);
  stopped.pause();
  const startMs = performance.now();
  await leaving.close();
  expect(performance.now() - startMs).toBeWithin(1900, 20_000);
});

test("a release is never dropped, however far the display lags behind", async () => {
  await using slow = await openScreen();
  const wild = await openX11Injector(slow.name);
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
  await expect(openX11Injector(":65000")).rejects.toThrow('Cannot forward input to ":65000"');
  await expect(openX11Injector("no display")).rejects.toThrow("not the name of a display");
});

test("whatever a display answers is read within its bounds", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const buffer = Buffer.from(bytes);
      expect(messageBytes(buffer)).toBeGreaterThanOrEqual(32);
      expect(setupBytes(buffer) ?? 8).toBeGreaterThanOrEqual(8);
      readSetup(buffer);
      readXkbGroup(buffer);
      readKeyboardMapping(buffer);
      readEvent(buffer, readExtension(buffer));
      expect(findCookie(buffer, "0").data.length).toBeLessThanOrEqual(300);
    }),
  );
});
