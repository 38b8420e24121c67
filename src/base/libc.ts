/**
 * The C library, for what the runtime has no call for: file descriptors over Unix sockets, memory
 * that is shared with another program, waiting for a descriptor, how threads are scheduled.
 */
import { dlopen, type Pointer, ptr, read, toArrayBuffer } from "bun:ffi";
import { assert } from "./assert.ts";
import { systemClock } from "./clock.ts";

const library = dlopen("libc.so.6", {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "i32"], returns: "i32" },
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  sendmsg: { args: ["i32", "ptr", "i32"], returns: "i64" },
  recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
  recvmsg: { args: ["i32", "ptr", "i32"], returns: "i64" },
  poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
  memfd_create: { args: ["ptr", "u32"], returns: "i32" },
  ftruncate: { args: ["i32", "i64"], returns: "i32" },
  fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
  mmap: { args: ["ptr", "u64", "i32", "i32", "i32", "i64"], returns: "ptr" },
  munmap: { args: ["ptr", "u64"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
  ioctl: { args: ["i32", "u64", "ptr"], returns: "i32" },
  write: { args: ["i32", "ptr", "u64"], returns: "i64" },
  read: { args: ["i32", "ptr", "u64"], returns: "i64" },
  eventfd: { args: ["u32", "i32"], returns: "i32" },
  sched_setscheduler: { args: ["i32", "i32", "ptr"], returns: "i32" },
  setpriority: { args: ["i32", "u32", "i32"], returns: "i32" },
  setrlimit: { args: ["i32", "ptr"], returns: "i32" },
  prctl: { args: ["i32", "ptr", "u64", "u64", "u64"], returns: "i32" },
  setitimer: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  pipe2: { args: ["ptr", "i32"], returns: "i32" },
  waitpid: { args: ["i32", "ptr", "i32"], returns: "i32" },
  _exit: { args: ["i32"], returns: "void" },
  __errno_location: { args: [], returns: "ptr" },
});

const libc = library.symbols;
const clock = systemClock();

const unixFamily = 1;
const streamType = 1;
const datagramType = 2;
const closeOnExec = 0o2000000;
/** A server that takes no connections is an error at once instead of a wait without an end. */
const nonBlocking = 0o4000;
const noSignal = 0x4000;
const dontWait = 0x40;
const closeReceivedOnExec = 0x40000000;
/** Descriptors that one read may bring. */
const descriptorCountMax = 16;
/** A path and its NUL must fit into `sockaddr_un`. */
const pathBytesMax = 107;

/** The error number of the last call that failed on this thread. */
function errorNumber(): number {
  const at = libc.__errno_location();
  return at === null ? 0 : read.i32(at, 0);
}

const noWait = 1;

/** Takes a child of this process that has ended out of the table of processes; one that runs is left alone. */
export function reapChild(pid: number): void {
  libc.waitpid(pid, null, noWait);
}

/** Both ends are the caller's to close; programs that are started do not get them unasked. */
export type Pipe = { readonly readEnd: number; readonly writeEnd: number };

/** One that does not block loses what is written while it is full, and reading an empty one throws. */
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

/** A descriptor that can be read while its signal is raised; the caller's to close. */
export function makeSignal(): number {
  const descriptor = libc.eventfd(0, closeOnExec | nonBlocking);
  if (descriptor < 0) throw new Error(`Cannot make a signal: error ${errorNumber()}`);
  return descriptor;
}

/** From any thread of the process. Raising it twice is the same as once. */
export function raiseSignal(descriptor: number): void {
  libc.write(descriptor, ptr(signalled), 8);
}

/** Nothing happens when it is not raised. */
export function lowerSignal(descriptor: number): void {
  libc.read(descriptor, ptr(lowered), 8);
}

