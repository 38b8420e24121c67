/** Who reads the history at the moment, whose segments stay for as long, and what could not be read. */
import { warn } from "../base/log.ts";
import type { UnreadStretch } from "./read-range.ts";
import { type LoggedSession, readSessions } from "./session-log.ts";

/** The readers of one history. */
export class HistoryReaders {
  /** Names of segments that are being read, a list for each reader. */
  readonly #reading = new Set<readonly string[]>();
  /** Segments and lists that a warning was given for: one each. */
  readonly #warned = new Set<string>();
  /** Something over the limits stayed because it was being read. */
  #hasKept = false;
  /** Starts of the host whose list of sessions could not be read, when it was last asked for. */
  unreadListCount = 0;

  /** @param onFree called when segments may go now that were kept for readers */
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

  /** Whether a segment that is to go is being read; the end of that is reported then. */
  keeps(name: string): boolean {
    const isRead = [...this.#reading].some((names) => names.includes(name));
    this.#hasKept ||= isRead;
    return isRead;
  }

  /** It is gone: a warning was about what is not there any more. */
  forget(name: string): void {
    this.#warned.delete(name);
  }

  /** One warning for each segment, however often it is asked for. */
  warnOf(unread: readonly UnreadStretch[]): void {
    for (const { name, reason } of unread) {
      if (this.#isNew(name)) warn("history_segment_not_read", { name, reason });
    }
  }

  /** Sessions of these runs, in their order; of a run the newest first. */
  async sessions(directory: string, runs: readonly number[]): Promise<LoggedSession[]> {
    const found = await Promise.all(runs.map((run) => readSessions(directory, run)));
    this.unreadListCount = found.filter(({ unread }) => unread !== undefined).length;
    for (const { unread: cause } of found) {
      if (cause !== undefined && this.#isNew(cause.message))
        warn("session_list_not_read", { cause });
    }
    return found.flatMap(({ sessions }) => sessions.reverse());
  }

  #isNew(key: string): boolean {
    if (this.#warned.has(key)) return false;
    this.#warned.add(key);
    return true;
  }
}
