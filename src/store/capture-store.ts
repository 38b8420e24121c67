/**
 * Captures as files, one JSON document each, `<directory>/<id>.json`. Invariants: a saved capture
 * is never overwritten, a damaged file is moved to `damaged/` and named, never dropped (unless it
 * is so new that it may still be incomplete), an intact one stays where it is, no id reaches the
 * file system unchecked, and a deleted capture stays deleted, with all its side files, whatever was
 * being written for it.
 */
import type { Stats } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  createFileAtomic,
  prepareDirectory,
  syncDirectory,
  writeFileAtomic,
} from "../base/atomic-file.ts";
import { type Clock, systemClock } from "../base/clock.ts";
import { notDeleted, systemReason } from "../base/disk-fault.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { cannotText, codeOf, messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { isTooHeavy } from "../base/json-depth.ts";
import { warn } from "../base/log.ts";
import { damagedDirectory, makePrivateDirectory, setAside } from "../base/private-directory.ts";
import type { Capture, CaptureMeta, LaterMarks } from "../model/capture.ts";
import { captureId, isCaptureId, numberedCaptureId } from "../model/capture-id.ts";
import type { CaptureChange } from "../model/capture-note.ts";
import type { Timeline } from "../model/timeline.ts";
import type { Recordings } from "../ports/recordings.ts";
import { readHead } from "./capture-head.ts";
import { captureSuffix, findMadeName, idOfFile } from "./capture-names.ts";
import { ChangeTurns } from "./change-turns.ts";
import { DataHome } from "./data-home.ts";
import { type Faults, readCapture } from "./mend-capture.ts";
import { type NotedFields, NoteFiles } from "./note-files.ts";
import { SideFiles } from "./side-files.ts";
import { TimelineFiles } from "./timeline-files.ts";

/** Twenty times the largest capture that this program writes. */
const captureBytesMax = 128 * 1024 * 1024;
/** Files whose invalid values have been reported. */
const reportedCountMax = 1000;
/** Files that a listing examines in parallel. */
const sliceCount = 50;
const sameIdCountMax = 10_000;
/** A file last written this long ago is complete, or damaged. */
const freshMsMax = 10_000;

/** The result of a listing. */
export type CaptureListing = {
  /** Newest first. Owned by the store: not to be changed. */
  readonly captures: CaptureMeta[];
  /** Names of damaged files: those lying in `damaged/`, and any that could not be moved there. */
  readonly damaged: string[];
};

/** A cached listing entry, valid while the file stays the same. */
type Head = { readonly stats: Stats | undefined; readonly meta: CaptureMeta | undefined };

/** The captures of a data directory, which need not exist. */
export function openCaptureStore(dataDirectory: string): CaptureStore {
  return new CaptureStore(join(dataDirectory, "captures"));
}

/**
 * The saved captures of a data directory, with their timelines and rows. One for each host or
 * command.
 */
export class CaptureStore implements Recordings {
  /** Where the files of the captures are. */
  readonly directory: string;
  readonly #clock: Pick<Clock, "wallMs">;
  readonly #timelines: TimelineFiles;
  readonly #notes: NoteFiles;
  /**
   * Rows of the captures, as Parquet. Written by `keep` after the capture, because hours of rows
   * take seconds, and removed before it.
   */
  readonly frames: SideFiles;
  #heads: ReadonlyMap<string, Head> = new Map();
  readonly #reported = new Set<string>();
  readonly #home: DataHome;
  /** By id. */
  readonly #changes: ChangeTurns;

  /**
   * @param directory made by `prepare` or the first `save`; read as empty while it is missing.
   * Timelines are in `timelines/` next to it, rows in `frames/`, names and notes in `notes/`.
   */
  constructor(directory: string, clock: Pick<Clock, "wallMs"> = systemClock()) {
    this.directory = directory;
    this.#home = new DataHome(directory);
    this.#changes = new ChangeTurns(directory);
    this.#clock = clock;
    this.#timelines = new TimelineFiles(join(dirname(directory), "timelines"));
    this.#notes = new NoteFiles(join(dirname(directory), "notes"));
    this.frames = new SideFiles({
      directory: join(dirname(directory), "frames"),
      ending: ".parquet",
      what: "rows",
    });
  }

