/**
 * The C library, for what the runtime does not offer. It is opened only here, and called only in
 * this room; each file names the calls that it makes, because each costs a thread the time to link
 * it.
 */
import { dlopen, type FFIFunction, type Library, read } from "bun:ffi";

/**
 * The named calls, linked for this thread. A wrong signature is not detected: take it from the
 * header.
 */
export function openLibc<Calls extends Record<string, FFIFunction>>(
  calls: Calls,
): Library<Calls>["symbols"] {
  return dlopen("libc.so.6", calls).symbols;
}

const libc = openLibc({ __errno_location: { args: [], returns: "ptr" } });

/** The error number of the last call that failed on this thread. */
export function errorNumber(): number {
  const at = libc.__errno_location();
  return at === null ? 0 : read.i32(at, 0);
}
