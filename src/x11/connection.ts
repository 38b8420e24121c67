/**
 * A connection to an X display: requests out, complete messages in, answers in the order of the
 * requests.
 */
import type { Socket } from "bun";
import { connectDisplay, cookieOf, displayNumber } from "./address.ts";
import { messageBytes, readSetup, type Setup, setupBytes, writeSetup } from "./wire.ts";

/** Messages are far shorter; a peer that sends more is not an X server. */
const heldBytesMax = 1 << 20;
const reply = 1;
const error = 0;

/** The user of a connection. */
export type X11Listener = {
  /** Messages that are not answers: an event, or an error of no request. */
  onMessage(message: Buffer): void;
  /** The display has ended it, or the caller has. */
  onEnd?(): void;
  /** Every request that may fail is tracked: its error is the answer. */
  readonly areErrorsAnswers?: boolean;
};

/** One connection; closed by its owner. */
export class X11Connection {
  readonly #listener: X11Listener;
  readonly #answers: PromiseWithResolvers<Buffer>[] = [];
  #socket: Socket | undefined;
  #held = Buffer.alloc(0);
  #unsent = Buffer.alloc(0);
  #isSetUp = false;
  #isClosed = false;

  constructor(listener: X11Listener) {
    this.#listener = listener;
  }

  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  /** Of requests that the display lags behind. */
  get unsentBytes(): number {
    return this.#unsent.length;
  }

  /** @param name `:0`, `host:0`. Rejects with what was in the way. */
  async open(name: string): Promise<Setup> {
    const number = displayNumber(name);
    const socket = await connectDisplay(name, {
      data: (_socket: Socket, bytes: Buffer) => this.#receive(bytes),
      drain: () => this.send(Buffer.alloc(0)),
      close: () => this.close(),
      error: () => this.close(),
    });
    if (this.#isClosed) {
      socket.end();
      throw new Error("it was closed");
    }
    this.#socket = socket;
    const setup = readSetup(await this.ask(writeSetup(await cookieOf(number))));
    if (setup === undefined) throw new Error("it refused the connection");
    return setup;
  }

  ask(request: Buffer): Promise<Buffer> {
    if (this.#socket === undefined) return Promise.reject(new Error("it was closed"));
    const answer = Promise.withResolvers<Buffer>();
    this.#answers.push(answer);
    this.send(request);
    return answer.promise;
  }

  send(request: Buffer): void {
    const bytes = this.#unsent.length === 0 ? request : Buffer.concat([this.#unsent, request]);
    const written = this.#socket?.write(bytes) ?? bytes.length;
    this.#unsent = Buffer.from(bytes.subarray(Math.max(0, written)));
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.end();
    this.#socket = undefined;
    for (const answer of this.#answers.splice(0)) answer.reject(new Error("it was closed"));
    this.#listener.onEnd?.();
  }

  #receive(bytes: Buffer): void {
    this.#held = Buffer.concat([this.#held, bytes]);
    for (;;) {
      const count = this.#isSetUp ? messageBytes(this.#held) : setupBytes(this.#held);
      if (count === undefined || this.#held.length < count) break;
      const message = this.#held.subarray(0, count);
      this.#held = this.#held.subarray(count);
      this.#take(message);
    }
    if (this.#held.length > heldBytesMax) this.close();
  }

  #take(message: Buffer): void {
    const [kind] = message;
    const isAnswer =
      !this.#isSetUp ||
      kind === reply ||
      (kind === error && this.#listener.areErrorsAnswers === true);
    this.#isSetUp = true;
    if (isAnswer) this.#answers.shift()?.resolve(message);
    else this.#listener.onMessage(message);
  }
}
