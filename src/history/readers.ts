/** The current readers of the history, whose segments must stay, and what could not be read. */
import { warn } from "../base/log.ts";
import { type LostEnd, lostEnd, lostFromUs } from "./lost-ends.ts";
import type { UnreadStretch } from "./read-range.ts";
import type { SegmentFiles } from "./segment-files.ts";
import { type LoggedSession, readSessions } from "./session-log.ts";

/** The readers of one history. */
export class HistoryReaders {
  /** Names of segments that are being read, a list per reader. */
  readonly #reading = new Set<readonly string[]>();
  /** Segments and lists with a warning: one each. */
  readonly #warned = new Set<string>();
  /** Ends of sessions of killed hosts: read once. */
  readonly #lostEnds = new Map<string, Promise<LostEnd | undefined>>();
  /** Data beyond the limits stayed because it was being read. */
  #hasKept = false;
  /** Starts of the host whose list of sessions could not be read, when it was last asked for. */
  unreadRuns: ReadonlySet<number> = new Set();

  /** @param onFree called when segments kept for readers may be removed */
  hold(names: readonly string[], onFree: () => void): Disposable {
    const held = [...names];
    this.#reading.add(held);
    return {
      [Symbol.dispose]: () => {
        if (!this.#reading.delete(held) || !this.#hasKept) return;
        this.#hasKept = false;
        onFree();
      },
    };
  }

  /** Whether a segment to be removed is being read; the end of that is then reported. */
  keeps(name: string): boolean {
    const isRead = [...this.#reading].some((names) => names.includes(name));
    this.#hasKept ||= isRead;
    return isRead;
  }

  /** It is gone: its warning no longer applies. */
  forget(name: string): void {
    this.#warned.delete(name);
  }

  /** One warning per segment, however often it is requested. */
  warnOf(unread: readonly UnreadStretch[]): void {
    for (const { name, reason } of unread) {
      if (this.#isNew(name)) warn("history_segment_not_read", { name, reason });
    }
  }

  /**
   * Sessions of all runs that have segments, the newest run first; within a run the newest first.
   * @param onFree like that of `hold`
   */
  async sessions(files: SegmentFiles, onFree: () => void): Promise<LoggedSession[]> {
    const { runs } = files;
    const found = await Promise.all(runs.map((run) => readSessions(files.directory, run)));
    this.unreadRuns = new Set(runs.filter((_, place) => found[place]?.unread !== undefined));
    for (const { unread: cause } of found) {
      if (cause !== undefined && this.#isNew(cause.message))
        warn("session_list_not_read", { cause });
    }
    const ended: LoggedSession[] = [];
    // One after another: the rows of a hundred killed hosts would not all fit.
    for (const session of found.flatMap((list) => list.sessions.reverse())) {
      ended.push(await this.#ended(session, files, onFree));
    }
    return ended;
  }

  /** A session of a killed host, with its end from the last segments. */
  async #ended(
    session: LoggedSession,
    files: SegmentFiles,
    onFree: () => void,
  ): Promise<LoggedSession> {
    if (session.run === files.run || session.endedUs !== undefined) return session;
    const key = `${session.run}-${session.session.session_id}`;
    const known = this.#lostEnds.get(key) ?? this.#readEnd(session, files, onFree);
    this.#lostEnds.set(key, known);
    const end = await known;
    if (end === undefined) return session;
    const minutes = end.minute === undefined ? [] : [end.minute];
    return { ...session, endedUs: end.endedUs, minutes: [...session.minutes, ...minutes] };
  }

  async #readEnd(
    session: LoggedSession,
    files: SegmentFiles,
    onFree: () => void,
  ): Promise<LostEnd | undefined> {
    const range = { fromUs: lostFromUs(session), toUs: Number.POSITIVE_INFINITY };
    const names = files.namesOf(range, session.run);
    using _held = this.hold(names, onFree);
    return await lostEnd({ directory: files.directory, names }, session).catch(() => undefined);
  }

  #isNew(key: string): boolean {
    if (this.#warned.has(key)) return false;
    this.#warned.add(key);
    return true;
  }
}
