/**
 * A connection to an X display of this machine for a thread that may block a moment: descriptors can be
 * passed, and what it waits for has a deadline. The other connection serves threads that must not block.
 */
import { closeDescriptor, waitReadable } from "../base/descriptors.ts";
import { messageOf } from "../base/error-text.ts";
import { connectUnix, receive, sendSome } from "../base/sockets.ts";
import { messageBytes, setupBytes } from "./wire.ts";

const readBytes = 65_536;
/** Messages are far shorter; a peer that sends more is not an X server. */
const heldBytesMax = 1 << 21;
const pumpMs = 50;
const [error, reply] = [0, 1];

type Question = {
  readonly sequence: number;
  /** An error is an answer too. */
  readonly onAnswer: (message: Buffer) => void;
};

/** Used from one thread; closed by its owner. */
export class BlockingX11Connection {
  readonly #socket: number;
  readonly #input = Buffer.alloc(readBytes);
  readonly #questions: Question[] = [];
  #held: Buffer = Buffer.alloc(0);
  #sentCount = 0;
  #isSetUp = false;
  /** Messages that answer no request. */
  onEvent: (message: Buffer) => void = () => undefined;
  /** Why nothing more will arrive; `undefined` while it works. */
  fault: string | undefined;

  /** Throws when nothing listens there. @param number of a display of this machine */
  constructor(number: string) {
    this.#socket = connectUnix(`/tmp/.X11-unix/X${number}`);
  }

  /** Readable when something has arrived. Only the connection reads it. */
  get descriptor(): number {
    return this.#socket;
  }

  /** Sends one request, and a descriptor. Anything that the socket refuses is an error. */
  send(request: Buffer, descriptor?: number): void {
    if (this.#isSetUp) this.#sentCount += 1;
    if (this.fault !== undefined) return;
    if (sendSome(this.#socket, request, descriptor) !== request.length)
      this.fault = "the display takes no requests any more";
  }

  /** Sends a request that has an answer. */
  ask(request: Buffer, onAnswer: (message: Buffer) => void): void {
    this.send(request);
    this.#questions.push({ sequence: this.#sentCount & 0xffff, onAnswer });
  }

  /** The same, and waits for the answer. Throws if none arrives in time. */
  askNow(request: Buffer, withinMs: number): Buffer {
    let answer: Buffer | undefined;
    this.ask(request, (message) => {
      answer = Buffer.from(message);
    });
    for (let waitedMs = 0; waitedMs < withinMs && answer === undefined; waitedMs += pumpMs) {
      if (this.fault !== undefined) throw new Error(this.fault);
      this.pump(pumpMs);
    }
    if (answer === undefined) throw new Error("it does not answer");
    return answer;
  }

  /**
   * Reads available data, waiting this long for the first byte. Errors end the connection, never
   * throw.
   */
  pump(waitMs: number): void {
    if (this.fault !== undefined || !waitReadable(this.#socket, waitMs)) return;
    try {
      while (this.#readOnce());
    } catch (cause) {
      this.fault = messageOf(cause);
    }
  }

  close(): void {
    closeDescriptor(this.#socket);
    this.fault ??= "closed";
  }

  /** False when all that was there has been read. */
  #readOnce(): boolean {
    const count = receive(this.#socket, this.#input);
    if (count === undefined) return false;
    if (count === 0) throw new Error("the display ended the connection");
    const fresh = this.#input.subarray(0, count);
    let bytes = this.#held.length === 0 ? fresh : Buffer.concat([this.#held, fresh]);
    for (;;) {
      const length = this.#isSetUp ? messageBytes(bytes) : setupBytes(bytes);
      if (length === undefined || bytes.length < length) break;
      this.#take(bytes.subarray(0, length));
      bytes = bytes.subarray(length);
    }
    this.#held = Buffer.from(bytes);
    if (this.#held.length > heldBytesMax) throw new Error("a message does not end");
    return count === this.#input.length && this.fault === undefined;
  }

  /** An error that answers no request is ignored. */
  #take(message: Buffer): void {
    const [kind] = message;
    const isRefusal = kind === error && this.#questions[0]?.sequence === message.readUInt16LE(2);
    if (!this.#isSetUp || kind === reply || isRefusal) {
      this.#isSetUp = true;
      this.#questions.shift()?.onAnswer(message);
    } else if (kind !== error) {
      this.onEvent(message);
    }
  }
}
