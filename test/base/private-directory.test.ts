/** What is made, what is left alone and what is refused as a place for onglass's files. */
import { expect, test } from "bun:test";
import { chmod, chown, mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { claimDataDirectory, makePrivateDirectory } from "../../src/base/private-directory.ts";
import { lockDirectory } from "../../src/store/directory-lock.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const isRoot = process.geteuid?.() === 0;
const modeOf = async (path: string) => (await stat(path)).mode & 0o7777;

test("a data directory that is missing is made for its owner alone, with what is above it", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "new", "data");
  claimDataDirectory(path);
  expect([await modeOf(path), await modeOf(join(path, ".."))]).toEqual([0o700, 0o700]);
});

test.each([0o700, 0o750, 0o755, 0o2755])(
  "a data directory that was there keeps its mode (%o)",
  async (mode) => {
    await using directory = await tempDirectory();
    await chmod(directory.path, mode);
    using _lock = lockDirectory(directory.path);
    expect(await modeOf(directory.path)).toBe(mode);
  },
);

test.each([0o777, 0o1777, 0o775, 0o702, 0o1755])(
  "a data directory that is shared (%o) is refused with its mode, and keeps it",
  async (mode) => {
    await using directory = await tempDirectory();
    await chmod(directory.path, mode);
    const octal = mode.toString(8).padStart(4, "0");
    const claim = () => lockDirectory(directory.path);
    expect(claim).toThrow(`"${directory.path}": other users may write to it (mode ${octal})`);
    expect(await modeOf(directory.path)).toBe(mode);
  },
);

test.if(isRoot)("a data directory of another user is refused with both users", async () => {
  await using directory = await tempDirectory();
  await chown(directory.path, 12_345, 12_345);
  const reason = "it belongs to user 12345, and onglass runs as user 0";
  expect(() => claimDataDirectory(directory.path)).toThrow(reason);
  expect((await stat(directory.path)).uid).toBe(12_345);
});

test("a link that leads nowhere, a file and a path through one are each refused as what they are", async () => {
  await using directory = await tempDirectory();
  const at = (name: string) => join(directory.path, name);
  await symlink("/nowhere/at/all", at("link"));
  await writeFile(at("file"), "");
  const link = 'it is a link to "/nowhere/at/all", which is missing';
  expect(() => claimDataDirectory(at("link"))).toThrow(`"${at("link")}": ${link}`);
  await expect(makePrivateDirectory(at("link"))).rejects.toThrow(`"${at("link")}": ${link}`);
  await expect(makePrivateDirectory(at("file"))).rejects.toThrow("it is not a directory");
  await expect(makePrivateDirectory(at("file/in"))).rejects.toThrow(
    "a part of the path is not a directory",
  );
});

test("a directory of ours is closed to others, one behind a link is the operator's", async () => {
  await using directory = await tempDirectory();
  const [ours, theirs] = [join(directory.path, "ours"), join(directory.path, "theirs")];
  for (const path of [ours, theirs]) {
    await mkdir(path);
    await chmod(path, 0o755);
  }
  await symlink(theirs, join(directory.path, "link"));
  await makePrivateDirectory(ours);
  await makePrivateDirectory(join(directory.path, "link"));
  expect([await modeOf(ours), await modeOf(theirs)]).toEqual([0o700, 0o755]);
});
