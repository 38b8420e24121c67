/**
 * Sends the captures of this host to an archive: in the background, one at a time, oldest first,
 * with retries at growing intervals while the store refuses them, across restarts too. The index
 * names a capture last, so that it is there as a whole or not at all, and never twice.
 */
import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import { log, warn } from "../base/log.ts";
import type { Cancel, Scheduler } from "../base/scheduler.ts";
import { type ArchiveProblem, type ArchiveStatus, archiveProblems } from "../model/archive.ts";
import type { Capture, CaptureMeta } from "../model/capture.ts";
import type { Timeline } from "../model/timeline.ts";
import type { Verdict } from "../model/verdict.ts";
import { addToIndex, isIndexed } from "./catalog.ts";
import { type ArchivePlace, dateOf, hostFolder, keyOf } from "./layout.ts";
import type { SentMarks } from "./marks.ts";
import type { ObjectStore } from "./object-store.ts";
import type { MachineFacts, MadeTables, TableFacts } from "./tables.ts";

const retryMsMin = 5000;
const retryMsMax = 600_000;
/** How long until a verdict is requested again after the host was too busy for it. */
const busyMs = 5000;

/** What the sender reads of this host. */
export type SenderSources = {
  /** Newest first. */
  list(): Promise<readonly CaptureMeta[]>;
  /** Whether the capture has such a file. */
  holds(id: string): Promise<boolean>;
  /** @throws Failure `capture_damaged` */
  load(id: string): Promise<Capture | undefined>;
  loadTimeline(id: string): Promise<Timeline | undefined>;
  /** Resolves when the rows of the capture are written, or have failed. */
  rowsSettled(id: string): Promise<void>;
  rowsPath(id: string): Promise<string | undefined>;
  /**
   * `undefined` for a capture without a possible verdict.
   * @throws Failure `too_busy`
   */
  verdict(id: string): Promise<Verdict | undefined>;
};

/** What the sender is made from. */
export type SenderOptions = {
  readonly store: ObjectStore;
  readonly marks: SentMarks;
  readonly sources: SenderSources;
  /** Name of this machine, as captures carry it. */
  readonly hostName: string;
  /** Eight hexadecimal digits that distinguish this installation from others of the name. */
  readonly installation: string;
  readonly machine: MachineFacts;
  /** In a thread of its own if it takes long. */
  makeTables(facts: TableFacts): Promise<MadeTables>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
};

