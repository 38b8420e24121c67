/** The probe window on a Wayland desktop: an ordinary window by xdg-shell, drawn into shared memory. */
import type { Clock } from "../base/clock.ts";
import { sleepMs } from "../base/timer.ts";
import { BufferPair } from "../wayland/buffers.ts";
import { WaylandConnection } from "../wayland/connection.ts";
import { type Box, cellFor, patchBox, patchBoxes, patchColumns, patchRows } from "./patch.ts";
import { ProbeCount, type ProbeWindow } from "./window.ts";

const openMs = 3000;
const openTries = 60;
/** How long the thread is blocked at a time; input wakes it at once. */
const waitMs = 100;
/** XRGB8888. */
const format = 1;
const pressed = 1;
/** Around the patch in a larger window. */
const backdrop = 0xff303030;

/**
 * Returns the window when the desktop has drawn it.
 * @param desktopWidth of the output, in pixels
 * @throws Obstacle or Error with what was in the way
 */
export function openWaylandWindow(
  path: string,
  options: { clock: Clock; desktopWidth: number },
): ProbeWindow {
  const connection = new WaylandConnection(path);
  try {
    const window = new WaylandWindow(connection, options);
    for (let tries = 0; !window.isShown; tries += 1) {
      if (tries === openTries || connection.fault !== undefined)
        throw new Error(connection.fault ?? "the desktop does not show the window");
      connection.pump(openMs / openTries);
    }
    return window;
  } catch (cause) {
    connection.close();
    throw cause;
  }
}

class WaylandWindow implements ProbeWindow {
  readonly closed: Promise<void>;
  readonly #connection: WaylandConnection;
  readonly #count: ProbeCount;
  readonly #buffers: BufferPair;
  readonly #surface: number;
  readonly #cell: number;
  #size: { width: number; height: number };
  #isConfigured = false;
  #isClosed = false;
  isShown = false;

  constructor(
    connection: WaylandConnection,
    { clock, desktopWidth }: { clock: Clock; desktopWidth: number },
  ) {
    this.#connection = connection;
    this.#count = new ProbeCount(clock);
    this.#cell = cellFor(desktopWidth);
    this.#size = { width: this.#cell * patchColumns, height: this.#cell * patchRows };
    this.#buffers = new BufferPair(connection, this.#bind("wl_shm", 1));
    // Object ids must be sent in order.
    const compositor = this.#bind("wl_compositor", 4);
    this.#surface = connection.makeObject();
    connection.send(compositor, 0, [this.#surface]);
    this.#followSeat();
    this.#openShell();
    this.closed = this.#follow();
  }

  close(): void {
    this.#isClosed = true;
  }

  #bind(name: string, version: number, listener?: Parameters<WaylandConnection["bind"]>[2]) {
    const found = this.#connection.globals.find((global) => global.interface === name);
    if (found === undefined) throw new Error(`the desktop has no ${name}`);
    return this.#connection.bind(found, version, listener).id;
  }

  #openShell(): void {
    const connection = this.#connection;
    const shell: number = this.#bind("xdg_wm_base", 1, (opcode, args) => {
      if (opcode === 0) connection.send(shell, 3, [args.uint()]);
    });
    const shellSurface: number = connection.makeObject((_opcode, args) => {
      connection.send(shellSurface, 4, [args.uint()]);
      this.#isConfigured = true;
      this.#draw();
    });
    connection.send(shell, 2, [shellSurface, this.#surface]);
    const window = connection.makeObject((opcode, args) => {
      if (opcode === 1) this.#isClosed = true;
      if (opcode !== 0) return;
      const [width, height] = [args.int(), args.int()];
      if (width > 0 && height > 0) this.#size = { width, height };
    });
    connection.send(shellSurface, 1, [window]);
    connection.send(window, 2, ["onglass probe"]);
    connection.send(window, 3, ["onglass-probe"]);
    connection.send(this.#surface, 6, []);
  }

  /** A press of a key or mouse button; releases and repeats are ignored. */
  #followSeat(): void {
    const connection = this.#connection;
    let [pointer, keyboard] = [0, 0];
    const seat: number = this.#bind("wl_seat", 5, (opcode, args) => {
      if (opcode !== 0) return;
      const abilities = args.uint();
      if ((abilities & 1) !== 0 && pointer === 0) {
        pointer = connection.makeObject((kind, values) => {
          if (kind === 3) this.#press([values.uint(), values.uint(), values.uint(), values.uint()]);
        });
        connection.send(seat, 0, [pointer]);
      }
      if ((abilities & 2) !== 0 && keyboard === 0) {
        keyboard = connection.makeObject((kind, values) => {
          if (kind === 3) this.#press([values.uint(), values.uint(), values.uint(), values.uint()]);
        });
        connection.send(seat, 1, [keyboard]);
      }
    });
  }

  /** Serial, time, code, and state: the same order for keys and buttons. */
  #press([, , , state]: readonly number[]): void {
    if (state !== pressed) return;
    this.#count.press();
    this.#draw();
  }

  #draw(): void {
    if (!this.#isConfigured) return;
    const { width, height } = this.#size;
    const shape = { width, height, stride: width * 4, format };
    const buffer = this.#buffers.next(shape);
    const pixels = new Uint32Array(buffer.bytes.buffer, buffer.bytes.byteOffset, width * height);
    if (buffer.isFresh) pixels.fill(backdrop);
    buffer.isFresh = false;
    for (const box of patchBoxes(patchBox(this.#size, this.#cell), this.#count))
      fill(pixels, width, box);
    const callback = this.#connection.makeObject(() => {
      this.isShown = true;
    });
    this.#connection.sendAll([
      [this.#surface, 1, [buffer.id, 0, 0]],
      [this.#surface, 9, [0, 0, width, height]],
      [this.#surface, 3, [callback]],
      [this.#surface, 6, []],
    ]);
    this.#buffers.release();
  }

  /** Blocks this thread for most of the time. */
  async #follow(): Promise<void> {
    await sleepMs(0);
    while (!this.#isClosed && this.#connection.fault === undefined) {
      if (this.isShown) this.#connection.pump(waitMs);
      await sleepMs(0);
    }
    this.#buffers[Symbol.dispose]();
    this.#connection.close();
  }
}

function fill(pixels: Uint32Array, stride: number, box: Box & { readonly color: number }): void {
  const color = (0xff000000 | box.color) >>> 0;
  for (let line = 0; line < box.height; line += 1) {
    const start = (box.y + line) * stride + box.x;
    pixels.fill(color, start, start + box.width);
  }
}
