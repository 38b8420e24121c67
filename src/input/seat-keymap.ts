/** The keymap of a desktop's own keyboard, so that keys type the same as there. */
import { readSync } from "node:fs";
import { closeDescriptor } from "../base/descriptors.ts";
import type { BoundObject, WaylandConnection } from "../wayland/connection.ts";

const seatRequests = { getKeyboard: 1 };
const seatKeyboard = 2;
const keymapEvent = 0;
const textFormat = 1;
const keymapBytesMax = 1 << 20;

/** A keymap as text, and whether its right alt key chooses the third level. */
export type SeatKeymap = { readonly text: string; readonly hasLevel3: boolean };

/** A seat, whose keyboard can be requested once its capabilities are known. */
export type Seat = { readonly object: BoundObject; hasKeyboard: boolean };

/** Binds the first seat; throws if there is none. Its capabilities are known after a round trip. */
export function bindSeat(connection: WaylandConnection): Seat {
  const global = connection.globals.find((one) => one.interface === "wl_seat");
  if (global === undefined) throw new Error("it has no seat");
  const object = connection.bind(global, 1, (opcode, args) => {
    if (opcode === 0) seat.hasKeyboard = (args.uint() & seatKeyboard) !== 0;
  });
  const seat: Seat = { object, hasKeyboard: false };
  return seat;
}

/**
 * The keymap of the seat's keyboard; without a keyboard one of the layout that `XKB_DEFAULT_LAYOUT`
 * names, as the compositor would make it.
 */
export async function readSeatKeymap(
  connection: WaylandConnection,
  seat: Seat,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SeatKeymap> {
  const text = seat.hasKeyboard ? await askKeymap(connection, seat) : undefined;
  if (text !== undefined) return { text, hasLevel3: choosesLevel3(text) };
  return defaultKeymap(env.XKB_DEFAULT_LAYOUT ?? "", env.XKB_DEFAULT_VARIANT ?? "");
}

async function askKeymap(connection: WaylandConnection, seat: Seat): Promise<string | undefined> {
  let size = 0;
  const keyboard = connection.makeObject((opcode, args) => {
    // The descriptor is not an argument in the message.
    if (opcode === keymapEvent && args.uint() === textFormat) size = args.uint();
  });
  connection.send(seat.object.id, seatRequests.getKeyboard, [keyboard]);
  await connection.settle();
  const descriptor = connection.takeDescriptor();
  if (descriptor === undefined) return undefined;
  try {
    return readKeymap(descriptor, size);
  } finally {
    closeDescriptor(descriptor);
  }
}

function readKeymap(descriptor: number, size: number): string | undefined {
  if (size === 0 || size > keymapBytesMax) return undefined;
  const bytes = Buffer.alloc(size);
  const count = readSync(descriptor, bytes, 0, size, 0);
  const end = bytes.subarray(0, count).indexOf(0);
  const text = bytes.toString("utf8", 0, end < 0 ? count : end);
  return isWholeKeyboard(text) ? text : undefined;
}

/**
 * Programs that type text, including ours, present keyboards to the seat that have only their own
 * keys.
 */
export function isWholeKeyboard(keymap: string): boolean {
  return (
    keymap.startsWith("xkb_keymap") && /key\s+<AC01>/.test(keymap) && keymap.includes("<LFSH>")
  );
}

/** Whether the first symbol of the right alt key is the one for the third level. */
export function choosesLevel3(keymap: string): boolean {
  const [, symbol] = /key\s+<(?:RALT|LVL3)>\s*\{[^[}]*\[\s*([A-Za-z0-9_]+)/.exec(keymap) ?? [];
  return symbol === "ISO_Level3_Shift";
}

/** Names of layouts and variants, several with commas; an invalid one stands for US. */
export function defaultKeymap(layout: string, variant: string): SeatKeymap {
  const name = /^[a-z_]{2,20}$/.exec(layout.split(",")[0] ?? "")?.[0] ?? "us";
  const kind = /^[A-Za-z0-9_-]{1,40}$/.exec(variant.split(",")[0] ?? "")?.[0];
  const symbols = kind === undefined ? name : `${name}(${kind})`;
  const text = [
    "xkb_keymap {",
    'xkb_keycodes { include "evdev+aliases(qwerty)" };',
    'xkb_types { include "complete" };',
    'xkb_compatibility { include "complete" };',
    `xkb_symbols { include "pc+${symbols}+inet(evdev)" };`,
    "};\n",
  ];
  return { text: text.join("\n"), hasLevel3: name !== "us" || kind !== undefined };
}
