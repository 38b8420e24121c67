/**
 * Saves a capture by itself when a rule finds trouble: from 30 s before until 10 s after it, at most
 * one a minute, and no more of them than the settings say; the oldest that was saved by itself goes
 * first. An armed capture is not disturbed.
 */
import { log, warn } from "../base/log.ts";
import type { Scheduler } from "../base/scheduler.ts";
import type { History } from "../history/history.ts";
import type { RowListener } from "../history/row-listener.ts";
import type { CaptureMeta, CaptureSession } from "../model/capture.ts";
import type { FrameTable } from "../model/frames.ts";
import type { Settings } from "../model/settings.ts";
import type { SettingsFollower } from "../ports/settings.ts";
import type { Keeper } from "./keeper.ts";
import type { BadVerdict } from "./live-verdicts.ts";
import { type Trouble, TroubleFinder, type TroubleRules } from "./trouble.ts";

const beforeUs = 30_000_000;
const afterMs = 10_000;
/** What players report of the last rows is on its way for so long. */
const reportsMs = 3000;
const intervalUs = 60_000_000;

/** What the watch needs of the rest of the host. */
export type TroubleWatchOptions = {
  readonly history: Pick<History, "pin" | "isOn">;
  readonly keeper: Pick<Keeper, "keep">;
  readonly scheduler: Scheduler;
  nowUs(): number;
  /** All saved captures, newest first. */
  list(): Promise<readonly CaptureMeta[]>;
  remove(id: string): Promise<unknown>;
};

/** Follows the rows of all sessions, and the settings. */
export class TroubleWatch implements RowListener, SettingsFollower, AsyncDisposable {
  readonly #options: TroubleWatchOptions;
  readonly #finders = new Map<number, TroubleFinder>();
  #rules: TroubleRules = { lateIntervals: 0, missedCount: 0, lostCount: 0, stallMs: 0 };
  #savesBadVerdicts = false;
  #countMax = 0;
  #lastUs = Number.NEGATIVE_INFINITY;
  #saving: Promise<void> = Promise.resolve();
  #finish: (() => void) | undefined;

  constructor(options: TroubleWatchOptions) {
    this.#options = options;
  }

  applySettings(settings: Settings): void {
    this.#rules = {
      lateIntervals: settings.keep_on_late,
      missedCount: settings.keep_on_missed,
      lostCount: settings.keep_on_lost,
      stallMs: settings.keep_on_stall_ms,
    };
    this.#savesBadVerdicts = settings.keep_on_verdict;
    this.#countMax = settings.keep_count;
  }

  /** The verdict of a session has turned bad: by the share of frames that were not in time. */
  onBadVerdict({ session_id: sessionId, share, limit }: BadVerdict, atUs: number): void {
    if (!this.#options.history.isOn || this.#countMax === 0 || !this.#savesBadVerdicts) return;
    const percent = (value: number) => Math.round(value * 1000) / 10;
    const measured = { value: percent(share), limit: percent(limit) };
    this.#onTrouble(sessionId, { rule: "verdict", atUs, ...measured });
  }

  onRows(session: CaptureSession, written: FrameTable, final: FrameTable): void {
    if (!this.#options.history.isOn || this.#countMax === 0) return;
    const { session_id, fps } = session;
    let finder = this.#finders.get(session_id);
    if (finder === undefined) {
      finder = new TroubleFinder(fps);
      this.#finders.set(session_id, finder);
    }
    const trouble = finder.find(written, final, this.#rules);
    if (trouble !== undefined) this.#onTrouble(session_id, trouble);
  }

  onEnd(sessionId: number): void {
    this.#finders.delete(sessionId);
  }

  /** Trouble of a moment ago is saved with what there is. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#finish?.();
    await this.#saving;
  }

  #onTrouble(sessionId: number, trouble: Trouble): void {
    if (trouble.atUs - this.#lastUs < intervalUs) return;
    this.#lastUs = trouble.atUs;
    const fromUs = Math.max(0, trouble.atUs - beforeUs);
    const pin = this.#options.history.pin(fromUs);
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.scheduler.after(afterMs + reportsMs, resolve);
    this.#finish = () => {
      cancel();
      resolve();
    };
    this.#saving = promise
      .then(() => this.#save({ sessionId, trouble, fromUs }))
      .finally(() => {
        this.#finish = undefined;
        pin[Symbol.dispose]();
      });
  }

  async #save(found: {
    readonly sessionId: number;
    readonly trouble: Trouble;
    readonly fromUs: number;
  }): Promise<void> {
    const { sessionId, fromUs } = found;
    const { rule, atUs, value, limit } = found.trouble;
    const t_ms = Math.round((atUs - fromUs) / 1000);
    const trigger = { rule, session_id: sessionId, t_ms, value, limit };
    const toUs = Math.min(atUs + afterMs * 1000, this.#options.nowUs());
    try {
      const meta = await this.#options.keeper.keep(
        { fromUs, toUs },
        { origin: "automatic", trigger },
      );
      log("capture saved automatically", { id: meta.id, rule, value, limit });
      await this.#makeRoom();
    } catch (cause) {
      warn("trouble_not_saved", { rule, cause });
    }
  }

  async #makeRoom(): Promise<void> {
    const { list, remove } = this.#options;
    const automatic = (await list()).filter(
      (meta) => meta.origin === "automatic" && !isNoted(meta),
    );
    for (const { id } of automatic.slice(this.#countMax)) await remove(id);
  }
}

/** A person has said something of it: it is theirs to delete. */
function isNoted({ name, note, labels, baseline }: CaptureMeta): boolean {
  return [name, note, labels, baseline].some((said) => said !== undefined);
}
