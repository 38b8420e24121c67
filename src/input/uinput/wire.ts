/**
 * The bytes that /dev/uinput takes and gives, on 64-bit Linux (linux/uinput.h, linux/input.h). Pure.
 *
 *   input_event      24  time 16 (0: the kernel's own), u16 type, u16 code, i32 value
 *   uinput_setup     92  u16 bus, vendor, product, version, name 80 with its NUL, u32 effects at most
 *   uinput_abs_setup 28  u16 axis, 2 of padding, i32 value, least, most, fuzz, flat, resolution
 *   uinput_ff_upload 104 u32 request, i32 result, ff_effect 48 (new), ff_effect 48 (old)
 *   uinput_ff_erase  12  u32 request, i32 result, u32 effect
 *   ff_effect        48  u16 type, i16 id, u16 direction, trigger 4, u16 length, u16 delay, 2 of padding;
 *                        for rumble u16 strong, u16 weak
 */

/** The numbers of `ioctl`. Those that make bits known take a number, the others memory. */
export const requests = {
  setup: 0x405c_5503,
  setupAxis: 0x401c_5504,
  create: 0x5501,
  allowType: 0x4004_5564,
  allowKey: 0x4004_5565,
  allowRelative: 0x4004_5566,
  allowEffect: 0x4004_556b,
  setProperty: 0x4004_556e,
  beginUpload: 0xc068_55c8,
  endUpload: 0x4068_55c9,
  beginErase: 0xc00c_55ca,
  endErase: 0x400c_55cb,
} as const;

/** Types of events. */
export const eventTypes = {
  sync: 0,
  key: 1,
  relative: 2,
  absolute: 3,
  effect: 0x15,
  /** From uinput itself: an effect is uploaded (code 1) or erased (code 2), the value is the request. */
  uinput: 0x101,
} as const;

/** Codes of events of the type `uinput`. */
export const uinputCodes = { upload: 1, erase: 2 } as const;
/** Capabilities of a pad; the gain is not an effect but is set like one. */
export const effects = { rumble: 0x50, gain: 0x60 } as const;
/** The picture is below the touched surface, as on a screen. */
export const directProperty = 1;

const eventBytes = 24;
const setupBytes = 92;
const nameBytesMax = 79;
const axisBytes = 28;
const uploadBytes = 104;
const eraseBytes = 12;

/** One axis: its `ABS_…` number and the values that it takes. */
export type Axis = {
  readonly code: number;
  readonly min: number;
  readonly max: number;
  readonly fuzz?: number;
  readonly flat?: number;
  /** Units per millimetre, or per radian for a tilt. */
  readonly resolution?: number;
};

/** What programs see of a device. */
export type DeviceIdentity = {
  readonly name: string;
  readonly bus: number;
  readonly vendor: number;
  readonly product: number;
  readonly version: number;
};

/** @param effectCountMax effects that programs may have uploaded at a time; 0 for none */
export function writeSetup(identity: DeviceIdentity, effectCountMax: number): Buffer {
  const bytes = Buffer.alloc(setupBytes);
  const { bus, vendor, product, version, name } = identity;
  for (const [index, number] of [bus, vendor, product, version].entries())
    bytes.writeUInt16LE(number, 2 * index);
  bytes.write(name, 8, nameBytesMax, "latin1");
  bytes.writeUInt32LE(effectCountMax, 88);
  return bytes;
}

/** For the request `setupAxis`. */
export function writeAxis({ code, min, max, fuzz = 0, flat = 0, resolution = 0 }: Axis): Buffer {
  const bytes = Buffer.alloc(axisBytes);
  bytes.writeUInt16LE(code, 0);
  for (const [index, number] of [0, min, max, fuzz, flat, resolution].entries())
    bytes.writeInt32LE(number, 4 + 4 * index);
  return bytes;
}

/** One thing that happened at a device, to it or from it. */
export type DeviceEvent = { readonly type: number; readonly code: number; readonly value: number };

/** Events for a device, written in one piece; each change ends with a sync. */
export class EventBatch {
  readonly #bytes: Buffer;
  #count = 0;

  /** Further events than this are left out. */
  constructor(eventCountMax: number) {
    this.#bytes = Buffer.alloc(eventCountMax * eventBytes);
  }

  /** Of them the first `byteCount` are filled. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get byteCount(): number {
    return this.#count * eventBytes;
  }

  add(type: number, code: number, value: number): void {
    const at = this.byteCount;
    if (at + eventBytes > this.#bytes.length) return;
    this.#bytes.writeUInt16LE(type, at + 16);
    this.#bytes.writeUInt16LE(code, at + 18);
    this.#bytes.writeInt32LE(value, at + 20);
    this.#count += 1;
  }

  clear(): void {
    this.#count = 0;
  }
}

/** What a device reports: complete events; an incomplete rest is dropped. */
export function readEvents(bytes: Uint8Array): DeviceEvent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: DeviceEvent[] = [];
  for (let at = 0; at + eventBytes <= bytes.length; at += eventBytes) {
    events.push({
      type: view.getUint16(at + 16, true),
      code: view.getUint16(at + 18, true),
      value: view.getInt32(at + 20, true),
    });
  }
  return events;
}

/** An effect that a program has uploaded. */
export type Effect = {
  readonly id: number;
  /** 0 to 65535. */
  readonly strong: number;
  readonly weak: number;
  /** 0: until it is stopped. */
  readonly lengthMs: number;
  readonly delayMs: number;
};

/** Empty, to be filled by `beginUpload`, and ended with `endUpload`. */
export function writeUploadRequest(request: number): Buffer {
  const bytes = Buffer.alloc(uploadBytes);
  bytes.writeUInt32LE(request >>> 0, 0);
  return bytes;
}

/** `undefined` for an effect that is not a rumble. */
export function readUpload(bytes: Buffer): Effect | undefined {
  if (bytes.readUInt16LE(8) !== effects.rumble) return undefined;
  return {
    id: bytes.readInt16LE(10),
    lengthMs: bytes.readUInt16LE(18),
    delayMs: bytes.readUInt16LE(20),
    strong: bytes.readUInt16LE(24),
    weak: bytes.readUInt16LE(26),
  };
}

const invalidArgument = 22;

/** Answers an upload; a refused one fails for the program that uploaded it. */
export function answerUpload(bytes: Buffer, isTaken: boolean): void {
  bytes.writeInt32LE(isTaken ? 0 : -invalidArgument, 4);
}

/** To be filled by `beginErase`, and ended with `endErase`. */
export function writeEraseRequest(request: number): Buffer {
  const bytes = Buffer.alloc(eraseBytes);
  bytes.writeUInt32LE(request >>> 0, 0);
  return bytes;
}

/** The effect that is erased. */
export function readErase(bytes: Buffer): number {
  return bytes.readUInt32LE(8);
}
