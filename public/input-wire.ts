/**
 * Writes what the page sends to the host, as defined in `src/play/wire/layout.ts`, and reads the
 * answers.
 */
import {
  playAnswers,
  playHeaderBytes,
  playKinds,
  playVersion,
  shareMax,
  textBytesMax,
} from "../src/play/wire/layout.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

/** Answers of the host. Times are microseconds: the page's own from the request, and the host's. */
export type HostAnswer =
  | {
      readonly kind: "drawn";
      readonly mark: number;
      readonly receivedUs: number;
      readonly capturedUs: number;
      readonly encodedUs: number;
    }
  | { readonly kind: "state"; readonly state: number }
  | { readonly kind: "probe"; readonly state: number }
  /** `state` is one of `padStates`. */
  | { readonly kind: "pads"; readonly state: number }
  /** `state` is one of `clipboardStates`. */
  | { readonly kind: "clipboard"; readonly state: number; readonly text: string }
  /** `state` is one of `copiedStates`. */
  | { readonly kind: "copied"; readonly state: number }
  | { readonly kind: "answer"; readonly askedUs: number; readonly hostUs: number }
  | {
      readonly kind: "rumble";
      readonly pad: number;
      readonly low: number;
      readonly high: number;
      readonly ms: number;
    };

/**
 * A pad as the host expects it: sticks from -1 to 1, up and right positive; triggers from 0 to 1.
 */
export type PadState = {
  readonly pad: number;
  readonly activeMask: number;
  readonly buttons: number;
  readonly triggers: readonly [number, number];
  readonly sticks: readonly [number, number, number, number];
};

/** `atMs` is on the page's clock, everywhere below. */
function begin(kind: number, atMs: number, fieldBytes: number): DataView<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(playHeaderBytes + fieldBytes));
  view.setUint8(0, playVersion);
  view.setUint8(1, kind);
  view.setFloat64(4, atMs * 1000, true);
  return view;
}

function bytesOf({ buffer }: DataView<ArrayBuffer>): Bytes {
  return new Uint8Array(buffer);
}

export function keyMessage(atMs: number, position: number, isDown: boolean): Bytes {
  const view = begin(playKinds.key, atMs, 4);
  view.setUint8(12, Number(isDown));
  view.setUint16(14, position, true);
  return bytesOf(view);
}

/** A long text is split into several messages, each of whole characters. */
export function textMessages(atMs: number, text: string): Bytes[] {
  const pieces: string[] = [""];
  let byteCount = 0;
  for (const character of text) {
    const bytes = encoder.encode(character).length;
    if (byteCount + bytes > textBytesMax) {
      pieces.push("");
      byteCount = 0;
    }
    byteCount += bytes;
    pieces[pieces.length - 1] += character;
  }
  return pieces.filter((piece) => piece !== "").map((piece) => textMessage(atMs, piece));
}

const encoder = new TextEncoder();

function textMessage(atMs: number, text: string): Bytes {
  const encoded = encoder.encode(text);
  const bytes = bytesOf(begin(playKinds.text, atMs, encoded.length));
  bytes.set(encoded, playHeaderBytes);
  return bytes;
}

/** Fractions of the picture's sides, from 0 to 1. */
export function pointerMessage(atMs: number, x: number, y: number): Bytes {
  const view = begin(playKinds.pointer, atMs, 4);
  const share = (part: number) => Math.round(Math.min(Math.max(0, part), 1) * shareMax);
  view.setUint16(12, share(x), true);
  view.setUint16(14, share(y), true);
  return bytesOf(view);
}

/** In pixels, right and down. */
export function moveMessage(atMs: number, right: number, down: number): Bytes {
  return pair(begin(playKinds.move, atMs, 4), right, down);
}

/** 120 is one notch, up and right are positive. */
export function wheelMessage(atMs: number, up: number, right: number): Bytes {
  return pair(begin(playKinds.wheel, atMs, 4), up, right);
}

function pair(view: DataView<ArrayBuffer>, one: number, other: number): Bytes {
  view.setInt16(12, short(one), true);
  view.setInt16(14, short(other), true);
  return bytesOf(view);
}

function short(value: number): number {
  return Math.min(Math.max(-32_768, Math.round(value)), 32_767);
}

/** @param button 1 left, 2 middle, 3 right, 4 and 5 the side buttons */
export function buttonMessage(atMs: number, button: number, isDown: boolean): Bytes {
  const view = begin(playKinds.button, atMs, 2);
  view.setUint8(12, Number(isDown));
  view.setUint8(13, button);
  return bytesOf(view);
}

