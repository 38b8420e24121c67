/**
 * A tried step of a verdict: the frames before the change against those after it, of the running
 * session, or of the next one when nobody played. One at a time, in memory.
 */
import { Failure } from "../base/failure.ts";
import type { SettingsChange } from "../model/settings.ts";
import {
  type Trial,
  type TrialSide,
  trialSettlingMs,
  trialSlotsMin,
  trialSpanS,
} from "../model/trial.ts";
import type { Verdict } from "../model/verdict.ts";
import type { Sessions } from "../ports/sessions.ts";
import type { TrialStart, Trials } from "../ports/trials.ts";
import type { VerdictReads } from "../ports/verdicts.ts";

/** Sources of verdicts and sessions. */
export type TrialOptions = {
  readonly verdicts: VerdictReads;
  readonly sessions: Pick<Sessions, "sessions">;
  wallMs(): number;
};

type Running = {
  readonly start: TrialStart;
  readonly change: SettingsChange;
  readonly was: SettingsChange;
  readonly changedUnixMs: number;
  /** The measured session, when there is one. */
  measured: TrialStart["session"];
  /** Set when the whole stretch was judged. */
  after: TrialSide | undefined;
  isWhole: boolean;
};

/** The newest trial of this host. */
export class TrialService implements Trials {
  readonly #options: TrialOptions;
  #running: Running | undefined;

  constructor(options: TrialOptions) {
    this.#options = options;
  }

  async look({ session: asked, recording }: Parameters<Trials["look"]>[0]): Promise<TrialStart> {
    const { verdicts, sessions } = this.#options;
    const playing = sessions.sessions();
    const session = playing.find(({ session_id }) => session_id === asked) ?? playing[0];
    if (session !== undefined) {
      const id = session.session_id;
      const verdict = await verdicts.verdictOfSession(`${id}`, { last_s: trialSpanS });
      const atMs = verdict?.to_ms ?? 0;
      return { before: verdict && sideOf(verdict), session: { id, atMs } };
    }
    if (recording === undefined) return { before: undefined, session: undefined };
    const verdict = await verdicts.verdictOfRecording(recording, {}).catch(noneUnlessBusy);
    return { before: verdict && sideOf(verdict), session: undefined };
  }

  begin(
    start: TrialStart,
    { change, was }: { readonly change: SettingsChange; readonly was: SettingsChange },
  ): void {
    const changedUnixMs = this.#options.wallMs();
    const after = { measured: start.session, after: undefined, isWhole: false };
    this.#running = { start, change, was, changedUnixMs, ...after };
  }

  async current(): Promise<Trial | undefined> {
    const running = this.#running;
    if (running === undefined) return undefined;
    if (!running.isWhole) await this.#measure(running);
    const { change, was, changedUnixMs, start, after } = running;
    return {
      state: stateOf(running),
      changed_unix_ms: changedUnixMs,
      change,
      was,
      ...(start.before === undefined ? {} : { before: start.before }),
      ...(after === undefined ? {} : { after }),
    };
  }

  end(): void {
    this.#running = undefined;
  }

  async #measure(running: Running): Promise<void> {
    const { verdicts, sessions } = this.#options;
    running.measured ??= newest(sessions.sessions(), running.changedUnixMs);
    if (running.measured === undefined) return;
    const { id, atMs } = running.measured;
    const from = Math.ceil(atMs + trialSettlingMs);
    const to = from + trialSpanS * 1000;
    const asked = verdicts.verdictOfSession(`${id}`, { from, to });
    const verdict = await asked.catch(noneYet);
    if (verdict === undefined) return;
    running.after = sideOf(verdict);
    const isOver = !sessions.sessions().some(({ session_id }) => session_id === id);
    running.isWhole = verdict.to_ms >= to - 1000 || (isOver && hasEnough(running.after));
    // One that ended too soon says nothing: the next session is measured instead.
    if (isOver && !running.isWhole) running.measured = undefined;
  }
}

function stateOf({ measured, after }: Running): Trial["state"] {
  if (after !== undefined && hasEnough(after)) return "measured";
  return measured === undefined ? "waiting" : "measuring";
}

const hasEnough = ({ slots }: TrialSide) => slots >= trialSlotsMin;

/** A session that began after the change. */
function newest(
  sessions: ReturnType<Sessions["sessions"]>,
  sinceUnixMs: number,
): TrialStart["session"] {
  const found = sessions.find(({ started_unix_ms }) => started_unix_ms >= sinceUnixMs);
  return found && { id: found.session_id, atMs: 0 };
}

function sideOf({ session_id, quality, frames }: Verdict): TrialSide {
  const { slots, late, absent, old } = frames;
  return { session_id, quality, slots, late, absent, old };
}

/**
 * Captures without rows cannot be judged. If the host were only too busy now, it would stay without
 * forever.
 */
function noneUnlessBusy(cause: unknown): undefined {
  if (!(cause instanceof Failure) || cause.code === "too_busy") throw cause;
}

/** The stretch after the change is measured again on each request. */
function noneYet(cause: unknown): undefined {
  if (!(cause instanceof Failure)) throw cause;
}
