/** One keyboard of zwp_virtual_keyboard_v1: its keymap, its keys, its modifiers. */
import { makeSharedMemory } from "../base/shared-memory.ts";
import type { WaylandConnection, WaylandRequest } from "../wayland/connection.ts";
import { writeMessage } from "../wayland/wire/message.ts";

const requests = { keymap: 0, key: 1, modifiers: 2 };
const textFormat = 1;
const keymapBytesMax = 1 << 20;

/** The modifiers while a key is pressed: bits of XKB's real modifiers. */
export type ModifierState = { readonly depressed: number; readonly locked: number };

/** Lives as long as its connection. Nothing may be typed before it has a keymap. */
export class VirtualKeyboard {
  readonly #connection: WaylandConnection;
  readonly #id: number;
  readonly #nowMs: () => number;

  /** @param manager the bound zwp_virtual_keyboard_manager_v1; @param seat the bound wl_seat. */
  constructor(
    connection: WaylandConnection,
    { manager, seat, nowMs }: { manager: number; seat: number; nowMs: () => number },
  ) {
    this.#connection = connection;
    this.#nowMs = nowMs;
    this.#id = connection.makeObject();
    connection.send(manager, 0, [seat, this.#id]);
  }

  /** The symbols of its keys from now on. Throws for a text that no compositor would accept. */
  setKeymap(text: string): void {
    const bytes = Buffer.from(`${text}\0`);
    if (bytes.length > keymapBytesMax) throw new Error(`a keymap of ${bytes.length} bytes`);
    using memory = makeSharedMemory("onglass-keymap", bytes.length);
    memory.bytes.set(bytes);
    // The descriptor is sent with the message and is not an argument in it.
    const message = writeMessage(this.#id, requests.keymap, [textFormat, bytes.length]);
    this.#connection.sendDescriptor(message, memory.descriptor);
  }

  /** The request for a key, by the kernel's number. */
  key(code: number, isDown: boolean): WaylandRequest {
    return [this.#id, requests.key, [this.#nowMs(), code, isDown ? 1 : 0]];
  }

  modifiers({ depressed, locked }: ModifierState): WaylandRequest {
    return [this.#id, requests.modifiers, [depressed, 0, locked, 0]];
  }
}
