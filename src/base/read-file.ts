/**
 * Reads small files of the data directory. Anyone may have put something else there, so it must be
 * a regular file of a bounded size: a pipe is never waited for, and nothing larger is kept.
 */
import { constants, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { dataDisk } from "./disk-lane.ts";
import { hasCode, messageOf } from "./error-text.ts";
import { Failure } from "./failure.ts";

/** Far more than a certificate, a key, a token, settings or a paired player need. */
const smallFileBytesMax = 256 * 1024;

/**
 * Text of the file at `path`, `undefined` when there is none.
 * @throws Error naming the path when it is not a regular file, too large, or cannot be read
 */
export async function readFileIfAny(
  path: string,
  bytesMax: number = smallFileBytesMax,
): Promise<string | undefined> {
  try {
    return await dataDisk.run(async () => {
      // Without O_NONBLOCK, opening a pipe would wait for a writer.
      await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
      return await readText(file, bytesMax);
    });
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) return undefined;
    const reason = messageOf(cause);
    throw new Error(`Cannot read "${path}": ${reason}`, { cause });
  }
}

async function readText(file: FileHandle, bytesMax: number): Promise<string> {
  const stats = await file.stat();
  if (!stats.isFile()) throw new Error("it is not a file");
  if (stats.size > bytesMax) throw new Error(`it is larger than ${bytesMax} bytes`);
  const bytes = Buffer.allocUnsafe(stats.size);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.toString("utf8", 0, length);
}

/** The entry of this name; `undefined` if there is none, or it cannot be reached. */
export async function statIfAny(path: string): Promise<Stats | undefined> {
  return await dataDisk
    .run(() => stat(path))
    .catch((cause: unknown) => {
      if (cause instanceof Failure) throw cause;
      return undefined;
    });
}
