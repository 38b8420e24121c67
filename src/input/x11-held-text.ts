/**
 * A text that a player has copied, on an X display: CLIPBOARD belongs to a window of ours, and each
 * program that pastes is given it. It is short enough to be given whole; MULTIPLE, which no program
 * pastes with, is refused.
 */
import { type Clock, systemClock } from "../base/clock.ts";
import { inTime } from "../base/scheduler.ts";
import { copiedBytesMax } from "../wayland/copied.ts";
import type { HeldText } from "../wayland/held-text.ts";
import { X11Connection } from "../x11/connection.ts";
import {
  readAtom,
  readOwnerEvent,
  type SelectionWanted,
  writeChangeProperty,
  writeGetSelectionOwner,
  writeHiddenWindow,
  writeInternAtom,
  writeSelectionNotify,
  writeSelectProperties,
  writeSetSelectionOwner,
} from "./x11-clipboard-wire.ts";

const deadlineMs = 3000;
/** A program that pastes asks for it two or three times. */
const perSecondMax = 100;
/** A display that lags behind so far gets nothing more. */
const unsentBytesMax = 4 * copiedBytesMax;

const textNames = ["UTF8_STRING", "text/plain;charset=utf-8"] as const;
const names = [
  ...(["CLIPBOARD", "TARGETS", "TIMESTAMP", "ATOM", "INTEGER", "ONGLASS_CLIPBOARD"] as const),
  ...textNames,
];

type Name = (typeof names)[number];

/**
 * Rejects with the reason, within three seconds. Over when another program copies, or asks as no
 * program that pastes does.
 */
export async function holdX11Text(display: string, text: string): Promise<HeldText> {
  const held = new HeldX11Text(text);
  try {
    await inTime(held.open(display), { ms: deadlineMs }, () => {
      throw new Error("the display does not answer");
    });
    return held;
  } catch (cause) {
    held.close();
    throw cause;
  }
}

class HeldX11Text implements HeldText {
  readonly #bytes: Buffer;
  readonly #clock: Clock = systemClock();
  readonly #atoms = new Map<Name, number>();
  /** When the selection became ours, on the display's clock. */
  readonly #time = Promise.withResolvers<number>();
  #timestamp = 0;
  #second = 0;
  #askedCount = 0;

  readonly #connection = new X11Connection({
    onMessage: (message) => this.#take(message),
    onEnd: () => this.#time.reject(new Error("the display has ended the connection")),
  });

  constructor(text: string) {
    this.#bytes = Buffer.from(text);
    // Nobody may wait for it.
    this.#time.promise.catch(() => undefined);
  }

  async open(display: string): Promise<void> {
    const connection = this.#connection;
    const { resourceBase: window, root } = await connection.open(display);
    for (const name of names)
      this.#atoms.set(name, readAtom(await connection.ask(writeInternAtom(name))));
    connection.send(writeHiddenWindow(window, root));
    connection.send(writeSelectProperties(window));
    // The time of this change is that of the display now.
    const [property, type] = [this.#atom("ONGLASS_CLIPBOARD"), this.#atom("INTEGER")];
    const nothing = { window, property, type, bytes: Buffer.alloc(0) };
    connection.send(writeChangeProperty({ ...nothing, format: 32, isAdded: true }));
    this.#timestamp = await this.#time.promise;
    const selection = this.#atom("CLIPBOARD");
    connection.send(writeSetSelectionOwner(window, selection, this.#timestamp));
    const owner = readAtom(await connection.ask(writeGetSelectionOwner(selection)));
    if (owner !== window) throw new Error("another program has copied something");
  }

  close(): void {
    this.#connection.close();
  }

  #atom(name: Name): number {
    return this.#atoms.get(name) ?? 0;
  }

  #take(message: Buffer): void {
    const event = readOwnerEvent(message);
    if (event?.kind === "time") this.#time.resolve(event.time);
    if (event?.kind === "wanted" && this.#isBearable()) this.#give(event.wanted);
    else if (event?.kind === "wanted" || event?.kind === "lost") this.close();
  }

  #give(wanted: SelectionWanted): void {
    const { window, property } = wanted;
    const value = this.#valueOf(wanted.type);
    if (value !== undefined) {
      this.#connection.send(writeChangeProperty({ window, property, ...value }));
    }
    this.#connection.send(writeSelectionNotify(wanted, value === undefined ? 0 : property));
  }

  #isBearable(): boolean {
    const second = Math.floor(this.#clock.nowUs() / 1e6);
    this.#askedCount = second === this.#second ? this.#askedCount + 1 : 1;
    this.#second = second;
    return this.#askedCount <= perSecondMax && this.#connection.unsentBytes <= unsentBytesMax;
  }

  #valueOf(wanted: number) {
    const texts = textNames.map((name) => this.#atom(name));
    if (texts.includes(wanted)) return { type: wanted, format: 8, bytes: this.#bytes } as const;
    if (wanted === this.#atom("TIMESTAMP")) {
      return {
        type: this.#atom("INTEGER"),
        format: 32,
        bytes: wordsOf([this.#timestamp]),
      } as const;
    }
    if (wanted !== this.#atom("TARGETS")) return undefined;
    const targets = [wanted, this.#atom("TIMESTAMP"), ...texts];
    return { type: this.#atom("ATOM"), format: 32, bytes: wordsOf(targets) } as const;
  }
}

function wordsOf(words: readonly number[]): Buffer {
  return Buffer.from(Uint32Array.from(words).buffer);
}
