/**
 * Runs experiments. Invariant: whatever happens, the setting has its previous value once an
 * experiment is over. The manifest with that value is on disk before the first change, so that a
 * killed host restores it at its next start. A setting that another person changed meanwhile stays
 * as it is.
 */
import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import { isoText } from "../base/iso-text.ts";
import { log, warn } from "../base/log.ts";
import type { Scheduler } from "../base/scheduler.ts";
import {
  type AbortCode,
  blockSecondsDefault,
  type Experiment,
  type ExperimentRequest,
  isUnderWay,
  secondsDefault,
  settleMsDefault,
} from "../model/experiment.ts";
import { faultOf, type SettingsChange } from "../model/settings.ts";
import type { Experiments } from "../ports/experiments.ts";
import type { Sessions } from "../ports/sessions.ts";
import type { OperatorSettings } from "../ports/settings.ts";
import type { SendCall } from "../ports/timeline.ts";
import type { ManifestFiles } from "./manifests.ts";
import { compareValues, type ExperimentRows, judgeRuns } from "./outcome.ts";
import { balancedOrder, orderText, roundsOf } from "./schedule.ts";

/** How often is checked whether anything else has changed. */
const watchMs = 250;
/** How long players' reports of the last frames may take to arrive. */
const drainMs = 3000;

/** What experiments need of the host. */
export type ExperimentOptions = {
  readonly clock: Pick<Clock, "nowUs" | "wallMs">;
  readonly scheduler: Scheduler;
  readonly files: Pick<ManifestFiles, "prepare" | "save" | "load" | "list" | "remove">;
  readonly settings: OperatorSettings;
  readonly sessions: Pick<Sessions, "sessions">;
  isHistoryOn(): boolean;
  /** Frames of a session between two moments of the monotonic clock; `undefined` without any. */
  read(
    range: { readonly fromUs: number; readonly toUs: number },
    sessionId: number,
  ): Promise<ExperimentRows | undefined>;
  /** Keeps the time between two moments as a capture; its id. */
  keep(
    range: { readonly fromUs: number; readonly toUs: number },
    name: string,
  ): Promise<string | undefined>;
};

type UnderWay = {
  experiment: Experiment;
  readonly send: SendCall;
  readonly startedUs: number;
  readonly sessionIds: ReadonlySet<number>;
  /** Revision of the settings after our last change. */
  revision: number;
  abort: AbortCode | undefined;
  /** Ends a wait. */
  wake: () => void;
  readonly ended: Promise<void>;
};

/** One at a time. */
export class ExperimentService implements Experiments, AsyncDisposable {
  readonly #options: ExperimentOptions;
  #current: UnderWay | undefined;

  constructor(options: ExperimentOptions) {
    this.#options = options;
  }

  /**
   * Restores the setting after an experiment that the host did not survive. Before any stream runs.
   */
  async recover(): Promise<void> {
    const { files } = this.#options;
    await files.prepare();
    for (const experiment of await files.list()) {
      if (!isUnderWay(experiment)) continue;
      const restored = await this.#restore(experiment);
      const ended = { state: "aborted", abort_code: "host_ended", restored } as const;
      await files.save({ ...experiment, ...ended });
      log("setting of an unfinished experiment restored", { id: experiment.id, restored });
    }
  }

  async start(request: ExperimentRequest, send: SendCall): Promise<Experiment> {
    const { clock, files, settings } = this.#options;
    const experiment = this.#admit(request);
    const { promise, resolve } = Promise.withResolvers<void>();
    const current: UnderWay = {
      ...{ experiment, send, ended: promise, abort: undefined, wake: () => undefined },
      startedUs: clock.nowUs(),
      sessionIds: this.#sessionIds(),
      revision: settings.current().revision,
    };
    this.#current = current;
    try {
      await files.save(experiment);
    } catch (cause) {
      this.#current = undefined;
      throw new Failure(
        "settings_not_saved",
        "Cannot start the experiment: its manifest cannot be saved",
        {
          ...{ cause, values: { disk: "" } },
        },
      );
    }
    void this.#run(current).finally(resolve);
    return experiment;
  }

