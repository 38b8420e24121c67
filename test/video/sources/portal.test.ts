import { expect, test } from "bun:test";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { obstacleOf } from "../../../src/base/obstacle.ts";
import { type DBusConnection, DBusError } from "../../../src/dbus/connection.ts";
import { openSessionBus } from "../../../src/dbus/session-bus.ts";
import { portalAbilities } from "../../../src/desktop/portal.ts";
import { SourceReports } from "../../../src/host/source-reports.ts";
import { openInjector } from "../../../src/input/open-injector.ts";
import type { SourceNews } from "../../../src/model/source-state.ts";
import { openStream } from "../../../src/video/stream.ts";
import { startPlayer, startRunningHost } from "../../support/running-host.ts";
import { startBus, startPainter, startPortal, startSession } from "../../support/session-bus.ts";
import { collect, openGate, openSmall, smallMode } from "../../support/stream.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { until } from "../../support/until.ts";

const painter = { name: "screen", width: 320, height: 180 };

/** Lines of a program's output, one by one. */
function linesOf(stdout: ReadableStream<Uint8Array>) {
  const reader = stdout.getReader();
  const decoder = new TextDecoder();
  let held = "";
  const next = async () => {
    let end = held.indexOf("\n");
    while (end < 0) {
      const { value, done } = await reader.read();
      if (done) throw new Error("it has ended");
      held += decoder.decode(value, { stream: true });
      end = held.indexOf("\n");
    }
    const line = held.slice(0, end);
    held = held.slice(end + 1);
    return line;
  };
  return { next, [Symbol.asyncDispose]: () => reader.cancel() };
}

test("the portal is asked once: its token is kept for the owner alone, and used again", async () => {
  await using session = await startSession();
  await using data = await tempDirectory();
  startPainter(session, painter);
  const backend = await startPortal(session, { node: "screen", answer: "yes" });
  const path = join(data.path, "portal-token");
  for (let round = 0; round < 2; round++) {
    await using stream = await openSmall({ source: "portal:", dataDirectory: data.path });
    await collect(stream, ({ length }) => length === 20);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  }
  await session.stop(backend);
  expect((await backend.stdout.text()).split("\n")).toEqual(["ready", "first", "again", ""]);
}, 60_000);

test("one question gives a screen with keyboard and mouse, which reach the desktop over the portal", async () => {
  await using session = await startSession();
  startPainter(session, painter);
  const backend = await startPortal(session, { node: "screen", answer: "yes" });
  await using stream = await openSmall({ source: "portal:input" });
  await collect(stream, ({ length }) => length === 10);
  const target = stream.takeInputTarget?.();
  if (target?.kind !== "bus") throw new Error("the portal takes input");
  const { stream: node } = target;
  const player = await openInjector(target);
  player.inject({ kind: "pointer", x: 1, y: 1, width: 2, height: 2 });
  player.inject({ kind: "pointer_move", dx: -2, dy: 3 });
  player.inject({ kind: "key", virtualKey: 0x41, isDown: true, modifiers: 0, flags: 0 });
  player.inject({ kind: "text", text: "€" });
  player.inject({ kind: "scroll", axis: "vertical", amount: 120 });
  player.inject({ kind: "button", button: 1, isDown: true });
  await player.close();
  await using lines = linesOf(backend.stdout);
  const seen: string[] = [];
  while (seen.at(-1) !== "NotifyPointerButton 272 0") seen.push(await lines.next());
  expect(seen).toEqual([
    "ready",
    "first",
    `NotifyPointerMotionAbsolute ${node} 79.5 44.5`,
    "NotifyPointerMotion -2 3",
    "NotifyKeyboardKeycode 30 1",
    `NotifyKeyboardKeysym ${0x0100_20ac} 1`,
    `NotifyKeyboardKeysym ${0x0100_20ac} 0`,
    "NotifyPointerAxisDiscrete 0 -1",
    "NotifyPointerButton 272 1",
    "NotifyKeyboardKeycode 30 0",
    "NotifyPointerButton 272 0",
  ]);
}, 60_000);

