/**
 * What happened during captures, as files beside them, `timelines/<id>.json` under the capture's id.
 * A capture's timeline is written before it and removed before it: whoever finds a capture finds its
 * timeline, unless it never had one.
 */
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { sweepTempFiles, syncDirectory, writeFileAtomic } from "../base/atomic-file.ts";
import { Failure } from "../base/failure.ts";
import { log } from "../base/log.ts";
import { makePrivateDirectory } from "../base/private-directory.ts";
import { isCaptureId } from "../model/capture-id.ts";
import { Timeline } from "../model/timeline.ts";

const check = TypeCompiler.Compile(Timeline);

export class TimelineFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the directory; removes what a crash left half-written. */
  async prepare(): Promise<void> {
    makePrivateDirectory(this.#directory);
    const count = await sweepTempFiles(this.#directory);
    if (count > 0) log("half-written timelines removed", { count });
  }

  /** Takes the place of one that has no capture any more. @throws Error naming the path */
  async save(id: string, timeline: Timeline): Promise<void> {
    makePrivateDirectory(this.#directory);
    await writeFileAtomic(this.#path(id), JSON.stringify({ ...timeline, id }));
  }

  /** Where the bytes are; `undefined` when this capture has no timeline. */
  async filePath(id: string): Promise<string | undefined> {
    if (!isCaptureId(id)) return undefined;
    const path = this.#path(id);
    const isThere = await stat(path).then(
      (stats) => stats.isFile(),
      () => false,
    );
    return isThere ? path : undefined;
  }

  /** @returns `undefined` when this capture has none. @throws Failure `timeline_damaged` */
  async load(id: string): Promise<Timeline | undefined> {
    const path = await this.filePath(id);
    if (path === undefined) return undefined;
    try {
      const value: unknown = await Bun.file(path).json();
      // Checked here; the type is only narrower in how it names the events.
      if (check.Check(value)) return value as Timeline;
      const fault = check.Errors(value).First();
      throw new Error(`${fault?.path}: ${fault?.message}`);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const text = `Cannot load the timeline of capture "${id}": ${reason}`;
      throw new Failure("timeline_damaged", text, { cause, values: { id } });
    }
  }

  async remove(id: string): Promise<void> {
    const path = await this.filePath(id);
    if (path === undefined) return;
    await rm(path, { force: true });
    await syncDirectory(this.#directory);
  }

  #path(id: string): string {
    return join(this.#directory, `${id}.json`);
  }
}
