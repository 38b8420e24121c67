/** The probe window on an X display, as a client of its own: the few requests that a window takes. */

import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { inTime } from "../base/scheduler.ts";
import { X11Connection } from "../x11/connection.ts";
import type { Setup } from "../x11/wire.ts";
import {
  type Box,
  cellFor,
  patchBox,
  patchBoxes,
  patchColor,
  patchColumns,
  patchRows,
} from "./patch.ts";
import { ProbeCount, type ProbeWindow } from "./window.ts";

const openDeadlineMs = 3000;

/** Resolves when the window is on the screen. Rejects with `no_display` and the reason. */
export async function openX11Window(name: string, clock: Clock): Promise<ProbeWindow> {
  const window = new X11Window(clock);
  try {
    await inTime(window.open(name), { ms: openDeadlineMs }, () => {
      throw new Error(`no answer within ${openDeadlineMs} ms`);
    });
    return window;
  } catch (cause) {
    window.close();
    const reason = messageOf(cause);
    throw new Failure("no_display", `Cannot open a window on "${name}": ${reason}`, { cause });
  }
}

const requests = {
  createWindow: 1,
  map: 8,
  changeProperty: 18,
  createContext: 55,
  changeContext: 56,
  fill: 70,
};
const events = { keyPress: 2, buttonPress: 4, expose: 12, mapNotify: 19, configureNotify: 22 };
const eventMask = (1 << 0) | (1 << 2) | (1 << 15) | (1 << 17);

class X11Window implements ProbeWindow {
  readonly #closed = Promise.withResolvers<void>();
  readonly #opened = Promise.withResolvers<void>();
  readonly #count: ProbeCount;
  readonly #connection = new X11Connection({
    onMessage: (message) => this.#follow(message),
    onEnd: () => this.#end(),
  });
  #setup: Setup | undefined;
  #size = { width: 0, height: 0 };
  #cell = 0;

  constructor(clock: Clock) {
    this.#count = new ProbeCount(clock);
    // A missing display is reported when connecting to it.
    this.#opened.promise.catch(() => undefined);
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  async open(name: string): Promise<void> {
    this.#begin(await this.#connection.open(name));
    await this.#opened.promise;
  }

  close(): void {
    this.#connection.close();
  }

  #end(): void {
    this.#opened.reject(new Error("it closed the connection"));
    this.#closed.resolve();
  }

  #begin(setup: Setup): void {
    this.#setup = setup;
    this.#cell = cellFor(setup.width);
    const [width, height] = [this.#cell * patchColumns, this.#cell * patchRows];
    this.#size = { width, height };
    const { resourceBase: window } = setup;
    const place = { x: (setup.width - width) >> 1, y: (setup.height - height) >> 1 };
    this.#connection.send(
      Buffer.concat([
        request(requests.createWindow, [
          ...[window, setup.root, pair(place.x, place.y), pair(width, height), pair(0, 1), 0],
          ...[backgroundAndEvents, patchColor, eventMask],
        ]),
        writeTitle(window),
        request(requests.createContext, [window + 1, window, foreground, 0]),
        request(requests.map, [window]),
      ]),
    );
  }

  #follow(message: Buffer): void {
    // The highest bit says that another client has sent it.
    const type = message.readUInt8(0) & 0x7f;
    if (type === events.configureNotify) {
      this.#size = { width: message.readUInt16LE(20), height: message.readUInt16LE(22) };
      this.#draw();
    } else if (type === events.keyPress || type === events.buttonPress) {
      this.#count.press();
      this.#draw();
    } else if (type === events.expose) {
      this.#draw();
      this.#opened.resolve();
    }
  }

  #draw(): void {
    const base = this.#setup?.resourceBase;
    if (base === undefined) return;
    const boxes = patchBoxes(patchBox(this.#size, this.#cell), this.#count);
    this.#connection.send(
      Buffer.concat(boxes.flatMap(({ color, ...box }) => writeFill(base, color, box))),
    );
  }
}

const foreground = 1 << 2;
const backgroundAndEvents = (1 << 1) | (1 << 11);

/** A request of an opcode and whole words. */
function request(opcode: number, words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * words.length);
  bytes.writeUInt8(opcode, 0);
  bytes.writeUInt16LE(1 + words.length, 2);
  for (const [index, word] of words.entries()) bytes.writeUInt32LE(word >>> 0, 4 + 4 * index);
  return bytes;
}

function pair(low: number, high: number): number {
  return (low & 0xffff) | ((high & 0xffff) << 16);
}

function writeFill(base: number, color: number, { x, y, width, height }: Box): Buffer[] {
  const context = base + 1;
  return [
    request(requests.changeContext, [context, foreground, color]),
    request(requests.fill, [base, context, pair(x, y), pair(width, height)]),
  ];
}

/** WM_NAME, of the type STRING; both atoms are the protocol's own. */
function writeTitle(window: number): Buffer {
  const [nameAtom, stringAtom, title] = [39, 31, "onglass probe   "];
  const words = Buffer.from(title, "latin1");
  const head = request(requests.changeProperty, [
    ...[window, nameAtom, stringAtom, 8, title.trimEnd().length],
    ...Array.from({ length: words.length / 4 }, (_, at) => words.readUInt32LE(4 * at)),
  ]);
  return head;
}
