/**
 * Saves a capture automatically when a rule finds trouble: from 30 s before until 10 s after it, at
 * most one per minute, and at most as many as the settings allow; the oldest automatic one is
 * deleted first. An armed capture is not disturbed.
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
import { killedRun, type MissedTrouble, markSearched, missedTrouble } from "./missed-trouble.ts";
import { type Trouble, TroubleFinder, type TroubleRules } from "./trouble.ts";

const beforeUs = 30_000_000;
const afterMs = 10_000;
/** How long players' reports of the last rows may take to arrive. */
const reportsMs = 3000;
const intervalUs = 60_000_000;
/** A killed host has not saved trouble this recent: rows are read up to three seconds late. */
const unsavedUs = (afterMs + reportsMs + 3000) * 1000;

/** Of this run unless another is given. */
type FoundTrouble = Pick<MissedTrouble, "sessionId" | "trouble"> &
  Partial<Pick<MissedTrouble, "run" | "endUs">>;

/** What the watch needs of the rest of the host. */
export type TroubleWatchOptions = {
  readonly history: History;
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
  #wasOn = false;
  #countMax = 0;
  #lastUs = Number.NEGATIVE_INFINITY;
  #saving: Promise<void> = Promise.resolve();
  #finish: (() => void) | undefined;
  #missedSaved: Promise<void> | undefined;

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
    // Rows of a history that was off did not come here: the time without them is no stall.
    const isOn = settings.history_days > 0 && settings.history_mb > 0;
    if (isOn && !this.#wasOn) this.#finders.clear();
    this.#wasOn = isOn;
    this.#savesBadVerdicts = settings.keep_on_verdict;
    this.#countMax = settings.keep_count;
  }

  /** The verdict of a session has turned bad: by the share of late or missing frames. */
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

  /** Recent trouble is saved with the data available. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#finish?.();
    await Promise.all([this.#saving, this.#missedSaved]);
  }

  /** Saves what the previous run did not save, because its host was killed. Looks only once. */
  saveMissed(): Promise<void> {
    this.#missedSaved ??= this.#saveMissed().catch((cause: unknown) => {
      warn("trouble_not_saved", { rule: "unknown", cause });
    });
    return this.#missedSaved;
  }

  async #saveMissed(): Promise<void> {
    const { history } = this.#options;
    if (!history.isOn || this.#countMax === 0) return;
    const killed = await killedRun(history);
    if (killed === undefined) return;
    const search = { rules: this.#rules, withinUs: unsavedUs };
    const missed = await missedTrouble(history, killed, search);
    const isNew = missed !== undefined && !(await this.#isSaved(missed));
    if (isNew && !(await this.#save(missed))) return;
    await markSearched(history, killed.run);
  }

  /** At most one per minute is. */
  async #isSaved({ unixMs }: MissedTrouble): Promise<boolean> {
    const captures = await this.#options.list();
    return captures.some(({ origin, trigger, started_unix_ms }) => {
      if (origin !== "automatic" || trigger === undefined) return false;
      return Math.abs(started_unix_ms + trigger.t_ms - unixMs) < intervalUs / 1000;
    });
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
      .then(() => this.#save({ sessionId, trouble }))
      .then(() => undefined)
      .finally(() => {
        this.#finish = undefined;
        pin[Symbol.dispose]();
      });
  }

  /** @returns false, with a warning, when it could not be */
  async #save({ sessionId, trouble, run, endUs }: FoundTrouble): Promise<boolean> {
    const { rule, atUs, value, limit } = trouble;
    const fromUs = Math.max(0, atUs - beforeUs);
    const t_ms = Math.round((atUs - fromUs) / 1000);
    const trigger = { rule, session_id: sessionId, t_ms, value, limit };
    const toUs = Math.min(atUs + afterMs * 1000, endUs ?? this.#options.nowUs());
    try {
      const marks = { origin: "automatic", trigger } as const;
      const meta = await this.#options.keeper.keep({ fromUs, toUs }, marks, run);
      log("capture saved automatically", { id: meta.id, rule, value, limit });
      await this.#makeRoom();
      return true;
    } catch (cause) {
      warn("trouble_not_saved", { rule, cause });
      return false;
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

/** A person has added notes to it: only people delete it. */
function isNoted({ name, note, labels, baseline }: CaptureMeta): boolean {
  return [name, note, labels, baseline].some((said) => said !== undefined);
}
