/** Formats of a data directory are checked before a host of another version is started on it. */
import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkFormats, runUpgradeCheck } from "../../src/cli/upgrade-check.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import { madeCapture } from "../support/made-capture.ts";
import { command } from "../support/programs.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";

function fill(directory: string, files: Readonly<Record<string, string>>): void {
  for (const folder of ["captures", "timelines", "history", "clients", "frames"]) {
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
  expect(await runUpgradeCheck(["--data-dir", directory.path], terminal)).toBe(0);
  const after = readdirSync(directory.path, { recursive: true }).map((name) => [
    name,
    statSync(join(directory.path, `${name}`)).mtimeMs,
  ]);
  expect(after).toEqual(before);
});

test("what is of a later format, damaged or no file at all is named, and the exit code is 1", async () => {
  await using directory = await tempDirectory();
  fill(directory.path, {
    ...good,
    "captures/later.json": capture(2),
    "captures/torn.json": capture(1).slice(0, 300),
    "timelines/later.json": '{"version":7,"kind":"timeline"}',
    "history/000001-000000-5-7.hist": "onglassH and then nothing that is known",
    "tokens.json": '{"version": 3}',
    "settings.json": "{",
  });
  await command("mkfifo", join(directory.path, "frames/pipe.parquet"));
  const found = await checkFormats(directory.path);
  expect(Object.fromEntries(found.map(({ what, unreadable }) => [what, unreadable]))).toEqual({
    captures: ["captures/later.json", "captures/torn.json"],
    "rows of captures": ["frames/pipe.parquet"],
    timelines: ["timelines/later.json"],
    history: ["history/000001-000000-5-7.hist"],
    settings: ["settings.json"],
    "access tokens": ["tokens.json"],
    "paired players": [],
  });
  expect(await runUpgradeCheck(["--data-dir", directory.path], new TestTerminal())).toBe(1);
});

test("a directory that is not there is empty", async () => {
  const found = await checkFormats("/nonexistent/onglass");
  expect(found.every(({ file_count }) => file_count === 0)).toBe(true);
});
