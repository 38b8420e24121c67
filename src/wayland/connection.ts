/**
 * A connection to a Wayland compositor, without libwayland: objects, their events, the registry of
 * globals. One thread reads and writes it; every wait has a deadline.
 */
import { closeDescriptor, waitReadable } from "../base/descriptors.ts";
import { messageOf } from "../base/error-text.ts";
import { Obstacle } from "../base/obstacle.ts";
import { connectUnix, receive, receiveWithDescriptors, sendSome } from "../base/sockets.ts";
import { sleepMs } from "../base/timer.ts";
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

/** Requests that a stalled compositor may lag behind. */
const unsentBytesMax = 1 << 18;
/** Beyond this, droppable requests should be dropped. */
const laggingBytes = 1 << 16;
/** Descriptors that arrived and were not taken yet. */
const descriptorCountMax = 16;
const answerMs = 1000;
/**
 * KWin reads the executable of a connecting program, twice and completely, before it answers: 1.4 s
 * were measured for one of 100 MB, on a busy machine.
 */
const firstAnswerMs = 3000;
const pumpMs = 50;

/** A request: the object, its number there, its arguments. */
export type WaylandRequest = readonly [
  object: number,
  opcode: number,
  args: readonly (number | string)[],
];

/** One connection to a compositor. Blocks its thread while it reads. */
export class WaylandConnection {
  readonly #socket: number;
  readonly #takesDescriptors: boolean;
  readonly #listeners = new Map<number, Listener>();
  readonly #input = Buffer.alloc(readBytes);
  readonly #globals = new Map<number, Global>();
  readonly #registry: number;
  #held: Buffer = Buffer.alloc(0);
  #lastId = displayId;
  #fault: string | undefined;
  #isClosed = false;
  #unsent: Buffer = Buffer.alloc(0);
  readonly #descriptors: number[] = [];
  /** Called with the number of a removed global, such as an unplugged output. */
  onGone: (name: number) => void = () => {};

