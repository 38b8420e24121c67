/**
 * A D-Bus connection, without libdbus: calls, their answers, signals, and their descriptors. One
 * thread reads and writes it; calls block that thread, each with a deadline.
 */
import { type Clock, systemClock } from "../base/clock.ts";
import { closeDescriptor, duplicateDescriptor, waitReadable } from "../base/descriptors.ts";
import { connectUnix, receiveWithDescriptors, sendWithDescriptor } from "../base/sockets.ts";
import {
  type DBusMessage,
  messageLength,
  messageTypes,
  readDBusMessage,
  writeDBusMessage,
} from "./wire/message.ts";
import type { DBusValue } from "./wire/value.ts";

/** How long an answer may take. */
export type Patience = {
  readonly ms: number;
  /** Polled about ten times a second: no caller waits longer. */
  readonly isOver?: () => boolean;
};

/** The method of a call. */
export type BusCall = {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly DBusValue[];
};

/** Signals to subscribe to. */
export type SignalRule = {
  readonly sender?: string;
  readonly path?: string;
  readonly interface: string;
  readonly member?: string;
};

/** The answer to a call. The caller closes the descriptors. */
export type Answer = {
  readonly body: readonly DBusValue[];
  readonly descriptors: readonly number[];
};

/** The bus or its peer refused; `code` is the error's name on the bus. */
export class DBusError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Serial numbers of calls that somebody else makes on the same connection, through a copy of its
 * descriptor.
 */
export const guestSerialMin = 0x4000_0000;
const busName = "org.freedesktop.DBus";
const busPath = "/org/freedesktop/DBus";
const sliceMs = 100;
const readBytes = 65_536;
const lineBytesMax = 1024;
/** Signals not asked for yet; beyond this the oldest is dropped. */
const keptSignalCountMax = 64;
const keptDescriptorCountMax = 64;
const callPatience: Patience = { ms: 3000 };
/**
 * A bus that accepts a connection answers at once; `auto` waits for a hanging one twice within its
 * 8 s.
 */
const greetingMs = 1000;

/** One connection, with its own name on the bus. Its objects there end with it. */
export class DBusConnection implements Disposable {
  readonly #socket: number;
  readonly #clock: Clock = systemClock();
  readonly #input = Buffer.alloc(readBytes);
  #held: Buffer = Buffer.alloc(0);
  /** Received, while their message has not been read yet. */
  readonly #descriptors: number[] = [];
  /** Of the last message. */
  #answered: number[] = [];
  readonly #signals: DBusMessage[] = [];
  #serial = 0;
  /** Called with the serial number of a guest's call, when its answer is read. */
  onGuestAnswer: (serial: number) => void = () => undefined;
  #isClosed = false;
  /** Our own name, such as `:1.12`. */
  readonly name: string;

