/**
 * The few messages of the X11 protocol for injecting input, little-endian. Our own implementation
 * needs no library, and a vanished display cannot exit the process, as Xlib would.
 */

export type Cookie = { readonly name: string; readonly data: Buffer };

export type Setup = {
  /** The first id that the client may assign. */
  readonly resourceBase: number;
  readonly root: number;
  readonly width: number;
  readonly height: number;
  readonly keycodeMin: number;
  readonly keycodeMax: number;
};

/** Kinds of fake input: the numbers of the events that they cause. */
export const fake = {
  keyPress: 2,
  keyRelease: 3,
  buttonPress: 4,
  buttonRelease: 5,
  motion: 6,
} as const;

export function writeSetup({ name, data }: Cookie): Buffer {
  const head = Buffer.alloc(12);
  head.write("l", 0, "latin1");
  head.writeUInt16LE(11, 2);
  head.writeUInt16LE(name.length, 6);
  head.writeUInt16LE(data.length, 8);
  return Buffer.concat([head, padded(Buffer.from(name, "latin1")), padded(data)]);
}

/** Bytes of the answer to the setup; `undefined` until the first eight are there. */
export function setupBytes(bytes: Buffer): number | undefined {
  return bytes.length < 8 ? undefined : 8 + 4 * bytes.readUInt16LE(6);
}

/** The first screen; `undefined` when the display refused the connection. */
export function readSetup(bytes: Buffer): Setup | undefined {
  if (bytes[0] !== 1 || bytes.length < 40) return undefined;
  const vendorBytes = bytes.readUInt16LE(24);
  const screen = 40 + ceil4(vendorBytes) + 8 * bytes.readUInt8(29);
  if (bytes.readUInt8(28) === 0 || bytes.length < screen + 40) return undefined;
  return {
    resourceBase: bytes.readUInt32LE(12),
    root: bytes.readUInt32LE(screen),
    width: bytes.readUInt16LE(screen + 20),
    height: bytes.readUInt16LE(screen + 22),
    keycodeMin: bytes.readUInt8(34),
    keycodeMax: bytes.readUInt8(35),
  };
}

export function writeQueryExtension(name: string): Buffer {
  const text = padded(Buffer.from(name, "latin1"));
  const head = Buffer.alloc(8);
  head.writeUInt8(98, 0);
  head.writeUInt16LE(2 + text.length / 4, 2);
  head.writeUInt16LE(name.length, 4);
  return Buffer.concat([head, text]);
}

/** Numbers of an extension's requests, and of its first event. */
export type Extension = { readonly opcode: number; readonly firstEvent: number };

/** `undefined` if the display has no such extension. */
export function readExtension(reply: Buffer): Extension | undefined {
  if (reply.length < 32 || reply[8] !== 1) return undefined;
  return { opcode: reply.readUInt8(9), firstEvent: reply.readUInt8(10) };
}

/** Version 1.0 of XKB, which must be negotiated before use. */
export function writeUseXkb(opcode: number): Buffer {
  return Buffer.from([opcode, 0, 2, 0, 1, 0, 0, 0]);
}

const coreKeyboard = 0x100;
/** Kinds of XKB's events; each one's bit selects it. */
const xkbEvent = { newKeyboard: 0, map: 1, state: 2 } as const;
const keySymbolsChanged = 1 << 1;
const groupChanged = 1 << 4;

/**
 * Requests an event when keys change their symbols, or another group of the layout becomes active.
 * A client that uses XKB is not notified of layouts otherwise.
 */
export function writeSelectKeyboardEvents(opcode: number): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt8(opcode, 0);
  bytes.writeUInt8(1, 1);
  bytes.writeUInt16LE(5, 2);
  bytes.writeUInt16LE(coreKeyboard, 4);
  bytes.writeUInt16LE(0b111, 6);
  bytes.writeUInt16LE(1 << xkbEvent.newKeyboard, 10);
  bytes.writeUInt16LE(keySymbolsChanged, 12);
  bytes.writeUInt16LE(keySymbolsChanged, 14);
  bytes.writeUInt16LE(groupChanged, 16);
  bytes.writeUInt16LE(groupChanged, 18);
  return bytes;
}

export function writeGetXkbState(opcode: number): Buffer {
  return Buffer.from([opcode, 4, 2, 0, coreKeyboard & 0xff, coreKeyboard >> 8, 0, 0]);
}

/** The active group of the layout, from 0. */
export function readXkbGroup(reply: Buffer): number {
  return reply.length < 32 ? 0 : reply.readUInt8(12);
}

