/** This process and its children: how they end, and what C libraries read of the environment. */
import { ptr } from "bun:ffi";
import { openLibc } from "./libc.ts";

const libc = openLibc({
  setitimer: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  waitpid: { args: ["i32", "ptr", "i32"], returns: "i32" },
  setenv: { args: ["ptr", "ptr", "i32"], returns: "i32" },
  _exit: { args: ["i32"], returns: "void" },
});

const noWait = 1;

/** Takes a child of this process that has ended out of the table of processes; one that runs is left alone. */
export function reapChild(pid: number): void {
  libc.waitpid(pid, null, noWait);
}

const realTimer = 0;

/**
 * Has the kernel end the process after so many milliseconds, even while its main thread is blocked. The
 * last call counts; a process that is ended this way has no exit code but the number of a signal.
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
 * In the environment that C libraries read: the runtime's own is a copy. A variable that is set
 * already is left.
 */
export function setUnsetVariable(name: string, value: string): void {
  libc.setenv(ptr(Buffer.from(`${name}\0`)), ptr(Buffer.from(`${value}\0`)), 0);
}

/** Ends the process at once. The runtime's own exit waits for threads, also for one that hangs. */
export function endNow(code: number): void {
  libc._exit(code);
}
