/**
 * Reads the input messages of the control stream: u32 BE size of the rest, u32 LE kind, fields.
 * Fields are little-endian, those of the mouse big-endian. Floats must be finite.
 */
import type { ContactPhase, InputEvent } from "../../input/event.ts";

type Reader = {
  /** Bytes of the fields, after the kind. */
  readonly bytes: number;
  /** Texts alone may be shorter. */
  readonly isFixed: boolean;
  read(fields: Buffer): InputEvent | undefined;
};

const textBytesMax = 32;

const readers: ReadonlyMap<number, Reader> = new Map([
  [0x03, fixed(6, (fields) => readKey(fields, true))],
  [0x04, fixed(6, (fields) => readKey(fields, false))],
  [0x05, fixed(10, readPointer)],
  [0x07, fixed(4, readPointerMove)],
  [0x08, fixed(1, (fields) => readButton(fields, true))],
  [0x09, fixed(1, (fields) => readButton(fields, false))],
  [0x0a, fixed(6, (fields) => readScroll(fields, "vertical"))],
  [0x0c, fixed(26, readPad)],
  [0x0d, fixed(2, (fields) => ({ kind: "haptics", isOn: fields.readUInt16LE(0) !== 0 }))],
  [0x17, { bytes: textBytesMax, isFixed: false, read: readText }],
  [0x5500_0001, fixed(2, (fields) => readScroll(fields, "horizontal"))],
  [0x5500_0002, fixed(28, readTouch)],
  [0x5500_0003, fixed(28, readPen)],
  [0x5500_0004, fixed(8, readArrival)],
  [0x5500_0005, fixed(20, readPadTouch)],
  [0x5500_0006, fixed(16, readMotion)],
  [0x5500_0007, fixed(4, readBattery)],
]);

function fixed(bytes: number, read: Reader["read"]): Reader {
  return { bytes, isFixed: true, read };
}

/** `undefined` for unknown kinds and invalid figures. */
export function readInput(payload: Buffer): InputEvent | undefined {
  if (payload.length < 8 || payload.readUInt32BE(0) + 4 !== payload.length) return undefined;
  const reader = readers.get(payload.readUInt32LE(4));
  const fields = payload.subarray(8);
  if (reader === undefined || fields.length > reader.bytes) return undefined;
  if (reader.isFixed && fields.length !== reader.bytes) return undefined;
  const event = reader.read(fields);
  return event && Object.values(event).some(isNotFinite) ? undefined : event;
}

function isNotFinite(value: unknown): boolean {
  return typeof value === "number" && !Number.isFinite(value);
}

/** u8 flags, u16 virtual key whose high byte is of no use, u8 modifiers, u16 0. */
function readKey(fields: Buffer, isDown: boolean): InputEvent {
  const [flags, virtualKey, modifiers] = [
    fields.readUInt8(0),
    fields.readUInt16LE(1) & 0xff,
    fields.readUInt8(3),
  ];
  return { kind: "key", isDown, virtualKey, modifiers, flags };
}

function readPointer(fields: Buffer): InputEvent | undefined {
  const width = fields.readInt16BE(6);
  const height = fields.readInt16BE(8);
  if (width <= 0 || height <= 0) return undefined;
  return { kind: "pointer", x: fields.readInt16BE(0), y: fields.readInt16BE(2), width, height };
}

function readPointerMove(fields: Buffer): InputEvent {
  return { kind: "pointer_move", dx: fields.readInt16BE(0), dy: fields.readInt16BE(2) };
}

function readButton(fields: Buffer, isDown: boolean): InputEvent | undefined {
  const button = fields.readUInt8(0);
  return button >= 1 && button <= 5 ? { kind: "button", isDown, button } : undefined;
}

function readScroll(fields: Buffer, axis: "vertical" | "horizontal"): InputEvent {
  return { kind: "scroll", axis, amount: fields.readInt16BE(0) };
}

/**
 * Control characters other than line breaks and tabs, which no text field expects, are left out.
 */
function readText(fields: Buffer): InputEvent | undefined {
  const end = fields.indexOf(0);
  const bytes = end < 0 ? fields : fields.subarray(0, end);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text === ""
      ? undefined
      : { kind: "text", text: text.replace(/(?![\t\n\r])\p{Cc}/gu, "") };
  } catch {
    return undefined;
  }
}

