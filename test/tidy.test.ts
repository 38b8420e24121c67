/** Rules about the code itself that no linter knows. */
import { expect, test } from "bun:test";
import { dirname, normalize } from "node:path";
import { Glob } from "bun";

/** Who may import whom: the room table of the design. A room may always import from itself. */
const low = ["src/base", "src/model"];
const media = [...low, "src/stages", "src/window", "src/video"];
const inner = [
  ...media,
  "src/recorder",
  "src/store",
  "src/audio",
  "src/input",
  "src/i18n",
  "src/session",
  "src/native",
  "src/gamestream",
  "src/moq",
  "src/counters",
  "src/timeline",
];
const anything = [
  ...inner,
  "src/api",
  "src/pages",
  "src/cli",
  "src/app.ts",
  "src/config.ts",
  "views",
];
const rooms: Record<string, readonly string[]> = {
  "src/base": [],
  "src/model": ["src/base"],
  "src/stages": ["src/base"],
  "src/window": low,
  "src/recorder": low,
  "src/store": low,
  "src/video": [...low, "src/stages"],
  "src/audio": low,
  "src/input": low,
  "src/i18n": [],
  "src/session": media,
  "src/native": [...media, "src/session"],
  "src/gamestream": [...media, "src/session", "src/audio", "src/input"],
  "src/moq": [...low, "src/window", "src/video", "src/counters"],
  "src/counters": low,
  "src/timeline": low,
  "src/api": low,
  "src/pages": [...low, "src/i18n", "views"],
  "src/cli": [...inner, "src/config.ts"],
  "src/app.ts": anything,
  "src/config.ts": anything,
  "src/host": anything,
  "src/main.ts": [...anything, "src/host"],
  views: ["src/model", "src/i18n"],
};

/** Imports and exports from a file here, and the file a worker is started from. */
const reference = /(?:from |import |import\(|new URL\()"(\.[^"]+\.\w+)"/g;
const sources = [...new Glob("{src,views}/**/*.ts").scanSync()]
  .filter((path) => !path.startsWith("src/generated/"))
  .sort();
const roomOf = (path: string) => path.match(/^(?:views|src\/[^/]+)/)?.[0] ?? path;
/** Data that every room may read. */
const data = ["src/generated", "package.json"];
const textOf = (path: string) => Bun.file(path).text();

test("every room is in the room table", () => {
  expect(sources.filter((path) => !(roomOf(path) in rooms))).toEqual([]);
});

test("imports point only where the room table allows", async () => {
  const wrong: string[] = [];
  for (const path of sources) {
    const room = roomOf(path);
    for (const [, target = ""] of (await textOf(path)).matchAll(reference)) {
      const targetRoom = roomOf(normalize(`${dirname(path)}/${target}`));
      const allowed =
        targetRoom === room ||
        data.includes(targetRoom) ||
        rooms[room]?.includes(targetRoom) === true;
      if (!allowed) wrong.push(`${path} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("every file opens with what it is for", async () => {
  const silent: string[] = [];
  for (const path of sources) if (!(await textOf(path)).startsWith("/**")) silent.push(path);
  expect(silent).toEqual([]);
});

test("only the clock reads a clock", async () => {
  const readers: string[] = [];
  const clock = /Date\.now\(|performance\.(now|timeOrigin)|process\.hrtime|Bun\.nanoseconds/;
  for (const path of sources) {
    if (path === "src/base/clock.ts") continue;
    if (clock.test(await textOf(path))) readers.push(path);
  }
  expect(readers).toEqual([]);
});

test("workers are started by an address that is right in the executable too", async () => {
  const wrong: string[] = [];
  for (const path of sources) {
    for (const [start, target = ""] of (await textOf(path)).matchAll(
      /new Worker\((?:workerUrl\("([^"]+)"\))?/g,
    )) {
      if (!sources.includes(`src/${target}`)) wrong.push(`${path}: ${start}`);
    }
  }
  expect(wrong).toEqual([]);
});
