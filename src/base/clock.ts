/**
 * The one clock. CLOCK_MONOTONIC has the same zero in every thread and process of a machine, which
 * none of the runtime's own timers has (each thread starts its own at zero). Nothing else in the
 * project reads a clock; whoever needs one is given a `Clock`.
 */
import { dlopen, ptr } from "bun:ffi";
import { assert } from "./assert.ts";

/** Whole microseconds since the monotonic clock's zero. */
export type Micros = number & { readonly unit: "us" };

export type Clock = {
  /** Monotonic time; comparable between threads, never with a date. 26 ns a read. */
  nowUs(): Micros;
  /** Date in milliseconds since 1970; steps when the wall clock is set. */
  wallMs(): number;
};

const clockMonotonic = 1;

export function systemClock(): Clock {
  const libc = dlopen("libc.so.6", { clock_gettime: { args: ["i32", "ptr"], returns: "i32" } });
  const time = new BigInt64Array(2);
  const words = new Uint32Array(time.buffer);
  const address = ptr(time);
  const { clock_gettime: readTime } = libc.symbols;
  assert(readTime(clockMonotonic, address) === 0, "the monotonic clock can be read");
  return {
    // Seconds and nanoseconds both fit their low word, which spares two BigInts a read.
    nowUs: () => {
      readTime(clockMonotonic, address);
      return ((words[0] ?? 0) * 1e6 + Math.floor((words[2] ?? 0) / 1e3)) as Micros;
    },
    wallMs: () => Date.now(),
  };
}
