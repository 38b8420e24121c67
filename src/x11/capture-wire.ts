/**
 * The messages of the X11 protocol for capturing a screen, little-endian: DAMAGE, MIT-SHM, XFIXES
 * for the pointer's picture, and XINPUT for its motion. Pure.
 */
import type { LineRange } from "../base/line-range.ts";

/** How the pixels of the screen lie in memory. */
export type PixelOrder = { readonly isBlueFirst: boolean };

const formatBytes = 8;
const screenBytes = 40;
const depthBytes = 8;
const visualBytes = 24;

/** Of four bytes a pixel with eight bits a channel; `undefined` for any other screen. @param setup the display's answer to it */
export function readPixelOrder(setup: Buffer): PixelOrder | undefined {
  if (setup.length < 40 || setup[30] !== 0) return undefined;
  const formats = 40 + Math.ceil(setup.readUInt16LE(24) / 4) * 4;
  const screen = formats + formatBytes * setup.readUInt8(29);
  if (setup.length < screen + screenBytes) return undefined;
  const depth = setup[screen + 38] ?? 0;
  for (let at = formats; at < screen; at += formatBytes) {
    if (setup[at] === depth && setup[at + 1] !== 32) return undefined;
  }
  const masks = readMasks(setup, screen);
  if (masks === "ff0000 ff00 ff") return { isBlueFirst: true };
  return masks === "ff ff00 ff0000" ? { isBlueFirst: false } : undefined;
}

/** Red, green and blue of the root window's visual, in hexadecimal. */
function readMasks(setup: Buffer, screen: number): string | undefined {
  const wanted = setup.readUInt32LE(screen + 32);
  let at = screen + screenBytes;
  for (
    let depths = setup[screen + 39] ?? 0;
    depths > 0 && at + depthBytes <= setup.length;
    depths--
  ) {
    const end = at + depthBytes + visualBytes * setup.readUInt16LE(at + 2);
    for (at += depthBytes; at < end && at + visualBytes <= setup.length; at += visualBytes) {
      if (setup.readUInt32LE(at) !== wanted) continue;
      return [8, 12, 16].map((offset) => setup.readUInt32LE(at + offset).toString(16)).join(" ");
    }
  }
  return undefined;
}

/** A request of an extension: its number there, and whole words. */
function write(opcode: number, request: number, words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * words.length);
  bytes.writeUInt8(opcode, 0);
  bytes.writeUInt8(request, 1);
  bytes.writeUInt16LE(1 + words.length, 2);
  for (const [at, word] of words.entries()) bytes.writeUInt32LE(word >>> 0, 4 + 4 * at);
  return bytes;
}

function pair(low: number, high: number): number {
  return (low & 0xffff) | ((high & 0xffff) << 16);
}

const boundingBox = 2;

/**
 * Requests of DAMAGE. A screen's damage grows until it is subtracted; each time it does, there is
 * an event.
 */
export const damageRequests = {
  queryVersion: (opcode: number) => write(opcode, 0, [1, 1]),
  create: (opcode: number, damage: number, drawable: number) =>
    write(opcode, 1, [damage, drawable, boundingBox]),
  subtract: (opcode: number, damage: number) => write(opcode, 3, [damage, 0, 0]),
};

/** The lines in an event of DAMAGE; `undefined` for another message. */
export function readDamage(message: Buffer, firstEvent: number): LineRange | undefined {
  if (message.length < 32 || (message.readUInt8(0) & 0x7f) !== firstEvent) return undefined;
  const from = message.readInt16LE(18);
  return { from, end: from + message.readUInt16LE(22) };
}

/** Of a window, into shared memory. */
export type ImageRequest = {
  readonly drawable: number;
  readonly width: number;
  readonly lines: LineRange;
  readonly segment: number;
  readonly offset: number;
};

const allPlanes = 0xffff_ffff;
const packedPixels = 2;

/** Requests of MIT-SHM. */
export const memoryRequests = {
  queryVersion: (opcode: number) => write(opcode, 0, []),
  /** Its descriptor goes beside it. */
  attach: (opcode: number, segment: number) => write(opcode, 6, [segment, 0]),
  detach: (opcode: number, segment: number) => write(opcode, 2, [segment]),
  getImage: (opcode: number, { drawable, width, lines, segment, offset }: ImageRequest) =>
    write(opcode, 4, [
      drawable,
      pair(0, lines.from),
      pair(width, lines.end - lines.from),
      allPlanes,
      packedPixels,
      segment,
      offset,
    ]),
};