  /**
   * Makes the directory; removes incomplete files of a crash. For the holder of the data
   * directory's lock.
   */
  async prepare(): Promise<void> {
    await this.#home.begin();
    await prepareDirectory(this.directory, "captures");
    await this.#timelines.prepare();
    await this.frames.prepare();
    await this.#notes.prepare();
  }

  /**
   * Saves under an id made from start and mode, with `-2`, `-3` appended when that is taken; its
   * timeline, if any, under the same.
   * @returns the meta with the id that was given.
   * @throws Error naming the path; nothing was saved then, and nothing is left behind.
   */
  async save(capture: Capture, timeline?: Timeline): Promise<CaptureMeta> {
    await dataDisk.run(() => this.#home.check());
    const base = captureId(capture.meta);
    return await this.#changes.run(base, () => this.#save(base, capture, timeline));
  }

  async #save(base: string, capture: Capture, timeline?: Timeline): Promise<CaptureMeta> {
    await dataDisk.run(() => makePrivateDirectory(this.directory));
    for (let n = 1; n <= sameIdCountMax; n++) {
      const id = numberedCaptureId(base, n);
      const path = this.#path(id);
      if ((await statOf(path)) !== undefined) continue;
      const meta = { ...capture.meta, id };
      if (await this.#create({ meta, samples: capture.samples }, timeline)) return meta;
    }
    throw new Error(`Cannot save capture "${base}": ${sameIdCountMax} captures have this name`);
  }

  /** @returns false when the name of `meta.id` is taken. */
  async #create({ meta, samples }: Capture, timeline: Timeline | undefined): Promise<boolean> {
    const { id } = meta;
    if (timeline !== undefined) await this.#timelines.save(id, timeline);
    try {
      return await createFileAtomic(this.#path(id), JSON.stringify({ meta, samples }));
    } catch (cause) {
      // A file that cannot be removed now is overwritten when the capture is saved.
      await this.#timelines.remove(id).catch(() => undefined);
      throw cause;
    }
  }

  /**
   * Reads only heads, and each only once while its file stays the same.
   * @throws Failure `storage_unreadable`
   */
  async list(): Promise<CaptureListing> {
    return await this.#list().catch(throwUnreadable);
  }

  async #list(): Promise<CaptureListing> {
    const heads = new Map<string, Head>();
    const names = (await fileNames(this.directory)).filter((name) => name.endsWith(captureSuffix));
    for (let first = 0; first < names.length; first += sliceCount) {
      const slice = names.slice(first, first + sliceCount);
      const read = await Promise.all(slice.map((name) => dataDisk.run(() => this.#readHead(name))));
      for (const [index, name] of slice.entries()) {
        const head = read[index];
        if (head !== undefined) heads.set(name, head);
      }
    }
    this.#heads = heads;
    // An unreadable `damaged/` costs only its names: the rest is listed without it.
    const damaged = await fileNames(damagedDirectory(this.directory)).catch(() => ["damaged"]);
    for (const [name, { meta }] of heads) if (meta === undefined) damaged.push(name);
    const notes = await this.#notes.all();
    const captures = newestFirst(heads.values()).map((meta) => withNote(meta, notes.get(meta.id)));
    return { captures, damaged: damaged.sort() };
  }

  /**
   * Single values that are not valid are left out: `meta.mended` counts them.
   * @returns `undefined` when there is none with this id.
   * @throws Failure `too_large`, or `capture_damaged`: the file is set aside then, unless it is new
   */
  async load(id: string): Promise<Capture | undefined> {
    const path = await this.filePath(id);
    if (path === undefined) return undefined;
    if (((await statOf(path))?.size ?? 0) > captureBytesMax) {
      const text = `Cannot load capture "${id}": it is larger than ${captureBytesMax} bytes`;
      throw new Failure("too_large", text);
    }
    const bytes = await dataDisk
      .run(() => Bun.file(path).slice(0, captureBytesMax).bytes())
      .catch(throwUnreadable);
    try {
      if (isTooHeavy(bytes)) throw new Error("its JSON has too many values");
      const { capture, faults } = readCapture(JSON.parse(new TextDecoder().decode(bytes)));
      if (faults.count > 0) this.#report(basename(path), faults);
      const meta = withNote({ ...capture.meta, id }, await this.#notes.of(id));
      return { meta, samples: capture.samples };
    } catch (cause) {
      const stats = await statOf(path);
      if (stats !== undefined && !this.#isFresh(stats)) await this.#setAside(basename(path), cause);
      const message = cannotText(`load capture "${id}"`, messageOf(cause));
      throw new Failure("capture_damaged", message, { cause, values: { id } });
    }
  }

  /** Where the capture's bytes are; `undefined` when there is none with this id. */
  async filePath(id: string): Promise<string | undefined> {
    return (await this.#find(id).catch(throwUnreadable))?.path;
  }

  /** Where the bytes of its timeline are; `undefined` when there is none. */
  async timelinePath(id: string): Promise<string | undefined> {
    return await this.#timelines.filePath(id);
  }

  /** @returns `undefined` when there is none. @throws Failure `timeline_damaged` */
  async loadTimeline(id: string): Promise<Timeline | undefined> {
    return await this.#timelines.load(id);
  }

  /** Names one state of the capture's file; `undefined` when there is none with this id. */
  async version(id: string): Promise<string | undefined> {
    const stats = (await this.#find(id).catch(throwUnreadable))?.stats;
    return stats && [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join("-");
  }

  /**
   * Changes the notes on a capture; its file stays unchanged.
   * @returns its head; `undefined` when there is none with this id.
   * @throws Failure `capture_not_saved`
   */
  async change(id: string, change: CaptureChange): Promise<CaptureMeta | undefined> {
    return await this.#changes.run(id, () => this.#change(id, change));
  }

  async #change(id: string, change: CaptureChange): Promise<CaptureMeta | undefined> {
    const found = await this.#find(id).catch(throwUnreadable);
    if (found === undefined) return undefined;
    const name = basename(found.path);
    const { meta } = (await dataDisk.run(() => this.#readHead(name)).catch(throwUnreadable)) ?? {};
    return meta && withNote(meta, await this.#notes.change(id, change));
  }

  /**
   * Its rows were written beside it: they stay, and what they lack is added to its head. Where the capture
   * has been deleted meanwhile, its rows are removed.
   * @returns whether the capture is there. @throws Error when it cannot be read or written; the file
   * stays as it was then
   */
  async settleRows(id: string, marks: LaterMarks = {}): Promise<boolean> {
    return await this.#changes.run(id, async () => {
      const path = await this.filePath(id);
      if (path === undefined) await this.frames.remove(id);
      else if (Object.keys(marks).length > 0) await markRows(path, marks);
      return path !== undefined;
    });
  }

  /** @returns false when there is none with this id. @throws Failure `storage_unreadable`, `recording_not_deleted` */
  async remove(id: string): Promise<boolean> {
    try {
      return await this.#changes.runInTurn(id, () => this.#remove(id));
    } catch (cause) {
      throw cause instanceof Failure ? cause : notDeleted(`Cannot delete capture "${id}"`, cause);
    }
  }

  async #remove(id: string): Promise<boolean> {
    const path = await this.filePath(id);
    if (path === undefined) return false;
    await this.#timelines.remove(id);
    await this.frames.remove(id);
    await this.#notes.remove(id);
    await dataDisk.run(async () => {
      await rm(path, { force: true });
      await syncDirectory(this.directory);
    });
    return true;
  }

  #path(id: string): string {
    return join(this.directory, `${id}${captureSuffix}`);
  }

  async #find(id: string): Promise<{ path: string; stats: Stats } | undefined> {
    if (!isCaptureId(id)) return undefined;
    const path = this.#path(id);
    const stats = await statOf(path);
    if (stats?.isFile() === true) return { path, stats };
    const name = await findMadeName(this.directory, id).catch(undefinedIfAbsent);
    if (name === undefined) return undefined;
    const made = join(this.directory, name);
    const madeStats = await statOf(made);
    return madeStats?.isFile() === true ? { path: made, stats: madeStats } : undefined;
  }

  /** Once per file: a page requests it repeatedly. */
  #report(name: string, { count, first }: Faults): void {
    if (this.#reported.has(name) || this.#reported.size >= reportedCountMax) return;
    this.#reported.add(name);
    warn("capture_values_left_out", { name, count, first });
  }

  /** `undefined` when the file is gone or was set aside; without meta when it could not be. */
  async #readHead(name: string): Promise<Head | undefined> {
    const path = join(this.directory, name);
    const stats = await stat(path).catch(unlessAbsent);
    if (stats === undefined) return undefined;
    // For example a circular link: it costs its own row.
    if (stats instanceof Error) return { stats: undefined, meta: undefined };
    const known = this.#heads.get(name);
    if (known?.stats !== undefined && isSameFile(known.stats, stats)) return known;
    try {
      // The name decides, so that a renamed copy is listed under the id that loads it.
      return { stats, meta: { ...(await readCheckedHead(path, stats)), id: idOfFile(name) } };
    } catch (cause) {
      if (this.#isFresh(stats)) return undefined;
      // A file without read permission is not damaged: it stays where it is.
      if (cause instanceof Error && "code" in cause) return { stats, meta: undefined };
      return (await this.#setAside(name, cause)) ? undefined : { stats, meta: undefined };
    }
  }

  /** Somebody may still be copying it here: missing parts may follow. */
  #isFresh(stats: Stats): boolean {
    // A file's time is finer than the clock's: it may be ahead of it.
    return Math.abs(this.#clock.wallMs() - stats.mtimeMs) < freshMsMax;
  }

  async #setAside(name: string, reason: unknown): Promise<boolean> {
    warn("capture_damaged", { name, reason });
    try {
      await setAside(this.directory, name);
      return true;
    } catch (cause) {
      warn("capture_left_in_place", { name, cause });
      return false;
    }
  }
}

async function markRows(path: string, marks: LaterMarks): Promise<void> {
  const text = await dataDisk.run(() => Bun.file(path).slice(0, captureBytesMax).text());
  const { meta, samples } = readCapture(JSON.parse(text)).capture;
  await writeFileAtomic(path, JSON.stringify({ meta: { ...meta, ...marks }, samples }));
}

async function readCheckedHead(path: string, stats: Stats): Promise<CaptureMeta> {
  if (!stats.isFile()) throw new Error("it is not a file");
  return await readHead(path, stats.size);
}

/** A copy with its local notes; the file's own notes apply if there are none. */
function withNote(meta: CaptureMeta, noted: NotedFields = {}): CaptureMeta {
  const { baseline: _, ...own } = meta;
  return Object.keys(noted).length === 0 && meta.baseline === undefined
    ? meta
    : { ...own, ...noted };
}

function isSameFile(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs;
}

function newestFirst(heads: Iterable<Head>): CaptureMeta[] {
  const metas: CaptureMeta[] = [];
  for (const { meta } of heads) if (meta !== undefined) metas.push(meta);
  return metas.sort((a, b) => b.started_unix_ms - a.started_unix_ms || compareIds(b.id, a.id));
}

/** Of ids with the same start the shorter is the earlier: `…`, `…-2`, `…-10`. */
function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

/** Refusals of the system are for the operator to fix: neither damage nor our error. */
function throwUnreadable(cause: unknown): never {
  if (!(cause instanceof Error) || !("code" in cause) || cause instanceof Failure) throw cause;
  const reason = systemReason(cause);
  warn("captures_not_readable", { cause });
  const text = `Cannot read the captures: ${reason}`;
  throw new Failure("storage_unreadable", text, { cause, values: { reason } });
}

async function statOf(path: string): Promise<Stats | undefined> {
  return await dataDisk.run(() => stat(path)).catch(undefinedIfAbsent);
}

async function fileNames(directory: string): Promise<string[]> {
  return (await dataDisk.run(() => readdir(directory)).catch(undefinedIfAbsent)) ?? [];
}

function undefinedIfAbsent(cause: unknown): undefined {
  const code = codeOf(cause);
  if (code === "ENOENT" || code === "ENOTDIR") return undefined;
  throw cause;
}

/** The system's reason for a file that exists and cannot be examined. */
function unlessAbsent(cause: unknown): Error | undefined {
  try {
    return undefinedIfAbsent(cause);
  } catch {
    return cause instanceof Error ? cause : new Error(String(cause));
  }
}
