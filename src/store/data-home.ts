/**
 * The data directory of a running host. Where its lock is missing, its disk was taken away: what is
 * saved then would lie on the disk behind it, out of sight once the disk is back.
 */
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";

export class DataHome {
  readonly #lock: string;
  #hasLock = false;

  /** @param directory inside the data directory */
  constructor(directory: string) {
    this.#lock = join(dirname(directory), "lock");
  }

  /** For the holder of the lock. */
  async begin(): Promise<void> {
    this.#hasLock = await stat(this.#lock).then(
      () => true,
      () => false,
    );
  }

  /** @throws Error of the system when it is not there any more */
  async check(): Promise<void> {
    if (this.#hasLock) await stat(this.#lock);
  }
}
