/**
 * The one clock. CLOCK_MONOTONIC has the same zero in every thread and process of a machine, unlike
 * the runtime's own timers (each thread starts at zero). Nothing else in the project reads a clock;
 * other code is given a `Clock`.
 */
import { ptr } from "bun:ffi";
import { assert } from "./assert.ts";
import { openLibc } from "./libc.ts";

/** Whole microseconds since the monotonic clock's zero. */
export type Micros = number & { readonly unit: "us" };

/**
 * The two clocks: a monotonic one for durations, shared by all threads, and the wall clock for
 * dates.
 */
export type Clock = {
  /** Monotonic time; comparable between threads, never with a date. 26 ns a read. */
  nowUs(): Micros;
  /** Date in milliseconds since 1970; steps when the wall clock is set. */
  wallMs(): number;
};

/** The wall clock as a date, for the log and for certificates: nothing is timed with it. */
export function wallDate(): Date {
  return new Date();
}

const clockMonotonic = 1;
/** Like the monotonic clock, but also while the machine is suspended. */
const clockBoottime = 7;

/** The clocks of this machine. Tests pass another. */
export function systemClock(): Clock {
  return { nowUs: clockReader(clockMonotonic), wallMs: () => Date.now() };
}

/** How long the machine has been suspended since it was started, to about a microsecond; grows. */
export function suspendedReader(): () => number {
  const [monotonicUs, boottimeUs] = [clockReader(clockMonotonic), clockReader(clockBoottime)];
  return () => {
    const earlier = monotonicUs();
    return Math.max(0, boottimeUs() - earlier);
  };
}

function clockReader(id: number): () => Micros {
  const libc = openLibc({ clock_gettime: { args: ["i32", "ptr"], returns: "i32" } });
  const time = new BigInt64Array(2);
  const words = new Uint32Array(time.buffer);
  const address = ptr(time);
  const { clock_gettime: readTime } = libc;
  assert(readTime(id, address) === 0, "the clock can be read");
  // Seconds and nanoseconds both fit their low word, which spares two BigInts a read.
  return () => {
    readTime(id, address);
    return ((words[0] ?? 0) * 1e6 + Math.floor((words[2] ?? 0) / 1e3)) as Micros;
  };
}
