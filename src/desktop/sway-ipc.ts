/**
 * What sway is asked over its own socket (sway-ipc(7)): outputs, and commands as in its
 * configuration. It blocks this thread while it waits, with a deadline.
 *
 *   0 "i3-ipc"   6 u32 bytes of the payload   10 u32 type   14 payload: text of a command, or JSON
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { closeDescriptor, waitReadable } from "../base/descriptors.ts";
import { runtimeFolder } from "../base/runtime-folder.ts";
import { connectUnix, receive, sendSome } from "../base/sockets.ts";

const magic = "i3-ipc";
const headBytes = 14;
const types = { command: 0, outputs: 3 } as const;
const payloadBytesMax = 1024 * 1024;
const answerMsMax = 2000;

/** Bytes of a message. Pure. */
export function writeSwayMessage(type: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(headBytes);
  head.write(magic, 0, "latin1");
  head.writeUInt32LE(payload.length, magic.length);
  head.writeUInt32LE(type, magic.length + 4);
  return Buffer.concat([head, payload]);
}

/** What one message holds; `incomplete` while more of it is to come, `undefined` for what is none. Pure. */
export function readSwayMessage(bytes: Buffer): unknown {
  const start = bytes.toString("latin1", 0, Math.min(bytes.length, magic.length));
  if (!magic.startsWith(start)) return undefined;
  if (bytes.length < headBytes) return "incomplete";
  const length = bytes.readUInt32LE(magic.length);
  if (length > payloadBytesMax) return undefined;
  if (bytes.length < headBytes + length) return "incomplete";
  try {
    const answer: unknown = JSON.parse(bytes.toString("utf8", headBytes, headBytes + length));
    return typeof answer === "object" ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** The names of outputs in an answer about them; empty for anything else. Pure. */
export function readSwayOutputs(answer: unknown): string[] {
  if (!Array.isArray(answer)) return [];
  return answer.flatMap((output: unknown) => {
    if (typeof output !== "object" || output === null || !("name" in output)) return [];
    return typeof output.name === "string" ? [output.name] : [];
  });
}

/** Why a command failed, or `undefined` when it did not. Pure. */
export function readSwayRefusal(answer: unknown): string | undefined {
  const results: readonly unknown[] = Array.isArray(answer) ? answer : [undefined];
  for (const result of results) {
    if (typeof result !== "object" || result === null || !("success" in result))
      return "it answers something else";
    if (result.success === true) continue;
    return "error" in result ? String(result.error) : "it gives no reason";
  }
  return undefined;
}

/** One socket of one sway. */
export class SwayIpc {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Names of its outputs. Throws without an answer. */
  outputs(): string[] {
    return readSwayOutputs(this.#ask(types.outputs, ""));
  }

  /** Throws with sway's reason when it refuses. */
  run(command: string): void {
    const refusal = readSwayRefusal(this.#ask(types.command, command));
    if (refusal !== undefined) throw new Error(`sway refuses "${command}": ${refusal}`);
  }

  /** A connection for each request: a late answer is not mistaken for the next one. */
  #ask(type: number, text: string): unknown {
    const socket = connectUnix(this.#path);
    try {
      const message = writeSwayMessage(type, text);
      if (sendSome(socket, message) !== message.length)
        throw new Error("sway does not accept requests");
      return readAnswer(socket);
    } finally {
      closeDescriptor(socket);
    }
  }
}

function readAnswer(socket: number): unknown {
  const clock = systemClock();
  const endUs = clock.nowUs() + answerMsMax * 1000;
  const part = Buffer.alloc(65_536);
  let held = Buffer.alloc(0);
  for (;;) {
    const leftMs = Math.ceil((endUs - clock.nowUs()) / 1000);
    if (leftMs <= 0 || !waitReadable(socket, leftMs)) throw new Error("sway does not answer");
    const count = receive(socket, part);
    if (count === 0) throw new Error("sway has closed its socket");
    held = Buffer.concat([held, part.subarray(0, count ?? 0)]);
    const answer = readSwayMessage(held);
    if (answer === undefined) throw new Error("sway gave an unexpected answer");
    if (answer !== "incomplete") return answer;
  }
}

/** The socket of the running sway; `undefined` without one, or with several and no `SWAYSOCK`. */
export function findSwaySocket(
  env: Readonly<Record<string, string | undefined>> = process.env,
  folder = runtimeFolder(),
): string | undefined {
  if (env.SWAYSOCK) return env.SWAYSOCK;
  const names = listed(folder).filter((name) => /^sway-ipc\.\d+\.\d+\.sock$/.test(name));
  const [only] = names;
  return names.length === 1 && only !== undefined ? join(folder, only) : undefined;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
