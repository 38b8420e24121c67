import { expect, test } from "bun:test";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createFileAtomic, prepareDirectory, writeFileAtomic } from "../../src/base/atomic-file.ts";
import { smallDisk } from "../support/small-disk.ts";
import { tempDirectory } from "../support/temp-directory.ts";

test("a written file has its text, its owner's mode, and no company", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "token");
  await writeFileAtomic(path, "old");
  await writeFileAtomic(path, "naïve 😀");
  expect(await Bun.file(path).text()).toBe("naïve 😀");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(directory.path)).toEqual(["token"]);
});

test("a new file does not take a name that is taken", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "one");
  const taken = await Promise.all(["a", "b", "c"].map((text) => createFileAtomic(path, text)));
  expect(taken.filter((isMine) => isMine)).toHaveLength(1);
  expect(await Bun.file(path).text()).toBe(["a", "b", "c"][taken.indexOf(true)] ?? "none");
  expect(await readdir(directory.path)).toEqual(["one"]);
});

test("a full disk is an error that names the path, leaves the old file and nothing else", async () => {
  await using disk = await smallDisk();
  await mkdir(disk.path);
  const path = join(disk.path, "file");
  await writeFileAtomic(path, "old");
  disk.fill();
  await expect(writeFileAtomic(path, "x".repeat(100_000))).rejects.toThrow(
    `Cannot write "${path}"`,
  );
  await expect(createFileAtomic(`${path}-2`, "x".repeat(100_000))).rejects.toThrow(path);
  if (!disk.isReal) return;
  expect(await readdir(disk.path)).toEqual(["file"]);
  expect(await Bun.file(path).text()).toBe("old");
});

test("a directory that is not there is an error that names the path", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "missing", "file");
  await expect(writeFileAtomic(path, "")).rejects.toThrow(`Cannot write "${path}"`);
});

test("a name as long as the file system allows can be written", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "x".repeat(255));
  await writeFileAtomic(path, "text");
  expect(await Bun.file(path).text()).toBe("text");
});

test("preparing a directory removes what a crash left half-written, and nothing else", async () => {
  await using directory = await tempDirectory();
  await Bun.write(join(directory.path, ".a.1-0123456789abcdef.tmp"), "");
  await Bun.write(join(directory.path, "a"), "");
  await prepareDirectory(directory.path, "files");
  expect(await readdir(directory.path)).toEqual(["a"]);
});
