/** Formats of a data directory are checked before a host of another version is started on it. */
import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadHostIdentity } from "../../src/base/identity.ts";
import { checkFormats, type FormatFinding, runUpgradeCheck } from "../../src/cli/upgrade-check.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import { madeCapture } from "../support/made-capture.ts";
import { command } from "../support/programs.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";

const folders = [
  ...["captures", "timelines", "history", "clients", "frames"],
  ...["notes", "experiments", "journal"],
];

function fill(directory: string, files: Readonly<Record<string, string>>): void {
  for (const folder of folders) {
    mkdirSync(join(directory, folder), { recursive: true });
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
}

const capture = (version: number) => {
  const made = madeCapture({ id: "a", windowCount: 2 });
  return JSON.stringify({ ...made, meta: { ...made.meta, version } });
};
const good = {
  "captures/a.json": capture(1),
  "timelines/a.json": '{"version":1,"kind":"timeline","events":[]}',
  "frames/a.parquet": "PAR1…PAR1",
  "settings.json": JSON.stringify({ ...settingsDefault, revision: 4 }),
  "tokens.json": '{"version": 1, "tokens": []}',
  "clients/ab.json": "{}",
  [`clients/${"ab".repeat(32)}.json`]: `{"id":"${"ab".repeat(32)}","name":"Desk","kind":"native","paired_unix_ms":1}`,
  "notes/a.json": '{"name":"evening"}',
  "notes/baseline": "20260102T030405-evening\n",
  "journal/a.jsonl": '{"head":{"version":1,"started_unix_ms":1782504844000,"host":"here"}}\n',
  "links.json": '{"version":1,"links":[]}',
  "sign-ins.json": "[]",
  token: `${"t".repeat(43)}\n`,
  "captures/notes.txt": "not ours",
};

test("a directory of this version is readable, and nothing in it is touched", async () => {
  await using directory = await tempDirectory();
  fill(directory.path, good);
  const before = readdirSync(directory.path, { recursive: true }).map((name) => [
    name,
    statSync(join(directory.path, `${name}`)).mtimeMs,
  ]);
  const terminal = new TestTerminal();
  const found = await checkFormats(directory.path);
  expect(found.filter(({ unreadable }) => unreadable.length > 0)).toEqual([]);
  expect(await runUpgradeCheck(["--data-dir", directory.path], terminal)).toBe(0);
  const after = readdirSync(directory.path, { recursive: true }).map((name) => [
    name,
    statSync(join(directory.path, `${name}`)).mtimeMs,
  ]);
  expect(after).toEqual(before);
});

const listed = (found: readonly FormatFinding[], fault: "newer" | "damaged") =>
  Object.fromEntries(
    found.filter((one) => one[fault].length > 0).map((one) => [one.what, one[fault]]),
  );

test("what is of a later format, damaged or no file at all is named, and the exit code is 1", async () => {
  await using directory = await tempDirectory();
  fill(directory.path, {
    ...good,
    "captures/later.json": capture(2),
    "captures/torn.json": capture(1).slice(0, 300),
    "timelines/later.json": '{"version":7,"kind":"timeline"}',
    "timelines/torn.json": '{"version":1,"kind":"timeline","events":[',
    "frames/torn.parquet": "PAR1…",
    "history/000001-000000-5-7.hist": "onglassH and then nothing that is known",
    "notes/a.json": "garbage",
    "notes/baseline": "../..",
    "experiments/a.json": '{"version":2}',
    "experiments/b.json": '{"version":1}',
    "journal/a.jsonl": "garbage\n",
    "journal/later.jsonl": '{"head":{"version":2}}\n',
    "tokens.json": '{"version": 3}',
    "links.json": "garbage",
    "sign-ins.json": "{}",
    [`clients/${"cd".repeat(32)}.json`]: '{"name":"Desk"}',
    "settings.json": "{",
    token: "short",
  });
  await command("mkfifo", join(directory.path, "frames/pipe.parquet"));
  const found = await checkFormats(directory.path);
  expect(listed(found, "newer")).toEqual({
    captures: ["captures/later.json"],
    timelines: ["timelines/later.json"],
    experiments: ["experiments/a.json"],
    journal: ["journal/later.jsonl"],
    "access tokens": ["tokens.json"],
  });
  expect(listed(found, "damaged")).toEqual({
    captures: ["captures/torn.json"],
    "rows of captures": ["frames/pipe.parquet", "frames/torn.parquet"],
    timelines: ["timelines/torn.json"],
    notes: ["notes/a.json", "notes/baseline"],
    experiments: ["experiments/b.json"],
    journal: ["journal/a.jsonl"],
    history: ["history/000001-000000-5-7.hist"],
    settings: ["settings.json"],
    token: ["token"],
    links: ["links.json"],
    "sign-ins": ["sign-ins.json"],
    "paired players": [`clients/${"cd".repeat(32)}.json`],
  });
  const terminal = new TestTerminal();
  expect(await runUpgradeCheck(["--data-dir", directory.path], terminal)).toBe(1);
  expect(terminal.stdout.replaceAll(/ +/g, " ")).toContain(
    "not readable: 1 newer (captures/later.json); 1 damaged (captures/torn.json)",
  );
});

test("a certificate or key that no host starts with is damaged", async () => {
  for (const name of ["cert.pem", "key.pem"]) {
    await using directory = await tempDirectory();
    await loadHostIdentity(directory.path);
    const isWell = async () => Object.keys(listed(await checkFormats(directory.path), "damaged"));
    expect(await isWell()).toEqual([]);
    writeFileSync(join(directory.path, name), "garbage");
    expect(await isWell()).toEqual(["certificate and key"]);
  }
});

test("settings and links of a later version are newer, not damaged", async () => {
  await using directory = await tempDirectory();
  fill(directory.path, { "settings.json": '{"version":99}', "links.json": '{"version":2}' });
  const found = await checkFormats(directory.path);
  expect(listed(found, "newer")).toEqual({ settings: ["settings.json"], links: ["links.json"] });
  expect(listed(found, "damaged")).toEqual({});
});

test("a directory that is not there is an error that names it", async () => {
  for (const path of ["/nonexistent/onglass", ""]) {
    await expect(runUpgradeCheck(["--data-dir", path], new TestTerminal())).rejects.toMatchObject({
      code: "data_dir",
      message: expect.stringContaining(`"${path}": it does not exist`),
    });
  }
});
