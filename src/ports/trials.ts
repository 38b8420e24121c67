/** Steps of verdicts that are tried: what the API and the console ask of them. */
import type { SettingsChange } from "../model/settings.ts";
import type { Trial, TrialSide } from "../model/trial.ts";

/** How it was before a change, and from where on it is measured afterwards. */
export type TrialStart = {
  readonly before: TrialSide | undefined;
  /** The session that is measured and how far it was, if one runs. */
  readonly session: { readonly id: number; readonly atMs: number } | undefined;
};

export type Trials = {
  /**
   * Before the change: judges the last minute of the session that plays, else the recording.
   * @throws Failure `too_busy`
   */
  look(asked: {
    readonly session?: number | undefined;
    readonly recording?: string | undefined;
  }): Promise<TrialStart>;
  /** After it. Takes the place of an earlier trial. */
  begin(
    start: TrialStart,
    settings: { readonly change: SettingsChange; readonly was: SettingsChange },
  ): void;
  /** The newest step that was tried; `undefined` when none was, or it was undone. */
  current(): Promise<Trial | undefined>;
  /** Forgets the trial. */
  end(): void;
};
