/** Scheduling and names of this process's threads. */
import { ptr } from "bun:ffi";
import { assert } from "./assert.ts";
import { openLibc } from "./libc.ts";

const libc = openLibc({
  sched_setscheduler: { args: ["i32", "i32", "ptr"], returns: "i32" },
  setpriority: { args: ["i32", "u32", "i32"], returns: "i32" },
  setrlimit: { args: ["i32", "ptr"], returns: "i32" },
  prctl: { args: ["i32", "ptr", "u64", "u64", "u64"], returns: "i32" },
});

/** How the kernel schedules a thread of this process. See sched(7). */
export type ThreadPolicy =
  /** Runs before all others until it waits; `level` 1 to 99. Threads that it starts do not. */
  | { readonly policy: "round_robin"; readonly level: number }
  /** Shares the cores; `nice` -20 (first) to 19. */
  | { readonly policy: "shared"; readonly nice: number };

const sharedPolicy = 0;
const roundRobinPolicy = 2;
const resetOnFork = 0x40000000;
/** Linux gives each thread its own nice value, under its number. */
const oneThread = 0;

/**
 * False when the kernel refuses, or the thread does not exist.
 * @param thread Linux's number
 */
export function scheduleThread(thread: number, how: ThreadPolicy): boolean {
  const level = new Int32Array([how.policy === "round_robin" ? how.level : 0]);
  const policy = how.policy === "round_robin" ? roundRobinPolicy | resetOnFork : sharedPolicy;
  if (libc.sched_setscheduler(thread, policy, ptr(level)) !== 0) return false;
  return how.policy === "round_robin" || libc.setpriority(oneThread, thread, how.nice) === 0;
}

const workerNice = 10;

/** Of the calling thread, on which streaming has priority. */
export function lowerPriority(): void {
  libc.setpriority(oneThread, 0, workerNice);
}

const realtimeLimit = 15;

/**
 * How long a real-time thread may run without waiting, in microseconds: at `softUs` the process
 * gets SIGXCPU, at `hardUs` it is killed. The hard limit cannot be raised again.
 */
export function limitRealtime(softUs: number, hardUs: number): boolean {
  return (
    libc.setrlimit(realtimeLimit, ptr(new BigUint64Array([BigInt(softUs), BigInt(hardUs)]))) === 0
  );
}

const setNameOption = 15;
const nameBytesMax = 15;

/** Names the calling thread, and threads that it starts from now on, as shown by `top -H`. */
export function nameThread(name: string): void {
  const bytes = Buffer.from(`${name}\0`);
  assert(bytes.length - 1 <= nameBytesMax, "the name of a thread has up to 15 bytes");
  libc.prctl(setNameOption, ptr(bytes), 0n, 0n, 0n);
}
