/**
 * Rows of captures, as files beside them: `frames/<id>.parquet` under the capture's id. They are
 * written after the capture, because that takes seconds for hours of rows, and removed before it.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { prepareDirectory, syncDirectory } from "../base/atomic-file.ts";
import { statIfAny } from "../base/read-file.ts";
import { isCaptureId } from "../model/capture-id.ts";

/** The rows of captures as Parquet files, under the captures’ ids. */
export class FrameFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the directory; removes what a crash left half-written. */
  async prepare(): Promise<void> {
    await prepareDirectory(this.#directory, "frame files");
  }

  /** Where the rows of a capture belong, in a directory that may be missing. @throws Error for what is not an id */
  pathOf(id: string): string {
    if (!isCaptureId(id)) throw new Error(`Cannot save rows "${id}": it is not the name of a file`);
    return this.#path(id);
  }

  /** Where the bytes are; `undefined` when this capture has no rows. */
  async filePath(id: string): Promise<string | undefined> {
    if (!isCaptureId(id)) return undefined;
    const path = this.#path(id);
    const stats = await statIfAny(path);
    return stats?.isFile() === true ? path : undefined;
  }

  async remove(id: string): Promise<void> {
    const path = await this.filePath(id);
    if (path === undefined) return;
    await rm(path, { force: true });
    await syncDirectory(this.#directory);
  }

  #path(id: string): string {
    return join(this.#directory, `${id}.parquet`);
  }
}