export function padMessage(atMs: number, state: PadState): Bytes {
  const view = begin(playKinds.pad, atMs, 18);
  view.setUint8(12, state.pad);
  view.setUint16(14, state.activeMask, true);
  view.setUint32(16, state.buttons, true);
  for (const [at, trigger] of state.triggers.entries()) {
    view.setUint8(20 + at, Math.round(trigger * 255));
  }
  for (const [at, stick] of state.sticks.entries()) {
    view.setInt16(22 + 2 * at, short(stick * 32_767), true);
  }
  return bytesOf(view);
}

/** @param offsetUs what to add to the page's clock for the host's */
export function aliveMessage(atMs: number, offsetUs: number | undefined): Bytes {
  const view = begin(playKinds.alive, atMs, 8);
  view.setFloat64(12, offsetUs ?? Number.NaN, true);
  return bytesOf(view);
}

export function releaseMessage(atMs: number): Bytes {
  return bytesOf(begin(playKinds.release, atMs, 0));
}

/** Requests the text copied on the desktop. */
export function clipboardMessage(atMs: number): Bytes {
  return bytesOf(begin(playKinds.clipboard, atMs, 0));
}

/** Programs of the desktop shall paste this text, of 1 to `copiedBytesMax` bytes. */
export function copiedMessage(atMs: number, text: Uint8Array): Bytes {
  const message = bytesOf(begin(playKinds.copied, atMs, text.length));
  message.set(text, playHeaderBytes);
  return message;
}

export function markMessage(atMs: number, mark: number): Bytes {
  const view = begin(playKinds.mark, atMs, 4);
  view.setUint32(12, mark, true);
  return bytesOf(view);
}

/** The picture with this mark was seen; `atMs` is when its input was made. */
export function shownMessage(atMs: number, mark: number, shownMs: number): Bytes {
  const view = begin(playKinds.shown, atMs, 12);
  view.setUint32(12, mark, true);
  view.setFloat64(16, shownMs * 1000, true);
  return bytesOf(view);
}

/** Requests, or no longer needs, a window on the desktop that answers presses. */
export function probeMessage(atMs: number, isWanted: boolean): Bytes {
  const view = begin(playKinds.probe, atMs, 2);
  view.setUint8(12, Number(isWanted));
  return bytesOf(view);
}

/**
 * The page's view of a press in that window; the first time is on the page’s clock, the others on
 * the host’s.
 */
export type SeenPicture = {
  readonly mark: number;
  readonly shownMs: number;
  readonly capturedUs: number;
  readonly windowUs: number;
};

/** `atMs` is when the press was made. */
export function seenMessage(atMs: number, seen: SeenPicture): Bytes {
  const view = begin(playKinds.seen, atMs, 28);
  view.setUint32(12, seen.mark, true);
  view.setFloat64(16, seen.shownMs * 1000, true);
  view.setFloat64(24, seen.capturedUs, true);
  view.setFloat64(32, seen.windowUs, true);
  return bytesOf(view);
}

/** `undefined` for messages that this page does not know. */
export function readHostAnswer(buffer: ArrayBuffer): HostAnswer | undefined {
  if (buffer.byteLength < playHeaderBytes + 1) return undefined;
  const view = new DataView(buffer);
  const kind = view.getUint8(1);
  const fieldBytes = buffer.byteLength - playHeaderBytes;
  if (kind === playAnswers.state) return { kind: "state", state: view.getUint8(12) };
  if (kind === playAnswers.pads) return { kind: "pads", state: view.getUint8(12) };
  if (kind === playAnswers.probe) return { kind: "probe", state: view.getUint8(12) };
  if (kind === playAnswers.copied) return { kind: "copied", state: view.getUint8(12) };
  if (kind === playAnswers.clipboard) {
    const bytes = new Uint8Array(buffer, playHeaderBytes + 1);
    const text = new TextDecoder().decode(bytes);
    return { kind: "clipboard", state: view.getUint8(12), text };
  }
  if (kind === playAnswers.answer && fieldBytes >= 8) {
    return {
      kind: "answer",
      askedUs: view.getFloat64(4, true),
      hostUs: view.getFloat64(12, true),
    };
  }
  if (kind === playAnswers.drawn && fieldBytes >= 28) {
    const [receivedUs, capturedUs] = [view.getFloat64(16, true), view.getFloat64(24, true)];
    const encodedUs = view.getFloat64(32, true);
    return { kind: "drawn", mark: view.getUint32(12, true), receivedUs, capturedUs, encodedUs };
  }
  if (kind !== playAnswers.rumble || fieldBytes < 8) return undefined;
  const [low, high] = [view.getUint16(14, true), view.getUint16(16, true)];
  return { kind: "rumble", pad: view.getUint8(12), low, high, ms: view.getUint16(18, true) };
}
