/**
 * Side files of captures: one file under the capture's id, in a directory of its own. An id that is
 * not a valid file name never becomes a path.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { prepareDirectory, syncDirectory } from "../base/atomic-file.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { statIfAny } from "../base/read-file.ts";
import { isCaptureId } from "../model/capture-id.ts";

/** One kind of side files, each under its capture's id. */
export class SideFiles {
  readonly directory: string;
  /** Including the dot. */
  readonly #ending: string;
  /** In messages, such as `rows`. */
  readonly #what: string;

  constructor(options: {
    readonly directory: string;
    readonly ending: string;
    readonly what: string;
  }) {
    this.directory = options.directory;
    this.#ending = options.ending;
    this.#what = options.what;
  }

  /** Makes the directory; removes incomplete files of a crash. */
  async prepare(): Promise<void> {
    await prepareDirectory(this.directory, this.#what);
  }

  /**
   * Path of a capture's file, in a directory that may be missing.
   * @throws Error for an invalid id
   */
  pathOf(id: string): string {
    if (!isCaptureId(id)) {
      throw new Error(`Cannot save ${this.#what} "${id}": it is not the name of a file`);
    }
    return join(this.directory, `${id}${this.#ending}`);
  }

  /** Of the captures that have such a file, by names alone. */
  async ids(): Promise<Set<string>> {
    const names = await dataDisk.run(() => readdir(this.directory));
    const own = names.filter((name) => name.endsWith(this.#ending));
    return new Set(own.map((name) => name.slice(0, -this.#ending.length)));
  }

  /** Path of the bytes; `undefined` when this capture has no such file. */
  async filePath(id: string): Promise<string | undefined> {
    if (!isCaptureId(id)) return undefined;
    const path = this.pathOf(id);
    const stats = await statIfAny(path);
    return stats?.isFile() === true ? path : undefined;
  }

  /** Does nothing if the capture has no such file. */
  async remove(id: string): Promise<void> {
    const path = await this.filePath(id);
    if (path === undefined) return;
    await dataDisk.run(async () => {
      await rm(path, { force: true });
      await syncDirectory(this.directory);
    });
  }
}
