/**
 * Reads what a page sends and writes what it is answered, as `layout.ts` says. Pure: bytes in, values
 * out. What does not fit its kind is `undefined`; nothing here throws.
 */
import type { InputEvent, Rumble } from "../../input/event.ts";
import { keyAt, positionMax } from "../../input/key-positions.ts";
import { copiedBytesMax } from "../../wayland/copied.ts";
import {
  markMax,
  playAnswers,
  playHeaderBytes,
  playKinds,
  playVersion,
  shareMax,
  textBytesMax,
} from "./layout.ts";

/** A press in the probe window whose picture was seen. */
export type SeenPress = {
  readonly mark: number;
  /** On the page's clock. */
  readonly shownUs: number;
  /** On the host's clock: when the picture was captured, and when the window had the press. */
  readonly capturedUs: number;
  readonly windowUs: number;
};

/** What a message says, without its time. */
type Said =
  | { readonly kind: "input"; readonly events: readonly InputEvent[] }
  /** `offsetUs` is to be added to the page's clock for the host's; absent while the page knows none. */
  | { readonly kind: "alive"; readonly offsetUs: number | undefined }
  | { readonly kind: "release" }
  | { readonly kind: "mark"; readonly mark: number }
  /** The picture with this mark was seen then, on the page's clock. */
  | { readonly kind: "shown"; readonly mark: number; readonly shownUs: number }
  /** A probe window on the desktop is wanted, or no longer. */
  | { readonly kind: "probe"; readonly isWanted: boolean }
  | ({ readonly kind: "seen" } & SeenPress)
  | { readonly kind: "clipboard" }
  | { readonly kind: "copied"; readonly text: string }
  /** Of a later version of the page. */
  | { readonly kind: "unknown" };

/** One message of a page; `atUs` is when it happened, on the page's own clock. */
export type PlayMessage = Said & { readonly atUs: number };

type Row = {
  /** Of the fields; those of a text are its most. */
  readonly bytes: number;
  readonly isFixed: boolean;
  say(fields: DataView): Said | undefined;
};

const rows: ReadonlyMap<number, Row> = new Map([
  [playKinds.key, fixed(4, readKey)],
  [playKinds.text, { bytes: textBytesMax, isFixed: false, say: readText }],
  [playKinds.pointer, fixed(4, readPointer)],
  [playKinds.move, fixed(4, readMove)],
  [playKinds.button, fixed(2, readButton)],
  [playKinds.wheel, fixed(4, readWheel)],
  [playKinds.pad, fixed(18, readPad)],
  [playKinds.alive, fixed(8, readAlive)],
  [playKinds.release, fixed(0, () => ({ kind: "release" }))],
  [playKinds.mark, fixed(4, readMark)],
  [playKinds.shown, fixed(12, readShown)],
  [playKinds.probe, fixed(2, readProbe)],
  [playKinds.seen, fixed(28, readSeen)],
  [playKinds.clipboard, fixed(0, () => ({ kind: "clipboard" }))],
  [playKinds.copied, { bytes: copiedBytesMax, isFixed: false, say: readCopied }],
]);

function fixed(bytes: number, say: Row["say"]): Row {
  return { bytes, isFixed: true, say };
}

/** `undefined` for what no page of ours sends: the connection is to be ended then. */
export function readPlayMessage(bytes: Uint8Array): PlayMessage | undefined {
  if (bytes.length < playHeaderBytes || bytes[0] !== playVersion) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const atUs = view.getFloat64(4, true);
  if (!Number.isFinite(atUs)) return undefined;
  const row = rows.get(view.getUint8(1));
  if (row === undefined) return { kind: "unknown", atUs };
  const fieldBytes = bytes.length - playHeaderBytes;
  if (fieldBytes > row.bytes || (row.isFixed && fieldBytes !== row.bytes)) return undefined;
  const said = row.say(new DataView(view.buffer, view.byteOffset + playHeaderBytes, fieldBytes));
  return said && { ...said, atUs };
}

function input(...events: InputEvent[]): Said {
  return { kind: "input", events };
}

function readKey(fields: DataView): Said | undefined {
  const position = fields.getUint16(2, true);
  if (position < 1 || position > positionMax) return undefined;
  const isDown = fields.getUint8(0) !== 0;
  return input({ kind: "key", isDown, virtualKey: keyAt(position), modifiers: 0, flags: 0 });
}

function readText(fields: DataView): Said | undefined {
  const text = textOf(fields);
  return text === undefined ? undefined : input({ kind: "text", text });
}

function readCopied(fields: DataView): Said | undefined {
  const text = textOf(fields);
  return text === undefined || fields.byteLength === 0 ? undefined : { kind: "copied", text };
}

/** Controls other than line breaks and tabs, which no text field expects, are left out. */
function textOf(fields: DataView): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(fields);
    return text.replace(/(?![\t\n\r])\p{Cc}/gu, "");
  } catch {
    return undefined;
  }
}

function readPointer(fields: DataView): Said {
  const [x, y] = [fields.getUint16(0, true), fields.getUint16(2, true)];
  return input({ kind: "pointer", x, y, width: shareMax, height: shareMax });
}

function readMove(fields: DataView): Said {
  const [dx, dy] = [fields.getInt16(0, true), fields.getInt16(2, true)];
  return input({ kind: "pointer_move", dx, dy });
}

function readButton(fields: DataView): Said | undefined {
  const button = fields.getUint8(1);
  if (button < 1 || button > 5) return undefined;
  return input({ kind: "button", isDown: fields.getUint8(0) !== 0, button });
}

