/** A connection to an X display that can fake input through its XTEST extension. */
import { homedir } from "node:os";
import { join } from "node:path";
import type { Socket } from "bun";
import { Failure } from "../base/failure.ts";
import { timers } from "../base/scheduler.ts";
import {
  type FakeInput,
  fake,
  findCookie,
  messageBytes,
  readExtension,
  readKeyboardMapping,
  readSetup,
  type Setup,
  setupBytes,
  writeChangeKeyboardMapping,
  writeFakeInput,
  writeGetInputFocus,
  writeGetKeyboardMapping,
  writeQueryExtension,
  writeSetup,
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
  readonly #answers: PromiseWithResolvers<Buffer>[] = [];
  #socket: Socket | undefined;
  #held = Buffer.alloc(0);
  #isSetUp = false;
  #unsent = Buffer.alloc(0);
  #opcode = 0;
  #setup: Setup = { root: 0, width: 0, height: 0, keycodeMin: 8, keycodeMax: 255 };
  /** Key symbols by keycode. */
  readonly keys = new Map<number, readonly number[]>();

  get width(): number {
    return this.#setup.width;
  }

  get height(): number {
    return this.#setup.height;
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
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Failure("no_display", `Cannot pass input on to "${name}": ${reason}`, { cause });
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

  /** Gives a keycode another symbol. */
  bind(keycode: number, symbol: number): void {
    this.keys.set(keycode, [symbol, symbol]);
    this.#write(writeChangeKeyboardMapping(keycode, symbol));
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
    const match = /^([^:]*):(\d{1,5})(?:\.\d+)?$/.exec(name);
    const [, host = "", number = ""] = match ?? [];
    if (match === null) throw new Error("it is no display's name");
    await this.#connect(host, number);
    const setup = readSetup(await this.#ask(writeSetup(await cookieFor(number))));
    if (setup === undefined) throw new Error("it refused the connection");
    this.#setup = setup;
    const opcode = readExtension(await this.#ask(writeQueryExtension("XTEST")));
    if (opcode === undefined) throw new Error("it has no XTEST extension");
    this.#opcode = opcode;
    const { keycodeMin, keycodeMax } = setup;
    const request = writeGetKeyboardMapping(keycodeMin, keycodeMax - keycodeMin + 1);
    for (const [index, symbols] of readKeyboardMapping(await this.#ask(request)).entries()) {
      this.keys.set(keycodeMin + index, symbols);
    }
  }

  async #connect(host: string, number: string): Promise<void> {
    const isLocal = host === "" || host === "unix";
    const socket = {
      data: (_socket: Socket, bytes: Buffer) => this.#receive(bytes),
      drain: () => this.#send(Buffer.alloc(0)),
      close: () => this.#end(),
      error: () => this.#end(),
    };
    this.#socket = isLocal
      ? await Bun.connect({ unix: `/tmp/.X11-unix/X${number}`, socket })
      : await Bun.connect({ hostname: host, port: 6000 + Number(number), socket });
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
      // Events are of no interest, and neither are errors of requests that have no answer.
      const isAnswer = !this.#isSetUp || message[0] === 1;
      this.#isSetUp = true;
      if (isAnswer) this.#answers.shift()?.resolve(message);
    }
    if (this.#held.length > heldBytesMax) this.#end();
  }
}

async function cookieFor(display: string) {
  const path = process.env.XAUTHORITY ?? join(homedir(), ".Xauthority");
  const file = Bun.file(path);
  const bytes = (await file.exists()) ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0);
  return findCookie(bytes, display);
}