/** Sends captures in the background. One per host with an archive. */
export class ArchiveSender implements AsyncDisposable {
  readonly #options: SenderOptions;
  /** Captures to be sent, as of the last look. */
  #waitingIds = new Set<string>();
  /** The capture being sent; `undefined` if it was deleted here meanwhile. */
  #currentId: string | undefined;
  #sentCount = 0;
  #problem: StoreProblem | undefined;
  #retryMs = retryMsMin;
  #retryAtUs = 0;
  #cancelRetry: Cancel | undefined;
  #cancelPause: Cancel | undefined;
  #running: Promise<void> | undefined;
  #isAskedAgain = false;
  #isReached = false;
  #isEnded = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  status(): Omit<ArchiveStatus, "target"> {
    const leftMs = (this.#retryAtUs - this.#options.clock.nowUs()) / 1000;
    const { text, code: problem_code, answer } = this.#problem ?? {};
    const retry =
      text === undefined || problem_code === undefined ? {} : { problem: text, problem_code };
    const answered = answer === undefined ? {} : { problem_answer: answer };
    return {
      waiting: this.#waitingIds.size,
      sent: this.#sentCount,
      ...retry,
      ...answered,
      ...(this.#cancelRetry === undefined ? {} : { retry_in_ms: Math.max(0, Math.ceil(leftMs)) }),
    };
  }

  /** A capture was saved here. Returns at once. */
  saved(meta: CaptureMeta): void {
    if (this.#isToBeSent(meta)) this.#waitingIds.add(meta.id);
    this.look();
  }

  /** The host has started, or there may be captures to send: starts a look. Returns at once. */
  look(): void {
    if (this.#isEnded) return;
    this.#isAskedAgain = true;
    // While the store fails, the retry interval decides.
    if (this.#cancelRetry === undefined) this.#run();
  }

  /** A capture was deleted here: files already in the archive stay, the rest is lost. */
  forget(id: string): void {
    if (this.#waitingIds.delete(id)) warn("capture_deleted_unsent", { id });
    if (this.#currentId === id) this.#currentId = undefined;
    void this.#options.marks.remove(id).catch(() => undefined);
  }

  /** An upload in progress is not waited for: it is repeated at the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    this.#cancelRetry?.();
    this.#cancelPause?.();
    await Promise.resolve();
  }

  #run(): void {
    this.#running ??= this.#sendAll()
      .then(
        () => this.#succeeded(),
        (cause: unknown) => this.#failed(cause),
      )
      .finally(() => {
        this.#running = undefined;
        if (this.#isAskedAgain && this.#cancelRetry === undefined) this.look();
      });
  }

  async #sendAll(): Promise<void> {
    this.#isAskedAgain = false;
    const waiting = await this.#waiting();
    this.#waitingIds = new Set(waiting.map(({ id }) => id));
    // An unusable store is detected before the first capture.
    if (waiting.length === 0 && !this.#isReached) await this.#options.store.list("index/", 1);
    for (const meta of waiting) {
      if (this.#isEnded) return;
      // It may be deleted while others are sent.
      if (this.#waitingIds.has(meta.id)) await this.#sendCurrent(meta);
      this.#waitingIds.delete(meta.id);
    }
  }

  /** A failure of a capture that was deleted meanwhile says nothing about the store. */
  async #sendCurrent(meta: CaptureMeta): Promise<void> {
    this.#currentId = meta.id;
    try {
      await this.#sendOne(meta);
    } catch (cause) {
      if (await this.#isStillThere(meta.id)) throw cause;
    } finally {
      this.#currentId = undefined;
    }
  }

  /** Only of this host, oldest first: imported ones are archived by their own host. */
  async #waiting(): Promise<CaptureMeta[]> {
    const own = (await this.#options.sources.list()).filter((meta) => this.#isToBeSent(meta));
    return own.toReversed();
  }

  #isToBeSent({ id, host, origin }: CaptureMeta): boolean {
    const { marks, hostName } = this.#options;
    return host === hostName && origin !== "imported" && !marks.has(id);
  }

  /** An error of the capture itself affects only that one; an error of the store stops all. */
  async #sendOne(meta: CaptureMeta): Promise<void> {
    const { sources, store } = this.#options;
    const place = this.#placeOf(meta);
    await sources.rowsSettled(meta.id);
    // Rows that the host has no time for are written by its next start, which sends the capture.
    if (this.#isEnded) return;
    const read = await this.#read(meta.id).catch((cause: unknown) => {
      warn("capture_not_archived", { id: meta.id, cause });
      return undefined;
    });
    if (read === undefined) return await this.#mark(meta.id, "could not be read");
    if (!(await isIndexed(store, place, meta))) {
      await this.#put(place, read);
      // A captive portal answers 200 to everything.
      if (!(await isIndexed(store, place, read.capture.meta)))
        throw Object.assign(new Error("not kept"), { code: "forgetful" });
      // It is archived even if the mark fails, which only saves asking the store again.
      this.#sentCount += 1;
      this.#waitingIds.delete(meta.id);
      this.#succeeded();
      log("capture archived", { id: meta.id });
    }
    await this.#mark(meta.id, keyOf("documents", place));
  }

  /** Not for a deleted one: its id may be given to another capture, which is sent too. */
  async #mark(id: string, what: string): Promise<void> {
    if (await this.#isStillThere(id)) await this.#options.marks.add(id, what);
  }

  /** Neither this host nor a command has deleted it meanwhile. */
  async #isStillThere(id: string): Promise<boolean> {
    const isHeld = await this.#options.sources.holds(id);
    return isHeld && this.#currentId === id;
  }

  async #put(place: ArchivePlace, { capture, timeline, verdict, rowsPath }: Read): Promise<void> {
    const { store, machine, makeTables } = this.#options;
    if (rowsPath !== undefined) await store.put(keyOf("rows", place), { path: rowsPath });
    const made = await makeTables({ capture, verdict, timeline, machine });
    for (const kind of ["samples", "captures", "documents"] as const) {
      await store.put(keyOf(kind, place), made[kind]);
    }
    const [cause] = verdict?.causes ?? [];
    await addToIndex(store, place, {
      meta: capture.meta,
      ...(verdict === undefined ? {} : { quality: verdict.quality }),
      ...(cause === undefined ? {} : { cause: cause.code }),
    });
  }

  async #read(id: string): Promise<Read | undefined> {
    const { sources } = this.#options;
    const capture = await sources.load(id);
    if (capture === undefined) return undefined;
    const timeline = await sources.loadTimeline(id).catch(() => undefined);
    const verdict = await this.#verdict(id);
    return { capture, timeline, verdict, rowsPath: await sources.rowsPath(id) };
  }