/** Requests an event when the screen has another size. */
export function writeSelectScreen(root: number): Buffer {
  const bytes = Buffer.from([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  bytes.writeUInt32LE(root, 4);
  bytes.writeUInt32LE(eventMaskAttribute, 8);
  bytes.writeUInt32LE(structureChanged, 12);
  return bytes;
}

const eventMaskAttribute = 1 << 11;
const structureChanged = 1 << 17;

/** Unsolicited messages of a display that matter here. */
export type DisplayEvent =
  | { readonly kind: "mapping" }
  | { readonly kind: "group"; readonly group: number }
  | { readonly kind: "size"; readonly width: number; readonly height: number };

/** `undefined` for all others. `xkb` is absent when the display has no such extension. */
export function readEvent(message: Buffer, xkb: Extension | undefined): DisplayEvent | undefined {
  if (message.length < 32) return undefined;
  // The highest bit is set if another client has sent it.
  const type = message.readUInt8(0);
  if (type === mappingNotify) return { kind: "mapping" };
  if (type === configureNotify) return readSize(message);
  if (type !== xkb?.firstEvent) return undefined;
  const kind = message.readUInt8(1);
  if (kind === xkbEvent.state) return { kind: "group", group: message.readUInt8(13) };
  const isMapping = kind === xkbEvent.newKeyboard || kind === xkbEvent.map;
  return isMapping ? { kind: "mapping" } : undefined;
}

const configureNotify = 22;
const mappingNotify = 34;

function readSize(message: Buffer): DisplayEvent | undefined {
  const [width, height] = [message.readUInt16LE(20), message.readUInt16LE(22)];
  return width > 0 && height > 0 ? { kind: "size", width, height } : undefined;
}

/** A request whose answer only confirms that all earlier ones were executed. */
export function writeGetInputFocus(): Buffer {
  return Buffer.from([43, 0, 1, 0]);
}

export function writeGetKeyboardMapping(first: number, count: number): Buffer {
  return Buffer.from([101, 0, 2, 0, first, count, 0, 0]);
}

/** Key symbols of each keycode, in order. */
export function readKeyboardMapping(reply: Buffer): number[][] {
  if (reply.length < 32) return [];
  const perKeycode = reply.readUInt8(1);
  const symbols = (reply.length - 32) / 4;
  const rows: number[][] = [];
  for (let at = 0; perKeycode > 0 && at + perKeycode <= symbols; at += perKeycode) {
    rows.push(
      Array.from({ length: perKeycode }, (_, column) => reply.readUInt32LE(32 + 4 * (at + column))),
    );
  }
  return rows;
}

/** Assigns one symbol to a keycode, with and without shift. */
export function writeChangeKeyboardMapping(keycode: number, symbol: number): Buffer {
  const bytes = Buffer.from([100, 1, 4, 0, keycode, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  bytes.writeUInt32LE(symbol, 8);
  bytes.writeUInt32LE(symbol, 12);
  return bytes;
}

export type FakeInput = {
  readonly type: number;
  /** Keycode or button; for a motion 1 when it is relative. */
  readonly detail: number;
  readonly x?: number;
  readonly y?: number;
};

export function writeFakeInput(opcode: number, root: number, input: FakeInput): Buffer {
  const bytes = Buffer.alloc(36);
  bytes.writeUInt8(opcode, 0);
  bytes.writeUInt8(2, 1);
  bytes.writeUInt16LE(9, 2);
  bytes.writeUInt8(input.type, 4);
  bytes.writeUInt8(input.detail, 5);
  if (input.type === fake.motion && input.detail === 0) bytes.writeUInt32LE(root, 12);
  bytes.writeInt16LE(input.x ?? 0, 24);
  bytes.writeInt16LE(input.y ?? 0, 26);
  return bytes;
}

/** Bytes of the message at the start: replies are longer than the 32 of events and errors. */
export function messageBytes(bytes: Buffer): number {
  if (bytes.length < 32) return 32;
  const isReply = bytes[0] === 1;
  const isGeneric = ((bytes[0] ?? 0) & 0x7f) === 35;
  return 32 + (isReply || isGeneric ? 4 * bytes.readUInt32LE(4) : 0);
}

/** The cookie for a display number in the bytes of an authority file; empty when it has none. */
export function findCookie(file: Buffer, display: string): Cookie {
  let at = 2;
  const field = (): Buffer => {
    const length = at + 2 <= file.length ? file.readUInt16BE(at) : file.length;
    const value = file.subarray(at + 2, at + 2 + length);
    at += 2 + length;
    return value;
  };
  while (at + 2 < file.length) {
    const [, number, name, data] = [field(), field(), field(), field()];
    const isOurs = number.length === 0 || number.toString("latin1") === display;
    const isCookie = name.toString("latin1") === "MIT-MAGIC-COOKIE-1";
    if (isOurs && isCookie) return { name: "MIT-MAGIC-COOKIE-1", data: Buffer.from(data) };
    at += 2;
  }
  return { name: "", data: Buffer.alloc(0) };
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(ceil4(bytes.length) - bytes.length)]);
}

function ceil4(count: number): number {
  return Math.ceil(count / 4) * 4;
}
