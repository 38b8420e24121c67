/** Sign-in sessions on disk. */
import { expect, test } from "bun:test";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { SignInsFile } from "../../src/store/sign-ins-file.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const signIn = { hash: "a".repeat(43), expires_unix_ms: 1_800_000_000_000 };

test("what was kept last is there at the next start, for its owner alone", async () => {
  await using directory = await tempDirectory();
  {
    await using file = await SignInsFile.load(directory.path);
    expect(file.kept).toEqual([]);
    file.keep([]);
    file.keep([signIn]);
  }
  const path = join(directory.path, "sign-ins.json");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await SignInsFile.load(directory.path)).kept).toEqual([signIn]);
});

test.each([
  ["text", "nonsense"],
  ["a date beyond all dates", JSON.stringify([{ ...signIn, expires_unix_ms: 9e15 }])],
  ["a hash that is none", JSON.stringify([{ ...signIn, hash: "../../x" }])],
  ["too many", JSON.stringify(Array.from({ length: 65 }, () => signIn))],
])("a file that is not valid (%s) means signing in again", async (_what, text) => {
  await using directory = await tempDirectory();
  await Bun.write(join(directory.path, "sign-ins.json"), text);
  expect((await SignInsFile.load(directory.path)).kept).toEqual([]);
});
