/**
 * Files that only their owner can read (0600), complete or absent. The text goes to a temporary
 * file with a name of its own in the same directory, is synced, and only then gets its name; the
 * directory is synced last. After a crash at any moment the name holds the old text, the new text,
 * or (a new file) nothing.
 */
import { randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { type FileHandle, link, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { dataDisk } from "./disk-lane.ts";
import { codeOf, messageOf } from "./error-text.ts";
import { log } from "./log.ts";
import { makePrivateDirectory } from "./private-directory.ts";

const fileMode = 0o600;
/** Writes the content of a file, at once or not. */
type Fill = (file: FileHandle) => Promise<void> | void;
const tempPattern = /^\..+\.\d+-[0-9a-f]{16}\.tmp$/;

/**
 * Replaces the file at `path`, mode 0600.
 * @throws Error naming the path, with the system's error as its cause; nothing is left behind. A disk
 * that does not answer may still replace the file later.
 */
export async function writeFileAtomic(path: string, text: string): Promise<void> {
  await dataDisk.run(() => throughTemp(path, textWriter(text), (temp) => rename(temp, path)));
}

/**
 * The same for a file that is too large to hold in memory: `fill` writes it.
 * @throws Error like `writeFileAtomic`, also when `fill` does
 */
export async function fillFileAtomic(path: string, fill: Fill): Promise<void> {
  await throughTemp(path, fill, (temp) => rename(temp, path));
}

/**
 * Writes a new file, mode 0600; never overwrites.
 * @returns false when the name is taken.
 * @throws Error like `writeFileAtomic`.
 */
export async function createFileAtomic(path: string, text: string): Promise<boolean> {
  return await dataDisk.runPatiently(() =>
    throughTemp(path, textWriter(text), (temp) => takeName(temp, path)),
  );
}

/**
 * Makes the directory, closed to others, and removes only the temporary files that a crash left in
 * it. For the holder of the data directory's lock: another process might still be writing its file.
 * @param what the files are called in the log
 */
export async function prepareDirectory(directory: string, what: string): Promise<void> {
  await dataDisk.run(() => makePrivateDirectory(directory));
  const names = (await readdir(directory)).filter((name) => tempPattern.test(name));
  for (const name of names) await rm(join(directory, name), { force: true });
  if (names.length > 0) log(`half-written ${what} removed`, { count: names.length });
}

/** Makes a rename or removal durable: the name is in the directory, not in the file. */
export async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, "r");
  await directory.sync();
}

async function throughTemp<T>(
  path: string,
  fill: Fill,
  giveName: (temp: string) => Promise<T>,
): Promise<T> {
  const directory = dirname(path);
  const temp = join(directory, tempName(basename(path)));
  try {
    await writeAndSync(temp, fill);
    const result = await giveName(temp);
    await syncDirectory(directory);
    return result;
  } catch (cause) {
    throw new Error(`Cannot write "${path}": ${messageOf(cause)}`, { cause });
  } finally {
    // A file that cannot be removed now is swept at the next start; it must not hide why the write
    // failed.
    await rm(temp, { force: true }).catch(() => undefined);
  }
}

/** Shortened so that temporary names stay valid. */
function tempName(name: string): string {
  return `.${name.slice(0, 128)}.${process.pid}-${randomBytes(8).toString("hex")}.tmp`;
}

async function writeAndSync(path: string, fill: Fill): Promise<void> {
  await using file = await open(path, "wx", fileMode);
  await fill(file);
  await file.sync();
}

function textWriter(text: string): (file: FileHandle) => Promise<void> {
  return (file) => writeWhole(file, Buffer.from(text));
}

/** A full disk may take a part and report nothing, so every count is checked. */
export async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < bytes.length) {
    const { bytesWritten } = await file.write(bytes, offset, bytes.length - offset);
    if (bytesWritten === 0) throw new Error(`only ${offset} of ${bytes.length} bytes were taken`);
    offset += bytesWritten;
  }
}

/** The synchronous version, for a worker that has nothing else to do. */
export function writeWholeSync(fd: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) {
    const count = writeSync(fd, bytes, offset);
    if (count === 0) throw new Error(`only ${offset} of ${bytes.length} bytes were taken`);
    offset += count;
  }
}

/** A hard link refuses an existing name, which a rename would overwrite. */
async function takeName(temp: string, path: string): Promise<boolean> {
  try {
    await link(temp, path);
    return true;
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "EEXIST") return false;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP") throw cause;
    return await renameToFree(temp, path);
  }
}

/** For file systems without hard links. The directory's lock keeps other hosts out meanwhile. */
async function renameToFree(temp: string, path: string): Promise<boolean> {
  if (await exists(path)) return false;
  await rename(temp, path);
  return true;
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
