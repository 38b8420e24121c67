/**
 * One host per data directory, held by `flock`: it ends with the process, also on `kill -9`, so no
 * lock is ever left over. The lock file itself stays; removing it would let two hosts lock two files.
 */
import { dlopen, read } from "bun:ffi";
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { Failure } from "../base/failure.ts";

const lockExclusive = 2;
const lockNonBlocking = 4;

/**
 * Makes `directory` (0700) when it is missing and locks it until the result is disposed.
 * @throws Failure `data_dir_locked` when another host holds it, naming the directory and its pid.
 */
export function lockDirectory(directory: string): Disposable {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const path = join(directory, "lock");
  const fd = openSync(path, "a+", 0o600);
  const errno = flock(fd);
  if (errno !== 0) {
    closeSync(fd);
    throw refusal({ directory, path, errno });
  }
  ftruncateSync(fd);
  writeSync(fd, `${process.pid}\n`);
  return { [Symbol.dispose]: () => closeSync(fd) };
}

/** 0, or the error number of the refusal. */
function flock(fd: number): number {
  const libc = dlopen("libc.so.6", {
    flock: { args: ["i32", "i32"], returns: "i32" },
    __errno_location: { args: [], returns: "ptr" },
  });
  const refused = libc.symbols.flock(fd, lockExclusive | lockNonBlocking) !== 0;
  const errnoAddress = libc.symbols.__errno_location();
  return refused && errnoAddress !== null ? read.i32(errnoAddress) : 0;
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
