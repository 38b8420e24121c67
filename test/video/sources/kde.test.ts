/** KDE's compositor without a screen, drawing in software: its own ways for pictures and for input. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { listSources } from "../../../src/desktop/find.ts";
import { openInjector } from "../../../src/input/open-injector.ts";
import { startSeatListener } from "../../support/seat-listener.ts";
import { startKwin, startSession } from "../../support/session-bus.ts";
import { collect, openSmall } from "../../support/stream.ts";

const size = { width: 640, height: 360 };

/** A KWin of this version that has no screen sends no pictures: the stream stays black. */
test("an output of KDE is listed, and opened without asking anybody", async () => {
  await using session = await startSession();
  await startKwin(session, size);
  const listed = listSources().filter(({ source }) => source.startsWith("kde:"));
  expect(listed).toEqual([{ source: "kde:Virtual-0", ...size }]);
  await using stream = await openSmall({ source: "kde:" });
  const frames = await collect(stream, ({ length }) => length === 30);
  expect(frames.some(({ isRepeat }) => !isRepeat)).toBe(true);
}, 60_000);

test("keyboard and mouse of a player reach the output of KDE that is streamed", async () => {
  await using session = await startSession();
  await startKwin(session, size);
  const path = join(session.directory, "wayland-k");
  const target = { kind: "wayland", path, output: "Virtual-0", size } as const;
  const player = await openInjector(target);
  player.inject({ kind: "pointer", x: 1, y: 1, width: 8, height: 8 });
  await using program = await startSeatListener(path);
  await program.sees("focused");
  player.inject({ kind: "pointer", x: 960, y: 540, width: 1920, height: 1080 });
  await program.sees(/^at \d/);
  const press = (virtualKey: number, isDown: boolean) =>
    player.inject({ kind: "key", virtualKey, isDown, modifiers: 0, flags: 0 });
  for (const [code, isDown] of [
    [0x10, true],
    [0x41, true],
    [0x41, false],
    [0x10, false],
  ] as const) {
    press(code, isDown);
  }
  await program.sees('typed "A"');
  player.inject({ kind: "button", button: 1, isDown: true });
  await program.sees("button 272 down");
  player.inject({ kind: "scroll", axis: "vertical", amount: -120 });
  await program.sees("turned 0 15.0");
  press(0x57, true);
  await program.sees(/^key 17 down/);
  await player.close();
  await program.sees("button 272 up");
  await program.sees(/^key 17 up/);
}, 60_000);
