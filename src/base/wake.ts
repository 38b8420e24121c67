/**
 * Wakes a thread that is blocked in the kernel, where a message alone would wait until the thread
 * looks. One thread sleeps; any other may wake it, which costs only a read of shared memory while
 * it is awake.
 */
import {
  closeDescriptor,
  lowerSignal,
  makeSignal,
  raiseSignal,
  waitForEither,
} from "./descriptors.ts";

/** What threads pass to each other: the descriptor is the same in all of them. */
export type WakeLink = { readonly descriptor: number; readonly memory: SharedArrayBuffer };

/** One for each sleeping thread; made by the one that closes it, and from its link by others. */
export class Wake {
  readonly link: WakeLink;
  /** 1 while the thread sleeps, or is about to. */
  readonly #sleeping: Int32Array;

  constructor(link?: WakeLink) {
    this.link = link ?? {
      descriptor: makeSignal(),
      memory: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
    };
    this.#sleeping = new Int32Array(this.link.memory);
  }

  /** Ends the sleep, also one that has only been announced. */
  wake(): void {
    if (Atomics.load(this.#sleeping, 0) === 1) raiseSignal(this.link.descriptor);
  }

  /**
   * From now on a wake is not lost. Anything that arrived before must be checked between this and
   * `sleep`.
   */
  announce(): void {
    Atomics.store(this.#sleeping, 0, 1);
  }

  /**
   * Blocks this thread until `descriptor` is readable, somebody wakes it, or the time is up; not at
   * all with 0.
   */
  sleep(descriptor: number, ms: number): void {
    if (ms > 0) waitForEither(descriptor, this.link.descriptor, ms);
    Atomics.store(this.#sleeping, 0, 0);
    lowerSignal(this.link.descriptor);
  }

  /** Only after no thread sleeps by it any more. */
  close(): void {
    closeDescriptor(this.link.descriptor);
  }
}
