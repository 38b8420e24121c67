import { expect, test } from "bun:test";
import { join } from "node:path";
import type { DBusConnection } from "../../../src/dbus/connection.ts";
import { openSessionBus } from "../../../src/dbus/session-bus.ts";
import { Variant } from "../../../src/dbus/wire/value.ts";
import { mutterOutputs, recordMonitor } from "../../../src/desktop/mutter.ts";
import { openInjector } from "../../../src/input/open-injector.ts";
import { openInput } from "../../../src/play/input-sink.ts";
import { startSeatListener } from "../../support/seat-listener.ts";
import { socketAt, startBus, startMutter, startSession } from "../../support/session-bus.ts";
import { collect, openSmall } from "../../support/stream.ts";
import { until } from "../../support/until.ts";

const size = { width: 640, height: 360 };

test("a monitor of GNOME is listed, and streamed without asking anybody", async () => {
  await using session = await startSession();
  const mutter = await startMutter(session, size);
  {
    using bus = openSessionBus();
    expect(mutterOutputs(bus)).toEqual([{ name: "Meta-0", ...size }]);
  }
  await using stream = await openSmall({ source: "gnome:Meta-0" });
  const frames = await collect(stream, ({ length }) => length === 30);
  expect(frames.some(({ isRepeat }) => !isRepeat)).toBe(true);
  const ended = collect(stream, () => false).catch(String);
  await session.stop(mutter);
  expect(await ended).toContain("The screen is gone");
}, 60_000);

test("a GNOME that was restarted is streamed again, black until it is there", async () => {
  await using session = await startSession();
  const mutter = await startMutter(session, size);
  await using stream = await openSmall({ source: "gnome:" });
  const absences: (string | undefined)[] = [];
  stream.subscribe({
    onFrame: ({ release }) => release(),
    onAbsence: ({ why }) => void absences.push(why),
    onEnd: () => undefined,
  });
  await collect(stream, ({ length }) => length === 10);
  await session.stop(mutter);
  await until(() => absences.length === 1, { what: "GNOME is gone" });
  await startMutter(session, size);
  await until(() => absences.length === 2, { what: "GNOME is back" });
  // Back is what has given a picture.
  expect(absences).toEqual(["desktop_gone", undefined]);
}, 60_000);

test("a PipeWire that was restarted is streamed from again: nobody has ended the recording", async () => {
  await using session = await startBus();
  const startPipewire = async () => {
    const pipewire = session.start(["pipewire"]);
    await socketAt(join(session.directory, "pipewire-0"));
    session.start(["wireplumber"]);
    return pipewire;
  };
  const pipewire = await startPipewire();
  await startMutter(session, size);
  await using stream = await openSmall({ source: "gnome:" });
  const seen: string[] = [];
  stream.subscribe({
    onFrame: ({ release }) => release(),
    onAbsence: ({ why = "back" }) => void seen.push(why),
    onEnd: ({ code }) => void seen.push(code),
  });
  await collect(stream, ({ length }) => length === 10);
  await session.stop(pipewire);
  await until(() => seen.length === 1, { what: "PipeWire is gone" });
  await startPipewire();
  await until(() => seen.length === 2, { what: "PipeWire is back" });
  expect(seen).toEqual(["output_gone", "back"]);
}, 60_000);

/** GNOME's settings of its monitors, as its own control panel changes them. */
const settings = {
  destination: "org.gnome.Mutter.DisplayConfig",
  path: "/org/gnome/Mutter/DisplayConfig",
  interface: "org.gnome.Mutter.DisplayConfig",
};

/** Quarter turns of the only monitor. */
function turnMonitor(bus: DBusConnection, turns: number): void {
  const { body } = bus.call({ ...settings, member: "GetCurrentState" });
  const monitor = ["Meta-0", `${size.width}x${size.height}@60.000`, new Map()];
  const signature = "uua(iiduba(ssa{sv}))a{sv}";
  const screens = [[0, 0, 1, turns, true, [monitor]]];
  const answer = [body[0] ?? 0, 1, screens, new Map()];
  bus.call({ ...settings, member: "ApplyMonitorsConfig", signature, body: answer });
}

function setPower(bus: DBusConnection, mode: number): void {
  const body = [settings.interface, "PowerSaveMode", new Variant("i", mode)];
  const properties = { ...settings, interface: "org.freedesktop.DBus.Properties" };
  bus.call({ ...properties, member: "Set", signature: "ssv", body });
}

test("a monitor of GNOME that is turned is followed, with its size", async () => {
  await using session = await startSession();
  await startMutter(session, size);
  using bus = openSessionBus();
  await using stream = await openSmall({ source: "gnome:" });
  const seen: string[] = [];
  stream.subscribe({
    onFrame: ({ release }) => release(),
    onAbsence: ({ why = "back" }) => void seen.push(why),
    onResized: ({ width, height }) => void seen.push(`${width}x${height}`),
    onEnd: ({ code }) => void seen.push(code),
  });
  await collect(stream, ({ length }) => length === 10);
  seen.length = 0;
  turnMonitor(bus, 1);
  await until(() => seen.includes("360x640"), { what: "the monitor is upright" });
  turnMonitor(bus, 0);
  await until(() => seen.includes("640x360"), { what: "the monitor is as before" });
  const turned = ["output_gone", "back"];
  expect(seen).toEqual([...turned, "360x640", ...turned, "640x360"]);
}, 60_000);

