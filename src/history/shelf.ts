/**
 * What of the history lies on the disk: segments and the lists of sessions beside them, known by
 * their names, and which of them go. What must stay true: what somebody reads or a capture needs
 * stays, and a list goes with the last segment of its run.
 */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { dataDisk } from "../base/disk-lane.ts";
import { warn } from "../base/log.ts";
import { type HistoryRange, segmentsOf } from "./read-range.ts";
import type { HistoryReaders } from "./readers.ts";
import { expired, type RetentionLimits } from "./retention.ts";
import { compareSegments, readSegmentName, type SegmentName } from "./segment-names.ts";
import type { OwnSegment } from "./segment-writer.ts";
import { readListName, removeSessions } from "./session-log.ts";

/** The highest number of a start that a name of a segment takes. */
const runMax = 999_999_999;
/** Files asked for their size at the same time. */
const statCountMax = 64;

/** A segment on the disk; of one of an earlier run the size is not known at first. */
export type HeldSegment = SegmentName & { readonly name: string; bytes: number | undefined };

/** What decides what goes, asked at each cleaning. */
export type ShelfRules = {
  readonly limits: RetentionLimits;
  readonly nowUnixMs: number;
  /** The history is written: its own list stays, also before its first segment. */
  readonly isWriting: boolean;
  /** @param next the segment after it, where there is one */
  isPinned(segment: HeldSegment, next: HeldSegment | undefined): boolean;
};

/** The files of one history. */
export class HistoryShelf {
  readonly directory: string;
  /** Number of this start of the host among those in the directory. */
  readonly run: number;
  readonly #segments: HeldSegment[];
  /** Runs before this one that have a list of sessions. */
  readonly #listed: Set<number>;

  private constructor(directory: string, segments: HeldSegment[], listed: Set<number>) {
    this.directory = directory;
    this.#segments = segments;
    this.#listed = listed;
    // A list may have outlived its segments: its sessions are not those of this run.
    const last = Math.max(0, segments.at(-1)?.run ?? 0, ...listed);
    this.run = Math.min(last + 1, runMax);
  }

  /** Knows what there is by names alone. @throws Error when the directory cannot be read */
  static async open(directory: string): Promise<HistoryShelf> {
    const segments: HeldSegment[] = [];
    const listed = new Set<number>();
    for (const name of await readdir(directory)) {
      const read = readSegmentName(name);
      if (read !== undefined) segments.push({ ...read, name, bytes: undefined });
      const run = readListName(name);
      if (run !== undefined) listed.add(run);
    }
    return new HistoryShelf(directory, segments.sort(compareSegments), listed);
  }

  /** Runs of which there are segments, the newest first. */
  get runs(): number[] {
    return [...new Set(this.#segments.map(({ run }) => run))].reverse();
  }

  add(segment: OwnSegment): void {
    this.#segments.push(segment);
  }

  /** Names of the segments of a run that may hold something of the range. */
  namesOf(range: HistoryRange, run: number): string[] {
    const ofRun = this.#segments.filter((segment) => segment.run === run);
    return segmentsOf(ofRun, range).map(({ name }) => name);
  }

  /** Sizes of earlier runs are known once `clean` has looked. */
  held(): { readonly bytes: number; readonly segmentCount: number; readonly fromUnixMs: number } {
    const [oldest] = this.#segments;
    const bytes = this.#segments.reduce((sum, segment) => sum + (segment.bytes ?? 0), 0);
    return { bytes, segmentCount: this.#segments.length, fromUnixMs: oldest?.beginUnixMs ?? 0 };
  }

  /** Where on the monotonic clock of its run a date lies; `undefined` when there is nothing of it. */
  placeOf(unixMs: number): { readonly run: number; readonly atUs: number } | undefined {
    const before = this.#segments.filter(({ beginUnixMs }) => beginUnixMs <= unixMs).at(-1);
    if (before === undefined) return undefined;
    const atMs = before.beginMs + unixMs - before.beginUnixMs;
    return { run: before.run, atUs: atMs * 1000 };
  }

  /**
   * Removes what is over the limits, the oldest first, unless somebody reads it.
   * @returns whether the list of this run is to go too: nothing of it is kept
   */
  async clean(rules: ShelfRules, readers: HistoryReaders): Promise<boolean> {
    await this.#measure();
    const segments = this.#segments.map((segment, place) => ({
      ...segment,
      bytes: segment.bytes ?? 0,
      isPinned: rules.isPinned(segment, this.#segments[place + 1]),
    }));
    for (const { name } of expired(segments, rules.limits, rules.nowUnixMs)) {
      if (readers.keeps(name)) continue;
      if (!(await removing(name, () => this.#remove(name)))) return false;
      readers.forget(name);
    }
    await this.#cleanLists();
    return !(rules.isWriting || this.#segments.some(({ run }) => run === this.run));
  }

  async #remove(name: string): Promise<void> {
    await dataDisk.run(() => rm(join(this.directory, name), { force: true }));
    const place = this.#segments.findIndex((segment) => segment.name === name);
    if (place !== -1) this.#segments.splice(place, 1);
  }

  /** Of runs before this one. */
  async #cleanLists(): Promise<void> {
    const kept = new Set(this.#segments.map(({ run }) => run));
    for (const run of [...this.#listed]) {
      if (run === this.run || kept.has(run)) continue;
      const removed = await removing(`${run}`, () => removeSessions(this.directory, run));
      if (!removed) return;
      this.#listed.delete(run);
    }
  }

  async #measure(): Promise<void> {
    const unknown = this.#segments.filter(({ bytes }) => bytes === undefined);
    for (let first = 0; first < unknown.length; first += statCountMax) {
      const some = unknown.slice(first, first + statCountMax);
      await Promise.all(some.map((segment) => this.#measureOne(segment)));
    }
  }

  async #measureOne(segment: HeldSegment): Promise<void> {
    const path = join(this.directory, segment.name);
    const stats = await dataDisk.run(() => stat(path)).catch(() => undefined);
    segment.bytes = stats?.size ?? 0;
  }
}

/** @returns false, with a warning, where the disk refuses */
async function removing(name: string, remove: () => Promise<void>): Promise<boolean> {
  try {
    await remove();
    return true;
  } catch (cause) {
    warn("history_segment_not_removed", { name, cause });
    return false;
  }
}
