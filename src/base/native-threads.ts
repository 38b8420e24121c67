/**
 * The workers of this thread that run native code: they must never be terminated from outside,
 * because a thread that is cut off inside a native library takes the whole process with it. One
 * that does not end when asked is left behind: counted by name, so that what hangs again and again
 * is refused instead of filling the process with threads.
 */
import { assert } from "./assert.ts";

/** One worker, for as long as it lives. */
export type NativeThread = {
  /** It did not answer in time. Gives how many of that name are left behind now; once a worker. */
  leave(): number;
  /** It has ended. */
  end(): void;
};

/** The registry of one thread. */
export class NativeThreads {
  readonly #leftCounts = new Map<string, number>();
  readonly #hurries = new Set<() => void>();
  #aliveCount = 0;

  /** Workers that have not ended, those left behind included. */
  get aliveCount(): number {
    return this.#aliveCount;
  }

  /** Workers left behind under this name that still have not ended. */
  leftCount(name: string): number {
    return this.#leftCounts.get(name) ?? 0;
  }

  /** The process is about to end: workers that run now are given less time to answer. */
  hurry(): void {
    for (const onHurry of this.#hurries) onHurry();
  }

  /**
   * Counts a worker that has just been started. `name` is what would be to blame if it hung;
   * `onHurry` is called when the process is about to end before the worker has.
   */
  add(name: string, onHurry: () => void = () => undefined): NativeThread {
    this.#aliveCount += 1;
    const hurry = () => onHurry();
    this.#hurries.add(hurry);
    let state: "running" | "left" | "ended" = "running";
    return {
      leave: () => {
        if (state === "running") this.#addLeft(name, 1);
        if (state === "running") state = "left";
        return this.leftCount(name);
      },
      end: () => {
        assert(state !== "ended", "a worker ends once");
        this.#aliveCount -= 1;
        this.#hurries.delete(hurry);
        if (state === "left") this.#addLeft(name, -1);
        state = "ended";
      },
    };
  }

  #addLeft(name: string, change: number): void {
    const count = this.leftCount(name) + change;
    if (count === 0) this.#leftCounts.delete(name);
    else this.#leftCounts.set(name, count);
  }
}

/** Those that this thread has started: each thread has a registry of its own. */
export const nativeThreads = new NativeThreads();
