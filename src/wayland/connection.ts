/**
 * A connection to a Wayland compositor, without its library: objects, their events, the registry of
 * globals. One thread reads and writes it; what it may wait for has a deadline.
 */
import {
  closeDescriptor,
  connectUnix,
  receive,
  sendWithDescriptor,
  waitReadable,
} from "../base/libc.ts";
import { Arguments, readMessages, writeMessage } from "./wire/message.ts";

type Listener = (opcode: number, args: Arguments) => void;

/** Something that the compositor offers. `name` is its number in the registry. */
export type Global = {
  readonly name: number;
  readonly interface: string;
  readonly version: number;
};

const displayId = 1;
const readBytes = 65_536;
/** Pending bytes of an unfinished message; a message has 4096 at most. */
const heldBytesMax = 2 * readBytes;
const globalCountMax = 1000;

/** One connection to a compositor. Blocks its thread while it reads. */
export class WaylandConnection {
  readonly #socket: number;
  readonly #listeners = new Map<number, Listener>();
  readonly #input = Buffer.alloc(readBytes);
  readonly #globals = new Map<number, Global>();
  readonly #registry: number;
  #held: Buffer = Buffer.alloc(0);
  #lastId = displayId;
  #fault: string | undefined;
  #isClosed = false;
  /** Called with the number of a global that is gone: an output that was unplugged. */
  onGone: (name: number) => void = () => {};

  /** Throws when nothing listens at `path`, or what listens is not a compositor. */
  constructor(path: string) {
    this.#socket = connectUnix(path);
    this.#listeners.set(displayId, (opcode, args) => this.#onDisplay(opcode, args));
    this.#registry = this.makeObject((opcode, args) => this.#onRegistry(opcode, args));
    this.send(displayId, 1, [this.#registry]);
    try {
      this.roundTrip();
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  /** Why nothing more will come; `undefined` while it works. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** In the order in which they were announced. */
  get globals(): readonly Global[] {
    return [...this.#globals.values()];
  }

  /** A number for a new object, whose events go to `listener`. */
  makeObject(listener: Listener = () => {}): number {
    this.#lastId += 1;
    this.#listeners.set(this.#lastId, listener);
    return this.#lastId;
  }

  /** Sends a request now; a full socket is a fault, because a compositor that reads nothing hangs. */
  send(object: number, opcode: number, args: readonly (number | string)[]): void {
    this.#write(writeMessage(object, opcode, args));
  }

  /** The same, with a descriptor beside the message; the caller keeps its own. */
  sendDescriptor(message: Buffer, descriptor: number): void {
    this.#write(message, descriptor);
  }

  #write(bytes: Buffer, descriptor?: number): void {
    if (this.#fault !== undefined) return;
    const isTaken = sendWithDescriptor(this.#socket, bytes, descriptor);
    if (!isTaken) this.#fault = "the compositor takes no requests any more";
  }

  /** Binds a global, in the version that both sides know. */
  bind(global: Global, versionMax: number, listener?: Listener): BoundObject {
    const version = Math.min(versionMax, global.version);
    const id = this.makeObject(listener);
    this.send(this.#registry, 0, [global.name, global.interface, version, id]);
    return { id, version };
  }

  /** Reads what is there, waiting so long for the first byte. Faults end the connection, never throw. */
  pump(waitMs: number): void {
    if (this.#fault !== undefined || !waitReadable(this.#socket, waitMs)) return;
    try {
      while (this.#readOnce());
    } catch (cause) {
      this.#fault = cause instanceof Error ? cause.message : String(cause);
    }
  }

  /** Everything sent so far has been answered. Throws after a second without an answer, or a fault. */
  roundTrip(): void {
    let isAnswered = false;
    const callback = this.makeObject(() => {
      isAnswered = true;
    });
    this.send(displayId, 0, [callback]);
    for (let tries = 0; tries < 20 && !isAnswered && this.#fault === undefined; tries++) {
      this.pump(50);
    }
    if (this.#fault !== undefined) throw new Error(this.#fault);
    if (!isAnswered) throw new Error("the compositor does not answer");
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#fault ??= "closed";
    closeDescriptor(this.#socket);
  }

  /** False when all that was there has been read. */
  #readOnce(): boolean {
    const count = receive(this.#socket, this.#input);
    if (count === undefined) return false;
    if (count === 0) {
      this.#fault = "the compositor ended the connection";
      return false;
    }
    const fresh = this.#input.subarray(0, count);
    const bytes = this.#held.length === 0 ? fresh : Buffer.concat([this.#held, fresh]);
    const taken = readMessages(bytes, ({ object, opcode, body }) => {
      this.#listeners.get(object)?.(opcode, new Arguments(body));
    });
    this.#held = Buffer.from(bytes.subarray(taken));
    if (this.#held.length > heldBytesMax) throw new Error("a message does not end");
    return count === this.#input.length && this.#fault === undefined;
  }

  /** `error` ends the connection; `delete_id` says that a number is free again. */
  #onDisplay(opcode: number, args: Arguments): void {
    if (opcode === 0) {
      const [object, code] = [args.uint(), args.uint()];
      this.#fault = `protocol error ${code} of object ${object}: ${args.string().slice(0, 200)}`;
    } else if (opcode === 1) {
      this.#listeners.delete(args.uint());
    }
  }

  #onRegistry(opcode: number, args: Arguments): void {
    const name = args.uint();
    if (opcode === 0) {
      if (this.#globals.size >= globalCountMax) throw new Error("too many globals");
      this.#globals.set(name, { name, interface: args.string(), version: args.uint() });
    } else {
      this.#globals.delete(name);
      this.onGone(name);
    }
  }
}

export type BoundObject = { readonly id: number; readonly version: number };
