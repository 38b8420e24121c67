/**
 * The workers of this thread that run native code: they must never be terminated from outside,
 * because a thread killed inside a native library crashes the whole process. One that does not exit
 * when asked is left behind: counted by name, so that a repeatedly hanging one is refused instead
 * of filling the process with threads.
 */
import { assert } from "./assert.ts";

/** One worker, for as long as it lives. */
export type NativeThread = {
  /**
   * It did not answer in time. Returns how many of that name are left behind now; once per worker.
   */
  leave(): number;
  /** It has exited. */
  end(): void;
};

/** The registry of one thread. */
export class NativeThreads {
  readonly #leftCounts = new Map<string, number>();
  readonly #hurries = new Set<() => void>();
  #aliveCount = 0;

  /** Workers that have not exited, including those left behind. */
  get aliveCount(): number {
    return this.#aliveCount;
  }

  /** Workers left behind under this name that still have not exited. */
  leftCount(name: string): number {
    return this.#leftCounts.get(name) ?? 0;
  }

  /** The process is about to exit: running workers get less time to answer. */
  hurry(): void {
    for (const onHurry of this.#hurries) onHurry();
  }

  /**
   * Counts a worker that has just been started. `name` identifies the cause if it hangs; `onHurry`
   * is called when the process is about to exit before the worker has.
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

/** Those started by this thread: each thread has a registry of its own. */
export const nativeThreads = new NativeThreads();
