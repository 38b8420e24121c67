/**
 * Recordings of events by hand, saved when they end and there again after a start: the newest few.
 * One that runs when the host is killed is lost; the one of a capture has its journal for that.
 */
import { join } from "node:path";
import { warn } from "../base/log.ts";
import { isCaptureId } from "../model/capture-id.ts";
import type { Timeline } from "../model/timeline.ts";
import { TimelineFiles } from "../store/timeline-files.ts";

/** As many as the timeline keeps at hand. */
export const keptCountMax = 3;

/** One that was gone on with from elsewhere may be called anything. */
function fileId(id: string): string {
  const name = id.replaceAll(/[^A-Za-z0-9._-]/g, "_");
  return isCaptureId(name) && name !== "capture" && name !== "manual" ? name : `kept_${name}`;
}

type Shelf = { keep(timeline: Timeline): void };

export class KeptTimelines {
  readonly #files: TimelineFiles;
  #saving: Promise<void> = Promise.resolve();

  constructor(dataDirectory: string) {
    this.#files = new TimelineFiles(join(dataDirectory, "timelines-by-hand"));
  }

  /** Oldest first, so that the newest outlives the others there too. */
  async load(shelf: Shelf): Promise<void> {
    await this.#files.prepare();
    for (const id of (await this.#files.ids()).slice(0, keptCountMax).reverse()) {
      try {
        const timeline = await this.#files.load(id);
        if (timeline !== undefined) shelf.keep(timeline);
      } catch (cause) {
        warn("recording by hand not readable, it stays where it is", { id, cause });
      }
    }
  }

  /** One after the other; what cannot be saved is said in the log, and stays at hand until the end. */
  save(timeline: Timeline): void {
    this.#saving = this.#saving.then(() => this.#save(timeline));
  }

  /** Resolves when all that was to be saved is. */
  async settled(): Promise<void> {
    await this.#saving;
  }

  async #save(timeline: Timeline): Promise<void> {
    try {
      await this.#files.save(fileId(timeline.id), timeline);
      for (const id of (await this.#files.ids()).slice(keptCountMax)) await this.#files.remove(id);
    } catch (cause) {
      warn("recording by hand not saved", { id: timeline.id, cause });
    }
  }
}
