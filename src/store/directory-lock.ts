/**
 * One host per data directory, held by `flock`: it ends with the process, also on `kill -9`, so no
 * lock is ever left over. The lock file itself stays; removing it would let two hosts lock two files.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { lockFile } from "../base/descriptors.ts";
import { systemReason } from "../base/disk-fault.ts";
import { Failure } from "../base/failure.ts";
import { warn } from "../base/log.ts";
import { claimDataDirectory } from "../base/private-directory.ts";

/**
 * Makes `directory` (0700) when it is missing and locks it until the result is disposed.
 * @throws Failure `data_dir_locked` when another host holds it, naming the directory and its pid;
 * `data_dir` when the directory cannot be used
 */
export function lockDirectory(directory: string): Disposable {
  claimDataDirectory(directory);
  const path = join(directory, "lock");
  const fd = openLock(path);
  if (!fstatSync(fd).isFile()) {
    closeSync(fd);
    throw new Failure("data_dir", `Cannot lock "${path}": it is not a file`);
  }
  const errno = lockFile(fd);
  if (errno !== 0) {
    closeSync(fd);
    throw refusal({ directory, path, errno });
  }
  notePid(fd);
  return { [Symbol.dispose]: () => closeSync(fd) };
}

function openLock(path: string): number {
  try {
    return openSync(path, "a+", 0o600);
  } catch (cause) {
    throw new Failure("data_dir", `Cannot write "${path}": ${systemReason(cause)}`, { cause });
  }
}

/** For the message of a refused host: a full disk does not prevent the lock. */
function notePid(fd: number): void {
  try {
    ftruncateSync(fd);
    writeSync(fd, `${process.pid}\n`);
  } catch (cause) {
    warn("lock_not_written", { cause });
  }
}

function refusal(at: { directory: string; path: string; errno: number }): Error {
  if (at.errno !== constants.errno.EWOULDBLOCK) {
    return new Error(`Cannot lock "${at.directory}": flock failed with error number ${at.errno}`);
  }
  const pid = /^\d+/.exec(readFileSync(at.path, "utf8"))?.[0] ?? "unknown";
  return new Failure(
    "data_dir_locked",
    `Cannot use data directory "${at.directory}": another host, process ${pid}, is using it`,
  );
}
