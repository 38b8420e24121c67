/** Connects the operator's settings to the streams that follow them and to the timeline. */
import { log } from "../base/log.ts";
import type { Config } from "../config.ts";
import type { Settings } from "../model/settings.ts";
import type { SettingsFollower } from "../ports/settings.ts";
import { type OnSettingsChanged, SettingsFile } from "../store/settings-file.ts";
import type { Core } from "./core.ts";

/** The settings file, and the streams that follow it. */
export type JoinedSettings = {
  readonly file: SettingsFile;
  /** Notified of every change from now on, in the order of subscribing. */
  follow(...followers: readonly SettingsFollower[]): void;
};

/** Loads the operator’s settings; each change is reported to followers, timeline and log. */
export async function openSettings(
  config: Config,
  core: Pick<Core, "timeline" | "applySettings">,
): Promise<JoinedSettings> {
  const { timeline } = core;
  const all: SettingsFollower[] = [core];
  const { source, perf, encoderPreset } = config;
  const started = { source, perf, preset_at_start: encoderPreset ?? "" };
  // The timeline also shows the settings of the command line.
  const stateOf = ({ revision, ...values }: Settings) => {
    return { revision, values: { ...started, ...values } };
  };
  const onChanged: OnSettingsChanged = (before, after, actor) => {
    for (const follower of all) follower.applySettings(after);
    timeline.onSettingsChanged(stateOf(before), stateOf(after), actor);
    log("settings changed", { revision: after.revision, actor });
  };
  const file = await SettingsFile.load(config.dataDirectory, onChanged, config.kept);
  core.applySettings(file.current());
  timeline.setSources({ settings: stateOf(file.current()) });
  return { file, follow: (...followers) => void all.push(...followers) };
}
