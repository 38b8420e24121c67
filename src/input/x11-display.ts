/** A connection to an X display that can fake input through its XTEST extension. */
import { messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { inTime } from "../base/scheduler.ts";
import { X11Connection } from "../x11/connection.ts";
import {
  type Extension,
  type FakeInput,
  fake,
  readEvent,
  readExtension,
  readKeyboardMapping,
  readXkbGroup,
  type Setup,
  writeChangeKeyboardMapping,
  writeFakeInput,
  writeGetInputFocus,
  writeGetKeyboardMapping,
  writeGetXkbState,
  writeQueryExtension,
  writeSelectKeyboardEvents,
  writeSelectScreen,
  writeUseXkb,
} from "../x11/wire.ts";

const openDeadlineMs = 3000;
/** A display that has not executed the last input by then is left without it. */
const closeDeadlineMs = 2000;
/** Requests that the display may lag behind before input is dropped. */
const unsentBytesMax = 64 * 1024;

/** One display, while a session sends input to it. */
export class X11Display {
  /** Called when `keys` may have changed. */
  onMapping: () => void = () => undefined;
  /** The group of the keyboard's layout that is active, from 0. */
  group = 0;
  readonly #connection = new X11Connection({ onMessage: (message) => this.#follow(message) });
  #opcode = 0;
  #setup: Setup = { resourceBase: 0, root: 0, width: 0, height: 0, keycodeMin: 8, keycodeMax: 255 };
  #xkb: Extension | undefined;
  #keys = new Map<number, readonly number[]>();
  /** Since the display was last asked for its keys: its answer does not include these. */
  readonly #boundLately = new Map<number, number>();
  #isReadingKeys = false;
  #areKeysOutdated = false;

  /** Of the screen, in pixels, as it is now. */
  get size(): { readonly width: number; readonly height: number } {
    return this.#setup;
  }

  /** Key symbols by keycode: two columns for each of the first two groups. */
  get keys(): ReadonlyMap<number, readonly number[]> {
    return this.#keys;
  }

  /** `:0`, `host:0`. Rejects with `no_display` and the reason. */
  static async open(name: string): Promise<X11Display> {
    const display = new X11Display();
    try {
      await inTime(display.#open(name), { ms: openDeadlineMs }, () => {
        throw new Error(`no answer within ${openDeadlineMs} ms`);
      });
      return display;
    } catch (cause) {
      display.#connection.close();
      const reason = messageOf(cause);
      throw new Failure("no_display", `Cannot forward input to "${name}": ${reason}`, { cause });
    }
  }

  /** False when it was dropped because the display lags too far. */
  fake(input: FakeInput): boolean {
    return this.#write(writeFakeInput(this.#opcode, this.#setup.root, input));
  }

  /** Never dropped: there is at most one release for each delivered press. */
  release(type: "key" | "button", detail: number): void {
    const kind = type === "key" ? fake.keyRelease : fake.buttonRelease;
    this.#connection.send(writeFakeInput(this.#opcode, this.#setup.root, { type: kind, detail }));
  }

  /** Assigns another symbol to a keycode. False when it was dropped. */
  bind(keycode: number, symbol: number): boolean {
    if (!this.#write(writeChangeKeyboardMapping(keycode, symbol))) return false;
    this.#remember(keycode, symbol);
    return true;
  }

  /** Removes the symbol of a bound keycode; like a release, this is never dropped. */
  unbind(keycode: number): void {
    this.#connection.send(writeChangeKeyboardMapping(keycode, 0));
    this.#remember(keycode, 0);
  }

  /**
   * Resolves when everything written has been executed, or when that took too long. A server drops
   * the requests of a disconnected client, so the connection ends only after an answer.
   */
  async close(): Promise<void> {
    const done = this.#connection.ask(writeGetInputFocus()).catch(() => undefined);
    await inTime(done, { ms: closeDeadlineMs }, () => undefined);
    this.#connection.close();
  }

  async #open(name: string): Promise<void> {
    const setup = await this.#connection.open(name);
    this.#setup = setup;
    const extension = readExtension(await this.#connection.ask(writeQueryExtension("XTEST")));
    if (extension === undefined) throw new Error("it has no XTEST extension");
    this.#opcode = extension.opcode;
    this.#connection.send(writeSelectScreen(setup.root));
    await this.#followKeyboard();
    await this.#readKeys();
  }

  async #readKeys(): Promise<void> {
    const { keycodeMin, keycodeMax } = this.#setup;
    this.#boundLately.clear();
    const request = writeGetKeyboardMapping(keycodeMin, keycodeMax - keycodeMin + 1);
    const rows = readKeyboardMapping(await this.#connection.ask(request));
    this.#keys = new Map(rows.map((symbols, index) => [keycodeMin + index, symbols]));
    for (const [keycode, symbol] of this.#boundLately) this.#keys.set(keycode, [symbol]);
    this.onMapping();
  }

  #remember(keycode: number, symbol: number): void {
    this.#keys.set(keycode, [symbol]);
    this.#boundLately.set(keycode, symbol);
  }

  /** Changes that arrive while the display is being asked cause one more request afterwards. */
  async #readKeysAgain(): Promise<void> {
    this.#areKeysOutdated = true;
    if (this.#isReadingKeys) return;
    this.#isReadingKeys = true;
    while (this.#areKeysOutdated && this.#connection.isOpen) {
      this.#areKeysOutdated = false;
      // The connection has ended: nothing is typed on it any more.
      await this.#readKeys().catch(() => undefined);
    }
    this.#isReadingKeys = false;
  }

  /** Without XKB there is one group. */
  async #followKeyboard(): Promise<void> {
    const xkb = readExtension(await this.#connection.ask(writeQueryExtension("XKEYBOARD")));
    if (xkb === undefined) return;
    await this.#connection.ask(writeUseXkb(xkb.opcode));
    this.#xkb = xkb;
    this.#connection.send(writeSelectKeyboardEvents(xkb.opcode));
    this.group = readXkbGroup(await this.#connection.ask(writeGetXkbState(xkb.opcode)));
  }

  #write(request: Buffer): boolean {
    if (this.#connection.unsentBytes + request.length > unsentBytesMax) return false;
    this.#connection.send(request);
    return true;
  }

  /** Errors of requests without answers are ignored. */
  #follow(message: Buffer): void {
    const event = readEvent(message, this.#xkb);
    if (event?.kind === "group") this.group = event.group;
    if (event?.kind === "size") this.#setup = { ...this.#setup, ...event };
    if (event?.kind === "mapping") void this.#readKeysAgain();
  }
}
