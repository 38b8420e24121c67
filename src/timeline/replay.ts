/**
 * Repeats the calls of a plan, one after another, and compares each answer with the recorded one by
 * status and shape. It stops at the first that differs. The calls are made with the rights of the
 * person who replays, never with more.
 */
import { messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import {
  type ReplayAnswer,
  type ReplayCall,
  type ReplayReason,
  type ReplayRequest,
  type ReplayRun,
  replayCodeFields,
  replayReasonText,
} from "../model/replay.ts";
import type { SendCall } from "../ports/timeline.ts";
import type { Recording } from "./recording.ts";
import { type IsRepeatable, planReplay } from "./replay-plan.ts";
import { answerShape, shapeDifference } from "./shape.ts";

const intervalMsDefault = 500;

type Options = {
  /** Whether a recorded call may be replayed. */
  isRepeatable: IsRepeatable;
  /** Rejects when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
};

type Active = { readonly run: ReplayRun; readonly send: SendCall; readonly end: AbortController };

/**
 * One run over a plan: makes call after call, compares each answer, and stops at the first that
 * differs.
 */
export class Replay {
  readonly #options: Options;
  #active: Active | undefined;
  #isSending = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The current replay, or the last one. */
  run(): ReplayRun | undefined {
    return this.#active?.run;
  }

  /**
   * With `dry_run` (unless it is false) only the plan; else the replay has begun when this returns.
   * @throws Failure `replay_running`
   */
  start(recording: Recording, request: ReplayRequest, send: SendCall): ReplayRun {
    const { calls, isIncomplete } = planReplay(recording, this.#options.isRepeatable);
    const pacing = request.pacing ?? "original";
    const facts = { of: recording.id, pacing, position: 0, incomplete: isIncomplete, calls };
    if (request.dry_run !== false) return { ...facts, state: "plan" };
    if (this.#isOn()) {
      throw new Failure("replay_running", "Cannot start a replay: another one is running");
    }
    const run: ReplayRun = { ...facts, state: pacing === "step" ? "stepping" : "running" };
    this.#active = { run, send, end: new AbortController() };
    if (pacing === "step") this.#finishIfDone(this.#active);
    else void this.#continue(this.#active, request);
    return run;
  }

  /** Does the next call of a replay by steps. @throws Failure `not_stepping` */
  async step(): Promise<ReplayRun> {
    const active = this.#active;
    if (active?.run.state !== "stepping" || this.#isSending) {
      const reason = this.#isSending ? "the last step is on its way" : "none waits for steps now";
      throw new Failure("not_stepping", `Cannot run the next step of a replay: ${reason}`);
    }
    await this.#next(active);
    this.#finishIfDone(active);
    return active.run;
  }

  /** Stops a replay early. @returns false when none is running */
  cancel(): boolean {
    if (this.#active === undefined || !this.#isOn()) return false;
    this.#conclude(this.#active, "ended", { code: "operator_stopped", values: {} });
    this.#active.end.abort();
    return true;
  }

  #isOn(): boolean {
    const state = this.#active?.run.state;
    return state === "running" || state === "stepping";
  }

  async #continue(active: Active, request: ReplayRequest): Promise<void> {
    const { run, end } = active;
    try {
      while (run.state === "running" && run.position < run.calls.length) {
        await this.#pause(active, request);
        if (run.state === "running") await this.#next(active);
      }
      this.#finishIfDone(active);
    } catch (cause) {
      if (end.signal.aborted) return;
      const detail = messageOf(cause);
      this.#conclude(active, "ended", { code: "call_failed", values: { detail } });
    }
  }

  /** Before every call but the first; skipped ones take no time. */
  async #pause({ run, end }: Active, { pacing, interval_ms }: ReplayRequest): Promise<void> {
    const call = run.calls[run.position];
    if (run.position === 0 || call?.state !== "waiting") return;
    const waitMs = pacing === "fixed" ? (interval_ms ?? intervalMsDefault) : call.after_ms;
    await this.#options.wait(waitMs, end.signal);
  }

  /** Makes or skips the call at the position. */
  async #next(active: Active): Promise<void> {
    const { run, send } = active;
    const call = run.calls[run.position];
    if (call === undefined) return;
    let difference: ReplayReason | undefined;
    if (call.state === "waiting") {
      this.#isSending = true;
      try {
        const { status, text, contentType } = await send(call);
        call.found = { status, shape: answerShape(text, contentType) };
      } finally {
        this.#isSending = false;
      }
      difference = compare(call, call.found);
    }
    run.position += 1;
    if (difference !== undefined) this.#conclude(active, "different", difference);
  }

  #finishIfDone(active: Active): void {
    const { run } = active;
    const isOn = run.state === "running" || run.state === "stepping";
    if (isOn && run.position === run.calls.length) this.#conclude(active, "equal");
  }

  #conclude({ run }: Active, state: ReplayRun["state"], why?: ReplayReason): void {
    if (run.state !== "running" && run.state !== "stepping") return;
    run.state = state;
    if (why === undefined) return;
    run.reason = replayReasonText(why) ?? why.code;
    Object.assign(run, replayCodeFields(why));
  }
}

/** Records the result of the call. */
function compare(call: ReplayCall, found: ReplayAnswer): ReplayReason | undefined {
  const { expected } = call;
  const difference: ReplayReason | undefined =
    expected.status === found.status
      ? shapeDifference(expected.shape, found.shape)
      : { code: "status_differs", values: { expected: expected.status, found: found.status } };
  call.state = difference === undefined ? "equal" : "different";
  if (difference === undefined) return undefined;
  call.difference = replayReasonText(difference) ?? difference.code;
  Object.assign(call, replayCodeFields(difference));
  return difference;
}
