/** A connection to an X display that can fake input through its XTEST extension. */
import type { Socket } from "bun";
import { messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { timers } from "../base/scheduler.ts";
import { connectDisplay, cookieOf, displayNumber } from "./x11-address.ts";
import {
  type Extension,
  type FakeInput,
  fake,
  messageBytes,
  readEvent,
  readExtension,
  readKeyboardMapping,
  readSetup,
  readXkbGroup,
  type Setup,
  setupBytes,
  writeChangeKeyboardMapping,
  writeFakeInput,
  writeGetInputFocus,
  writeGetKeyboardMapping,
  writeGetXkbState,
  writeQueryExtension,
  writeSelectKeyboardEvents,
  writeSelectScreen,
  writeSetup,
  writeUseXkb,
} from "./x11-wire.ts";

const openDeadlineMs = 3000;
/** A display that has not carried out the last input by then is left without it. */
const closeDeadlineMs = 2000;
/** Answers are far shorter; a peer that sends more is not an X server. */
const heldBytesMax = 1 << 20;
/** Requests that the display may lag behind before input is dropped. */
const unsentBytesMax = 64 * 1024;

/** One display, for as long as a session passes input to it. */
export class X11Display {
  /** Called when `keys` may be others than before. */
  onMapping: () => void = () => undefined;
  /** The group of the keyboard's layout that is active, from 0. */
  group = 0;
  readonly #answers: PromiseWithResolvers<Buffer>[] = [];
  #socket: Socket | undefined;
  #held = Buffer.alloc(0);
  #isSetUp = false;
  #unsent = Buffer.alloc(0);
  #opcode = 0;
  #setup: Setup = { resourceBase: 0, root: 0, width: 0, height: 0, keycodeMin: 8, keycodeMax: 255 };
  #xkb: Extension | undefined;
  #keys = new Map<number, readonly number[]>();
  /** Since the display was last asked for its keys: what it answers knows nothing of these. */
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

  /** `:0`, `host:0`. Rejects with `no_display` and what was in the way. */
  static async open(name: string): Promise<X11Display> {
    const display = new X11Display();
    const deadline = Promise.withResolvers<never>();
    const late = () => deadline.reject(new Error(`no answer within ${openDeadlineMs} ms`));
    const cancel = timers.after(openDeadlineMs, late);
    try {
      await Promise.race([display.#open(name), deadline.promise]);
      return display;
    } catch (cause) {
      display.#end();
      const reason = messageOf(cause);
      throw new Failure("no_display", `Cannot forward input to "${name}": ${reason}`, { cause });
    } finally {
      cancel();
    }
  }

  /** False when the display lags so far behind that this was dropped. */
  fake(input: FakeInput): boolean {
    return this.#write(writeFakeInput(this.#opcode, this.#setup.root, input));
  }

  /** Is never dropped: there is at most one release for each press that was not. */
  release(type: "key" | "button", detail: number): void {
    const kind = type === "key" ? fake.keyRelease : fake.buttonRelease;
    this.#send(writeFakeInput(this.#opcode, this.#setup.root, { type: kind, detail }));
  }

  /** Gives a keycode another symbol. False when it was dropped. */
  bind(keycode: number, symbol: number): boolean {
    if (!this.#write(writeChangeKeyboardMapping(keycode, symbol))) return false;
    this.#remember(keycode, symbol);
    return true;
  }

  /** The keycode of a `bind` has no symbol again; like a release, this is never dropped. */
  unbind(keycode: number): void {
    this.#send(writeChangeKeyboardMapping(keycode, 0));
    this.#remember(keycode, 0);
  }

  /**
   * Resolves when all that was written has been carried out, or when that took too long. A server
   * drops the requests of a client that is gone, so the connection ends after an answer only.
   */
  async close(): Promise<void> {
    const deadline = Promise.withResolvers<void>();
    const cancel = timers.after(closeDeadlineMs, deadline.resolve);
    const done = this.#ask(writeGetInputFocus()).catch(() => undefined);
    await Promise.race([done, deadline.promise]);
    cancel();
    this.#end();
  }

  #end(): void {
    this.#socket?.end();
    this.#socket = undefined;
    for (const answer of this.#answers.splice(0)) answer.reject(new Error("it was closed"));
  }

  async #open(name: string): Promise<void> {
    const number = displayNumber(name);
    await this.#connect(name);
    const setup = readSetup(await this.#ask(writeSetup(await cookieOf(number))));
    if (setup === undefined) throw new Error("it refused the connection");
    this.#setup = setup;
    const extension = readExtension(await this.#ask(writeQueryExtension("XTEST")));
    if (extension === undefined) throw new Error("it has no XTEST extension");
    this.#opcode = extension.opcode;
    this.#send(writeSelectScreen(setup.root));
    await this.#followKeyboard();
    await this.#readKeys();
  }

  async #readKeys(): Promise<void> {
    const { keycodeMin, keycodeMax } = this.#setup;
    this.#boundLately.clear();
    const request = writeGetKeyboardMapping(keycodeMin, keycodeMax - keycodeMin + 1);
    const rows = readKeyboardMapping(await this.#ask(request));
    this.#keys = new Map(rows.map((symbols, index) => [keycodeMin + index, symbols]));
    for (const [keycode, symbol] of this.#boundLately) this.#keys.set(keycode, [symbol]);
    this.onMapping();
  }

  #remember(keycode: number, symbol: number): void {
    this.#keys.set(keycode, [symbol]);
    this.#boundLately.set(keycode, symbol);
  }

  /** Changes that come while the display is being asked are asked for once, afterwards. */
  async #readKeysAgain(): Promise<void> {
    this.#areKeysOutdated = true;
    if (this.#isReadingKeys) return;
    this.#isReadingKeys = true;
    while (this.#areKeysOutdated && this.#socket !== undefined) {
      this.#areKeysOutdated = false;
      // The connection has ended: nothing is typed on it any more.
      await this.#readKeys().catch(() => undefined);
    }
    this.#isReadingKeys = false;
  }

  /** Without XKB there is one group. */
  async #followKeyboard(): Promise<void> {
    const xkb = readExtension(await this.#ask(writeQueryExtension("XKEYBOARD")));
    if (xkb === undefined) return;
    await this.#ask(writeUseXkb(xkb.opcode));
    this.#xkb = xkb;
    this.#send(writeSelectKeyboardEvents(xkb.opcode));
    this.group = readXkbGroup(await this.#ask(writeGetXkbState(xkb.opcode)));
  }

  async #connect(name: string): Promise<void> {
    this.#socket = await connectDisplay(name, {
      data: (_socket: Socket, bytes: Buffer) => this.#receive(bytes),
      drain: () => this.#send(Buffer.alloc(0)),
      close: () => this.#end(),
      error: () => this.#end(),
    });
  }

  #ask(request: Buffer): Promise<Buffer> {
    if (this.#socket === undefined) return Promise.reject(new Error("it was closed"));
    const answer = Promise.withResolvers<Buffer>();
    this.#answers.push(answer);
    this.#send(request);
    return answer.promise;
  }

  #write(request: Buffer): boolean {
    if (this.#unsent.length + request.length > unsentBytesMax) return false;
    this.#send(request);
    return true;
  }

  #send(request: Buffer): void {
    const bytes = this.#unsent.length === 0 ? request : Buffer.concat([this.#unsent, request]);
    const written = this.#socket?.write(bytes) ?? bytes.length;
    this.#unsent = Buffer.from(bytes.subarray(Math.max(0, written)));
  }

  #receive(bytes: Buffer): void {
    this.#held = Buffer.concat([this.#held, bytes]);
    for (;;) {
      const count = this.#isSetUp ? messageBytes(this.#held) : setupBytes(this.#held);
      if (count === undefined || this.#held.length < count) break;
      const message = this.#held.subarray(0, count);
      this.#held = this.#held.subarray(count);
      const isAnswer = !this.#isSetUp || message[0] === 1;
      this.#isSetUp = true;
      if (isAnswer) this.#answers.shift()?.resolve(message);
      else this.#follow(message);
    }
    if (this.#held.length > heldBytesMax) this.#end();
  }

  /** Errors of requests that have no answer are of no interest. */
  #follow(message: Buffer): void {
    const event = readEvent(message, this.#xkb);
    if (event?.kind === "group") this.group = event.group;
    if (event?.kind === "size") this.#setup = { ...this.#setup, ...event };
    if (event?.kind === "mapping") void this.#readKeysAgain();
  }
}
