/**
 * Which segments are on the disk, by their names alone. A week has 10,000 of them: they are parsed
 * and sorted on first use, so that the start of a host does neither.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { dataDisk } from "../base/disk-lane.ts";
import { hasCode } from "../base/error-text.ts";
import {
  compareSegments,
  readSegmentName,
  type SegmentName,
  segmentMsMost,
} from "./segment-names.ts";

/** Files asked for their size at the same time. */
const statCountMax = 64;
/** From an event until a segment is started for it. */
const writtenMsMost = 1000;

/** A segment on disk; the size of an earlier run's is not known at first. */
export type HeldSegment = SegmentName & { readonly name: string; bytes: number | undefined };

/** A stretch of time by the date of its start. */
export type DatedStretch = { readonly unixMs: number; readonly durationMs: number };
/** A moment on the monotonic clock of a run. */
export type RunPlace = { readonly run: number; readonly atUs: number };

/** The segments of a directory, kept up to date by the history that owns it. */
export class HeldSegments {
  /** The highest number of a run among them; 0 without any. */
  readonly lastRun: number;
  readonly #names: readonly string[];
  #all: HeldSegment[] | undefined;
  #measuring: Promise<void> | undefined;

  /** @param names of the files in the directory; those that are not segments are skipped */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.lastRun = lastRunOf(names);
  }

  /** Oldest first. */
  get all(): readonly HeldSegment[] {
    return this.#known();
  }

  /** @param segment newer than all others */
  add(segment: HeldSegment): void {
    this.#known().push(segment);
  }

  /** @returns the segment, if it existed */
  remove(name: string): HeldSegment | undefined {
    const all = this.#known();
    const place = all.findIndex((segment) => segment.name === name);
    return place === -1 ? undefined : all.splice(place, 1)[0];
  }

  /** @returns names of those older than this one, which are dropped */
  removeBefore(name: string): string[] {
    const all = this.#known();
    const place = all.findIndex((segment) => segment.name === name);
    return all.splice(0, Math.max(0, place)).map((segment) => segment.name);
  }

  /** The total on disk, as far as sizes are known. */
  held(): { readonly bytes: number; readonly segmentCount: number; readonly fromUnixMs: number } {
    const { all } = this;
    const bytes = all.reduce((sum, segment) => sum + (segment.bytes ?? 0), 0);
    return { bytes, segmentCount: all.length, fromUnixMs: all[0]?.beginUnixMs ?? 0 };
  }

  /**
   * The run before `run` that was recording in a stretch of time, and where on its monotonic clock that
   * begins: by the first segment begun in it, because nothing is written while nobody plays, else by the
   * one being written then. Of a date that the clock of the machine passed twice it is the later time.
   */
  placeBefore(run: number, { unixMs, durationMs }: DatedStretch): RunPlace | undefined {
    const earlier = this.all.filter((one) => one.run < run);
    const isBegunIn = ({ beginUnixMs }: HeldSegment) =>
      beginUnixMs >= unixMs && beginUnixMs < unixMs + durationMs + writtenMsMost;
    const isWrittenThen = ({ beginUnixMs }: HeldSegment) =>
      beginUnixMs <= unixMs && unixMs - beginUnixMs < segmentMsMost;
    const last = earlier.findLast(isBegunIn);
    const segment =
      earlier.find((one) => one.run === last?.run && isBegunIn(one)) ??
      earlier.findLast(isWrittenThen);
    if (segment === undefined) return undefined;
    return { run: segment.run, atUs: (segment.beginMs + unixMs - segment.beginUnixMs) * 1000 };
  }

  /** Reads the sizes that are not known; those for which the disk gives no answer stay unknown. */
  async measure(directory: string): Promise<void> {
    this.#measuring ??= this.#ask(directory).finally(() => {
      this.#measuring = undefined;
    });
    await this.#measuring;
  }

  async #ask(directory: string): Promise<void> {
    const unknown = this.all.filter(({ bytes }) => bytes === undefined);
    for (let first = 0; first < unknown.length; first += statCountMax) {
      const some = unknown.slice(first, first + statCountMax);
      await Promise.all(some.map((segment) => measureOne(directory, segment)));
    }
  }

  #known(): HeldSegment[] {
    this.#all ??= this.#names
      .flatMap((name) => {
        const read = readSegmentName(name);
        return read === undefined ? [] : [{ ...read, name, bytes: undefined }];
      })
      .sort(compareSegments);
    return this.#all;
  }
}

/** A deleted segment has no bytes. */
async function measureOne(directory: string, segment: HeldSegment): Promise<void> {
  try {
    const { size } = await dataDisk.run(() => stat(join(directory, segment.name)));
    segment.bytes = size;
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) segment.bytes = 0;
  }
}

/** Only a name that would raise it is parsed completely. */
function lastRunOf(names: readonly string[]): number {
  let last = 0;
  for (const name of names) {
    const run = Number.parseInt(name, 10);
    if (run > last && readSegmentName(name) !== undefined) last = run;
  }
  return last;
}
