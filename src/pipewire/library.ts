/**
 * libpipewire through the runtime's foreign functions. It is opened when a source needs it: a
 * machine without PipeWire lacks nothing else.
 *
 * One thread, our own, iterates its loop: so callbacks come on this thread, while it is inside
 * `iterate`. `pw_thread_loop` brought the runtime down when it called from a thread of its own.
 */
import {
  CFunction,
  CString,
  dlopen,
  type FFITypeOrString,
  JSCallback,
  type Pointer,
  ptr,
  read,
} from "bun:ffi";

const names = {
  pw_init: { args: ["ptr", "ptr"], returns: "void" },
  pw_main_loop_new: { args: ["ptr"], returns: "ptr" },
  pw_main_loop_get_loop: { args: ["ptr"], returns: "ptr" },
  pw_main_loop_destroy: { args: ["ptr"], returns: "void" },
  pw_context_new: { args: ["ptr", "ptr", "u64"], returns: "ptr" },
  pw_context_connect_fd: { args: ["ptr", "i32", "ptr", "u64"], returns: "ptr" },
  pw_context_destroy: { args: ["ptr"], returns: "void" },
  pw_core_disconnect: { args: ["ptr"], returns: "i32" },
  pw_proxy_destroy: { args: ["ptr"], returns: "void" },
  pw_properties_new_string: { args: ["ptr"], returns: "ptr" },
  pw_stream_new: { args: ["ptr", "ptr", "ptr"], returns: "ptr" },
  pw_stream_add_listener: { args: ["ptr", "ptr", "ptr", "ptr"], returns: "void" },
  pw_stream_connect: { args: ["ptr", "i32", "u32", "i32", "ptr", "u32"], returns: "i32" },
  pw_stream_update_params: { args: ["ptr", "ptr", "u32"], returns: "i32" },
  pw_stream_dequeue_buffer: { args: ["ptr"], returns: "ptr" },
  pw_stream_queue_buffer: { args: ["ptr", "ptr"], returns: "i32" },
  pw_stream_destroy: { args: ["ptr"], returns: "void" },
} as const;

/** The functions that are used here, by their names. */
export type Pipewire = ReturnType<typeof dlopen<typeof names>>["symbols"];

const opened: { library: Pipewire | undefined } = { library: undefined };

/** Opened once per thread. Throws if the library is not installed. */
export function pipewire(): Pipewire {
  opened.library ??= openLibrary();
  return opened.library;
}

type NativeFunction = ReturnType<typeof CFunction>;

function openLibrary(): Pipewire {
  const file = "libpipewire-0.3.so.0";
  try {
    const { symbols } = dlopen(file, names);
    symbols.pw_init(null, null);
    return symbols;
  } catch (cause) {
    throw new Error(`PipeWire's library "${file}" is not installed`, { cause });
  }
}

/** Throws for the null result of a failed call. */
export function pointerOf(value: Pointer | bigint | null, what: string): Pointer {
  // A process's addresses fit into a number: the runtime returns them as one.
  const pointer = Number(value ?? 0) as Pointer;
  if (pointer === 0) throw new Error(`Cannot ${what}`);
  return pointer;
}

/** A text that ends with NUL; the caller keeps it alive while the library may read it. */
export function zeroEnded(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

/** A text of the library's, copied. */
export function textAt(at: Pointer | null): string {
  return at === null || at === 0 ? "" : new CString(at).toString();
}

/** The address of a method of a `spa_interface`, and its first argument. */
export function methodOf(object: Pointer, offset: number) {
  const functions = read.ptr(object, 16) as Pointer;
  return { data: read.ptr(object, 24) as Pointer, at: read.ptr(functions, offset) as Pointer };
}

type Callback = (...args: never[]) => void;

/**
 * A table of callbacks for the library: its version, then functions. Exceptions of a callback are
 * kept, because nothing may be thrown through the library.
 */
export class EventTable implements Disposable {
  readonly #table: BigUint64Array;
  readonly #callbacks: JSCallback[] = [];
  /** A `spa_hook`, whose content is the library's. */
  readonly #hook = Buffer.alloc(64);
  fault: Error | undefined;

  constructor(version: number, slotCount: number) {
    this.#table = new BigUint64Array(slotCount);
    this.#table[0] = BigInt(version);
  }

  get table(): Pointer {
    return ptr(this.#table);
  }

  get hook(): Pointer {
    return ptr(this.#hook);
  }

  /** @param offset in bytes, as in the library's struct. */
  on(offset: number, args: readonly FFITypeOrString[], callback: Callback): void {
    const guarded = (...given: never[]) => {
      try {
        callback(...given);
      } catch (cause) {
        this.fault ??= cause instanceof Error ? cause : new Error(String(cause));
      }
    };
    const made = new JSCallback(guarded, { args: [...args], returns: "void" });
    this.#callbacks.push(made);
    this.#table[offset / 8] = BigInt(made.ptr ?? 0);
  }

  /** Only after the object that calls them is destroyed. */
  [Symbol.dispose](): void {
    for (const callback of this.#callbacks) callback.close();
  }
}

/** A loop of the library's that this thread iterates. */
export class PipewireLoop implements Disposable {
  readonly #library = pipewire();
  readonly #mainLoop: Pointer;
  readonly #data: Pointer;
  readonly #leave: NativeFunction;
  readonly #iterate: NativeFunction;
  readonly loop: Pointer;
  /** Readable when there is something to handle; owned by the library. */
  readonly descriptor: number;

  constructor() {
    this.#mainLoop = pointerOf(this.#library.pw_main_loop_new(null), "make a loop of PipeWire");
    this.loop = pointerOf(this.#library.pw_main_loop_get_loop(this.#mainLoop), "get its loop");
    // pw_loop: system, loop, control, utils; the control's methods: version, get_fd, add_hook, enter …
    const control = read.ptr(this.loop, 16) as Pointer;
    const enter = methodOf(control, 24);
    this.#data = enter.data;
    const getDescriptor = methodOf(control, 8).at;
    this.descriptor = Number(
      CFunction({ ptr: getDescriptor, args: ["ptr"], returns: "i32" })(this.#data),
    );
    CFunction({ ptr: enter.at, args: ["ptr"], returns: "void" })(this.#data);
    this.#leave = CFunction({ ptr: methodOf(control, 32).at, args: ["ptr"], returns: "void" });
    const iterate = methodOf(control, 40).at;
    this.#iterate = CFunction({ ptr: iterate, args: ["ptr", "i32"], returns: "i32" });
  }

  /** Handles pending events, waiting this long for the first of them. */
  iterate(waitMs: number): void {
    this.#iterate(this.#data, waitMs);
  }

  [Symbol.dispose](): void {
    this.#leave(this.#data);
    this.#library.pw_main_loop_destroy(this.#mainLoop);
  }
}
