/**
 * Socket operations that the runtime does not offer: Unix sockets that pass descriptors, and single
 * options.
 */
import { type Pointer, ptr } from "bun:ffi";
import { assert } from "./assert.ts";
import {
  closeDescriptor,
  closeOnExec,
  controlDevice,
  isBroken,
  isSilenced,
  nonBlocking,
} from "./descriptors.ts";
import { errorNumber, openLibc } from "./libc.ts";

const libc = openLibc({
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "i32"], returns: "i32" },
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  sendmsg: { args: ["i32", "ptr", "i32"], returns: "i64" },
  recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
  recvmsg: { args: ["i32", "ptr", "i32"], returns: "i64" },
});

const unixFamily = 1;
const streamType = 1;
const datagramType = 2;
const noSignal = 0x4000;
const dontWait = 0x40;
const closeReceivedOnExec = 0x40000000;
/** Descriptors that one read may bring. */
const descriptorCountMax = 16;
/** A path and its NUL must fit into `sockaddr_un`. */
const pathBytesMax = 107;

/**
 * Connects to a Unix socket without waiting; the caller closes the descriptor. A path that starts
 * with a NUL is an abstract name. Throws with the error's number.
 */
export function connectUnix(path: string, kind: "stream" | "datagram" = "stream"): number {
  const bytes = Buffer.from(path);
  if (bytes.length === 0 || bytes.length > pathBytesMax) {
    throw new Error(`Cannot connect to "${path}": a socket's path has 1 to ${pathBytesMax} bytes`);
  }
  const type = kind === "stream" ? streamType : datagramType;
  // A server that does not accept is an error at once, instead of an endless wait.
  const descriptor = libc.socket(unixFamily, type | closeOnExec | nonBlocking, 0);
  if (descriptor < 0) throw new Error(`Cannot make a socket: error ${errorNumber()}`);
  const address = Buffer.alloc(2 + pathBytesMax + 1);
  address.writeUInt16LE(unixFamily, 0);
  bytes.copy(address, 2);
  const isAbstract = bytes[0] === 0;
  const addressBytes = 2 + bytes.length + (isAbstract ? 0 : 1);
  if (libc.connect(descriptor, ptr(address), addressBytes) === 0) return descriptor;
  const error = errorNumber();
  closeDescriptor(descriptor);
  throw new Error(`Cannot connect to "${path}": error ${error}`);
}

/**
 * Makes the kernel report the sender of each message to the peer of a Unix socket, even for a
 * message that arrives after the peer has accepted and before it has asked for that.
 */
export function showSender(socket: number): void {
  const [socketLevel, passCredentials] = [1, 16];
  const isSet = setSocketOption(socket, { level: socketLevel, option: passCredentials, value: 1 });
  assert(isSet, "every Unix socket can show its sender");
}

/** Of any kind of socket; false when the kernel refuses. */
export function setSocketOption(
  socket: number,
  { level, option, value }: { level: number; option: number; value: number },
): boolean {
  return libc.setsockopt(socket, level, option, ptr(new Int32Array([value])), 4) === 0;
}

const internetFamily = 2;
/** SIOCGIWRATE of linux/wireless.h, and its request: a name of 16 bytes, then a rate. */
const askWirelessRate = 0x8b21;
const interfaceNameBytes = 16;
const requestBytes = 32;

/** Bit/s of a wireless interface; `undefined` if it is not one, or does not report it. */
export function wirelessRate(name: string): number | undefined {
  const request = Buffer.alloc(requestBytes);
  if (Buffer.byteLength(name) >= interfaceNameBytes) return undefined;
  request.write(name, "latin1");
  const descriptor = libc.socket(internetFamily, datagramType | closeOnExec, 0);
  if (descriptor < 0) return undefined;
  const told = controlDevice(descriptor, askWirelessRate, request);
  closeDescriptor(descriptor);
  const rate = request.readInt32LE(interfaceNameBytes);
  return told && rate > 0 ? rate : undefined;
}

/** Sends bytes, and a descriptor of which the peer gets a copy. False when not all was accepted. */
export function sendWithDescriptor(
  socket: number,
  bytes: Uint8Array,
  descriptor?: number | undefined,
): boolean {
  return sendSome(socket, bytes, descriptor) === bytes.length;
}

/**
 * Buffers that `sendmsg` and `recvmsg` point to. A numeric address keeps nothing alive: these live
 * forever.
 */
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

/** How many bytes were accepted, 0 when the socket is full; `undefined` when the peer is gone. */
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

/** Bytes received, 0 when the peer has closed, `undefined` when nothing is available now. */
export function receive(socket: number, into: Uint8Array): number | undefined {
  const count = Number(libc.recv(socket, ptr(into), into.length, dontWait));
  if (count >= 0) return count;
  if (isSilenced(socket)) throw new Error("The socket is broken");
  return undefined;
}

/** The received bytes, and their descriptors: the caller closes them. */
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
