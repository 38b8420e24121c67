/**
 * The addon on the disk, unpacked from the executable: under a name of its own first, checked, then
 * renamed, so that a file that exists is whole. Any number of processes may do so at once.
 *
 * It is loaded and runs as this user, so nobody else may be able to change it.
 */
import { constants, type Stats } from "node:fs";
import { access, type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { CryptoHasher } from "bun";
import { messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import type { EmbeddedAddon } from "./addon-embedded.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const fileName = "node-av.node";
const temporaryPrefix = `${fileName}.part-`;
/** A temporary file this much older than a new one was left behind by a process that was killed. */
const leftBehindMs = 10 * 60_000;

/** `$ONGLASS_CACHE_DIR`, else `onglass` in the XDG cache directory. */
export function cacheDirectory(env: Environment): string {
  if (env.ONGLASS_CACHE_DIR) return env.ONGLASS_CACHE_DIR;
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "onglass");
}

/** Each addon has a directory of its own: two versions of onglass get along. */
export function unpackedPath(addon: EmbeddedAddon, cache: string): string {
  return join(cache, `${addon.version}-${addon.hash.slice(0, 8)}`, fileName);
}

/** @throws Failure `addon_cache`, naming the directory and the setting to change. */
export async function unpackAddon(addon: EmbeddedAddon, cache: string): Promise<void> {
  const path = unpackedPath(addon, cache);
  const directory = join(path, "..");
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (!isPrivate(await stat(directory)))
      throw new Error("users other than you can change its contents");
    if (!(await isUnpacked(path, addon))) await unpack(path, addon);
  } catch (cause) {
    throw refusal(directory, reasonOf(cause, addon), cause);
  }
  if (!(await isExecutable(path))) {
    throw refusal(directory, "programs may not be run from there (mounted noexec)", undefined);
  }
}

async function isUnpacked(path: string, addon: EmbeddedAddon): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && found.size === addon.byteCount && isPrivate(found);
}

/** Ours or the administrator's, and writable by nobody else. */
function isPrivate({ uid, mode }: Stats): boolean {
  return (uid === process.getuid?.() || uid === 0) && (mode & 0o022) === 0;
}

async function unpack(path: string, addon: EmbeddedAddon): Promise<void> {
  const temporary = join(path, "..", temporaryPrefix + crypto.randomUUID());
  try {
    await using file = await open(temporary, "wx", 0o700);
    await removeLeftBehind(join(path, ".."), (await file.stat()).mtimeMs);
    await copyAddon(addon, file);
    await file.sync();
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}

/** Piece by piece: the addon as a whole would stay in this process's memory. */
async function copyAddon(addon: EmbeddedAddon, file: FileHandle): Promise<void> {
  const hasher = new CryptoHasher("sha256");
  const pieces = Bun.file(addon.path).stream().pipeThrough(new DecompressionStream("zstd"));
  for await (const piece of pieces) {
    hasher.update(piece);
    await file.writeFile(piece);
  }
  if (hasher.digest("hex") !== addon.hash) {
    throw new Error("the unpacked file is not what was packed: the executable is damaged");
  }
}

async function removeLeftBehind(directory: string, nowMs: number): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(temporaryPrefix)) continue;
    const path = join(directory, name);
    const found = await stat(path).catch(() => undefined);
    if (found && nowMs - found.mtimeMs > leftBehindMs) await rm(path, { force: true });
  }
}

/** The kernel refuses any file on a file system mounted noexec. */
async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function refusal(directory: string, reason: string, cause: unknown): Failure {
  const advice = "set ONGLASS_CACHE_DIR to a directory of your own with room for programs";
  const message = `Cannot unpack FFmpeg into "${directory}": ${reason}; ${advice}`;
  return new Failure("addon_cache", message, { cause });
}

function reasonOf(cause: unknown, addon: EmbeddedAddon): string {
  const megabytes = Math.ceil(addon.byteCount / 1e6);
  const reasons: Record<string, string> = {
    ENOSPC: `no room for ${megabytes} MB`,
    EDQUOT: `your quota has no room for ${megabytes} MB`,
    EROFS: "it is read-only",
    EACCES: "you may not write there",
    EPERM: "you may not write there",
  };
  const code = cause instanceof Error && "code" in cause ? `${cause.code}` : "";
  return reasons[code] ?? messageOf(cause);
}
