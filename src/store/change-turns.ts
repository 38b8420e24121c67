/**
 * Changes of one thing in a directory, one after the other, also with another process: a command may delete
 * what the host is writing. A turn is held by `flock`, and so ends with the process that has it.
 */
import { closeSync, openSync } from "node:fs";
import { lockFile } from "../base/descriptors.ts";
import { KeyedQueue } from "../base/keyed-queue.ts";
import { sleepMs } from "../base/timer.ts";

const retryMs = 5;
/** A process that was stopped in its turn is not waited for longer. */
const waitMsMax = 5000;

/** One for each store. */
export class ChangeTurns {
  readonly #directory: string;
  readonly #own = new KeyedQueue();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Does the work in its turn; work must not wait for other work of its own name. @throws what it throws */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    return await this.#own.run(name, () => this.#alone(work));
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const descriptor = openIfAny(this.#directory);
    if (descriptor === undefined) return await work();
    try {
      for (let leftMs = waitMsMax; leftMs > 0 && lockFile(descriptor) !== 0; leftMs -= retryMs)
        await sleepMs(retryMs);
      return await work();
    } finally {
      closeSync(descriptor);
    }
  }
}

/** One that is missing is made by the first save: nobody is at work there yet. */
function openIfAny(directory: string): number | undefined {
  try {
    return openSync(directory, "r");
  } catch {
    return undefined;
  }
}