test("a GNOME that switches its monitors off is streamed black until they are on", async () => {
  await using session = await startSession();
  await startMutter(session, size);
  using bus = openSessionBus();
  await using stream = await openSmall({ source: "gnome:" });
  const absences: (string | undefined)[] = [];
  stream.subscribe({
    onFrame: ({ release }) => release(),
    onAbsence: ({ why }) => void absences.push(why),
    onEnd: () => undefined,
  });
  await collect(stream, ({ length }) => length === 10);
  setPower(bus, 3);
  await until(() => absences.length === 1, { what: "the monitors are off" });
  setPower(bus, 0);
  await until(() => absences.length === 2, { what: "the monitors are on" });
  expect(absences).toEqual(["screen_off", undefined]);
}, 60_000);

test("a recording that a person ends is withdrawn, but not one whose monitor is turned", async () => {
  await using session = await startSession();
  await startMutter(session, size);
  const isWithdrawnBy = async (end: (bus: DBusConnection, path: string) => void) => {
    using bus = openSessionBus();
    const recording = recordMonitor(bus, "Meta-0");
    end(bus, recording.input.session);
    await until(() => recording.fault() !== undefined, { what: "the recording has ended" });
    return recording.isWithdrawn();
  };
  const stop = (bus: DBusConnection, path: string) => {
    const destination = "org.gnome.Mutter.RemoteDesktop";
    bus.call({ destination, path, interface: `${destination}.Session`, member: "Stop" });
  };
  expect(await isWithdrawnBy(stop)).toBe(true);
  expect(await isWithdrawnBy((bus) => turnMonitor(bus, 1))).toBe(false);
}, 60_000);

test("keyboard and mouse of a player reach the monitor of GNOME that is streamed", async () => {
  await using session = await startSession();
  await startMutter(session, size);
  await using stream = await openSmall({ source: "gnome:Meta-0" });
  const inputTarget = stream.takeInputTarget?.();
  if (inputTarget === undefined) throw new Error("GNOME takes input");
  const player = await openInjector(inputTarget);
  // Without a keyboard and a mouse of its own, the desktop has none before the first input.
  player.inject({ kind: "pointer", x: 1, y: 1, width: 8, height: 8 });
  player.inject({ kind: "text", text: " " });
  await using program = await startSeatListener(join(session.directory, "wayland-m"));
  await program.sees("focused");
  player.inject({ kind: "pointer", x: 960, y: 540, width: 1920, height: 1080 });
  await program.sees(/^at 3(19|20)\.\d 1(79|80)\.\d$/);
  player.inject({ kind: "pointer_move", dx: -20, dy: 10 });
  // To the left and down, by as much as the desktop's own acceleration makes of it: up to twice.
  await program.sees(/^at 2[6-9]\d\.\d (18[89]|19\d|20\d)\.\d$/);
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
  player.inject({ kind: "text", text: "bC\r" });
  await program.sees('typed "\\r"');
  expect(program.typed()).toBe("AbC\r");
  player.inject({ kind: "button", button: 1, isDown: true });
  player.inject({ kind: "scroll", axis: "vertical", amount: -120 });
  await program.sees("wheel 0 1");
  press(0x57, true);
  await program.sees(/^key 17 down/);
  await player.close();
  await program.sees("button 272 up");
  await program.sees(/^key 17 up/);
}, 60_000);

test("keyboard and mouse reach a GNOME that was restarted, and one whose stream changed its mode", async () => {
  await using session = await startSession();
  const mutter = await startMutter(session, size);
  await using stream = await openSmall({ source: "gnome:" });
  const facts = { source: stream.source, isOn: true, stream: size } as const;
  const input = openInput({ ...facts, warning: "watch_input_dropped" });
  const moves: Promise<boolean>[] = [];
  stream.whenInputMoves?.(() => moves.push(input.reach(stream.takeInputTarget?.())));
  expect(await input.reach(stream.takeInputTarget?.())).toBe(true);
  await collect(stream, ({ length }) => length === 10);
  await session.stop(mutter);
  await startMutter(session, size);
  await until(() => moves.length === 1, { what: "input goes to the GNOME that is back" });
  expect(await moves[0]).toBe(true);
  stream.setMode({ ...size, fps: 30 });
  await until(() => moves.length === 2, { what: "input goes to the source that was opened again" });
  expect(await moves[1]).toBe(true);
  input.accept({ kind: "pointer", x: 1, y: 1, width: 8, height: 8 });
  input.accept({ kind: "text", text: " " });
  await using program = await startSeatListener(join(session.directory, "wayland-m"));
  await program.sees("focused");
  input.accept({ kind: "text", text: "b" });
  await program.sees('typed "b"');
  await input.close();
}, 60_000);

test("a monitor that GNOME does not have is refused with those that it has", async () => {
  await using session = await startSession();
  await startMutter(session, size);
  const wrong = openSmall({ source: "gnome:DP-9" });
  await expect(wrong).rejects.toThrow('it has no output "DP-9", only Meta-0');
}, 60_000);

test("where GNOME does not run, that is said", async () => {
  await using _ = await startSession();
  await expect(openSmall({ source: "gnome:" })).rejects.toThrow('Cannot open "gnome:"');
});