  /** A capture is archived once: its verdict is waited for while others are being computed. */
  async #verdict(id: string): Promise<Verdict | undefined> {
    for (;;) {
      try {
        return await this.#options.sources.verdict(id);
      } catch (cause) {
        if (!(cause instanceof Failure) || cause.code !== "too_busy") return undefined;
      }
      await this.#pause();
    }
  }

  /** Does not resolve after the end. */
  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (!this.#isEnded) this.#cancelPause = this.#options.scheduler.after(busyMs, resolve);
    await promise;
  }

  #placeOf({ id, started_unix_ms }: CaptureMeta): ArchivePlace {
    const { hostName, installation } = this.#options;
    return { host: hostFolder(hostName), installation, date: dateOf(started_unix_ms), id };
  }

  #succeeded(): void {
    if (this.#isEnded) return;
    this.#isReached = true;
    if (this.#problem !== undefined) log("archive accepts captures again", {});
    this.#problem = undefined;
    this.#retryMs = retryMsMin;
  }

  #failed(cause: unknown): void {
    const { clock, scheduler, store } = this.#options;
    const problem = problemOf(cause);
    if (this.#problem?.text !== problem.text)
      warn("archive_failed", { archive: store.name, problem: problem.text });
    this.#problem = problem;
    if (this.#isEnded) return;
    this.#retryAtUs = clock.nowUs() + this.#retryMs * 1000;
    this.#cancelRetry = scheduler.after(this.#retryMs, () => {
      this.#cancelRetry = undefined;
      this.look();
    });
    this.#retryMs = Math.min(this.#retryMs * 2, retryMsMax);
  }
}

type Read = {
  readonly capture: Capture;
  readonly timeline: Timeline | undefined;
  readonly verdict: Verdict | undefined;
  readonly rowsPath: string | undefined;
};

/** Why a store cannot be used. */
export type StoreProblem = {
  /** A key of `archiveProblems`; otherwise the code of the store or the system. */
  readonly code: string;
  /** In English, with the answer. */
  readonly text: string;
  /** The store's status and code, such as `507 XMinioStorageFull`. */
  readonly answer?: string | undefined;
};

/** The store's own code, if any; its text may name access keys, and is left out. */
export function problemOf(cause: unknown): StoreProblem {
  if (!(cause instanceof Error)) return knownProblem("unusable");
  // An error of this host, not of the store.
  if (cause instanceof Failure) return { code: "unusable", text: cause.message.slice(0, 200) };
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
  if (code === undefined) return { code: "unusable", text: cause.message.slice(0, 200) };
  const answer = answerIn(cause);
  if (isArchiveProblem(code)) return knownProblem(code, answer);
  const known = Object.hasOwn(problemOfCode, code) ? problemOfCode[code] : undefined;
  if (known !== undefined) return knownProblem(known, answer);
  const name = code.slice(0, 64);
  return { code: name, text: `the store answers ${answer ?? name}`, answer };
}

function answerIn(cause: Error): string | undefined {
  const { status, said } = { status: undefined, said: undefined, ...cause };
  if (typeof status !== "number") return undefined;
  return typeof said === "string" ? `${status} ${said}` : `${status}`;
}

function knownProblem(code: ArchiveProblem, answer?: string): StoreProblem {
  const text = archiveProblems[code];
  return { code, text: answer === undefined ? text : `${text} (${answer})`, answer };
}

function isArchiveProblem(code: string): code is ArchiveProblem {
  return Object.hasOwn(archiveProblems, code);
}

/** Codes of the S3 client, of stores and of the system. */
const problemOfCode: Readonly<Record<string, ArchiveProblem>> = {
  AccessDenied: "access_refused",
  AuthorizationHeaderMalformed: "region_wrong",
  ENOSPC: "disk_full",
  EEXIST: "file_in_the_way",
  ENOTDIR: "file_in_the_way",
  EACCES: "not_writable",
  EROFS: "not_writable",
  ExpiredToken: "session_refused",
  InvalidAccessKeyId: "key_unknown",
  InvalidToken: "session_refused",
  NoSuchBucket: "no_bucket",
  RequestTimeTooSkewed: "clock_wrong",
  SignatureDoesNotMatch: "secret_wrong",
  XAdminUserNotFound: "key_unknown",
  XMinioStorageFull: "store_full",
  QuotaExceeded: "store_full",
  InsufficientStorage: "store_full",
  ConnectionRefused: "unreachable",
  ECONNREFUSED: "unreachable",
  ConnectionClosed: "unreachable",
  ECONNRESET: "unreachable",
  FailedToOpenSocket: "unreachable",
  ENOTFOUND: "unreachable",
  EAI_AGAIN: "unreachable",
};
