/** Joins the operator's settings to the streams that follow them. */
import { log } from "../base/log.ts";
import type { Settings } from "../model/settings.ts";
import { type OnSettingsChanged, SettingsFile } from "../store/settings-file.ts";

export type Follower = { applySettings(settings: Settings): void };

export type JoinedSettings = {
  readonly file: SettingsFile;
  /** From now on told of every change, in the order of joining. */
  follow(follower: Follower): void;
  /** The same with what was before and who changed it, for whoever keeps a history. */
  listen(onChanged: OnSettingsChanged): void;
};

export async function openSettings(dataDirectory: string): Promise<JoinedSettings> {
  const listeners: OnSettingsChanged[] = [];
  const file = await SettingsFile.load(dataDirectory, (before, after, actor) => {
    for (const listener of listeners) listener(before, after, actor);
    log("settings changed", { revision: after.revision, actor });
  });
  return {
    file,
    follow: (follower) => listeners.push((_before, after) => follower.applySettings(after)),
    listen: (onChanged) => listeners.push(onChanged),
  };
}