  async list(): Promise<readonly Experiment[]> {
    const saved = await this.#options.files.list();
    const current = this.#current?.experiment;
    return saved.map((one) => (one.id === current?.id ? current : one));
  }

  async get(id: string): Promise<Experiment | undefined> {
    const current = this.#current?.experiment;
    return current?.id === id ? current : await this.#options.files.load(id);
  }

  async remove(id: string): Promise<boolean> {
    if (this.#current?.experiment.id === id) {
      await this.#abort("asked");
      return true;
    }
    if ((await this.#options.files.load(id)) === undefined) return false;
    await this.#options.files.remove(id);
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#abort("host_stopped");
  }

  async #abort(code: AbortCode): Promise<void> {
    const current = this.#current;
    if (current === undefined) return;
    current.abort ??= code;
    current.wake();
    await current.ended;
  }

  /** @throws Failure */
  #admit(request: ExperimentRequest): Experiment {
    const { clock, sessions, isHistoryOn } = this.#options;
    const { setting, values, session } = request;
    if (this.#current !== undefined) {
      throw new Failure("experiment_running", "Cannot start an experiment: another one is running");
    }
    if (!isHistoryOn()) {
      throw new Failure("history_off", "Cannot start an experiment: the history is off");
    }
    const playing = sessions.sessions();
    const measured = playing.find(({ session_id: id }) => id === session) ?? playing[0];
    const isMissing = session !== undefined && measured?.session_id !== session;
    if (measured === undefined || isMissing) {
      throw new Failure("nobody_plays", "Cannot start an experiment: no such session is running");
    }
    this.#checkValues(request);
    const { seconds = secondsDefault, block_seconds = blockSecondsDefault } = request;
    const order = balancedOrder(values.length, roundsOf(seconds, block_seconds));
    const started_unix_ms = clock.wallMs();
    const started = isoText(started_unix_ms).slice(0, 19).replaceAll(":", "-");
    return {
      version: 1,
      id: `${started}Z_${setting}`,
      state: "armed",
      ...{ setting, values, seconds, block_seconds, started_unix_ms },
      settle_ms: Math.min(request.settle_ms ?? settleMsDefault, (block_seconds - 5) * 1000),
      session_id: measured.session_id,
      duration_ms: order.length * block_seconds * 1000 + drainMs,
      runs_planned: order.length,
      order: orderText(order, values.length),
      runs: [],
      was: this.#options.settings.current()[setting],
      restored: true,
    };
  }

