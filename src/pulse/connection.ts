/** A connection to PulseAudio, or to PipeWire if that answers in its place. */
import type { Socket } from "bun";
import { timers } from "../base/scheduler.ts";
import { showSender } from "../base/sockets.ts";
import {
  command,
  descriptorBytes,
  readCommand,
  readDescriptor,
  readFirstNumber,
  refusalText,
} from "./wire.ts";

/** A stopped server is not waited for any longer. */
const answerDeadlineMs = 3000;
/** Answers and chunks of sound are far shorter; a peer that sends more is not a sound server. */
const payloadBytesMax = 256 * 1024;
const answerCountMax = 16;

type Answer = PromiseWithResolvers<Buffer>;

/** Ends once, by itself or by `close`; nothing works on it afterwards. */
export class PulseConnection {
  /** The reason of its end; resolves once. */
  readonly ended: Promise<string>;
  /** Called with the sound of a stream: bytes that are valid until the call returns. */
  onSound: (channel: number, bytes: Buffer) => void = () => undefined;
  /** Called when the server's defaults may have changed. */
  onChange: () => void = () => undefined;
  readonly #end: (reason: string) => void;
  readonly #answers = new Map<number, Answer>();
  #socket: Socket | undefined;
  #held: Buffer = Buffer.alloc(0);
  #unsent = Buffer.alloc(0);
  #tag = 0;

  private constructor() {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.ended = promise;
    this.#end = (reason) => {
      const socket = this.#socket;
      this.#socket = undefined;
      resolve(reason);
      for (const answer of this.#answers.values()) answer.reject(new Error(reason));
      this.#answers.clear();
      // Last, since it calls this again with a reason of its own.
      socket?.terminate();
    };
  }

  /** Rejects when nobody listens there, with the path. */
  static async open(path: string): Promise<PulseConnection> {
    const connection = new PulseConnection();
    const socket = await Bun.connect({
      unix: path,
      socket: {
        data: (_socket, bytes) => connection.#receive(bytes),
        drain: () => connection.#send(Buffer.alloc(0)),
        close: () => connection.#end("the sound server closed the connection"),
        error: (_socket, error) => connection.#end(error.message),
      },
    }).catch((cause: unknown) => {
      throw new Error(`neither PipeWire nor PulseAudio answers at ${path}`, { cause });
    });
    connection.#socket = socket;
    // The runtime’s types do not name it.
    const descriptor = "fd" in socket ? socket.fd : undefined;
    if (typeof descriptor === "number") showSender(descriptor);
    return connection;
  }

  /** The fields of the reply. Rejects when it is refused, or late, which ends the connection. */
  async ask(write: (tag: number) => Buffer): Promise<Buffer> {
    if (this.#socket === undefined || this.#answers.size >= answerCountMax)
      throw new Error("the sound server is gone");
    const tag = this.#tag++;
    const answer: Answer = Promise.withResolvers();
    this.#answers.set(tag, answer);
    const cancel = timers.after(answerDeadlineMs, () =>
      this.#end("the sound server does not answer"),
    );
    this.#send(write(tag));
    return await answer.promise.finally(cancel);
  }

  close(): void {
    this.#end("it was closed");
  }

  #send(bytes: Buffer): void {
    const all = this.#unsent.length === 0 ? bytes : Buffer.concat([this.#unsent, bytes]);
    const written = this.#socket?.write(all) ?? all.length;
    this.#unsent = Buffer.from(all.subarray(Math.max(0, written)));
  }

  #receive(bytes: Buffer): void {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    for (;;) {
      const descriptor = readDescriptor(this.#held);
      if (descriptor === undefined) break;
      const { payloadBytes, channel } = descriptor;
      if (payloadBytes > payloadBytesMax) {
        this.#end("it does not speak PulseAudio's protocol");
        return;
      }
      const end = descriptorBytes + payloadBytes;
      if (this.#held.length < end) break;
      const payload = this.#held.subarray(descriptorBytes, end);
      this.#held = this.#held.subarray(end);
      if (channel === undefined) this.#take(payload);
      else this.onSound(channel, payload);
    }
    // The runtime reuses its buffer after this call.
    this.#held = Buffer.from(this.#held);
  }

  #take(payload: Buffer): void {
    const taken = readCommand(payload);
    if (taken === undefined) return;
    const { number, tag, fields } = taken;
    if (number === command.subscribeEvent) this.onChange();
    if (number === command.recordStreamKilled) this.#end("the output that was recorded is gone");
    if (number !== command.reply && number !== command.error) return;
    const answer = this.#answers.get(tag);
    this.#answers.delete(tag);
    if (number === command.reply) answer?.resolve(Buffer.from(fields));
    else answer?.reject(new Error(refusalText(readFirstNumber(fields))));
  }
}
