/** Input of a real Wayland compositor, as a program on it sees it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import type { Injector } from "../../src/input/injector.ts";
import { openInjector } from "../../src/input/open-injector.ts";
import { choosesLevel3, defaultKeymap } from "../../src/input/seat-keymap.ts";
import { TextKeys } from "../../src/input/text-keys.ts";
import { type SeatListener, startSeatListener } from "../support/seat-listener.ts";
import { startDesktop, type TestDesktop } from "../support/sway.ts";
import { until } from "../support/until.ts";

const size = { width: 640, height: 360 };
let desktop: TestDesktop;
let injector: Injector;
let program: SeatListener;

const open = (path: string) => openInjector({ kind: "wayland", path, output: "HEADLESS-1", size });
const key = (virtualKey: number, isDown: boolean, flags = 0) =>
  ({ kind: "key", virtualKey, isDown, modifiers: 0, flags }) as const;

beforeAll(async () => {
  desktop = await startDesktop(size);
  injector = await open(desktop.path);
  program = await startSeatListener(desktop.path);
  await program.sees("focused");
  // A button goes to the window under the pointer, which is none before the first move.
  injector.inject({ kind: "pointer", x: 1, y: 1, width: 4, height: 4 });
  await program.sees(/^at 160/);
});

afterAll(async () => {
  await injector.close();
  await program[Symbol.asyncDispose]();
  await desktop[Symbol.asyncDispose]();
});

test("the pointer goes where the player points, and from there as far as it moves", async () => {
  injector.inject({ kind: "pointer", x: 960, y: 540, width: 1920, height: 1080 });
  await program.sees(/^at 320\.\d 180\.\d$/);
  injector.inject({ kind: "pointer_move", dx: -20, dy: 10 });
  await program.sees(/^at 300\.\d 190\.\d$/);
});

test("buttons and whole notches of the wheel arrive", async () => {
  injector.inject({ kind: "button", button: 3, isDown: true });
  injector.inject({ kind: "button", button: 3, isDown: false });
  await program.sees("button 273 down");
  await program.sees("button 273 up");
  const from = program.lines.length;
  injector.inject({ kind: "scroll", axis: "vertical", amount: -60 });
  injector.inject({ kind: "scroll", axis: "vertical", amount: -60 });
  injector.inject({ kind: "scroll", axis: "horizontal", amount: 120 });
  await program.sees("wheel 1 1", from);
  expect(program.lines.slice(from).filter((line) => line.startsWith("wheel"))).toEqual([
    "wheel 0 1",
    "wheel 1 1",
  ]);
});

test("keys go down and up by their places, with the modifiers that are held", async () => {
  const from = program.lines.length;
  for (const [code, isDown] of [
    [0x41, true],
    [0x41, false],
    [0x10, true],
    [0x42, true],
    [0x42, false],
    [0x10, false],
    [0x61, true],
    [0x61, false],
  ] as const) {
    injector.inject(key(code, isDown));
  }
  await program.sees("key 79 up KP_1", from);
  expect(program.lines.slice(from).filter((line) => line.startsWith("typed"))).toEqual([
    'typed "a"',
    'typed "B"',
    'typed "1"',
  ]);
});

test("text comes as it was typed, also what no key has, and more of it than there are keys", async () => {
  const before = program.typed().length;
  const alphabet = Array.from({ length: 120 }, (_, at) => String.fromCodePoint(0x4e00 + at)).join(
    "",
  );
  for (const text of ["Grüße €ñ 漢🙂\r", "\nA\tb", alphabet, "Zλ"])
    injector.inject({ kind: "text", text });
  await program.sees('typed "λ"');
  expect(program.typed().slice(before)).toBe(`Grüße €ñ 漢🙂\rA\tb${alphabet}Zλ`);
});

test("a key whose code is of the player's own layout types that letter, with shift its capital", async () => {
  const before = program.typed().length;
  injector.inject(key(0x59, true, 1));
  injector.inject(key(0x59, false, 1));
  injector.inject(key(0x10, true));
  injector.inject(key(0x59, true, 1));
  injector.inject(key(0x59, false, 1));
  injector.inject(key(0x10, false));
  await program.sees('typed "Y"');
  expect(program.typed().slice(before)).toBe("yY");
});

test("what is held when the injection ends is up once that has ended", async () => {
  const leaving = await open(desktop.path);
  const from = program.lines.length;
  for (const virtualKey of [0x57, 0x44, 0x10]) leaving.inject(key(virtualKey, true));
  leaving.inject({ kind: "button", isDown: true, button: 1 });
  await program.sees("button 272 down", from);
  await leaving.close();
  await program.sees("button 272 up", from);
  for (const code of [17, 32, 42]) await program.sees(new RegExp(`^key ${code} up`), from);
});

test("a release is never left out, however far the compositor lags behind", async () => {
  const wild = await open(desktop.path);
  const from = program.lines.length;
  wild.inject(key(0x58, true));
  await program.sees(/^key 45 down/, from);
  desktop.pause();
  for (let count = 0; count < 20_000; count++) wild.inject({ kind: "pointer_move", dx: 1, dy: 1 });
  wild.inject(key(0x58, false));
  desktop.resume();
  await program.sees(/^key 45 up/, from);
  await wild.close();
});

test("a compositor that has stopped answering holds the end for two seconds at most", async () => {
  const leaving = await open(desktop.path);
  desktop.pause();
  const startMs = performance.now();
  await leaving.close();
  desktop.resume();
  expect(performance.now() - startMs).toBeWithin(1500, 20_000);
});

test("keys type what the desktop's layout has in their place, whatever was typed before", async () => {
  process.env.XKB_DEFAULT_LAYOUT = "de";
  await using german = await startDesktop(size);
  const first = await open(german.path);
  delete process.env.XKB_DEFAULT_LAYOUT;
  await using reader = await startSeatListener(german.path);
  await reader.sees("focused");
  const press = (by: Injector, ...codes: number[]) => {
    for (const code of codes) by.inject(key(code, true));
    for (const code of codes.toReversed()) by.inject(key(code, false));
  };
  press(first, 0x5a);
  press(first, 0xa5, 0x51);
  await reader.sees('typed "@"');
  // The next player finds the keyboard of the first, and not the one that text is typed with.
  const second = await open(german.path);
  press(second, 0x59);
  await reader.sees('typed "z"');
  second.inject({ kind: "text", text: "x" });
  await reader.sees('typed "x"');
  const third = await open(german.path);
  const from = reader.lines.length;
  press(third, 0x41);
  await reader.sees('typed "a"', from);
  expect(reader.typed()).toBe("y@zxa");
  for (const player of [first, second, third]) await player.close();
});

test("whatever a compositor or an environment names as keymap makes one, and text keys stay within it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), (text, other) => {
      choosesLevel3(text);
      expect(defaultKeymap(text, other).text).toMatch(
        /include "pc\+[a-z_]+(\([A-Za-z0-9_-]+\))?\+inet/,
      );
      const keys = new TextKeys();
      keys.give(text);
      keys.give(other);
      expect(keys.keymap()).toMatch(/^[\x20-\x7e\n]+$/);
    }),
  );
});

test("a compositor that was restarted gets input again", async () => {
  const first = await startDesktop(size);
  const player = await open(first.path);
  await first.kill();
  await using again = await startDesktop(size, first.directory);
  await using reader = await startSeatListener(again.path);
  await until(
    () => {
      player.inject({ kind: "pointer", x: 1, y: 1, width: 2, height: 2 });
      return reader.lines.some((line) => line.startsWith("at 320"));
    },
    { what: "the pointer arrives" },
  );
  await player.close();
});

test("a desktop that is not there is refused with a reason", async () => {
  await expect(open("/tmp/no-such-desktop")).rejects.toThrow(
    'Cannot forward input to "/tmp/no-such-desktop"',
  );
});
