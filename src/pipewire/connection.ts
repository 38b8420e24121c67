/** A connection to PipeWire: its nodes, and the reason of its end. */
import { CFunction, type Pointer, read } from "bun:ffi";
import { join } from "node:path";
import { isAbsolute } from "node:path/posix";
import { cutText } from "../base/cut-text.ts";
import { runtimeFolder } from "../base/runtime-folder.ts";
import { connectUnix } from "../base/sockets.ts";
import { EventTable, methodOf, PipewireLoop, pipewire, pointerOf, textAt } from "./library.ts";

/** A producer or consumer of pictures or sound. */
export type PipewireNode = {
  /** Its number for as long as it lives; `serial` is never used twice. */
  readonly id: number;
  readonly serial: string;
  readonly name: string;
  /** Such as `Video/Source`. */
  readonly mediaClass: string;
};

const coreVersion = 0;
const registryVersion = 3;
const nodeCountMax = 10_000;
const propertyCountMax = 1000;
const answerTries = 20;
const answerWaitMs = 50;

/** One connection, used from one thread. Disposing ends it; its streams must be disposed before. */
export class PipewireConnection implements Disposable {
  readonly #library = pipewire();
  readonly loop = new PipewireLoop();
  readonly #context: Pointer;
  readonly #events = new EventTable(coreVersion, 12);
  readonly core: Pointer;
  #answered = -1;
  #fault: string | undefined;

  /**
   * @param descriptor of a connected socket, which PipeWire then closes; that of the user's own
   * PipeWire unless given. Throws with the reason.
   */
  constructor(descriptor?: number) {
    const socket = descriptor ?? connectUnix(pipewireSocket());
    const context = this.#library.pw_context_new(this.loop.loop, null, 0n);
    this.#context = pointerOf(context, "make a context of PipeWire");
    const core = this.#library.pw_context_connect_fd(this.#context, socket, null, 0n);
    this.core = pointerOf(core, "connect to PipeWire");
    this.#listen();
  }

  /** Why nothing more will arrive; `undefined` while it works. */
  get fault(): string | undefined {
    return this.#fault ?? this.#events.fault?.message;
  }

  /** All nodes that this connection may see. Throws when PipeWire does not answer. */
  nodes(): PipewireNode[] {
    const nodes: PipewireNode[] = [];
    const { data, at } = methodOf(this.core, 48);
    const getRegistry = CFunction({ ptr: at, args: ["ptr", "u32", "u64"], returns: "ptr" });
    const registry = pointerOf(getRegistry(data, registryVersion, 0n), "list what PipeWire has");
    using events = new EventTable(registryVersion, 4);
    const args = ["ptr", "u32", "u32", "ptr", "u32", "ptr"] as const;
    const take = (...given: readonly [unknown, number, number, Pointer, number, Pointer]) => {
      const [, id, , type, , p] = given;
      const isNode = textAt(type) === "PipeWire:Interface:Node";
      if (isNode && nodes.length < nodeCountMax) nodes.push(nodeOf(id, p));
    };
    events.on(8, args, take);
    addListener(registry, events);
    try {
      this.roundTrip();
    } finally {
      this.#library.pw_proxy_destroy(registry);
    }
    return nodes;
  }

  /** Every request so far has been answered. Throws after a second without an answer. */
  roundTrip(): void {
    const { data, at } = methodOf(this.core, 24);
    const sync = CFunction({ ptr: at, args: ["ptr", "u32", "i32"], returns: "i32" });
    const wanted = Number(sync(data, 0, 0));
    for (let tries = 0; tries < answerTries && this.#answered !== wanted; tries++) {
      this.loop.iterate(answerWaitMs);
      if (this.fault !== undefined) throw new Error(this.fault);
    }
    if (this.#answered !== wanted) throw new Error("PipeWire does not answer");
  }

  [Symbol.dispose](): void {
    this.#library.pw_core_disconnect(this.core);
    this.#library.pw_context_destroy(this.#context);
    this.loop[Symbol.dispose]();
    this.#events[Symbol.dispose]();
  }

  #listen(): void {
    const done = (_data: unknown, _id: number, sequence: number) => {
      this.#answered = sequence;
    };
    const failed = (...given: readonly [unknown, number, number, number, Pointer]) => {
      const [, id, , code, message] = given;
      // Of the core itself: the connection. An object's own error belongs to its stream.
      if (id === 0) this.#fault ??= `PipeWire: ${cutText(textAt(message), 200)} (${code})`;
    };
    this.#events.on(16, ["ptr", "u32", "i32"], done);
    this.#events.on(32, ["ptr", "u32", "i32", "i32", "ptr"], failed);
    addListener(this.core, this.#events);
  }
}

/** The socket of the user's PipeWire; its existence is not checked. */
export function pipewireSocket(): string {
  const name = process.env.PIPEWIRE_REMOTE || "pipewire-0";
  return isAbsolute(name) ? name : join(process.env.PIPEWIRE_RUNTIME_DIR || runtimeFolder(), name);
}

/** `add_listener` is the first method of the library's objects. */
function addListener(object: Pointer, events: EventTable): void {
  const { data, at } = methodOf(object, 8);
  const add = CFunction({ ptr: at, args: ["ptr", "ptr", "ptr", "ptr"], returns: "i32" });
  add(data, events.hook, events.table, null);
}

function nodeOf(id: number, properties: Pointer): PipewireNode {
  const values = readDictionary(properties);
  const value = (name: string) => cutText(values.get(name) ?? "", 200);
  return {
    id,
    serial: value("object.serial"),
    name: value("node.name"),
    mediaClass: value("media.class"),
  };
}

/** spa_dict: u32 flags, u32 count, pointer to pairs of pointers. */
function readDictionary(at: Pointer): Map<string, string> {
  const values = new Map<string, string>();
  if (at === null || Number(at) === 0) return values;
  const count = Math.min(read.u32(at, 4), propertyCountMax);
  const items = read.ptr(at, 8) as Pointer;
  for (let index = 0; index < count; index++) {
    const [key, value] = [read.ptr(items, index * 16), read.ptr(items, index * 16 + 8)];
    values.set(textAt(key as Pointer), textAt(value as Pointer));
  }
  return values;
}