  #checkValues({ setting, values }: ExperimentRequest): void {
    if (new Set(values).size < values.length) {
      throw new Failure("out_of_range", 'Cannot use "values": two of them are the same');
    }
    const current = this.#options.settings.current();
    for (const value of values) {
      const isAlike = typeof value === typeof current[setting];
      const fault = isAlike ? faultOf({ ...current, [setting]: value }) : `Cannot use "${setting}"`;
      if (fault !== undefined) throw new Failure("out_of_range", fault);
    }
  }

  #sessionIds(): ReadonlySet<number> {
    return new Set(this.#options.sessions.sessions().map(({ session_id }) => session_id));
  }

  /** Never throws: an error ends the experiment, restored. */
  async #run(current: UnderWay): Promise<void> {
    try {
      await this.#runAll(current);
    } catch (cause) {
      warn("experiment_failed", { id: current.experiment.id, cause });
      current.abort ??= "change_refused";
    }
    await this.#end(current);
  }

  async #runAll(current: UnderWay): Promise<void> {
    const { values, seconds, block_seconds } = current.experiment;
    const order = balancedOrder(values.length, roundsOf(seconds, block_seconds));
    await this.#update(current, { state: "running", restored: false });
    for (const place of order) {
      await this.#runOne(current, place);
      if (current.abort !== undefined) return;
    }
  }

  async #runOne(current: UnderWay, place: number): Promise<void> {
    const { clock, settings } = this.#options;
    const { setting, values, settle_ms, block_seconds } = current.experiment;
    const beginUs = clock.nowUs();
    if (settings.current()[setting] !== values[place]) {
      const body = { [setting]: values[place] };
      const answer = await current.send({ method: "PATCH", path: "/api/v1/settings", body });
      if (answer.status !== 200) current.abort ??= "change_refused";
      current.revision = settings.current().revision;
    }
    const endUs = beginUs + block_seconds * 1e6;
    while (current.abort === undefined && clock.nowUs() < endUs) {
      await this.#wait(current, Math.min(watchMs, (endUs - clock.nowUs()) / 1000));
      current.abort ??= this.#disturbance(current);
    }
    if (current.abort !== undefined) return;
    const since = (us: number) => Math.round((us - current.startedUs) / 1000);
    const run = { value: place, from_ms: since(beginUs) + settle_ms, to_ms: since(endUs) };
    await this.#update(current, { runs: [...current.experiment.runs, run] });
  }

  #disturbance({ revision, sessionIds }: UnderWay): AbortCode | undefined {
    if (this.#options.settings.current().revision !== revision) return "settings_changed";
    const now = this.#sessionIds();
    if ([...sessionIds].some((id) => !now.has(id))) return "session_ended";
    return now.size > sessionIds.size ? "session_started" : undefined;
  }

  async #end(current: UnderWay): Promise<void> {
    try {
      const restored = await this.#restore(current.experiment);
      if (current.abort === undefined) {
        await this.#update(current, { state: "draining", restored });
        await this.#wait(current, drainMs);
        await this.#measure(current);
      }
      const { clock } = this.#options;
      const duration_ms = Math.round((clock.nowUs() - current.startedUs) / 1000);
      const abort = current.abort;
      const how =
        abort === undefined
          ? ({ state: "done" } as const)
          : ({ state: "aborted", abort_code: abort } as const);
      await this.#update(current, { ...how, restored, duration_ms });
      log("experiment ended", { id: current.experiment.id, ...how });
    } catch (cause) {
      warn("experiment_not_finished", { id: current.experiment.id, cause });
    }
    this.#current = undefined;
  }

  async #measure(current: UnderWay): Promise<void> {
    const { read, keep } = this.#options;
    const { experiment, startedUs } = current;
    const range = {
      fromUs: startedUs,
      toUs: startedUs + (experiment.runs.at(-1)?.to_ms ?? 0) * 1000,
    };
    const found = await read(range, experiment.session_id);
    if (found === undefined) {
      current.abort ??= "nothing_measured";
      return;
    }
    const runs = judgeRuns(experiment.runs, found.samples);
    const comparisons = compareValues({ ...experiment, runs }, found);
    const name = `${experiment.setting}: ${experiment.values.join(", ")}`;
    const capture_id = await keep(range, name).catch(() => undefined);
    const capture = capture_id === undefined ? {} : { capture_id };
    await this.#update(current, { runs, comparisons, ...capture });
  }

  /**
   * As the host itself: the person may have signed out by now.
   * @returns true when the setting has its previous value, or another person's
   */
  async #restore({ setting, values, was }: Experiment): Promise<boolean> {
    const { settings } = this.#options;
    const now = settings.current()[setting];
    if (now === was || was === undefined || !values.includes(now)) return true;
    try {
      // Of the type of its field: it was read from it.
      await settings.change({ [setting]: was } as SettingsChange, "experiment");
      return true;
    } catch (cause) {
      warn("experiment_not_restored", { setting, cause });
      return false;
    }
  }

  async #update(current: UnderWay, change: Partial<Experiment>): Promise<void> {
    current.experiment = { ...current.experiment, ...change };
    await this.#options.files.save(current.experiment);
  }

  #wait(current: UnderWay, ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.scheduler.after(Math.max(0, ms), resolve);
    current.wake = () => {
      cancel();
      resolve();
    };
    return promise;
  }
}
