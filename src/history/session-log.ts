/**
 * Totals of sessions, minute by minute, next to the segments: `<run>.sessions`, one JSON object per
 * line. The list of the history's sessions is made from it, without opening a segment. The last
 * line may be torn, because the host died while writing it.
 */
import { appendFile, readFile, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { dataDisk } from "../base/disk-lane.ts";
import { hasCode } from "../base/error-text.ts";
import { warn } from "../base/log.ts";
import { parseJson } from "../base/parse-json.ts";
import { isRecord } from "../base/record.ts";
import { CaptureSession } from "../model/capture.ts";
import { shapeCheck } from "../model/shape-check.ts";

const whole = Type.Integer({ minimum: 0 });
const Began = Type.Object({ session: CaptureSession, at_us: Type.Number(), unix_ms: whole });
const Minute = Type.Object({
  session_id: whole,
  at_us: Type.Number(),
  rows: whole,
  missed: whole,
  dropped: whole,
  lost: whole,
  /** The longest time from due until handed over. */
  worst_us: whole,
  /** Of its last slot, plus one. Lists of earlier versions do not have it. */
  frame_end: Type.Optional(whole),
});
const Ended = Type.Object({ session_id: whole, at_us: Type.Number() });

type MinuteLine = Static<typeof Minute>;
/** One minute of a session. */
export type SessionMinute = Omit<MinuteLine, "session_id">;
/** A line of the file. */
export type SessionLine =
  | { readonly began: Static<typeof Began> }
  | { readonly minute: MinuteLine }
  | { readonly ended: Static<typeof Ended> }
  /** The end of a killed run was searched for trouble that nobody had saved. */
  | { readonly searched: true };

/** A session of a run; times are on the run's monotonic clock. */
export type LoggedSession = {
  readonly run: number;
  readonly session: CaptureSession;
  readonly beganUs: number;
  readonly beganUnixMs: number;
  /** `undefined` when it is running, or the host was killed. */
  readonly endedUs: number | undefined;
  readonly minutes: readonly SessionMinute[];
};

/** The content of a run's list. */
export type SessionList = {
  readonly sessions: LoggedSession[];
  readonly isSearched: boolean;
  readonly unread: Error | undefined;
};

const suffix = ".sessions";
/** A week of sixteen sessions, with some margin. */
const fileBytesMax = 64 * 1024 * 1024;
const isBegan = shapeCheck(Began);
const isMinute = shapeCheck(Minute);
const isEnded = shapeCheck(Ended);

/** The lines of the current run. `append` never waits and never throws. */
export class HistorySessionLog {
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();
  #hasWarned = false;

  constructor(directory: string, run: number) {
    this.#path = pathOf(directory, run);
  }

  append(line: SessionLine): void {
    const text = `${JSON.stringify(line)}\n`;
    this.#writing = this.#writing.then(() => this.#write(text));
  }

  /** Removes the list, after pending appends. Later appends start another. */
  remove(): void {
    this.#writing = this.#writing.then(() => this.#remove());
  }

  /** Resolves when all lines are in the file, or were refused by the disk. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #remove(): Promise<void> {
    try {
      await dataDisk.runPatiently(() => rm(this.#path, { force: true }));
    } catch (cause) {
      warn("history_segment_not_removed", { name: basename(this.#path), cause });
    }
  }

  async #write(text: string): Promise<void> {
    try {
      await dataDisk.runPatiently(() => appendFile(this.#path, text, { mode: 0o600 }));
    } catch (cause) {
      if (!this.#hasWarned) warn("session_list_not_written", { path: this.#path, cause });
      this.#hasWarned = true;
    }
  }
}

/**
 * The sessions of a run, in the order in which they began; lines that do not fit are skipped.
 * @returns `unread` with what is in the way where the list is there and cannot be read
 */
export async function readSessions(directory: string, run: number): Promise<SessionList> {
  const read = await dataDisk.run(() => readText(pathOf(directory, run)));
  return read instanceof Error
    ? { sessions: [], isSearched: false, unread: read }
    : { ...listIn(read, run), unread: undefined };
}

function listIn(text: string, run: number): Omit<SessionList, "unread"> {
  let isSearched = false;
  const sessions = new Map<number, LoggedSession & { minutes: SessionMinute[] }>();
  for (const line of text.split("\n")) {
    const value = parse(line);
    if (isBegan.Check(value?.began)) {
      const { session, at_us: beganUs, unix_ms: beganUnixMs } = value.began;
      const facts = { run, session, beganUs, beganUnixMs, endedUs: undefined };
      sessions.set(session.session_id, { ...facts, minutes: [] });
    } else if (isMinute.Check(value?.minute)) {
      const { session_id, ...minute } = value.minute;
      sessions.get(session_id)?.minutes.push(minute);
    } else if (isEnded.Check(value?.ended)) {
      const { session_id, at_us: endedUs } = value.ended;
      const known = sessions.get(session_id);
      if (known !== undefined) sessions.set(session_id, { ...known, endedUs });
    } else if (value?.searched === true) isSearched = true;
  }
  return { sessions: [...sessions.values()], isSearched };
}

/** The run whose list a file is; `undefined` for any other file. */
export function readListName(name: string): number | undefined {
  const match = /^(\d{6,9})\.sessions$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** With the last segment of a run its list is removed too. */
export async function removeSessions(directory: string, run: number): Promise<void> {
  await dataDisk.run(() => rm(pathOf(directory, run), { force: true }));
}

function pathOf(directory: string, run: number): string {
  return join(directory, `${`${run}`.padStart(6, "0")}${suffix}`);
}

/** Empty for a missing list; an unreadable one costs its run and no other. */
async function readText(path: string): Promise<string | Error> {
  try {
    const stats = await stat(path);
    // Opening a pipe would block.
    if (!stats.isFile()) return new Error(`Cannot read "${path}": it is not a file`);
    if (stats.size > fileBytesMax) return new Error(`Cannot read "${path}": it is too large`);
    return await readFile(path, "utf8");
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) return "";
    return new Error(`Cannot read "${path}"`, { cause });
  }
}

function parse(line: string): Record<string, unknown> | undefined {
  const value = parseJson(line);
  // Otherwise torn, or the empty end of the file.
  return isRecord(value) ? value : undefined;
}
