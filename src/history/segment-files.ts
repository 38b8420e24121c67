/**
 * The history's files: segments and the lists of sessions next to them, known by their names, and
 * which of them are removed. Invariants: files that somebody reads or a capture needs stay, and a
 * list is removed with the last segment of its run.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { warn } from "../base/log.ts";
import { BelievedDate } from "./believed-date.ts";
import {
  type DatedStretch,
  type HeldSegment,
  HeldSegments,
  type RunPlace,
} from "./held-segments.ts";
import { type HistoryRange, segmentsOf } from "./read-range.ts";
import type { HistoryReaders } from "./readers.ts";
import { expired, type RetentionLimits } from "./retention.ts";
import type { OwnSegment } from "./segment-writer.ts";
import { readListName, removeSessions } from "./session-log.ts";

/** The highest number of a start that a segment's name can have. */
const runMax = 999_999_999;
/** The limits for removal, asked at each cleanup. */
export type RemovalRules = {
  readonly limits: RetentionLimits;
  /** The history is being written: its own list stays, even before its first segment. */
  readonly isWriting: boolean;
  /** @param next the segment after it, if any */
  isPinned(segment: HeldSegment, next: HeldSegment | undefined): boolean;
};

/** The files of one history. */
export class SegmentFiles {
  readonly directory: string;
  /** Number of this start of the host among those in the directory. */
  readonly run: number;
  readonly #segments: HeldSegments;
  /** Runs before this one that have a list of sessions. */
  readonly #listed: Set<number>;
  readonly #clock: Clock;
  /** Made on the first removal: a start does not look at every name. */
  #date: BelievedDate | undefined;

  private constructor(directory: string, names: readonly string[], clock: Clock) {
    this.directory = directory;
    this.#clock = clock;
    this.#segments = new HeldSegments(names);
    this.#listed = listedRuns(names);
    // A list may have outlived its segments: its sessions are not those of this run.
    const last = Math.max(this.#segments.lastRun, ...this.#listed);
    this.run = Math.min(last + 1, runMax);
  }

  /**
   * Finds the existing files by names alone.
   * @throws Error when the directory cannot be read
   */
  static async open(directory: string, clock: Clock): Promise<SegmentFiles> {
    return new SegmentFiles(directory, await readdir(directory), clock);
  }

  /** Runs of which there are segments, the newest first. */
  get runs(): number[] {
    return [...new Set(this.#segments.all.map(({ run }) => run))].reverse();
  }

  add(segment: OwnSegment): void {
    this.#segments.add(segment);
  }

  /** Its file does not exist. */
  forget({ name }: OwnSegment): void {
    this.#segments.remove(name);
  }

  /** Reads the sizes of earlier runs' segments, once. */
  async measure(): Promise<void> {
    await this.#segments.measure(this.directory);
  }

  /**
   * Somebody removed everything older than this segment.
   * @returns names of the lost files
   */
  forgetBefore({ name }: OwnSegment): string[] {
    return this.#segments.removeBefore(name);
  }

  /** Names of a run's segments that may hold something of the range. */
  namesOf(range: HistoryRange, run: number): string[] {
    const ofRun = this.#segments.all.filter((segment) => segment.run === run);
    return segmentsOf(ofRun, range).map(({ name }) => name);
  }

  /** Sizes of earlier runs are known after `clean` or `measure` has run. */
  held(): { readonly bytes: number; readonly segmentCount: number; readonly fromUnixMs: number } {
    return this.#segments.held();
  }

  /** Where an earlier run recorded a stretch of time; `undefined` when none is known to have. */
  placeBefore(stretch: DatedStretch): RunPlace | undefined {
    return this.#segments.placeBefore(this.run, stretch);
  }

  /**
   * Removes files beyond the limits, the oldest first, unless somebody reads them.
   * @returns whether the list of this run is to be removed too: nothing of it is kept
   */
  async clean(rules: RemovalRules, readers: HistoryReaders): Promise<boolean> {
    await this.measure();
    const segments = this.#segments.all.map((segment, place, all) => ({
      ...segment,
      bytes: segment.bytes ?? 0,
      isPinned: rules.isPinned(segment, all[place + 1]),
    }));
    for (const { name } of expired(segments, rules.limits, this.#nowUnixMs())) {
      if (readers.keeps(name)) continue;
      if (!(await removing(name, () => this.#remove(name)))) return false;
      readers.forget(name);
    }
    await this.#cleanLists();
    return !(rules.isWriting || this.#segments.all.some(({ run }) => run === this.run));
  }

  /** By a clock that is not trusted before it has been followed for a while. */
  #nowUnixMs(): number {
    const before = this.#segments.all.findLast(({ run }) => run < this.run);
    this.#date ??= new BelievedDate(this.#clock, before?.beginUnixMs);
    return this.#date.nowMs();
  }

  async #remove(name: string): Promise<void> {
    await dataDisk.run(() => rm(join(this.directory, name), { force: true }));
    this.#segments.remove(name);
  }

  /** Of runs before this one. */
  async #cleanLists(): Promise<void> {
    const kept = new Set(this.#segments.all.map(({ run }) => run));
    for (const run of [...this.#listed]) {
      if (run === this.run || kept.has(run)) continue;
      const removed = await removing(`${run}`, () => removeSessions(this.directory, run));
      if (!removed) return;
      this.#listed.delete(run);
    }
  }
}

/** Most of thousands of names are segments: those are not examined further. */
function listedRuns(names: readonly string[]): Set<number> {
  const runs = new Set<number>();
  for (const name of names) {
    const run = name.endsWith(".sessions") ? readListName(name) : undefined;
    if (run !== undefined) runs.add(run);
  }
  return runs;
}

/** @returns false, with a warning, if the disk refuses */
async function removing(name: string, remove: () => Promise<void>): Promise<boolean> {
  try {
    await remove();
    return true;
  } catch (cause) {
    warn("history_segment_not_removed", { name, cause });
    return false;
  }
}
