/**
 * What has been copied on an X display, as text: the owner of CLIPBOARD is asked, over a connection of
 * its own, and nothing of it is kept. A text that comes in pieces (INCR) is longer than what is taken.
 */
import type { Socket } from "bun";
import { timers } from "../base/scheduler.ts";
import { type Copied, copiedBytesMax, textOf } from "../wayland/clipboard.ts";
import { connectDisplay, cookieOf, displayNumber } from "./x11-address.ts";
import {
  readAtom,
  readProperty,
  readSelectionNotify,
  writeConvertSelection,
  writeGetProperty,
  writeHiddenWindow,
  writeInternAtom,
} from "./x11-clipboard-wire.ts";
import { messageBytes, readSetup, setupBytes, writeSetup } from "./x11-wire.ts";

const deadlineMs = 3000;
const heldBytesMax = 1 << 20;

/** Rejects with what is in the way, within three seconds. @param display `:0`, `host:0` */
export async function readX11Clipboard(display: string): Promise<Copied> {
  const connection = new Connection();
  const deadline = Promise.withResolvers<never>();
  const late = () => deadline.reject(new Error("the program that has it does not answer"));
  const cancel = timers.after(deadlineMs, late);
  try {
    return await Promise.race([read(connection, display), deadline.promise]);
  } finally {
    cancel();
    connection.close();
  }
}

async function read(connection: Connection, display: string): Promise<Copied> {
  await connection.open(display);
  const setup = readSetup(await connection.ask(writeSetup(await cookieOf(displayNumber(display)))));
  if (setup === undefined) throw new Error("it refused the connection");
  const window = setup.resourceBase;
  connection.send(writeHiddenWindow(window, setup.root));
  const atom = async (name: string) => readAtom(await connection.ask(writeInternAtom(name)));
  const [selection, type] = [await atom("CLIPBOARD"), await atom("UTF8_STRING")];
  const property = await atom("ONGLASS_CLIPBOARD");
  connection.send(writeConvertSelection({ window, selection, type, property }));
  const notified = await connection.notified.promise;
  if (notified === 0) return { kind: "nothing" };
  const request = writeGetProperty(window, notified, copiedBytesMax);
  const value = readProperty(await connection.ask(request));
  if (value === undefined) return { kind: "nothing" };
  if (value.type === type && value.isWhole) return textOf(value.bytes);
  const isTooLong = !value.isWhole || value.type === (await atom("INCR"));
  return { kind: isTooLong ? "too_long" : "nothing" };
}

/** Ends with the one conversation that it is for. */
class Connection {
  /** The property in which the owner has put it, 0 for none. */
  readonly notified = Promise.withResolvers<number>();
  readonly #answers: PromiseWithResolvers<Buffer>[] = [];
  #socket: Socket | undefined;
  #held = Buffer.alloc(0);
  #isSetUp = false;

  async open(display: string): Promise<void> {
    this.#socket = await connectDisplay(display, {
      data: (_socket: Socket, bytes: Buffer) => this.#receive(bytes),
      close: () => this.close(),
      error: () => this.close(),
    });
  }

  ask(request: Buffer): Promise<Buffer> {
    const answer = Promise.withResolvers<Buffer>();
    this.#answers.push(answer);
    this.send(request);
    return answer.promise;
  }

  /** All of it is far smaller than what a socket takes at once. */
  send(request: Buffer): void {
    this.#socket?.write(request);
  }

  close(): void {
    this.#socket?.end();
    this.#socket = undefined;
    const error = new Error("the display has ended the connection");
    for (const answer of this.#answers.splice(0)) answer.reject(error);
    // Nobody may wait for it.
    this.notified.promise.catch(() => undefined);
    this.notified.reject(error);
  }

  #receive(bytes: Buffer): void {
    this.#held = Buffer.concat([this.#held, bytes]);
    for (;;) {
      const count = this.#isSetUp ? messageBytes(this.#held) : setupBytes(this.#held);
      if (count === undefined || this.#held.length < count) break;
      const message = Buffer.from(this.#held.subarray(0, count));
      this.#held = this.#held.subarray(count);
      this.#take(message);
    }
    if (this.#held.length > heldBytesMax) this.close();
  }

  /** An error (0) of a question is its answer, and says nothing. */
  #take(message: Buffer): void {
    const isAnswer = !this.#isSetUp || message[0] === 1 || message[0] === 0;
    this.#isSetUp = true;
    if (isAnswer) this.#answers.shift()?.resolve(message);
    else {
      const property = readSelectionNotify(message);
      if (property !== undefined) this.notified.resolve(property);
    }
  }
}