function readWheel(fields: DataView): Said {
  const [up, right] = [fields.getInt16(0, true), fields.getInt16(2, true)];
  return input(
    ...(up === 0 ? [] : [{ kind: "scroll", axis: "vertical", amount: up } as const]),
    ...(right === 0 ? [] : [{ kind: "scroll", axis: "horizontal", amount: right } as const]),
  );
}

function readPad(fields: DataView): Said | undefined {
  const pad = fields.getUint8(0);
  if (pad > 3) return undefined;
  return input({
    ...{ kind: "pad", pad, activeMask: fields.getUint16(2, true) },
    buttons: fields.getUint32(4, true),
    ...{ leftTrigger: fields.getUint8(8), rightTrigger: fields.getUint8(9) },
    ...{ leftX: fields.getInt16(10, true), leftY: fields.getInt16(12, true) },
    ...{ rightX: fields.getInt16(14, true), rightY: fields.getInt16(16, true) },
  });
}

function readAlive(fields: DataView): Said {
  const offsetUs = fields.getFloat64(0, true);
  return { kind: "alive", offsetUs: Number.isFinite(offsetUs) ? offsetUs : undefined };
}

function readMark(fields: DataView): Said | undefined {
  const mark = fields.getUint32(0, true);
  return mark >= 1 && mark <= markMax ? { kind: "mark", mark } : undefined;
}

function readShown(fields: DataView): Said | undefined {
  const said = readMark(fields);
  const shownUs = fields.getFloat64(4, true);
  if (said?.kind !== "mark" || !Number.isFinite(shownUs)) return undefined;
  return { kind: "shown", mark: said.mark, shownUs };
}

function readProbe(fields: DataView): Said {
  return { kind: "probe", isWanted: fields.getUint8(0) !== 0 };
}

function readSeen(fields: DataView): Said | undefined {
  const said = readMark(fields);
  const [shownUs, capturedUs] = [fields.getFloat64(4, true), fields.getFloat64(12, true)];
  const windowUs = fields.getFloat64(20, true);
  const isSound = [shownUs, capturedUs, windowUs].every(Number.isFinite);
  if (said?.kind !== "mark" || !isSound) return undefined;
  return { kind: "seen", mark: said.mark, shownUs, capturedUs, windowUs };
}

function answer(kind: number, fieldBytes: number, pageUs = 0): DataView<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(playHeaderBytes + fieldBytes));
  view.setUint8(0, playVersion);
  view.setUint8(1, kind);
  view.setFloat64(4, pageUs, true);
  return view;
}

function bytesOf({ buffer }: DataView<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer);
}

/** What becomes of the page's input: one of `inputStates`. */
export function writeState(state: number): Uint8Array<ArrayBuffer> {
  const view = answer(playAnswers.state, 1);
  view.setUint8(playHeaderBytes, state);
  return bytesOf(view);
}

/** What becomes of the probe window: one of `probeStates`. */
export function writeProbeState(state: number): Uint8Array<ArrayBuffer> {
  const view = answer(playAnswers.probe, 1);
  view.setUint8(playHeaderBytes, state);
  return bytesOf(view);
}

/** What becomes of the page's pads: one of `padStates`. */
export function writePadState(state: number): Uint8Array<ArrayBuffer> {
  const view = answer(playAnswers.pads, 1);
  view.setUint8(playHeaderBytes, state);
  return bytesOf(view);
}

/** Answers `clipboard`: one of `clipboardStates`, and the text where there is one. */
export function writeClipboard(state: number, text = ""): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  const view = answer(playAnswers.clipboard, 1 + bytes.length);
  view.setUint8(playHeaderBytes, state);
  const message = bytesOf(view);
  message.set(bytes, playHeaderBytes + 1);
  return message;
}

/** Answers `copied`: one of `copiedStates`. */
export function writeCopiedState(state: number): Uint8Array<ArrayBuffer> {
  const view = answer(playAnswers.copied, 1);
  view.setUint8(playHeaderBytes, state);
  return bytesOf(view);
}

/** Answers `alive`, so that the page knows how far its clock is from the host's. */
export function writeAnswer(pageUs: number, hostUs: number): Uint8Array<ArrayBuffer> {
  const view = answer(playAnswers.answer, 8, pageUs);
  view.setFloat64(playHeaderBytes, hostUs, true);
  return bytesOf(view);
}

/** What a pad of the page shall do, for how long. */
export function writeRumble({ pad, strong, weak }: Rumble, ms: number): Uint8Array<ArrayBuffer> {
  const view = answer(playAnswers.rumble, 8);
  view.setUint8(playHeaderBytes, pad);
  view.setUint16(playHeaderBytes + 2, strong, true);
  view.setUint16(playHeaderBytes + 4, weak, true);
  view.setUint16(playHeaderBytes + 6, ms, true);
  return bytesOf(view);
}

/** What became of a mark at the host, microseconds on its clock. */
export type MarkTimes = {
  readonly receivedUs: number;
  readonly capturedUs: number;
  readonly encodedUs: number;
};

/** The picture with this mark is on its way. */
export function writeDrawn(mark: number, times: MarkTimes): Uint8Array<ArrayBuffer> {
  const view = answer(playAnswers.drawn, 28);
  view.setUint32(playHeaderBytes, mark, true);
  for (const [at, time] of [times.receivedUs, times.capturedUs, times.encodedUs].entries()) {
    view.setFloat64(playHeaderBytes + 4 + 8 * at, time, true);
  }
  return bytesOf(view);
}
