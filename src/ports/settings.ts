/** The operator's settings of all streams, changed while they run. */
import type { Settings, SettingsChange } from "../model/settings.ts";

/** The settings that running streams follow. */
export type OperatorSettings = {
  current(): Settings;
  /** In force and on disk when it resolves. @throws Failure `out_of_range`, `settings_not_saved` */
  change(change: SettingsChange, actor: string): Promise<Settings>;
};

/** A part that applies changed settings within a second. */
export type SettingsFollower = { applySettings(settings: Settings): void };
