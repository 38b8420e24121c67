/**
 * Small files that only their owner reads (0600): keys, certificates, paired players. A file
 * appears whole or not at all, also across a power cut.
 */
import { link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes or replaces a file. */
export async function savePrivateFile(path: string, text: string): Promise<void> {
  const temporary = await writeTemporary(path, text);
  try {
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new Error(`Cannot write "${path}"`, { cause });
  }
  await syncDirectory(dirname(path));
}

/** Writes a file that must not be there yet; false when somebody else was first. */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  const temporary = await writeTemporary(path, text);
  try {
    await link(temporary, path);
    await syncDirectory(dirname(path));
    return true;
  } catch (cause) {
    if (hasCode(cause, "EEXIST")) return false;
    throw new Error(`Cannot write "${path}"`, { cause });
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Text of a file, undefined when there is none. Any other obstacle is an error. */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  try {
    return await Bun.file(path).text();
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) return undefined;
    throw new Error(`Cannot read "${path}"`, { cause });
  }
}

async function writeTemporary(path: string, text: string): Promise<string> {
  const temporary = `${path}.${process.pid}-${crypto.randomUUID()}.tmp`;
  try {
    await using file = await open(temporary, "wx", 0o600);
    await file.writeFile(text);
    await file.sync();
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new Error(`Cannot write "${path}"`, { cause });
  }
  return temporary;
}

async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, "r");
  await directory.sync();
}

function hasCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && "code" in cause && cause.code === code;
}
