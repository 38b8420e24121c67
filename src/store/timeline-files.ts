/**
 * Events during captures, as side files, `timelines/<id>.json` under the capture's id. A capture's
 * timeline is written before it and removed before it: an existing capture has its timeline, unless
 * it never had one.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { depthOf, isTooHeavy } from "../base/json-depth.ts";
import { warn } from "../base/log.ts";
import { makePrivateDirectory } from "../base/private-directory.ts";
import { shapeCheck } from "../model/shape-check.ts";
import { importBytesMax, Timeline, TimelineCheckpoint, TimelineEvent } from "../model/timeline.ts";
import { isDateText } from "../model/unix-ms.ts";
import { SideFiles } from "./side-files.ts";

const isTimeline = shapeCheck(Timeline);
const isEvent = shapeCheck(TimelineEvent);
const isCheckpoint = shapeCheck(TimelineCheckpoint);
const ending = ".json";
/** Nothing of ours is nested deeper. */
const depthMax = 64;

/** The timelines of one directory, a file each. */
export class TimelineFiles {
  readonly #files: SideFiles;

  constructor(directory: string) {
    this.#files = new SideFiles({ directory, ending, what: "timelines" });
  }

  /** Makes the directory; removes incomplete files of a crash. */
  async prepare(): Promise<void> {
    await this.#files.prepare();
  }

  /** Replaces one whose capture no longer exists. @throws Error naming the path */
  async save(id: string, timeline: Timeline): Promise<void> {
    const path = this.#files.pathOf(id);
    await dataDisk.run(() => makePrivateDirectory(this.#files.directory));
    await writeFileAtomic(path, JSON.stringify({ ...timeline, id }));
  }

  /** Where the bytes are; `undefined` when this capture has no timeline. */
  async filePath(id: string): Promise<string | undefined> {
    return await this.#files.filePath(id);
  }

  /** @returns `undefined` when this capture has none. @throws Failure `timeline_damaged` */
  async load(id: string): Promise<Timeline | undefined> {
    const path = await this.filePath(id);
    if (path === undefined) return undefined;
    try {
      const { timeline, leftOutCount } = readTimeline(await dataDisk.run(() => readBytes(path)));
      if (leftOutCount > 0) warn("timeline_entries_left_out", { id, leftOutCount });
      return timeline;
    } catch (cause) {
      const reason = messageOf(cause);
      const text = `Cannot load the timeline of capture "${id}": ${reason}`;
      throw new Failure("timeline_damaged", text, { cause, values: { id } });
    }
  }

  /** Newest first, by when they were written. */
  async ids(): Promise<string[]> {
    const { directory } = this.#files;
    const names = (await readdir(directory)).filter((name) => name.endsWith(ending));
    const dated = await Promise.all(
      names.map(async (name) => {
        // A dangling link, or a file that has just been deleted, counts as oldest.
        const stats = await stat(join(directory, name)).catch(() => undefined);
        return { id: name.slice(0, -ending.length), mtimeMs: stats?.mtimeMs ?? 0 };
      }),
    );
    return dated.sort((a, b) => b.mtimeMs - a.mtimeMs).map(({ id }) => id);
  }

  async remove(id: string): Promise<void> {
    await this.#files.remove(id);
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > importBytesMax) throw new Error(`it is larger than ${importBytesMax} bytes`);
  return await Bun.file(path).slice(0, importBytesMax).bytes();
}

/**
 * An event or checkpoint that is not valid is left out and counted as dropped; the rest stays.
 * @throws Error with the place at fault where the whole is not a timeline
 */
function readTimeline(bytes: Uint8Array): { timeline: Timeline; leftOutCount: number } {
  if (depthOf(bytes) > depthMax) throw new Error(`it is nested deeper than ${depthMax} levels`);
  if (isTooHeavy(bytes)) throw new Error("its JSON has too many values");
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const lists = listsOf(value);
  const events = lists.events.filter((one) => isEvent.Check(one) && isDateText(one.timestamp));
  const checkpoints = lists.checkpoints.filter(
    (one) => isCheckpoint.Check(one) && isDateText(one.timestamp),
  );
  const eventsLeftOut = lists.events.length - events.length;
  const checkpointsLeftOut = lists.checkpoints.length - checkpoints.length;
  const whole: unknown = { ...lists.rest, events, checkpoints };
  if (!isTimeline.Check(whole)) {
    const fault = isTimeline.Errors(whole).First();
    throw new Error(`${fault?.path}: ${fault?.message}`);
  }
  if (!isDateText(whole.started_at)) throw new Error("/started_at: it is not a date");
  const timeline = {
    ...whole,
    events_dropped: (whole.events_dropped ?? 0) + eventsLeftOut,
    checkpoints_dropped: (whole.checkpoints_dropped ?? 0) + checkpointsLeftOut,
  };
  // Checked above; the type is only narrower in how it names the events.
  return { timeline: timeline as Timeline, leftOutCount: eventsLeftOut + checkpointsLeftOut };
}

function listsOf(value: unknown) {
  if (typeof value !== "object" || value === null) throw new Error("it is not an object");
  const { events = undefined, checkpoints = undefined, ...rest } = value as Timeline;
  const list = (one: unknown): readonly unknown[] => {
    if (Array.isArray(one)) return one;
    throw new Error("its events or checkpoints are not a list");
  };
  return { events: list(events), checkpoints: list(checkpoints), rest };
}
