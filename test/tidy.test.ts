/** Rules about the code itself that no linter knows. */
import { expect, test } from "bun:test";
import { dirname, normalize } from "node:path";
import { Glob } from "bun";

/** Which room may import which: the room table of the design. A room may always import from itself. */
const low = ["src/base", "src/model"];
const contracts = [...low, "src/ports"];
const media = [...low, "src/parity", "src/measure", "src/video"];
const inner = [
  ...media,
  "src/analysis",
  "src/frames",
  "src/history",
  "src/verdict",
  "src/experiment",
  "src/export",
  "src/keep",
  "src/share",
  "src/import",
  "src/archive",
  "src/machine",
  "src/worker",
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
  "src/ports",
  "src/telemetry",
  "src/operations",
];
const anything = [
  ...inner,
  "src/desktop",
  "src/play",
  "src/probe",
  "src/api",
  "src/pages",
  "src/cli",
  "src/app.ts",
  "src/config.ts",
  "src/settings-table.ts",
  "src/settings-read.ts",
  "views",
];
const rooms: Record<string, readonly string[]> = {
  "src/base": [],
  "src/model": ["src/base"],
  "src/ports": low,
  "src/telemetry": [...contracts, "src/export"],
  "src/operations": [...contracts, "src/analysis", "src/telemetry"],
  "src/parity": ["src/base"],
  "src/measure": low,
  "src/analysis": [...low, "src/frames", "src/verdict"],
  "src/frames": low,
  "src/history": [...low, "src/frames"],
  "src/verdict": low,
  "src/experiment": [...contracts, "src/analysis"],
  "src/export": [...low, "src/frames"],
  "src/keep": [
    ...contracts,
    "src/analysis",
    "src/frames",
    "src/history",
    "src/export",
    "src/recorder",
    "src/verdict",
  ],
  "src/archive": [...contracts, "src/import"],
  "src/import": [...contracts, "src/frames", "src/export"],
  "src/share": [
    ...contracts,
    "src/analysis",
    "src/export",
    "src/frames",
    "src/i18n",
    "src/keep",
    "views",
  ],
  "src/machine": contracts,
  "src/recorder": contracts,
  "src/store": contracts,
  "src/wayland": ["src/base"],
  "src/x11": ["src/base"],
  "src/dbus": ["src/base"],
  "src/pipewire": ["src/base"],
  "src/desktop": ["src/base", "src/dbus", "src/pipewire", "src/pulse", "src/wayland"],
  "src/video": [
    ...low,
    "src/parity",
    "src/wayland",
    "src/dbus",
    "src/pipewire",
    "src/desktop",
    "src/x11",
  ],
  "src/worker": [...contracts, "src/video"],
  "src/audio": [...low, "src/video", "src/pulse"],
  "src/pulse": ["src/base"],
  "src/input": [...low, "src/wayland", "src/x11", "src/dbus", "src/desktop"],
  "src/i18n": low,
  "src/session": [...media, "src/frames", "src/worker"],
  "src/native": [...media, "src/ports", "src/session", "src/worker"],
  "src/gamestream": [
    ...media,
    "src/session",
    "src/worker",
    "src/audio",
    "src/input",
    "src/desktop",
    "src/play",
  ],
  "src/probe": [...low, "src/input", "src/wayland", "src/x11", "src/video"],
  "src/play": [...contracts, "src/input", "src/desktop", "src/video", "src/wayland"],
  "src/moq": [...contracts, "src/measure", "src/session", "src/video", "src/audio", "src/counters"],
  "src/counters": contracts,
  "src/timeline": contracts,
  "src/api": [...contracts, "src/operations"],
  "src/pages": [...contracts, "src/operations", "src/analysis", "src/i18n", "views"],
  "src/cli": [
    ...inner,
    "src/dbus",
    "src/desktop",
    "src/probe",
    "src/wayland",
    "views",
    "src/config.ts",
    "src/settings-table.ts",
    "src/settings-read.ts",
  ],
  "src/app.ts": anything,
  "src/config.ts": anything,
  "src/settings-read.ts": inner,
  "src/settings-table.ts": [...inner, "src/settings-read.ts"],
  // The bus of the system gives priority to its threads.
  "src/host": [...anything, "src/dbus"],
  "src/main.ts": [...anything, "src/host"],
  views: ["src/base", "src/model", "src/i18n"],
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

test("CONTRIBUTING's table has a row for every room, and no other", async () => {
  const lines = (await textOf("CONTRIBUTING.md"))
    .split("\n")
    .map((line) => line.replaceAll(/ +/g, " "));
  const start = lines.indexOf("| room | what is in it |") + 2;
  const rows = lines.slice(start, lines.indexOf("", start));
  const named = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
  const inSource = Object.keys(rooms).map((room) => room.replace("src/", ""));
  expect(named.toSorted()).toEqual(inSource.toSorted());
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

test("only base sets timers and makes dates", async () => {
  const wrong: string[] = [];
  const timers =
    /\b(setTimeout|setInterval|setImmediate|clearTimeout|clearInterval)\(|AbortSignal\.timeout|Bun\.sleep|"node:timers/;
  for (const path of sources) {
    const text = await textOf(path);
    if (!path.startsWith("src/base/") && timers.test(text)) wrong.push(`${path}: a timer`);
    if (!path.startsWith("src/base/") && /new Date\(/.test(text)) wrong.push(`${path}: a date`);
    const readsWallClock = path !== "src/base/clock.ts" && text.includes("new Date()");
    if (readsWallClock) wrong.push(`${path}: the wall clock`);
  }
  expect(wrong).toEqual([]);
});

test("the C library is opened in one file, and called in base alone", async () => {
  const wrong: string[] = [];
  for (const path of sources.filter((one) => one !== "src/base/libc.ts")) {
    const text = await textOf(path);
    const calls = path.startsWith("src/base/") ? /libc\.so\./ : /libc\.so\.|openLibc/;
    if (calls.test(text)) wrong.push(path);
  }
  expect(wrong).toEqual([]);
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

test("only the log and a command's output write to stdout and stderr", async () => {
  const writers: string[] = [];
  const write = /\bconsole\.\w+\(|process\.(stdout|stderr)\.write|writeSync\([12],/;
  // The player's line of figures stands in the terminal for as long as it plays.
  const allowed = ["src/base/log.ts", "src/cli/output.ts", "src/cli/play.ts"];
  for (const path of sources) {
    if (path.startsWith("src/") && write.test(await textOf(path))) writers.push(path);
  }
  expect(writers).toEqual(allowed);
});

test("every worker keeps libraries off the console", async () => {
  const open: string[] = [];
  for (const path of sources.filter((each) => each.endsWith("-worker.ts"))) {
    if (!(await textOf(path)).includes("quietConsole(console);")) open.push(path);
  }
  expect(open).toEqual([]);
});

test("wire formats and parity are pure: no clock, no I/O, no waiting", async () => {
  const wrong: string[] = [];
  const impure =
    /\bawait\b|\basync\b|\bBun\.|from "node:(?!crypto|buffer|assert)|setTimeout|setInterval|base\/(clock|timer|scheduler|log)\.ts/;
  for (const path of sources) {
    if (!/\/wire\/|^src\/parity\//.test(path)) continue;
    if (impure.test(await textOf(path))) wrong.push(path);
  }
  expect(wrong).toEqual([]);
});

test("no type is exported under one name in two places", async () => {
  const places = new Map<string, string[]>();
  for (const path of [...sources, ...new Glob("public/**/*.ts").scanSync()]) {
    const exported = /^export (?:abstract )?(?:type|interface|class) (\w+)/gm;
    for (const [, name = ""] of (await textOf(path)).matchAll(exported)) {
      places.set(name, [...(places.get(name) ?? []), path]);
    }
  }
  expect([...places].filter(([, paths]) => paths.length > 1)).toEqual([]);
});

/** The class of each path's session: by its name, and the one that is named after what it sends. */
const sessionClass = /^export class (\w*Session|VideoBroadcast)\b/m;
/** At two spaces, before the constructor: no method has its name there. */
const field = /^ {2}(readonly )?#?\w+[?!]?(: | = |;)/gm;

test("the class of each path's session stays below 15 fields and 200 lines", async () => {
  const found: string[] = [];
  for (const path of sources.filter((one) => /^src\/(session|native|gamestream|moq)\//.test(one))) {
    const text = await textOf(path);
    const [head = "", name = ""] = sessionClass.exec(text) ?? [];
    if (name === "") continue;
    const body = text.slice(text.indexOf(head)).split("\n}\n")[0] ?? "";
    const count = body.split("  constructor(")[0]?.match(field)?.length ?? 0;
    const lines = body.split("\n").length;
    found.push(name);
    expect([name, count > 0 && count < 15, lines < 200]).toEqual([name, true, true]);
  }
  expect(found.toSorted()).toEqual([
    "GamestreamSession",
    "HostSession",
    "StreamSession",
    "VideoBroadcast",
  ]);
});

/** More fields than others, and why it stays so; nobody joins them without a reason. */
const wideClasses = new Map([
  // Typed arrays and counters of one hot path, made once: objects in between would cost per packet.
  ["SealedPacketizer", 24],
  ["FramePacketizer", 20],
  ["FrameSlot", 19],
  ["FecLossCounter", 19],
  // A record: what is known of one frame.
  ["PublishedFrame", 21],
]);
const fieldCountMax = 15;

test("a class has 15 fields at most, and the wider ones those that they are named with", async () => {
  const wide = new Map<string, number>();
  for (const path of [...sources, ...new Glob("public/**/*.ts").scanSync()]) {
    const classes = (await textOf(path)).matchAll(/^(?:export )?class (\w+)(.*?)^\}$/gms);
    for (const [, name = "", body = ""] of classes) {
      const count = body.split("  constructor(")[0]?.match(field)?.length ?? 0;
      if (count > fieldCountMax) wide.set(name, count);
    }
  }
  expect(wide).toEqual(wideClasses);
});

/** Phrases that a reader of English stumbles over, and what to write instead. */
const stumbling: readonly (readonly [RegExp, string])[] = [
  [/\banew\b/i, "again"],
  [/\b(goes|gone) on\b|\bgoing on with\b/i, "continues, continued"],
  [/\btold (of|otherwise|apart)\b|\b(is|are|was|were) told\b/i, "reported, notified, by default"],
  [/\bwhoever\b/i, "the one who, anybody who"],
  [/\bby hand\b/i, "manual"],
  [/\bhands on\b/i, "forwards"],
  [/\bwish(es|ed)?\b/i, "request"],
  [/\b(give[sn]?|gave) up\b/i, "drops"],
  [/\b(does|do) not tell\b|\bwhere (it|they) tells?\b/i, "reports"],
  [/\b(the|its|their|a|same) begin\b/i, "start"],
  [/\bof before\b(?!\))/i, "earlier"],
  [/\bfor ever\b/i, "forever"],
  [/\bin the place of\b/i, "in place of"],
  [/\bat the (most|least)\b|\bon the average\b/i, "at most, at least, on average"],
];

test("comments, texts and documents say it in the words of the field", async () => {
  const found: string[] = [];
  const texts = "{src,views,public,test,tools,docs}/**/*.{ts,mjs,md}";
  for (const path of [...new Glob(texts).scanSync(), "README.md", "CONTRIBUTING.md"]) {
    if (path.startsWith("src/generated/") || path === "test/tidy.test.ts") continue;
    const lines = (await textOf(path)).split("\n");
    for (const [at, line] of lines.entries()) {
      const better = stumbling.find(([phrase]) => phrase.test(line))?.[1];
      if (better !== undefined) found.push(`${path}:${at + 1} (${better}): ${line.trim()}`);
    }
  }
  expect(found).toEqual([]);
});

type Declared = { readonly where: string; readonly members: ReadonlySet<string> };

/** Types with a method and at least three members: what one room offers to another looks like this. */
function interfacesIn(path: string, text: string): Declared[] {
  const declared = text.matchAll(/^(?:export )?(?:type|interface) (\w+)(?: =)? \{\n(.*?)^\};?/gms);
  return [...declared].flatMap(([, name = "", body = ""]) => {
    // At two spaces: a member of the interface itself.
    const members = [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[(:<]/gm)];
    const hasMethod = /^ {2}\w+\??[(<]/m.test(body);
    if (members.length < 3 || !hasMethod) return [];
    return [
      { where: `${path} ${name}`, members: new Set(members.map(([, member = ""]) => member)) },
    ];
  });
}

test("no interface is declared twice: what two rooms share is in ports, and Pick asks for less", async () => {
  const all: Declared[] = [];
  for (const path of sources) all.push(...interfacesIn(path, await textOf(path)));
  const twice: string[] = [];
  for (const [index, { where, members }] of all.entries()) {
    const same = all.filter((other, at) => at !== index && members.isSubsetOf(other.members));
    const copied = same.filter(
      (other) => other.members.size === members.size || other.where.startsWith("src/ports/"),
    );
    for (const other of copied) twice.push(`${where}: all of it is in ${other.where}`);
  }
  expect(twice).toEqual([]);
});
