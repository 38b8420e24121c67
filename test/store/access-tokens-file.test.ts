import { expect, test } from "bun:test";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { KeptToken } from "../../src/model/access-token.ts";
import { AccessTokensFile } from "../../src/store/access-tokens-file.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const token: KeptToken = {
  id: "0123456789ab",
  name: "scraper",
  rights: "read",
  created_unix_ms: Date.UTC(2026, 10, 28),
  hash: "h".repeat(43),
};

test("tokens are found again, in a file for its owner alone", async () => {
  await using directory = await tempDirectory();
  const file = await AccessTokensFile.load(directory.path);
  expect(file.kept).toEqual([]);
  await file.save([token]);
  expect((await AccessTokensFile.load(directory.path)).kept).toEqual([token]);
  const { mode } = await stat(join(directory.path, "tokens.json"));
  expect(mode & 0o777).toBe(0o600);
});

test("a damaged file opens nothing and is set aside", async () => {
  await using directory = await tempDirectory();
  for (const text of ["{", "[]", '{"version":2,"tokens":[]}', '{"version":1,"tokens":[{}]}']) {
    await Bun.write(join(directory.path, "tokens.json"), text);
    expect((await AccessTokensFile.load(directory.path)).kept).toEqual([]);
  }
  expect(await readdir(join(directory.path, "damaged"))).toHaveLength(4);
});

test("a save that fails says what is in the way", async () => {
  await using directory = await tempDirectory();
  const file = await AccessTokensFile.load(directory.path);
  await mkdir(join(directory.path, "tokens.json"));
  expect(file.save([token])).rejects.toThrow("Cannot save the tokens: ");
});
