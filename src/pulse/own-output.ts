/**
 * An output of the sound server that nobody hears, for the programs of one private session. Its
 * monitor is the sound of that session's stream. It blocks this thread, at most half a second.
 */
import { existsSync } from "node:fs";
import { systemClock } from "../base/clock.ts";
import { closeDescriptor, waitReadable } from "../base/descriptors.ts";
import { warn } from "../base/log.ts";
import { connectUnix, receive, sendSome, showSender } from "../base/sockets.ts";
import { readSoundCookie, type SoundEnvironment, soundServerPath } from "./place.ts";
import {
  command,
  descriptorBytes,
  noEntity,
  type PulseCommand,
  readCommand,
  readDescriptor,
  readFirstNumber,
  readModules,
  refusalText,
  writeAuthorize,
  writeGetModules,
  writeLoadModule,
  writeSetClientName,
  writeUnloadModule,
} from "./wire.ts";

const prefix = "onglass-session";
const moduleName = "module-null-sink";
const askMsMax = 500;
/** A list of modules is a few kilobytes. */
const answerBytesMax = 1024 * 1024;

/** Arguments of the module for the output `name`. */
export function ownOutputArguments(name: string): string {
  return `sink_name=${name} rate=48000 channels=2 sink_properties=device.description=${name}`;
}

/** Owned by its session. */
export class OwnOutput {
  /** For `PULSE_SINK` of the session's programs; its monitor is `<name>.monitor`. */
  readonly name: string;
  readonly #environment: SoundEnvironment;

  private constructor(name: string, environment: SoundEnvironment) {
    this.name = name;
    this.#environment = environment;
  }

  /**
   * `undefined` where there is no sound server that takes it: the session's programs are then heard
   * with everything else, or not at all. Outputs that killed hosts have left are removed, and what an
   * earlier session of this host left that had the same place.
   * @param place of the session in its host: no other that runs has it
   */
  static open(place: number, environment: SoundEnvironment = process.env): OwnOutput | undefined {
    const owner = `${prefix}-${process.pid}-${place}-`;
    const name = `${owner}${crypto.randomUUID().slice(0, 8)}`;
    try {
      using server = new Server(environment);
      unload(server, (output) => output.startsWith(owner) || isLeft(output));
      server.ask((tag) => writeLoadModule(tag, moduleName, ownOutputArguments(name)));
      return new OwnOutput(name, environment);
    } catch {
      return undefined;
    }
  }

  /** Also what the sound stream has made again after a restart of the server. */
  close(): void {
    // A server that is gone took its outputs with it.
    if (!isThere(this.#environment)) return;
    try {
      using server = new Server(this.#environment);
      unload(server, (output) => output === this.name);
    } catch (cause) {
      warn("session_sound_left", { output: this.name, cause });
    }
  }
}

function isThere(environment: SoundEnvironment): boolean {
  try {
    closeDescriptor(connectUnix(soundServerPath(environment)));
    return true;
  } catch {
    return false;
  }
}

function unload(server: Server, isWanted: (output: string) => boolean): void {
  const modules = readModules(server.ask(writeGetModules).fields);
  for (const { index, name, argument } of modules) {
    const output = /(?:^| )sink_name=(\S+)/.exec(argument)?.[1];
    if (name !== moduleName || output === undefined || !isWanted(output)) continue;
    // A missing one was removed by another host meanwhile.
    server.ask((tag) => writeUnloadModule(tag, index), noEntity);
  }
}

/** Whether its host is gone. */
function isLeft(output: string): boolean {
  const pid = new RegExp(`^${prefix}-(\\d{1,10})-`).exec(output)?.[1];
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

/** One short exchange. */
class Server implements Disposable {
  readonly #socket: number;
  readonly #endUs: number;
  readonly #clock = systemClock();
  #held = Buffer.alloc(0);
  #tag = 0;

  constructor(environment: SoundEnvironment) {
    this.#endUs = this.#clock.nowUs() + askMsMax * 1000;
    this.#socket = connectUnix(soundServerPath(environment));
    try {
      showSender(this.#socket);
      const cookie = readSoundCookie(environment);
      this.ask((tag) => writeAuthorize(tag, cookie));
      this.ask((tag) => writeSetClientName(tag, "onglass"));
    } catch (cause) {
      closeDescriptor(this.#socket);
      throw cause;
    }
  }

  /** The reply, or a refusal with the code that is as good as one. Throws when it is refused, or late. */
  ask(write: (tag: number) => Buffer, goodRefusal?: number): PulseCommand {
    const tag = this.#tag++;
    const bytes = write(tag);
    if (sendSome(this.#socket, bytes) !== bytes.length) throw new Error("the sound server is gone");
    for (;;) {
      const answer = this.#next();
      if (answer?.tag !== tag) continue;
      if (answer.number === command.reply) return answer;
      const code = readFirstNumber(answer.fields);
      if (code === undefined || code !== goodRefusal) throw new Error(refusalText(code));
      return answer;
    }
  }

  [Symbol.dispose](): void {
    closeDescriptor(this.#socket);
  }

  /** The next complete packet; `undefined` if it is not a command. */
  #next(): PulseCommand | undefined {
    for (;;) {
      const descriptor = readDescriptor(this.#held);
      const end = descriptorBytes + (descriptor?.payloadBytes ?? 0);
      if (end > answerBytesMax) throw new Error("it does not speak PulseAudio's protocol");
      if (descriptor === undefined || this.#held.length < end) {
        this.#read();
        continue;
      }
      const payload = this.#held.subarray(descriptorBytes, end);
      this.#held = this.#held.subarray(end);
      return readCommand(payload);
    }
  }

  #read(): void {
    const leftMs = Math.ceil((this.#endUs - this.#clock.nowUs()) / 1000);
    if (leftMs <= 0 || !waitReadable(this.#socket, leftMs))
      throw new Error("the sound server does not answer");
    const part = Buffer.alloc(16_384);
    const count = receive(this.#socket, part);
    if (count === 0) throw new Error("the sound server closed the connection");
    this.#held = Buffer.concat([this.#held, part.subarray(0, count ?? 0)]);
  }
}
