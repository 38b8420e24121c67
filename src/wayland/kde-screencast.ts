/**
 * KDE's own interface to its screens: zkde_screencast_unstable_v1 creates a node of PipeWire,
 * without consent. KWin offers it only to programs that a .desktop file allows, and needs OpenGL
 * for it.
 */
import { cutText } from "../base/cut-text.ts";
import { Obstacle } from "../base/obstacle.ts";
import { type Global, WaylandConnection } from "./connection.ts";
import { type FoundOutput, findOutputs, missingOutput, type WaylandOutput } from "./screen.ts";

const interfaceName = "zkde_screencast_unstable_v1";
const streamOutput = 0;
const closeStream = 0;
const events = { closed: 0, created: 1, failed: 2 };
const pointerEmbedded = 2;
const versionMax = 1;
const answerTries = 50;
const answerWaitMs = 100;

/** An output that KWin captures, until disposed. */
export class KdeScreencast implements Disposable {
  /** The compositor's socket. */
  readonly path: string;
  /** Name of the output that is shown. */
  readonly output: string;
  readonly #connection: WaylandConnection;
  readonly #stream: number;
  #node: number | undefined;
  #fault: string | undefined;

  /** @param outputName the first output unless given. Throws with the reason. */
  constructor(path: string, outputName: string | undefined) {
    this.path = path;
    this.#connection = new WaylandConnection(path);
    try {
      const manager = this.#connection.bind(screencastOf(this.#connection), versionMax).id;
      const output = this.#find(outputName);
      this.output = output.name;
      this.#stream = this.#ask(manager, output.id);
      this.#await();
    } catch (cause) {
      this.#connection.close();
      throw cause;
    }
  }

  /** PipeWire's number of the node. */
  get node(): number {
    return this.#node ?? 0;
  }

  /** Why no more pictures will arrive; `undefined` while they may. Reads pending events. */
  fault(): string | undefined {
    this.#connection.pump(0);
    return this.#fault ?? this.#connection.fault;
  }

  [Symbol.dispose](): void {
    this.#connection.send(this.#stream, closeStream, []);
    this.#connection.close();
  }

  #find(outputName: string | undefined): FoundOutput {
    const outputs = findOutputs(this.#connection);
    const output = outputs.find(({ name }) => outputName === undefined || name === outputName);
    if (output === undefined) throw new Error(missingOutput(outputName, outputs));
    return output;
  }

  #ask(manager: number, output: number): number {
    const stream = this.#connection.makeObject((opcode, args) => {
      if (opcode === events.created) this.#node = args.uint();
      else if (opcode === events.failed) this.#fault = `KWin: ${cutText(args.string(), 200)}`;
      else if (opcode === events.closed) this.#fault ??= "KWin ended the recording";
    });
    this.#connection.send(manager, streamOutput, [stream, output, pointerEmbedded]);
    return stream;
  }

  #await(): void {
    for (let tries = 0; tries < answerTries && this.#node === undefined; tries++) {
      this.#connection.pump(answerWaitMs);
      const fault = this.#fault ?? this.#connection.fault;
      if (fault !== undefined) throw new Error(fault);
    }
    if (this.#node === undefined) throw new Error("KWin delivered no pictures within 5 s");
  }
}

/** Outputs that KWin captures. Throws if it does not, or another compositor runs. */
export function listKdeOutputs(path: string): WaylandOutput[] {
  const connection = new WaylandConnection(path);
  try {
    screencastOf(connection);
    return findOutputs(connection).map(({ name, width, height }) => ({ name, width, height }));
  } finally {
    connection.close();
  }
}

function screencastOf({ globals }: WaylandConnection): Global {
  const global = globals.find((one) => one.interface === interfaceName);
  if (global !== undefined) return global;
  throw new Obstacle(
    "kde_not_allowed",
    `KWin does not allow ${interfaceName}: its .desktop file is missing`,
  );
}
