/**
 * Stops one thread of another process, and no other of it, by tracing it for as long. Arguments: the
 * thread's id, then how long and at which distance in milliseconds, and how often. Needs root.
 */
import { dlopen, FFIType } from "bun:ffi";

const [thread = 0, stopMs = 80, everyMs = 1000, count = 1] = process.argv.slice(2).map(Number);
const seize = 0x4206;
const interrupt = 0x4207;
const detach = 17;
const allThreads = 0x4000_0000;
const { i64, i32, ptr } = FFIType;
const { symbols } = dlopen("libc.so.6", {
  ptrace: { args: [i64, i64, i64, i64], returns: i64 },
  waitpid: { args: [i32, ptr, i32], returns: i32 },
});
const status = new Int32Array(1);

for (let turn = 0; turn < count; turn++) {
  if (Number(symbols.ptrace(seize, thread, 0, 0)) !== 0) throw new Error("Cannot trace it");
  symbols.ptrace(interrupt, thread, 0, 0);
  symbols.waitpid(thread, status, allThreads);
  Bun.sleepSync(stopMs);
  symbols.ptrace(detach, thread, 0, 0);
  Bun.sleepSync(Math.max(1, everyMs - stopMs));
}
