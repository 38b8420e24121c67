/**
 * Operations on file descriptors that the runtime does not offer: pipes and signals between
 * threads, waiting for one with this thread blocked, and ioctl requests.
 */
import { type Pointer, ptr } from "bun:ffi";
import { assert } from "./assert.ts";
import { systemClock } from "./clock.ts";
import { errorNumber, openLibc } from "./libc.ts";

const libc = openLibc({
  poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
  fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
  ioctl: { args: ["i32", "u64", "ptr"], returns: "i32" },
  write: { args: ["i32", "ptr", "u64"], returns: "i64" },
  read: { args: ["i32", "ptr", "u64"], returns: "i64" },
  eventfd: { args: ["u32", "i32"], returns: "i32" },
  flock: { args: ["i32", "i32"], returns: "i32" },
  pipe2: { args: ["ptr", "i32"], returns: "i32" },
});

const clock = systemClock();

/** Child processes do not inherit it. */
export const closeOnExec = 0o2000000;
export const nonBlocking = 0o4000;

/** The caller closes both ends; child processes do not inherit them. */
export type Pipe = { readonly readEnd: number; readonly writeEnd: number };

/** A non-blocking pipe loses writes while it is full, and reading an empty one throws. */
export function openPipe({ isBlocking }: { readonly isBlocking: boolean }): Pipe {
  const ends = new Int32Array(2);
  const flags = closeOnExec | (isBlocking ? 0 : nonBlocking);
  if (libc.pipe2(ptr(ends), flags) !== 0)
    throw new Error(`Cannot make a pipe: error ${errorNumber()}`);
  const [readEnd = -1, writeEnd = -1] = ends;
  return { readEnd, writeEnd };
}

const signalled = new BigUint64Array([1n]);
const lowered = new BigUint64Array(1);

/** A descriptor that is readable while its signal is raised; the caller closes it. */
export function makeSignal(): number {
  const descriptor = libc.eventfd(0, closeOnExec | nonBlocking);
  if (descriptor < 0) throw new Error(`Cannot make a signal: error ${errorNumber()}`);
  return descriptor;
}

/** From any thread of the process. Raising it twice is the same as once. */
export function raiseSignal(descriptor: number): void {
  libc.write(descriptor, ptr(signalled), 8);
}

/** Does nothing if it is not raised. */
export function lowerSignal(descriptor: number): void {
  libc.read(descriptor, ptr(lowered), 8);
}

/**
 * For a blocking end of a pipe: writing to a full one is refused from now on, for everyone who has
 * it open.
 */
export function stopBlocking(descriptor: number): void {
  const setFlags = 4;
  if (libc.fcntl(descriptor, setFlags, nonBlocking) < 0)
    throw new Error(`Cannot change a file descriptor: error ${errorNumber()}`);
}

/** struct pollfd twice: the descriptor, what is asked for, what there is. */
const polled = Buffer.alloc(16);

/**
 * Waits at most this long for something to read; blocks only this thread. A signal to this thread,
 * such as the end of a child, ends the kernel's own wait early; that is not an answer.
 */
export function waitReadable(descriptor: number, ms: number): boolean {
  const endUs = clock.nowUs() + ms * 1000;
  let leftMs = ms;
  for (;;) {
    if (pollOnce(descriptor, leftMs) !== 0) return true;
    leftMs = Math.ceil((endUs - clock.nowUs()) / 1000);
    if (leftMs <= 0) return false;
  }
}

/**
 * Waits at most this long until either of two is readable; blocks only this thread. A signal to
 * this thread may end it earlier.
 */
export function waitForEither(one: number, other: number, ms: number): void {
  polled.writeInt32LE(other, 8);
  polled.writeInt32LE(pollIn, 12);
  pollFirst(one, 2, ms);
}

const pollIn = 1;
const pollError = 8;
const pollHangUp = 16;
const pollInvalid = 32;

/** The events of a descriptor, 0 when none came in time: something to read (1) or what broke it. */
function pollOnce(descriptor: number, ms: number): number {
  return pollFirst(descriptor, 1, ms);
}

function pollFirst(descriptor: number, count: 1 | 2, ms: number): number {
  polled.writeInt32LE(descriptor, 0);
  polled.writeInt32LE(pollIn, 4);
  return libc.poll(ptr(polled), count, ms) > 0 ? polled.readUInt16LE(6) : 0;
}

/**
 * Nothing can be sent any more. Read from the socket: the runtime may have replaced the error number
 * since the call.
 */
export function isBroken(socket: number): boolean {
  return (pollOnce(socket, 0) & (pollError | pollHangUp | pollInvalid)) !== 0;
}

/** Nothing more will arrive; the peer's last bytes before it hung up are still to be read. */
export function isSilenced(socket: number): boolean {
  const events = pollOnce(socket, 0);
  return (events & pollIn) === 0 && (events & (pollError | pollHangUp | pollInvalid)) !== 0;
}

/** Takes the lock of an open file for as long as it is open. @returns 0, or the error number of the refusal */
export function lockFile(descriptor: number): number {
  const [exclusive, withoutWaiting] = [2, 4];
  return libc.flock(descriptor, exclusive | withoutWaiting) === 0 ? 0 : errorNumber();
}

/**
 * A second descriptor of the same open file; the caller closes it. Throws when none is available.
 */
export function duplicateDescriptor(descriptor: number): number {
  const duplicateClosedOnExec = 1030;
  const copy = libc.fcntl(descriptor, duplicateClosedOnExec, 0);
  if (copy < 0) throw new Error(`Cannot copy a file descriptor: error ${errorNumber()}`);
  return copy;
}

/**
 * Sends an ioctl request to the driver of a descriptor; false when it refuses.
 * @param argument a number, or memory of the size that the request names, which the driver may fill
 */
export function controlDevice(
  descriptor: number,
  request: number,
  argument: number | Uint8Array,
): boolean {
  // A request with a numeric argument takes it in place of the pointer.
  const passed = typeof argument === "number" ? (argument as Pointer) : ptr(argument);
  return libc.ioctl(descriptor, BigInt(request), passed) >= 0;
}

/** False if not all of it was written, as when the descriptor is non-blocking and full. */
export function writeDevice(descriptor: number, bytes: Uint8Array, byteCount: number): boolean {
  assert(byteCount <= bytes.length, "what is written is there");
  return Number(libc.write(descriptor, ptr(bytes), byteCount)) === byteCount;
}

/** Closes a file descriptor; errors are ignored. */
export function closeDescriptor(descriptor: number): void {
  libc.close(descriptor);
}