  /** Throws when nothing listens at `path`, or what listens is not a compositor. */
  constructor(path: string, isBlocking = true) {
    this.#socket = connectTo(path);
    this.#takesDescriptors = !isBlocking;
    this.#listeners.set(displayId, (opcode, args) => this.#onDisplay(opcode, args));
    this.#registry = this.makeObject((opcode, args) => this.#onRegistry(opcode, args));
    this.send(displayId, 1, [this.#registry]);
    if (!isBlocking) return;
    try {
      this.roundTrip(firstAnswerMs);
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  /**
   * Like the constructor, for a thread that must not block. Rejects where that throws. Descriptors
   * are kept.
   */
  static async open(path: string): Promise<WaylandConnection> {
    const connection = new WaylandConnection(path, false);
    try {
      await connection.settle(firstAnswerMs);
      return connection;
    } catch (cause) {
      connection.close();
      throw cause;
    }
  }

  /** Why nothing more will arrive; `undefined` while it works. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Readable when something has arrived. Only the connection reads it. */
  get descriptor(): number {
    return this.#socket;
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

  /** Of an object that the compositor has made. */
  listen(object: number, listener: Listener): void {
    this.#listeners.set(object, listener);
  }

  /** Whether requests are waiting for the compositor to read. `flush` sends them. */
  get isBehind(): boolean {
    return this.#unsent.length > 0;
  }

  /** Whether so much is waiting that droppable requests should be dropped. */
  get isLagging(): boolean {
    return this.#unsent.length > laggingBytes;
  }

  /**
   * Sends a request; what a full socket refuses is queued, up to a limit that counts as an error.
   */
  send(object: number, opcode: number, args: readonly (number | string)[]): void {
    this.#write(writeMessage(object, opcode, args));
  }

  /** The same for several, in one go. */
  sendAll(requests: readonly WaylandRequest[]): void {
    this.#write(Buffer.concat(requests.map((request) => writeMessage(...request))));
  }

  /** Sends queued requests, as far as the compositor accepts them. */
  flush(): void {
    if (this.isBehind) this.#write(Buffer.alloc(0));
  }

  /** The same, with a descriptor; the caller keeps its own. */
  sendDescriptor(message: Buffer, descriptor: number): void {
    this.#write(message, descriptor);
  }

  /** A descriptor goes with the first byte of its message: it cannot wait. */
  #write(bytes: Buffer, descriptor?: number): void {
    if (this.#fault !== undefined) return;
    const all = this.#unsent.length === 0 ? bytes : Buffer.concat([this.#unsent, bytes]);
    const isAlone = all === bytes;
    const count = sendSome(this.#socket, all, isAlone ? descriptor : undefined);
    const isLost = descriptor !== undefined && (count === 0 || !isAlone);
    this.#unsent = Buffer.from(all.subarray(count ?? 0));
    if (count === undefined || isLost || this.#unsent.length > unsentBytesMax) {
      this.#fault = "the compositor takes no requests any more";
    }
  }

  /** The first descriptor that was not taken yet; the caller closes it. */
  takeDescriptor(): number | undefined {
    return this.#descriptors.shift();
  }

  /** Binds a global, in the version that both sides know. */
  bind(global: Global, versionMax: number, listener?: Listener): BoundObject {
    const version = Math.min(versionMax, global.version);
    const id = this.makeObject(listener);
    this.send(this.#registry, 0, [global.name, global.interface, version, id]);
    return { id, version };
  }

  /**
   * Reads available data, waiting this long for the first byte. Errors end the connection, never
   * throw.
   */
  pump(waitMs: number): void {
    this.flush();
    if (this.#fault !== undefined || !waitReadable(this.#socket, waitMs)) return;
    try {
      while (this.#readOnce());
    } catch (cause) {
      this.#fault = messageOf(cause);
    }
  }

  /**
   * Everything sent so far has been answered. Throws after this long without an answer, or on an
   * error.
   */
  roundTrip(withinMs = answerMs): void {
    const isAnswered = this.#sync();
    const tryCount = withinMs / pumpMs;
    for (let tries = 0; tries < tryCount && !isAnswered() && this.#fault === undefined; tries++) {
      this.pump(pumpMs);
    }
    this.#check(isAnswered());
  }

  /**
   * Like `roundTrip`, for a thread that must not block. Rejects after this long without an answer.
   */
  async settle(withinMs = answerMs): Promise<void> {
    const isAnswered = this.#sync();
    for (let waitedMs = 0; waitedMs < withinMs && !isAnswered(); waitedMs += 2) {
      this.pump(0);
      if (isAnswered() || this.#fault !== undefined) break;
      await sleepMs(2);
    }
    this.#check(isAnswered());
  }

  #sync(): () => boolean {
    let isAnswered = false;
    const callback = this.makeObject(() => {
      isAnswered = true;
    });
    this.send(displayId, 0, [callback]);
    return () => isAnswered;
  }

  #check(isAnswered: boolean): void {
    if (this.#fault !== undefined) throw new Error(this.#fault);
    if (!isAnswered) throw new Obstacle("compositor_unreachable", "the compositor does not answer");
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#fault ??= "closed";
    for (const descriptor of this.#descriptors) closeDescriptor(descriptor);
    closeDescriptor(this.#socket);
  }

  /** False when all that was there has been read. */
  #readOnce(): boolean {
    const count = this.#takesDescriptors ? this.#receive() : receive(this.#socket, this.#input);
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

  /** Like reading alone, but descriptors are kept. */
  #receive(): number | undefined {
    const received = receiveWithDescriptors(this.#socket, this.#input);
    if (received === undefined) return undefined;
    this.#descriptors.push(...received.descriptors);
    if (this.#descriptors.length > descriptorCountMax) throw new Error("too many descriptors");
    return received.count;
  }

  /** `error` ends the connection; `delete_id` frees a number. */
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

/** Throws an Obstacle when nothing listens there. */
function connectTo(path: string): number {
  try {
    return connectUnix(path);
  } catch (cause) {
    const detail = messageOf(cause);
    throw new Obstacle("compositor_unreachable", detail);
  }
}

/** An object of the connection, in the version that was bound. */
export type BoundObject = { readonly id: number; readonly version: number };
