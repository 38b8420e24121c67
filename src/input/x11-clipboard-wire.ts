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