/** Of a pipe's end that blocks: writing to a full one is refused from here on, for all who have it open. */
export function stopBlocking(descriptor: number): void {
  const setFlags = 4;
  if (libc.fcntl(descriptor, setFlags, nonBlocking) < 0)
    throw new Error(`Cannot change a file descriptor: error ${errorNumber()}`);
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

/** Ends the process at once. The runtime's own exit waits for threads, also for one that hangs. */
export function endNow(code: number): void {
  libc._exit(code);
}

/**
 * Connects to a Unix socket, at once or never; the descriptor is the caller's to close. A path that
 * begins with a NUL is an abstract name. Throws with the error's number.
 */
export function connectUnix(path: string, kind: "stream" | "datagram" = "stream"): number {
  const bytes = Buffer.from(path);
  if (bytes.length === 0 || bytes.length > pathBytesMax) {
    throw new Error(`Cannot connect to "${path}": a socket's path has 1 to ${pathBytesMax} bytes`);
  }
  const type = kind === "stream" ? streamType : datagramType;
  const descriptor = libc.socket(unixFamily, type | closeOnExec | nonBlocking, 0);
  if (descriptor < 0) throw new Error(`Cannot make a socket: error ${errorNumber()}`);
  const address = Buffer.alloc(2 + pathBytesMax + 1);
  address.writeUInt16LE(unixFamily, 0);
  bytes.copy(address, 2);
  const isAbstract = bytes[0] === 0;
  const addressBytes = 2 + bytes.length + (isAbstract ? 0 : 1);
  if (libc.connect(descriptor, ptr(address), addressBytes) === 0) return descriptor;
  const error = errorNumber();
  libc.close(descriptor);
  throw new Error(`Cannot connect to "${path}": error ${error}`);
}

/**
 * Has the kernel tell the peer of a Unix socket who sends each message, also one that comes between the
 * peer's taking the connection and its asking for that.
 */
export function showSender(socket: number): void {
  const [socketLevel, passCredentials, isOn] = [1, 16, new Int32Array([1])];
  const isSet = libc.setsockopt(socket, socketLevel, passCredentials, ptr(isOn), 4) === 0;
  assert(isSet, "every Unix socket can show its sender");
}

const internetFamily = 2;
/** SIOCGIWRATE of linux/wireless.h, and its request: a name of 16 bytes, then a rate. */
const askWirelessRate = 0x8b21n;
const interfaceNameBytes = 16;
const requestBytes = 32;

/** Bits a second of a wireless interface; `undefined` for one that is not, or does not tell. */
export function wirelessRate(name: string): number | undefined {
  const request = Buffer.alloc(requestBytes);
  if (Buffer.byteLength(name) >= interfaceNameBytes) return undefined;
  request.write(name, "latin1");
  const descriptor = libc.socket(internetFamily, datagramType | closeOnExec, 0);
  if (descriptor < 0) return undefined;
  const told = libc.ioctl(descriptor, askWirelessRate, ptr(request)) === 0;
  libc.close(descriptor);
  const rate = request.readInt32LE(interfaceNameBytes);
  return told && rate > 0 ? rate : undefined;
}

/** Sends bytes, and with them a descriptor that the peer gets a copy of. False when not all was taken. */
export function sendWithDescriptor(
  socket: number,
  bytes: Uint8Array,
  descriptor?: number | undefined,
): boolean {
  return sendSome(socket, bytes, descriptor) === bytes.length;
}

/** What `sendmsg` and `recvmsg` point at. A number that is an address keeps nothing alive: these live for ever. */
const part = new BigUint64Array(2);
const control = Buffer.alloc(16 + 4 * descriptorCountMax);
const message = new BigUint64Array(7);

/** struct msghdr: name, its length, parts, their count, control, its length, flags. */
function describeMessage(bytes: Uint8Array, controlBytes: number): Pointer {
  part[0] = BigInt(ptr(bytes));
  part[1] = BigInt(bytes.length);
  message[2] = BigInt(ptr(part));
  message[3] = 1n;
  message[4] = controlBytes === 0 ? 0n : BigInt(ptr(control));
  message[5] = BigInt(controlBytes);
  return ptr(message);
}

/** How many bytes were taken, 0 when the socket is full; `undefined` when the peer is gone. */
export function sendSome(
  socket: number,
  bytes: Uint8Array,
  descriptor?: number | undefined,
): number | undefined {
  const controlBytes = descriptor === undefined ? 0 : putRights(descriptor);
  const count = Number(
    libc.sendmsg(socket, describeMessage(bytes, controlBytes), noSignal | dontWait),
  );
  if (count >= 0) return count;
  return isBroken(socket) ? undefined : 0;
}

/** struct cmsghdr: length, SOL_SOCKET, SCM_RIGHTS; then the descriptor, padded to 8 bytes. */
function putRights(descriptor: number): number {
  control.fill(0, 0, 24);
  control.writeBigUInt64LE(20n, 0);
  control.writeInt32LE(1, 8);
  control.writeInt32LE(1, 12);
  control.writeInt32LE(descriptor, 16);
  return 24;
}

const pollIn = 1;
const pollError = 8;
const pollHangUp = 16;
const pollInvalid = 32;

/** Nothing can be sent. Asked of the socket: the runtime may have replaced the error number since the call. */
function isBroken(socket: number): boolean {
  return (pollOnce(socket, 0) & (pollError | pollHangUp | pollInvalid)) !== 0;
}

/** Nothing more will come; a peer's last words before it hung up are still to be read. */
function isSilenced(socket: number): boolean {
  const events = pollOnce(socket, 0);
  return (events & pollIn) === 0 && (events & (pollError | pollHangUp | pollInvalid)) !== 0;
}

/** Bytes that were there, 0 when the peer has closed, `undefined` when there is nothing to read now. */
export function receive(socket: number, into: Uint8Array): number | undefined {
  const count = Number(libc.recv(socket, ptr(into), into.length, dontWait));
  if (count >= 0) return count;
  if (isSilenced(socket)) throw new Error("The socket is broken");
  return undefined;
}

/** What came, and the descriptors that came with it: the caller's to close. */
export type Received = { readonly count: number; readonly descriptors: readonly number[] };

/** Like `receive`, for a peer that passes descriptors. */
export function receiveWithDescriptors(socket: number, into: Uint8Array): Received | undefined {
  const header = describeMessage(into, control.length);
  const count = Number(libc.recvmsg(socket, header, dontWait | closeReceivedOnExec));
  if (count >= 0) return { count, descriptors: descriptorsIn(Number(message[5])) };
  if (isSilenced(socket)) throw new Error("The socket is broken");
  return undefined;
}

/** Of one control message; others than SCM_RIGHTS are not asked for. */
function descriptorsIn(byteCount: number): number[] {
  const rights = 1;
  if (byteCount < 20 || control.readInt32LE(12) !== rights) return [];
  const end = Math.min(Number(control.readBigUInt64LE(0)), control.length);
  const found: number[] = [];
  for (let at = 16; at + 4 <= end; at += 4) found.push(control.readInt32LE(at));
  return found;
}

/** struct pollfd twice: the descriptor, what is asked for, what there is. */
const polled = Buffer.alloc(16);

/**
 * Waits at most so long for something to read; blocks this thread and no other. A signal to this
 * thread, such as the end of a child, ends the kernel's own wait early; that is not an answer.
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
 * Waits until there is something to read from either of two, at most so long; blocks this thread and no
 * other. A signal to this thread may end it earlier.
 */
export function waitForEither(one: number, other: number, ms: number): void {
  polled.writeInt32LE(other, 8);
  polled.writeInt32LE(pollIn, 12);
  pollFirst(one, 2, ms);
}

/** The events of a descriptor, 0 when none came in time: something to read (1) or what broke it. */
function pollOnce(descriptor: number, ms: number): number {
  return pollFirst(descriptor, 1, ms);
}

function pollFirst(descriptor: number, count: 1 | 2, ms: number): number {
  polled.writeInt32LE(descriptor, 0);
  polled.writeInt32LE(pollIn, 4);
  return libc.poll(ptr(polled), count, ms) > 0 ? polled.readUInt16LE(6) : 0;
}

/** A second descriptor of the same open file; the caller's to close. Throws when there is none to have. */
export function duplicateDescriptor(descriptor: number): number {
  const duplicateClosedOnExec = 1030;
  const copy = libc.fcntl(descriptor, duplicateClosedOnExec, 0);
  if (copy < 0) throw new Error(`Cannot copy a file descriptor: error ${errorNumber()}`);
  return copy;
}

/**
 * Asks the driver behind a descriptor for something; false when it refuses.
 * @param argument a number, or memory of the size that the request names, which the driver may fill
 */
export function controlDevice(
  descriptor: number,
  request: number,
  argument: number | Uint8Array,
): boolean {
  // A request whose argument is a number takes it in the place of the pointer.
  const passed = typeof argument === "number" ? (argument as Pointer) : ptr(argument);
  return libc.ioctl(descriptor, BigInt(request), passed) >= 0;
}

/** False when not all of it was taken, as when the descriptor does not block and is full. */
export function writeDevice(descriptor: number, bytes: Uint8Array, byteCount: number): boolean {
  assert(byteCount <= bytes.length, "what is written is there");
  return Number(libc.write(descriptor, ptr(bytes), byteCount)) === byteCount;
}

/** Closes a file descriptor; errors are ignored. */
export function closeDescriptor(descriptor: number): void {
  libc.close(descriptor);
}

/** Memory that another program can map by its descriptor. Disposing unmaps and closes. */
export type SharedMemory = Disposable & { readonly descriptor: number; readonly bytes: Uint8Array };

/** Nobody can shrink it afterwards, so that reading never faults. Owned by the caller. */
export function makeSharedMemory(name: string, byteCount: number): SharedMemory {
  assert(byteCount > 0, "shared memory has a size");
  const descriptor = libc.memfd_create(ptr(Buffer.from(`${name}\0`)), 1 | 2);
  if (descriptor < 0) throw new Error(`Cannot make shared memory: error ${errorNumber()}`);
  const sealShrink = 2;
  const addSeals = 1033;
  const isSized = libc.ftruncate(descriptor, byteCount) === 0;
  const isSealed = isSized && libc.fcntl(descriptor, addSeals, sealShrink) === 0;
  const address = isSealed ? mapped(descriptor, byteCount) : undefined;
  if (address === undefined) {
    libc.close(descriptor);
    throw new Error(`Cannot make ${byteCount} bytes of shared memory: error ${errorNumber()}`);
  }
  return {
    descriptor,
    bytes: new Uint8Array(toArrayBuffer(address, 0, byteCount)),
    [Symbol.dispose]: () => {
      libc.munmap(address, byteCount);
      libc.close(descriptor);
    },
  };
}

function mapped(descriptor: number, byteCount: number): Pointer | undefined {
  const readWrite = 3;
  const shared = 1;
  const address = libc.mmap(null, byteCount, readWrite, shared, descriptor, 0);
  const isMapped = typeof address === "number" && address > 0;
  return isMapped ? address : undefined;
}

/** How the kernel schedules a thread of this process. See sched(7). */
export type ThreadPolicy =
  /** Runs before all others until it waits; `level` 1 to 99. Threads that it starts do not. */
  | { readonly policy: "round_robin"; readonly level: number }
  /** Shares the cores; `nice` -20 (first) to 19. */
  | { readonly policy: "shared"; readonly nice: number };

const sharedPolicy = 0;
const roundRobinPolicy = 2;
const resetOnFork = 0x40000000;
/** Linux gives each thread a nice value of its own, under its number. */
const oneThread = 0;

/** False when the kernel does not allow it, or there is no such thread. @param thread Linux's number */
export function scheduleThread(thread: number, how: ThreadPolicy): boolean {
  const level = new Int32Array([how.policy === "round_robin" ? how.level : 0]);
  const policy = how.policy === "round_robin" ? roundRobinPolicy | resetOnFork : sharedPolicy;
  if (libc.sched_setscheduler(thread, policy, ptr(level)) !== 0) return false;
  return how.policy === "round_robin" || libc.setpriority(oneThread, thread, how.nice) === 0;
}

const realtimeLimit = 15;

/**
 * How long a thread that runs before all others may run without waiting, in microseconds: at `softUs`
 * the process gets SIGXCPU, at `hardUs` it is ended. The hard limit cannot be raised again.
 */
export function limitRealtime(softUs: number, hardUs: number): boolean {
  return (
    libc.setrlimit(realtimeLimit, ptr(new BigUint64Array([BigInt(softUs), BigInt(hardUs)]))) === 0
  );
}

const setNameOption = 15;
const nameBytesMax = 15;

/** Names the thread that asks, and threads that it starts from here on, as `top -H` shows them. */
export function nameThread(name: string): void {
  const bytes = Buffer.from(`${name}\0`);
  assert(bytes.length - 1 <= nameBytesMax, "the name of a thread has up to 15 bytes");
  libc.prctl(setNameOption, ptr(bytes), 0n, 0n, 0n);
}
