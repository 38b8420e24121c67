/** A desktop of the player's own: the real sway, started and ended by the source. */
import { afterEach, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { chmod, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onWarning } from "../../../src/base/log.ts";
import { sessionBase } from "../../../src/desktop/session-folder.ts";
import { asSessionUser } from "../../../src/desktop/session-user.ts";
import { openSource } from "../../../src/video/sources/open.ts";
import type { EncodeStream } from "../../../src/video/stream.ts";
import { makeSleeper, processesWhere } from "../../support/processes.ts";
import { openPulseServer } from "../../support/pulse-server.ts";
import { startPlayer, startRunningHost } from "../../support/running-host.ts";
import { collect, type KeptFrame, openSmall } from "../../support/stream.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { until } from "../../support/until.ts";

const isNew = ({ isRepeat }: KeptFrame) => !isRepeat;
const mode = { width: 320, height: 180, fps: 60 };
const largerMode = { width: 640, height: 360, fps: 30 };
const foldersOf = (pid: number) =>
  readdirSync(sessionBase()).filter((name) => name.startsWith(`onglass-session-${pid}-`));
const folders = () => foldersOf(process.pid);
const openedSources: { close(): void }[] = [];

const areEnded = () => until(() => folders().length === 0, { what: "no session is left" });

afterEach(async () => {
  for (const source of openedSources.splice(0)) source.close();
  await areEnded();
});

/** Of the compositors whose folder is `name`. */
const compositorsOf = (name: string) =>
  processesWhere((words) => words.includes(join(sessionBase(), name, "config")));

/** A shell program that a session's user can run; its folder is removed with it. */
async function makeProgram(...lines: string[]): Promise<{ path: string } & AsyncDisposable> {
  const folder = await tempDirectory();
  await chmod(folder.path, 0o755);
  const path = join(folder.path, "program");
  await Bun.write(path, ["#!/bin/sh", ...lines, ""].join("\n"));
  await chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

/** Sizes of the source's own picture, as they become known. */
function followSizes(stream: EncodeStream): string[] {
  const sizes: string[] = [];
  stream.subscribe({
    onFrame: ({ release }) => release(),
    onResized: ({ width, height }) => void sizes.push(`${width}x${height}`),
    onEnd: () => undefined,
  });
  return sizes;
}

test("a session streams a desktop of the stream's size that takes input", async () => {
  await using stream = await openSmall({ source: "session:sleep 60" });
  const [folder = ""] = folders();
  const sizes = followSizes(stream);
  await collect(stream, (frames) => frames.some(isNew));
  await until(() => sizes.length > 0, { what: "the size of its picture is known" });
  expect(sizes).toEqual(["320x180"]);
  expect(stream.takeInputTarget?.()).toEqual({
    ...{ kind: "wayland", path: join(sessionBase(), folder, "wayland-1"), output: "HEADLESS-1" },
    size: { width: 320, height: 180 },
  });
});

test("what a session's programs play is the sound of its stream alone", async () => {
  await using server = await openPulseServer();
  const kept = process.env.PULSE_SERVER;
  process.env.PULSE_SERVER = server.environment.PULSE_SERVER;
  try {
    await using program = await makeProgram('echo "$PULSE_SINK" > "$HOME/sink"', "sleep 60");
    await using stream = await openSmall({ source: `session:${program.path}` });
    const [folder = ""] = folders();
    const path = join(sessionBase(), folder, "sink");
    const written = () => (existsSync(path) ? readFileSync(path, "utf8") : "");
    await until(() => written().endsWith("\n"), { what: "the program has written its output" });
    expect(written().trim()).toBe(stream.soundOutput ?? "none");
    expect(stream.soundOutput).toStartWith(`onglass-session-${process.pid}-`);
    await stream.close();
    expect((await server.modules()).join("\n")).not.toContain("onglass-session");
  } finally {
    if (kept === undefined) delete process.env.PULSE_SERVER;
    else process.env.PULSE_SERVER = kept;
  }
});

test("compositor and program end with the stream", async () => {
  const sleeper = makeSleeper();
  await using stream = await openSmall({ source: `session:${sleeper.command}` });
  const [folder = ""] = folders();
  await until(() => sleeper.pids().length === 1, { what: "the program runs" });
  expect(compositorsOf(folder).length).toBeGreaterThan(0);
  await stream.close();
  await areEnded();
  expect(compositorsOf(folder)).toEqual([]);
  expect(sleeper.pids()).toEqual([]);
});

test("what a program left in the background ends with the session", async () => {
  const sleeper = makeSleeper();
  await using stream = await openSmall({ source: `session:setsid -f ${sleeper.command}` });
  await expect(collect(stream, () => false)).rejects.toThrow("its program ended with code 0");
  await areEnded();
  expect(sleeper.pids()).toEqual([]);
});

test("a process whose number a program writes down is left alone", async () => {
  await using other = Bun.spawn(asSessionUser("sleep", "60"), { detached: true });
  await using program = await makeProgram(
    ...[`echo ${other.pid} > "$XDG_RUNTIME_DIR/program-pid"`, "exec sleep 60"],
  );
  await using stream = await openSmall({ source: `session:${program.path}` });
  const [folder = ""] = folders();
  const names = () => readdirSync(join(sessionBase(), folder));
  await until(() => names().includes("program-pid"), { what: "the program has written" });
  await stream.close();
  await areEnded();
  expect(other.signalCode).toBeNull();
  expect(processesWhere((words) => words.join(" ") === "sleep 60")).toContain(other.pid);
});

test("a program runs without a bus where none can be started", async () => {
  await using broken = await makeProgram("exit 127");
  const sleeper = makeSleeper();
  const { PATH } = process.env;
  await rename(broken.path, join(dirname(broken.path), "dbus-run-session"));
  process.env.PATH = `${dirname(broken.path)}:${PATH}`;
  openedSources.push(openSource(`session:${sleeper.command}`, mode));
  process.env.PATH = PATH;
  await until(() => sleeper.pids().length === 1, { what: "the program runs" });
});

test("two streams have two sessions", async () => {
  await using _first = await openSmall({ source: "session:sleep 60" });
  await using _second = await openSmall({ source: "session:sleep 60" });
  expect(folders().length).toBe(2);
});

test("a session whose program ends is lost with that reason", async () => {
  await using stream = await openSmall({ source: "session:false" });
  await expect(collect(stream, () => false)).rejects.toThrow("its program ended with code 1");
});

test("a session whose compositor is killed is lost with that reason", async () => {
  await using stream = await openSmall({ source: "session:sleep 60" });
  const [folder = ""] = folders();
  await collect(stream, ({ length }) => length === 5);
  for (const pid of compositorsOf(folder)) process.kill(pid, "SIGKILL");
  await expect(collect(stream, () => false)).rejects.toThrow("its compositor ended");
});

test("a compositor that hangs ends with its stream all the same", async () => {
  await using stream = await openSmall({ source: "session:sleep 60" });
  const [folder = ""] = folders();
  await collect(stream, ({ length }) => length === 5);
  for (const pid of compositorsOf(folder)) process.kill(pid, "SIGSTOP");
  await stream.close();
  await areEnded();
  expect(compositorsOf(folder)).toEqual([]);
});

test("the program survives a change of the mode, and its screen gets the new size", async () => {
  const sleeper = makeSleeper();
  await using stream = await openSmall({ source: `session:${sleeper.command}` });
  const sizes = followSizes(stream);
  await until(() => sleeper.pids().length === 1, { what: "the program runs" });
  const before = sleeper.pids();
  stream.setMode(largerMode);
  await until(() => sizes.includes("640x360"), { what: "the picture has the new size" });
  expect(sleeper.pids()).toEqual(before);
});

test("files that a program names like sockets of sway do not keep its screen from a new size", async () => {
  await using program = await makeProgram(
    'for n in 0 1 2 3 4 5 6 7 8 9; do : > "$XDG_RUNTIME_DIR/sway-ipc.$n.sock"; done',
    "exec sleep 60",
  );
  await using stream = await openSmall({ source: `session:${program.path}` });
  const [folder = ""] = folders();
  const names = () => readdirSync(join(sessionBase(), folder));
  await until(() => names().includes("sway-ipc.9.sock"), { what: "the program has written" });
  const sizes = followSizes(stream);
  stream.setMode(largerMode);
  await until(() => sizes.includes("640x360"), { what: "the picture has the new size" });
});

test("a compositor that does not answer keeps its size until it does, and its program runs", async () => {
  const sleeper = makeSleeper();
  const warned: string[] = [];
  using _warnings = onWarning((code) => void warned.push(code));
  await using stream = await openSmall({ source: `session:${sleeper.command}` });
  const [folder = ""] = folders();
  const sizes = followSizes(stream);
  await until(() => sleeper.pids().length === 1, { what: "the program runs" });
  const before = sleeper.pids();
  for (const pid of compositorsOf(folder)) process.kill(pid, "SIGSTOP");
  stream.setMode(largerMode);
  await collect(stream, (frames) => frames.some(({ isKey }) => isKey));
  await until(() => warned.includes("screen_not_resized"), { what: "the log says so" });
  for (const pid of compositorsOf(folder)) process.kill(pid, "SIGCONT");
  await until(() => sizes.includes("640x360"), { what: "the picture has the new size" });
  expect(sleeper.pids()).toEqual(before);
});

test("what sway says neither fills a disk nor holds it up", async () => {
  await using _stream = await openSmall({ source: "session:sleep 60" });
  const [folder = ""] = folders();
  const [pid = 0] = compositorsOf(folder);
  const notBlocking = 0o4000;
  const flags = /flags:\s+0(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/2`, "utf8"))?.[1] ?? "";
  expect(readlinkSync(`/proc/${pid}/fd/2`)).toStartWith("pipe:");
  expect(Number.parseInt(flags, 8) & notBlocking).toBe(notBlocking);
});

test("a thread that is terminated leaves neither folder nor program behind", async () => {
  const sleeper = makeSleeper();
  await using program = await makeProgram(`setsid -f ${sleeper.command}`, "exec sleep 60");
  const worker = new Worker(new URL("../../support/session-worker.ts", import.meta.url).href);
  const opened = Promise.withResolvers();
  worker.onmessage = () => opened.resolve(undefined);
  worker.postMessage(`session:${program.path}`);
  await opened.promise;
  await until(() => sleeper.pids().length === 1, { what: "the program runs" });
  worker.terminate();
  await areEnded();
  expect(sleeper.pids()).toEqual([]);
});

test("a killed host leaves neither folder nor program behind", async () => {
  const [sleeper, other] = [makeSleeper(), makeSleeper()];
  await using program = await makeProgram(
    ...[`setsid -f ${other.command}`, "trap '' TERM HUP", `exec ${sleeper.command}`],
  );
  await using data = await tempDirectory();
  const flags = ["--source", `session:${program.path}`];
  await using host = await startRunningHost(data.path, { flags });
  await using _player = startPlayer(host, ["--seconds", "60"]);
  const areRunning = () => sleeper.pids().length === 1 && other.pids().length === 1;
  await until(areRunning, { what: "the programs run" });
  const [folder = ""] = foldersOf(host.pid);
  await host.kill();
  await until(() => foldersOf(host.pid).length === 0, { what: "its folder is gone" });
  expect(compositorsOf(folder)).toEqual([]);
  expect([...sleeper.pids(), ...other.pids()]).toEqual([]);
});

test("a shell's signs in a command are words of its program", async () => {
  const mark = join(tmpdir(), `mark-${crypto.randomUUID()}`);
  const command = `sleep 60 ; touch ${mark} $(touch ${mark}) '|| touch ${mark}`;
  await using stream = await openSmall({ source: `session:${command}` });
  // `sleep` refuses the rest of its words.
  await expect(collect(stream, () => false)).rejects.toThrow("its program ended with code 1");
  expect(await Bun.file(mark).exists()).toBe(false);
});

test("a program that is not installed is refused before anything is started", () => {
  expect(() => openSource("session:no-such-program -x", mode)).toThrow(
    'Cannot open "session:no-such-program -x": "no-such-program" is not installed',
  );
  expect(folders()).toEqual([]);
});

test("a host runs four sessions and refuses the fifth", () => {
  for (let n = 0; n < 4; n++) openedSources.push(openSource("session:sleep 60", mode));
  expect(() => openSource("session:sleep 60", mode)).toThrow("this host runs 4 sessions already");
});