test("a text of any length that a player types arrives whole, in its order", async () => {
  await using session = await startSession();
  startPainter(session, painter);
  const backend = await startPortal(session, { node: "screen", answer: "yes" });
  await using stream = await openSmall({ source: "portal:input" });
  await collect(stream, ({ length }) => length === 10);
  const target = stream.takeInputTarget?.();
  if (target?.kind !== "bus") throw new Error("the portal takes input");
  const player = await openInjector(target);
  const text = Array.from({ length: 300 }, (_, at) => "abcdefghij"[at % 10]).join("");
  player.inject({ kind: "text", text: `${text}€` });
  await using lines = linesOf(backend.stdout);
  const typed: number[] = [];
  for (;;) {
    const [call, symbol, isDown] = (await lines.next()).split(" ");
    if (call !== "NotifyKeyboardKeysym" || isDown !== "1") continue;
    if (Number(symbol) === 0x0100_20ac) break;
    typed.push(Number(symbol));
  }
  expect(String.fromCharCode(...typed)).toBe(text);
  await player.close();
}, 60_000);

test("a portal that would ask every time for input is not asked for it unless it is wanted", async () => {
  await using session = await startSession();
  startPainter(session, painter);
  await startPortal(session, { node: "screen", answer: "yes" });
  await using stream = await openSmall({ source: "portal:" });
  expect(stream.takeInputTarget?.()).toBeUndefined();
}, 60_000);

test("a stream says that it waits for an answer at the desktop, and when it no longer does", async () => {
  await using session = await startSession();
  startPainter(session, painter);
  await startPortal(session, { node: "screen", answer: "yes" });
  const reports = new SourceReports();
  const counts: number[] = [];
  const onSource = (news: SourceNews) => {
    reports.take(news);
    counts.push(reports.state().askingCount);
  };
  const options = { ...smallMode, source: "portal:" };
  await using _ = await openStream(options, { gate: openGate(), onSource });
  expect(counts).toEqual([1, 0]);
}, 60_000);

test("onglass play says that somebody at the host's desktop is asked", async () => {
  await using session = await startSession();
  startPainter(session, painter);
  await startPortal(session, { node: "screen", answer: "never" });
  await using directory = await tempDirectory();
  const data = join(directory.path, "data");
  await using host = await startRunningHost(data, { flags: ["--source", "portal:"] });
  const player = startPlayer(host, ["--seconds", "1"]);
  let said = "";
  const isSaid = /Waiting for your answer on the host's desktop/;
  for await (const piece of player.stderr.pipeThrough(new TextDecoderStream())) {
    said += piece;
    if (isSaid.test(said)) break;
  }
  expect(said).toMatch(isSaid);
  player.kill();
  await player.exited;
}, 60_000);

test("a no at the desktop ends the stream with that reason", async () => {
  await using session = await startSession();
  await startPortal(session, { node: "screen", answer: "no" });
  await expect(openSmall({ source: "portal:" })).rejects.toThrow("denied on the desktop");
}, 60_000);

test("a portal that has no part for screens is said to offer none", async () => {
  await using session = await startBus();
  const folder = join(session.directory, "portals");
  await mkdir(folder);
  session.start(["xdg-desktop-portal"], { XDG_DESKTOP_PORTAL_DIR: folder });
  const offersNone = () => {
    using bus = openSessionBus();
    try {
      portalAbilities(bus);
    } catch (cause) {
      return obstacleOf(cause) === "portal_without_screens";
    }
    return false;
  };
  await until(offersNone, { what: "the portal is there, without screens" });
}, 30_000);

test("a portal that cannot be started is not said to offer no screens", () => {
  const cause = new DBusError("org.freedesktop.DBus.Error.Spawn.ChildExited", "Get: it exited");
  const property = () => {
    throw cause;
  };
  const bus = { isOffered: () => true, property } as unknown as DBusConnection;
  expect(() => portalAbilities(bus)).toThrow(cause);
});

test("the end of the portal ends its stream with a reason", async () => {
  await using session = await startSession();
  const program = startPainter(session, painter);
  await startPortal(session, { node: "screen", answer: "yes" });
  await using stream = await openSmall({ source: "portal:" });
  await collect(stream, ({ length }) => length === 10);
  const ended = collect(stream, () => false).catch(String);
  await session.stop(program);
  expect(await ended).toContain("The screen is gone");
}, 60_000);
