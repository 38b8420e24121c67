/** This process and its children: how they exit, and the environment that C libraries read. */
import { ptr } from "bun:ffi";
import { openLibc } from "./libc.ts";

const libc = openLibc({
  setitimer: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  waitpid: { args: ["i32", "ptr", "i32"], returns: "i32" },
  setenv: { args: ["ptr", "ptr", "i32"], returns: "i32" },
  _exit: { args: ["i32"], returns: "void" },
});

const noWait = 1;

/** Reaps a child of this process that has exited; a running one is left alone. */
export function reapChild(pid: number): void {
  libc.waitpid(pid, null, noWait);
}

const realTimer = 0;

/**
 * Makes the kernel kill the process after this many milliseconds, even while its main thread is
 * blocked. The last call counts; a process killed this way has no exit code but the number of a
 * signal.
 */
export function endAtLatest(ms: number): void {
  // struct itimerval: the interval, then the first time, each in seconds and microseconds.
  const value = new BigInt64Array([
    0n,
    0n,
    BigInt(Math.floor(ms / 1000)),
    BigInt(ms % 1000) * 1000n,
  ]);
  libc.setitimer(realTimer, ptr(value), null);
}

/**
 * In the environment that C libraries read: the runtime's own is a copy. An existing variable is
 * kept.
 */
export function setUnsetVariable(name: string, value: string): void {
  libc.setenv(ptr(Buffer.from(`${name}\0`)), ptr(Buffer.from(`${value}\0`)), 0);
}

/** Exits at once. The runtime's own exit waits for threads, including hanging ones. */
export function endNow(code: number): void {
  libc._exit(code);
}