function readPad(fields: Buffer): InputEvent {
  return {
    kind: "pad",
    pad: fields.readUInt16LE(2),
    activeMask: fields.readUInt16LE(4),
    buttons: fields.readUInt16LE(8) + fields.readUInt16LE(22) * 0x1_0000,
    leftTrigger: fields.readUInt8(10),
    rightTrigger: fields.readUInt8(11),
    leftX: fields.readInt16LE(12),
    leftY: fields.readInt16LE(14),
    rightX: fields.readInt16LE(16),
    rightY: fields.readInt16LE(18),
  };
}

const phases: readonly ContactPhase[] = [
  "hover",
  "down",
  "up",
  "move",
  "cancel",
  "buttons",
  "leave",
  "cancel_all",
];

function readTouch(fields: Buffer): InputEvent | undefined {
  const phase = phases[fields.readUInt8(0)];
  if (phase === undefined) return undefined;
  return {
    kind: "touch",
    phase,
    pointer: fields.readUInt32LE(4),
    x: fields.readFloatLE(8),
    y: fields.readFloatLE(12),
    pressure: fields.readFloatLE(16),
  };
}

const eraserTool = 2;

function readPen(fields: Buffer): InputEvent | undefined {
  const phase = phases[fields.readUInt8(0)];
  if (phase === undefined) return undefined;
  return {
    kind: "pen",
    phase,
    tool: fields.readUInt8(1) === eraserTool ? "eraser" : "pen",
    buttons: fields.readUInt8(2),
    x: fields.readFloatLE(4),
    y: fields.readFloatLE(8),
    pressure: fields.readFloatLE(12),
    tilt: tiltOf({ rotation: fields.readUInt16LE(16), tilt: fields.readUInt8(18) }),
  };
}

const rotationUnknown = 0xffff;
const tiltUnknown = 0xff;

/**
 * The player sends how far the pen is from upright, and to which side its tip points: degrees clockwise
 * from the upper edge. The end that is held leans to the opposite side.
 */
function tiltOf({ rotation, tilt }: { readonly rotation: number; readonly tilt: number }) {
  if (tilt === tiltUnknown || rotation === rotationUnknown) return undefined;
  const away = (Math.min(tilt, 90) * Math.PI) / 180;
  const side = (rotation * Math.PI) / 180;
  const lean = (share: number) =>
    Math.round((Math.atan2(share * Math.sin(away), Math.cos(away)) * 180) / Math.PI) + 0;
  return { x: lean(-Math.sin(side)), y: lean(Math.cos(side)) };
}

const padTypes = ["unknown", "xbox", "playstation", "nintendo"] as const;

function readArrival(fields: Buffer): InputEvent {
  return {
    kind: "pad_arrival",
    pad: fields.readUInt8(0),
    type: padTypes[fields.readUInt8(1)] ?? "unknown",
    capabilities: fields.readUInt16LE(2),
    buttons: fields.readUInt32LE(4),
  };
}

function readPadTouch(fields: Buffer): InputEvent | undefined {
  const phase = phases[fields.readUInt8(1)];
  if (phase === undefined) return undefined;
  return {
    kind: "pad_touch",
    pad: fields.readUInt8(0),
    phase,
    surface: fields.readUInt8(3),
    pointer: fields.readUInt32LE(4),
    x: fields.readFloatLE(8),
    y: fields.readFloatLE(12),
    pressure: fields.readFloatLE(16),
  };
}

const sensors = [undefined, "accelerometer", "gyroscope"] as const;

function readMotion(fields: Buffer): InputEvent | undefined {
  const sensor = sensors[fields.readUInt8(1)];
  if (sensor === undefined) return undefined;
  return {
    kind: "pad_motion",
    pad: fields.readUInt8(0),
    sensor,
    x: fields.readFloatLE(4),
    y: fields.readFloatLE(8),
    z: fields.readFloatLE(12),
  };
}

function readBattery(fields: Buffer): InputEvent {
  return {
    kind: "pad_battery",
    pad: fields.readUInt8(0),
    state: fields.readUInt8(1),
    percent: fields.readUInt8(2),
  };
}
