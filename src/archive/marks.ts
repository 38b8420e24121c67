/**
 * The captures of this host that an archive has: an empty file for each, in a folder for that
 * archive. They survive restarts; a lost one costs a look at the archive, never a second upload.
 */
import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { KeyedQueue } from "../base/keyed-queue.ts";
import { makePrivateDirectory } from "../base/private-directory.ts";
import { isCaptureId } from "../model/capture-id.ts";

const ending = ".sent";

/** The marks of one archive. One per host. */
export class SentMarks {
  readonly #directory: string;
  readonly #sent: Set<string>;
  /** By id: one that is removed while it is being added is gone afterwards. */
  readonly #turns = new KeyedQueue();

  private constructor(directory: string, sent: Set<string>) {
    this.#directory = directory;
    this.#sent = sent;
  }

  /** @param target the archive's name: another one has marks of its own */
  static async open(dataDirectory: string, target: string): Promise<SentMarks> {
    const name = createHash("sha256").update(target).digest("hex").slice(0, 16);
    const parent = join(dataDirectory, "archive");
    const directory = join(parent, name);
    await dataDisk.run(async () => {
      await makePrivateDirectory(parent);
      await makePrivateDirectory(directory);
    });
    const names = await dataDisk.run(() => readdir(directory));
    const ids = names
      .filter((one) => one.endsWith(ending))
      .map((one) => one.slice(0, -ending.length));
    return new SentMarks(directory, new Set(ids.filter(isCaptureId)));
  }

  has(id: string): boolean {
    return this.#sent.has(id);
  }

  /** @param what the result, for people who look into the folder */
  async add(id: string, what: string): Promise<void> {
    await this.#turns.run(id, async () => {
      await writeFileAtomic(this.#path(id), `${what}\n`);
      this.#sent.add(id);
    });
  }

  /** For a deleted capture: its id may be reused. */
  async remove(id: string): Promise<void> {
    await this.#turns.run(id, async () => {
      if (!this.#sent.delete(id)) return;
      await dataDisk.run(() => rm(this.#path(id), { force: true }));
    });
  }

  #path(id: string): string {
    return join(this.#directory, `${id}${ending}`);
  }
}
