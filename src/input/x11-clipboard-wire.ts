/** The messages of the X11 protocol for reading the clipboard, little-endian. Pure. */

/** A window that is never shown: the owner of the clipboard writes to one of its properties. */
export function writeHiddenWindow(window: number, root: number): Buffer {
  const bytes = Buffer.alloc(32);
  const inputOnly = 2;
  bytes.writeUInt8(1, 0);
  bytes.writeUInt16LE(8, 2);
  bytes.writeUInt32LE(window, 4);
  bytes.writeUInt32LE(root, 8);
  bytes.writeUInt16LE(1, 16);
  bytes.writeUInt16LE(1, 18);
  bytes.writeUInt16LE(inputOnly, 22);
  return bytes;
}

/** Asks for the number of a name. */
export function writeInternAtom(name: string): Buffer {
  const bytes = Buffer.alloc(8 + Math.ceil(name.length / 4) * 4);
  bytes.writeUInt8(16, 0);
  bytes.writeUInt16LE(bytes.length / 4, 2);
  bytes.writeUInt16LE(name.length, 4);
  bytes.write(name, 8, "latin1");
  return bytes;
}

/** 0 if it is not a reply. */
export function readAtom(reply: Buffer): number {
  return reply.length < 12 ? 0 : reply.readUInt32LE(8);
}

/** The requestor, the wanted selection, and the destination. */
export type SelectionRequest = {
  readonly window: number;
  readonly selection: number;
  readonly type: number;
  readonly property: number;
};

/** Asks the owner of a selection; an event answers. */
export function writeConvertSelection(request: SelectionRequest): Buffer {
  const { window, selection, type, property } = request;
  const bytes = Buffer.alloc(24);
  bytes.writeUInt8(24, 0);
  bytes.writeUInt16LE(6, 2);
  for (const [at, value] of [window, selection, type, property].entries())
    bytes.writeUInt32LE(value, 4 + 4 * at);
  return bytes;
}

const selectionNotify = 31;

/** The property that has it now, 0 for none; `undefined` for another message. */
export function readSelectionNotify(message: Buffer): number | undefined {
  // The highest bit is set if another client has sent it.
  const isIt = message.length >= 32 && (message.readUInt8(0) & 0x7f) === selectionNotify;
  return isIt ? message.readUInt32LE(20) : undefined;
}

/** Requests this many bytes of a property, of any type. */
export function writeGetProperty(window: number, property: number, byteCount: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt8(20, 0);
  bytes.writeUInt16LE(6, 2);
  bytes.writeUInt32LE(window, 4);
  bytes.writeUInt32LE(property, 8);
  bytes.writeUInt32LE(Math.ceil(byteCount / 4), 20);
  return bytes;
}

/** The content of a property. `isWhole`: no byte was left out. */
export type DisplayProperty = {
  readonly type: number;
  readonly bytes: Buffer;
  readonly isWhole: boolean;
};

/** `undefined` for a reply that is not one of bytes. */
export function readProperty(reply: Buffer): DisplayProperty | undefined {
  if (reply.length < 32) return undefined;
  const [type, leftCount, count] = [8, 12, 16].map((at) => reply.readUInt32LE(at));
  const isOfBytes = reply.readUInt8(1) === 8;
  const bytes = reply.subarray(32, 32 + (isOfBytes ? (count ?? 0) : 0));
  return { type: type ?? 0, bytes, isWhole: leftCount === 0 };
}

/** Asks for an event when a property of the window changes. */
export function writeSelectProperties(window: number): Buffer {
  const [eventMask, propertyChanged] = [1 << 11, 1 << 22];
  return writeWords(2, [window, eventMask, propertyChanged]);
}

/** What a property is given. `format`: bits of a unit. */
export type PropertyChange = {
  readonly window: number;
  readonly property: number;
  readonly type: number;
  readonly format: 8 | 32;
  readonly bytes: Buffer;
  /** To what it has, rather than in its place. */
  readonly isAdded?: boolean;
};

export function writeChangeProperty(change: PropertyChange): Buffer {
  const { window, property, type, format, bytes, isAdded = false } = change;
  const request = Buffer.alloc(24 + Math.ceil(bytes.length / 4) * 4);
  request.writeUInt8(18, 0);
  request.writeUInt8(isAdded ? 2 : 0, 1);
  request.writeUInt16LE(request.length / 4, 2);
  for (const [at, value] of [window, property, type].entries())
    request.writeUInt32LE(value, 4 + 4 * at);
  request.writeUInt8(format, 16);
  request.writeUInt32LE((bytes.length * 8) / format, 20);
  bytes.copy(request, 24);
  return request;
}

/** Ignored by the display if the time is older than that of the present owner. */
export function writeSetSelectionOwner(window: number, selection: number, time: number): Buffer {
  return writeWords(22, [window, selection, time]);
}

/** Asks for the window that owns a selection; `readAtom` reads it. */
export function writeGetSelectionOwner(selection: number): Buffer {
  return writeWords(23, [selection]);
}

/** Somebody wants a selection in a property of a window. */
export type SelectionWanted = SelectionRequest & { readonly time: number };

/** Tells who wanted it that it is in `property`, 0 for a refusal. */
export function writeSelectionNotify(wanted: SelectionWanted, property: number): Buffer {
  const { window, selection, type, time } = wanted;
  const bytes = writeWords(25, [window, 0, 0, time, window, selection, type, property, 0, 0]);
  bytes.writeUInt8(selectionNotify, 12);
  return bytes;
}

function writeWords(opcode: number, words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * words.length);
  bytes.writeUInt8(opcode, 0);
  bytes.writeUInt16LE(bytes.length / 4, 2);
  for (const [at, word] of words.entries()) bytes.writeUInt32LE(word, 4 + 4 * at);
  return bytes;
}

/** What the display itself tells the owner of a selection. */
export type OwnerEvent =
  /** A property of the owner's has changed, at this time of the display. */
  | { readonly kind: "time"; readonly time: number }
  | { readonly kind: "lost" }
  | { readonly kind: "wanted"; readonly wanted: SelectionWanted };

/** `undefined` for all other messages, and for events that another client has made up. */
export function readOwnerEvent(message: Buffer): OwnerEvent | undefined {
  if (message.length < 32) return undefined;
  const word = (at: number) => message.readUInt32LE(at);
  switch (message.readUInt8(0)) {
    case 28:
      return { kind: "time", time: word(12) };
    case 29:
      return { kind: "lost" };
    case 30: {
      // Old programs name no property, and expect it under the name of the type.
      const property = word(24) === 0 ? word(20) : word(24);
      const where = { window: word(12), selection: word(16), type: word(20), property };
      return { kind: "wanted", wanted: { ...where, time: word(4) } };
    }
    default:
      return undefined;
  }
}
