/**
 * Serializes changes in a directory, also across processes: a command may delete what the host is
 * writing. A turn is held by `flock`, and so ends with its process.
 */
import { type FileHandle, open } from "node:fs/promises";
import { constants } from "node:os";
import { lockFile } from "../base/descriptors.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { Failure } from "../base/failure.ts";
import { KeyedQueue } from "../base/keyed-queue.ts";
import { sleepMs } from "../base/timer.ts";

const retryMs = 5;
/** A process that was stopped in its turn is not waited for longer. */
const waitMsMax = 5000;

/** One per store. */
export class ChangeTurns {
  readonly #directory: string;
  readonly #own = new KeyedQueue();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Does the work in its turn, or after waiting five seconds for another process: a capture must
   * not be lost for that. Work must not wait for other work of the same store.
   * @throws what the work throws
   */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    return await this.#own.run(name, () => this.#alone(work, () => undefined));
  }

  /**
   * The same for repeatable work.
   * @throws Failure `storage_unreadable` also after those five seconds
   */
  async runInTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    return await this.#own.run(name, () => this.#alone(work, refuse));
  }

  async #alone<T>(work: () => Promise<T>, onHeld: () => void): Promise<T> {
    const handle = await openIfAny(this.#directory);
    if (handle === undefined) return await work();
    try {
      if (!(await isTaken(handle.fd))) onHeld();
      return await work();
    } finally {
      await dataDisk.run(() => handle.close()).catch(() => undefined);
    }
  }
}

function refuse(): never {
  const text = "Cannot change the captures now: another process has been at it for five seconds";
  throw new Failure("storage_unreadable", text);
}

/** If the directory's file system has no locks there are no turns. */
async function isTaken(descriptor: number): Promise<boolean> {
  for (let leftMs = waitMsMax; leftMs > 0; leftMs -= retryMs) {
    if (lockFile(descriptor) !== constants.errno.EWOULDBLOCK) return true;
    await sleepMs(retryMs);
  }
  return false;
}

/**
 * A missing directory is made by the first save: nobody is working there yet. If the disk does not
 * answer, the work reports it.
 */
async function openIfAny(directory: string): Promise<FileHandle | undefined> {
  return await dataDisk.run(() => open(directory, "r")).catch(() => undefined);
}