  /** @param path of the bus's socket. Throws with the reason. */
  constructor(path: string) {
    this.#socket = connectUnix(path);
    try {
      this.#authenticate();
      this.name = String(this.#callBus("Hello").body[0] ?? "");
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  /**
   * Calls and waits for the answer. Throws a DBusError for an error answer, an Error when none
   * arrives in time or the bus is gone.
   */
  call(call: BusCall, patience: Patience = callPatience): Answer {
    const serial = this.#send(call);
    const answer = this.#await(call.member, patience, (message) => message.answers === serial);
    const descriptors = this.#answered;
    this.#answered = [];
    if (answer.type !== messageTypes.error) return { body: answer.body, descriptors };
    for (const descriptor of descriptors) closeDescriptor(descriptor);
    const code = answer.error ?? "";
    const said = typeof answer.body[0] === "string" ? answer.body[0].slice(0, 300) : code;
    throw new DBusError(code, `${call.member}: ${said}`);
  }

  /** The value of a property. */
  property(
    of: Omit<BusCall, "member" | "signature" | "body">,
    name: string,
    patience?: Patience,
  ): DBusValue | undefined {
    const body = [of.interface, name];
    const at = { ...of, interface: "org.freedesktop.DBus.Properties", member: "Get" };
    return this.call({ ...at, signature: "ss", body }, patience).body[0];
  }

  /** Matching signals are kept from now on until they are waited for. */
  watch(rule: SignalRule): void {
    this.#callBus("AddMatch", "s", [ruleText(rule)]);
  }

  /** The first signal of that kind since it is watched. Throws when none arrives in time. */
  signal(rule: SignalRule, patience: Patience): DBusMessage {
    const kept = this.takeSignal(rule);
    return (
      kept ?? this.#await(rule.member ?? rule.interface, patience, (message) => fits(message, rule))
    );
  }

  /** A signal of that kind that has already arrived; reads what is available and does not wait. */
  takeSignal(rule: SignalRule): DBusMessage | undefined {
    for (let count = 0; count < keptSignalCountMax; count++) {
      const next = this.#take(0);
      if (next === undefined) break;
      this.#keep(next);
    }
    const at = this.#signals.findIndex((message) => fits(message, rule));
    return at < 0 ? undefined : this.#signals.splice(at, 1)[0];
  }

  /** The next call to us that needs an answer, for a service; waits this long. */
  takeCall(waitMs: number): DBusMessage | undefined {
    const message = this.#take(waitMs);
    if (message?.type === messageTypes.call) return message;
    if (message !== undefined) this.#keep(message);
    return undefined;
  }

  /** Answers a call. */
  answer(call: DBusMessage, signature: string, body: readonly DBusValue[]): void {
    this.#serial += 1;
    const type = messageTypes.answer;
    const header = { type, serial: this.#serial, answers: call.serial, destination: call.sender };
    this.#write(writeDBusMessage({ ...header, signature: signature || undefined }, body));
  }

  /** Whether the name has an owner, or the bus would start one. */
  isOffered(name: string): boolean {
    const has = this.#callBus("NameHasOwner", "s", [name]).body[0];
    if (has === true) return true;
    const startable = this.#callBus("ListActivatableNames").body[0];
    return Array.isArray(startable) && startable.includes(name);
  }

  /** A second descriptor of the connection, for calls without answers; the caller closes it. */
  duplicate(): number {
    return duplicateDescriptor(this.#socket);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const descriptor of [...this.#descriptors, ...this.#answered]) closeDescriptor(descriptor);
    closeDescriptor(this.#socket);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #callBus(member: string, signature = "", body: readonly DBusValue[] = []): Answer {
    const bus = { destination: busName, path: busPath, interface: busName };
    return this.call({ ...bus, member, signature, body });
  }

  #send(call: BusCall): number {
    this.#serial += 1;
    const { body = [], signature, ...to } = call;
    const type = messageTypes.call;
    // An empty signature is not written: absent means the same.
    const header = { ...to, type, serial: this.#serial, signature: signature || undefined };
    this.#write(writeDBusMessage(header, body));
    return this.#serial;
  }

  #write(bytes: Buffer): void {
    if (!sendWithDescriptor(this.#socket, bytes))
      throw new Error("the bus no longer accepts messages");
  }

  #await(
    what: string,
    { ms, isOver }: Patience,
    isWanted: (message: DBusMessage) => boolean,
  ): DBusMessage {
    const endUs = this.#clock.nowUs() + ms * 1000;
    for (;;) {
      const leftMs = Math.ceil((endUs - this.#clock.nowUs()) / 1000);
      if (leftMs <= 0) throw new Error(`no answer to ${what} within ${ms / 1000} s`);
      if (isOver?.() === true) throw new Error(`nothing is waiting for ${what} any longer`);
      const message = this.#take(Math.min(leftMs, sliceMs));
      if (message === undefined) continue;
      if (isWanted(message)) return message;
      this.#keep(message);
    }
  }

  #keep(message: DBusMessage): void {
    if (message.type !== messageTypes.signal) return;
    if (this.#signals.length === keptSignalCountMax) this.#signals.shift();
    this.#signals.push(message);
  }

  /** One message; waits this long for something to read. */
  #take(waitMs: number): DBusMessage | undefined {
    let length = messageLength(this.#held);
    while (length === undefined || this.#held.length < length) {
      if (!this.#read(waitMs)) return undefined;
      length = messageLength(this.#held);
    }
    const bytes = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    const message = readDBusMessage(bytes);
    const { answers = 0 } = message;
    if (answers >= guestSerialMin) this.onGuestAnswer(answers);
    for (const unused of this.#answered) closeDescriptor(unused);
    this.#answered = this.#descriptors.splice(0, message.descriptorCount);
    return message;
  }

  /** False when nothing arrived in time. Throws when the bus has closed. */
  #read(waitMs: number): boolean {
    if (!waitReadable(this.#socket, waitMs)) return false;
    const received = receiveWithDescriptors(this.#socket, this.#input);
    if (received === undefined) return false;
    if (received.count === 0) throw new Error("the bus closed the connection");
    this.#descriptors.push(...received.descriptors);
    if (this.#descriptors.length > keptDescriptorCountMax) throw new Error("too many descriptors");
    this.#held = Buffer.concat([this.#held, this.#input.subarray(0, received.count)]);
    return true;
  }

  /** As the user of this process: the kernel vouches for that. */
  #authenticate(): void {
    const user = Buffer.from(`${process.getuid?.() ?? 0}`).toString("hex");
    this.#write(Buffer.from(`\0AUTH EXTERNAL ${user}\r\n`));
    const answer = this.#line();
    if (!answer.startsWith("OK ")) throw new Error("the bus belongs to another user");
    this.#write(Buffer.from("NEGOTIATE_UNIX_FD\r\n"));
    if (!this.#line().startsWith("AGREE"))
      throw new Error("the bus does not pass file descriptors");
    this.#write(Buffer.from("BEGIN\r\n"));
  }

  #line(): string {
    const endUs = this.#clock.nowUs() + greetingMs * 1000;
    let end = this.#held.indexOf("\r\n");
    while (end < 0) {
      if (this.#held.length > lineBytesMax) throw new Error("it is not a bus");
      if (this.#clock.nowUs() > endUs) throw new Error("the bus does not answer");
      this.#read(sliceMs);
      end = this.#held.indexOf("\r\n");
    }
    const line = this.#held.toString("latin1", 0, end);
    this.#held = this.#held.subarray(end + 2);
    return line;
  }
}

function ruleText(rule: SignalRule): string {
  const parts = Object.entries(rule).map(([name, value]) => `${name}='${value}'`);
  return ["type='signal'", ...parts].join(",");
}

/** The bus has already checked the sender: signals carry its number and not its name. */
function fits(message: DBusMessage, rule: SignalRule): boolean {
  return (
    message.type === messageTypes.signal &&
    message.interface === rule.interface &&
    (rule.path === undefined || message.path === rule.path) &&
    (rule.member === undefined || message.member === rule.member)
  );
}
