/** Tried steps of verdicts, for the API and the console. */
import type { SettingsChange } from "../model/settings.ts";
import type { Trial, TrialSide } from "../model/trial.ts";

/** The state before a change, and the start of the measurement after it. */
export type TrialStart = {
  readonly before: TrialSide | undefined;
  /** The measured session and its progress, if one runs. */
  readonly session: { readonly id: number; readonly atMs: number } | undefined;
};

export type Trials = {
  /**
   * Before the change: judges the last minute of the running session, otherwise the recording.
   * @throws Failure `too_busy`
   */
  look(asked: {
    readonly session?: number | undefined;
    readonly recording?: string | undefined;
  }): Promise<TrialStart>;
  /** After it. Replaces an earlier trial. */
  begin(
    start: TrialStart,
    settings: { readonly change: SettingsChange; readonly was: SettingsChange },
  ): void;
  /** The latest tried step; `undefined` when there is none, or it was undone. */
  current(): Promise<Trial | undefined>;
  /** Drops the trial. */
  end(): void;
};
