import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmod, mkdir, readdir, stat, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { CryptoHasher } from "bun";
import { Failure } from "../../src/base/failure.ts";
import { cacheDirectory, unpackAddon, unpackedPath } from "../../src/video/addon-cache.ts";
import type { EmbeddedAddon } from "../../src/video/addon-embedded.ts";
import { tempDirectory } from "../support/temp-directory.ts";

/** What a hash of it cannot squeeze: more bytes than the small file system below has. */
const content = new Uint8Array(3 << 20);
for (let at = 0; at < content.length; at += 65_536) {
  crypto.getRandomValues(content.subarray(at, at + 65_536));
}
const hash = new CryptoHasher("sha256").update(content).digest("hex");

let folder: Awaited<ReturnType<typeof tempDirectory>>;
let addon: EmbeddedAddon;

beforeEach(async () => {
  folder = await tempDirectory();
  const path = join(folder.path, "addon.zst");
  await Bun.write(path, await Bun.zstdCompress(content));
  addon = { version: "6.1.1", path, byteCount: content.length, hash };
});

afterEach(() => folder[Symbol.asyncDispose]());

test("the addon is unpacked whole, for its owner alone", async () => {
  const cache = join(folder.path, "cache");
  await unpackAddon(addon, cache);
  const path = unpackedPath(addon, cache);
  expect(await Bun.file(path).bytes()).toEqual(content);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect((await stat(join(path, ".."))).mode & 0o777).toBe(0o700);
});

test("an addon that is there already stays untouched", async () => {
  await unpackAddon(addon, folder.path);
  const before = await stat(unpackedPath(addon, folder.path));
  await unpackAddon(addon, folder.path);
  expect((await stat(unpackedPath(addon, folder.path))).ino).toBe(before.ino);
});

test("an addon that was cut short is unpacked again", async () => {
  const path = unpackedPath(addon, folder.path);
  await mkdir(join(path, ".."), { mode: 0o700 });
  await Bun.write(path, content.subarray(1));
  await unpackAddon(addon, folder.path);
  expect(await Bun.file(path).bytes()).toEqual(content);
});

test("an addon that others may change is replaced", async () => {
  const path = unpackedPath(addon, folder.path);
  await unpackAddon(addon, folder.path);
  await chmod(path, 0o722);
  await unpackAddon(addon, folder.path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});

test("eight at once leave one whole addon and nothing beside it", async () => {
  await Promise.all(Array.from({ length: 8 }, () => unpackAddon(addon, folder.path)));
  const path = unpackedPath(addon, folder.path);
  expect(await Bun.file(path).bytes()).toEqual(content);
  expect(await readdir(join(path, ".."))).toEqual(["node-av.node"]);
});

test("what a killed process left behind is cleared away, what another is writing is not", async () => {
  const directory = join(unpackedPath(addon, folder.path), "..");
  await mkdir(directory, { mode: 0o700 });
  await Bun.write(join(directory, "node-av.node.part-old"), "x");
  await Bun.write(join(directory, "node-av.node.part-new"), "x");
  await utimes(join(directory, "node-av.node.part-old"), new Date(0), new Date(0));
  await unpackAddon(addon, folder.path);
  expect((await readdir(directory)).sort()).toEqual(["node-av.node", "node-av.node.part-new"]);
});

test("an executable whose addon is damaged says so and leaves nothing", async () => {
  const failure = await refusalOf({ ...addon, hash: hash.replace(/./g, "0") }, folder.path);
  expect(failure.message).toContain("the executable is damaged");
  expect(await readdir(join(folder.path, "6.1.1-00000000"))).toEqual([]);
});

test("a directory that others may write to is refused", async () => {
  const directory = join(unpackedPath(addon, folder.path), "..");
  await mkdir(directory);
  await chmod(directory, 0o777);
  expectNamed(await refusalOf(addon, folder.path), directory, "users other than you can change");
});

test("a cache that is a file is refused with its name", async () => {
  const cache = join(folder.path, "addon.zst");
  expectNamed(await refusalOf(addon, cache), cache, "ENOTDIR");
});

const isRoot = process.getuid?.() === 0;

for (const [state, options, reason] of [
  ["full", "size=1m", "no room for 4 MB"],
  ["read-only", "ro", "it is read-only"],
  ["mounted noexec", "noexec", "programs may not be run from there"],
] as const) {
  test.if(isRoot)(`a cache directory that is ${state} is refused by name`, async () => {
    const cache = join(folder.path, "mounted");
    await using _mount = await mountTmpfs(cache, options);
    expectNamed(await refusalOf(addon, cache), cache, reason);
  });
}

test.if(isRoot)("a full cache directory keeps no part of the addon", async () => {
  const cache = join(folder.path, "mounted");
  await using _mount = await mountTmpfs(cache, "size=1m");
  await refusalOf(addon, cache);
  expect(await readdir(join(unpackedPath(addon, cache), ".."))).toEqual([]);
});

test.if(isRoot)("a read-only cache directory that holds the addon is good", async () => {
  const cache = join(folder.path, "mounted");
  await using _mount = await mountTmpfs(cache, "size=8m");
  await unpackAddon(addon, cache);
  await run("mount", "-o", "remount,ro", cache);
  await unpackAddon(addon, cache);
  expect(await Bun.file(unpackedPath(addon, cache)).bytes()).toEqual(content);
});

test("a link to a cache elsewhere is followed", async () => {
  await mkdir(join(folder.path, "elsewhere"), { mode: 0o700 });
  await symlink(join(folder.path, "elsewhere"), join(folder.path, "link"));
  await unpackAddon(addon, join(folder.path, "link"));
  expect(await readdir(join(folder.path, "elsewhere"))).toEqual([`6.1.1-${hash.slice(0, 8)}`]);
});

test("the setting comes before the XDG directory, that before the home directory", () => {
  const all = { ONGLASS_CACHE_DIR: "/a", XDG_CACHE_HOME: "/b", HOME: "/c" };
  expect(cacheDirectory(all)).toBe("/a");
  expect(cacheDirectory({ ...all, ONGLASS_CACHE_DIR: "" })).toBe("/b/onglass");
  expect(cacheDirectory({ HOME: "/c" })).toBe("/c/.cache/onglass");
});

async function refusalOf(from: EmbeddedAddon, cache: string): Promise<Failure> {
  const outcome: unknown = await unpackAddon(from, cache).catch((cause) => cause);
  if (!(outcome instanceof Failure)) throw new Error(`Expected a refusal, got ${outcome}`);
  return outcome;
}

function expectNamed(failure: Failure, directory: string, reason: string): void {
  expect(failure.code).toBe("addon_cache");
  expect(failure.message).toContain(`"${directory}`);
  expect(failure.message).toContain(reason);
  expect(failure.message).toContain("ONGLASS_CACHE_DIR");
}

async function mountTmpfs(path: string, options: string): Promise<AsyncDisposable> {
  await mkdir(path);
  await run("mount", "-t", "tmpfs", "-o", `mode=0700,${options}`, "tmpfs", path);
  return { [Symbol.asyncDispose]: () => run("umount", path) };
}

async function run(...command: string[]): Promise<void> {
  const child = Bun.spawn(command, { stderr: "pipe" });
  if ((await child.exited) !== 0) throw new Error(await child.stderr.text());
}