const getImage = 73;
/** Of an answer that holds pixels. */
const imageHeadBytes = 32;

/** Of the core protocol: the pixels come with the answer. */
export function writeGetImage(
  drawable: number,
  { width, lines }: { readonly width: number; readonly lines: LineRange },
): Buffer {
  const size = pair(width, lines.end - lines.from);
  return write(getImage, packedPixels, [drawable, pair(0, lines.from), size, allPlanes]);
}

/** Its pixels; `undefined` for an answer without so many. */
export function readImage(reply: Buffer, byteCount: number): Buffer | undefined {
  const isWhole = reply[0] === 1 && reply.length >= imageHeadBytes + byteCount;
  return isWhole ? reply.subarray(imageHeadBytes, imageHeadBytes + byteCount) : undefined;
}

/** Whether shared memory can be passed by its descriptor: from version 1.2 on. */
export function takesDescriptors(reply: Buffer): boolean {
  if (reply.length < 12 || reply[0] !== 1) return false;
  const [major, minor] = [reply.readUInt16LE(8), reply.readUInt16LE(10)];
  return major > 1 || (major === 1 && minor >= 2);
}

const cursorChanged = 1;

/** Requests of XFIXES. */
export const cursorRequests = {
  queryVersion: (opcode: number) => write(opcode, 0, [4, 0]),
  select: (opcode: number, root: number) => write(opcode, 3, [root, cursorChanged]),
  getImage: (opcode: number) => write(opcode, 4, []),
};

const allMasters = 1;
const rawMotion = 17;

/** Requests of XINPUT. */
export const motionRequests = {
  queryVersion: (opcode: number) => write(opcode, 47, [pair(2, 2)]),
  select: (opcode: number, root: number) =>
    write(opcode, 46, [root, pair(1, 0), pair(allMasters, 1), 1 << rawMotion]),
};

/** The pointer: its position, and its picture, of premultiplied ARGB. */
export type PointerPicture = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Different for each picture. */
  readonly serial: number;
  readonly pixels: Buffer;
};

const cursorSideMax = 512;

/** `undefined` for an answer without one. */
export function readCursor(reply: Buffer): PointerPicture | undefined {
  if (reply.length < 32 || reply[0] !== 1) return undefined;
  const [width, height] = [reply.readUInt16LE(12), reply.readUInt16LE(14)];
  const pixels = reply.subarray(32, 32 + 4 * width * height);
  const isWhole = pixels.length === 4 * width * height;
  if (!isWhole || Math.max(width, height) > cursorSideMax) return undefined;
  return {
    left: reply.readInt16LE(8) - reply.readUInt16LE(16),
    top: reply.readInt16LE(10) - reply.readUInt16LE(18),
    width,
    height,
    serial: reply.readUInt32LE(20),
    pixels,
  };
}

/** The position of a cursor. */
export type Canvas = {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly isBlueFirst: boolean;
};

/** Draws it over the picture. Returns the touched lines, `undefined` for none. */
export function drawCursor(cursor: PointerPicture, canvas: Canvas): LineRange | undefined {
  const from = Math.max(0, cursor.top);
  const end = Math.min(canvas.height, cursor.top + cursor.height);
  const first = Math.max(0, cursor.left);
  const last = Math.min(canvas.width, cursor.left + cursor.width);
  if (from >= end || first >= last) return undefined;
  for (let line = from; line < end; line++) {
    for (let column = first; column < last; column++) {
      const at = 4 * ((line - cursor.top) * cursor.width + column - cursor.left);
      blend(cursor.pixels.readUInt32LE(at), canvas, 4 * (line * canvas.width + column));
    }
  }
  return { from, end };
}

/** @param pixel alpha, red, green and blue from its highest byte on */
function blend(pixel: number, { bytes, isBlueFirst }: Canvas, to: number): void {
  const alpha = pixel >>> 24;
  if (alpha === 0) return;
  for (let channel = 0; channel < 3; channel++) {
    const place = to + (isBlueFirst ? channel : 2 - channel);
    const below = ((bytes[place] ?? 0) * (255 - alpha)) / 255;
    bytes[place] = Math.min(255, ((pixel >>> (8 * channel)) & 255) + Math.round(below));
  }
}
