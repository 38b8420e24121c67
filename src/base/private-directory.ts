/**
 * Directories that only their owner may enter, and the place in them for damaged files. onglass
 * changes only what it made: an existing data directory keeps its mode, and one that others may
 * write to, or that belongs to somebody else, is refused.
 */
import { lstatSync, mkdirSync, readlinkSync, type Stats, statSync } from "node:fs";
import { chmod, lstat, mkdir, readlink, rename } from "node:fs/promises";
import { join } from "node:path";
import { systemReason } from "./disk-fault.ts";
import { Failure } from "./failure.ts";

const sameNameCountMax = 10_000;
const ownerOnly = 0o700;
const othersMayWrite = 0o022;
const isSticky = 0o1000;

/**
 * The directory that a person named for everything onglass keeps: made (0700) when it is missing.
 * @throws Failure `data_dir` with the reason, also for a directory that is shared or not ours
 */
export function claimDataDirectory(path: string): void {
  const reason = tryMake(path) ?? refusalOf(statSync(path));
  if (reason === undefined) return;
  const hint = "--data-dir or ONGLASS_DATA_DIR names another";
  throw new Failure("data_dir", `Cannot use the data directory "${path}": ${reason}; ${hint}`);
}

/**
 * A directory of our own inside the data directory: made, and closed to others (0700). Behind a link
 * it is the operator's, and keeps its mode.
 * @throws Error naming the path and what is in the way
 */
export async function makePrivateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: ownerOnly }).catch(async (cause: unknown) => {
    const found = await lstat(path).catch(() => undefined);
    const target = found?.isSymbolicLink() === true ? await readlink(path) : undefined;
    throw new Error(`Cannot use "${path}": ${inTheWay(found, target, cause)}`, { cause });
  });
  const stats = await lstat(path);
  const isClosed = (stats.mode & 0o077) === 0;
  if (!stats.isSymbolicLink() && !isClosed) await chmod(path, ownerOnly);
}

/**
 * Makes missing directories.
 * @returns what is in the way, `undefined` when the directory exists
 */
function tryMake(path: string): string | undefined {
  try {
    mkdirSync(path, { recursive: true, mode: ownerOnly });
    return undefined;
  } catch (cause) {
    const found = statsOf(path);
    return inTheWay(
      found,
      found?.isSymbolicLink() === true ? readlinkSync(path) : undefined,
      cause,
    );
  }
}

/**
 * Why a directory could not be made.
 * @param target the target of the link, if it is one
 */
function inTheWay(found: Stats | undefined, target: string | undefined, cause: unknown): string {
  if (target !== undefined) return `it is a link to "${target}", which is missing`;
  return found === undefined ? systemReason(cause) : "it is not a directory";
}

/** `undefined` also where a part of the path above it is in the way. */
function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    // The obstacle is in the error that led here.
    return undefined;
  }
}

/** Why an existing directory may not be used; `undefined` when it may. */
function refusalOf({ uid, mode }: Stats): string | undefined {
  const user = process.geteuid?.() ?? uid;
  if (uid !== user) return `it belongs to user ${uid}, and onglass runs as user ${user}`;
  if ((mode & (othersMayWrite | isSticky)) === 0) return undefined;
  const octal = (mode & 0o7777).toString(8).padStart(4, "0");
  return `other users may write to it (mode ${octal})`;
}

/** Where `setAside` puts the damaged files of a directory. */
export function damagedDirectory(directory: string): string {
  return join(directory, "damaged");
}

/**
 * Moves a damaged file away, into `damaged/` next to it, under its own name or with a number
 * appended: a file there is never overwritten.
 */
export async function setAside(directory: string, name: string): Promise<void> {
  const corner = damagedDirectory(directory);
  await makePrivateDirectory(corner);
  for (let n = 1; n <= sameNameCountMax; n++) {
    const target = join(corner, n === 1 ? name : `${name}.${n}`);
    if (await isTaken(target)) continue;
    await rename(join(directory, name), target);
    return;
  }
  throw new Error(`Cannot set "${name}" aside: "${corner}" is full of files with its name`);
}

async function isTaken(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
