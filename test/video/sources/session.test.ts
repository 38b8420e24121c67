/** A desktop of the player's own: the real sway, started and ended by the source. */
import { afterEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSource } from "../../../src/video/sources/open.ts";
import { collect, type KeptFrame, openSmall } from "../../support/stream.ts";
import { until } from "../../support/until.ts";

const isNew = ({ isRepeat }: KeptFrame) => !isRepeat;
const mode = { width: 320, height: 180, fps: 60 };
const prefix = `onglass-session-${process.pid}-`;
const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(prefix));
const openedSources: { close(): void }[] = [];

const areEnded = () => until(() => folders().length === 0, { what: "no session is left" });

afterEach(async () => {
  for (const source of openedSources.splice(0)) source.close();
  await areEnded();
});

/** Of the compositors whose folder is `name`. */
function processIds(name: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    const { stdout } = Bun.spawnSync(["cat", `/proc/${pid}/cmdline`], { stderr: "ignore" });
    return stdout.toString().includes(join(name, "config"));
  });
}

test("a session streams a desktop of the stream's size, takes its input and ends with the stream", async () => {
  await using stream = await openSmall({ source: "session:sleep 60" });
  const [folder = ""] = folders();
  expect(folder).not.toBe("");
  await collect(stream, (frames) => frames.some(isNew));
  expect(stream.takeInputTarget?.()).toEqual({
    ...{ kind: "wayland", path: join(tmpdir(), folder, "wayland-1"), output: "HEADLESS-1" },
    size: { width: 320, height: 180 },
  });
  expect(processIds(folder).length).toBeGreaterThan(0);
  await stream.close();
  await areEnded();
  expect(processIds(folder)).toEqual([]);
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
  for (const pid of processIds(folder)) process.kill(Number(pid), "SIGKILL");
  await expect(collect(stream, () => false)).rejects.toThrow("its compositor ended");
});

test("a compositor that hangs does not hold up the end of its stream", async () => {
  await using stream = await openSmall({ source: "session:sleep 60" });
  const [folder = ""] = folders();
  await collect(stream, ({ length }) => length === 5);
  const pids = processIds(folder);
  for (const pid of pids) process.kill(Number(pid), "SIGSTOP");
  await stream.close();
  await areEnded();
  expect(processIds(folder)).toEqual([]);
});

test("the program and its size survive a change of the mode", async () => {
  await using stream = await openSmall({ source: "session:sleep 60" });
  await collect(stream, ({ length }) => length === 5);
  const before = folders();
  stream.setMode({ width: 640, height: 360, fps: 30 });
  await collect(stream, (frames) => frames.some(({ isKey, isRepeat }) => isKey && !isRepeat));
  expect(folders()).toEqual(before);
});

test("what stands in a command is words of one program and never a shell's", async () => {
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
