/** Labels of the checkpoints that the host takes itself; the English ones are the model’s own. */
import { type CheckpointLabelTexts, checkpointLabelsEnglish } from "../model/checkpoint-label.ts";
import { eventsGerman } from "./events.ts";
import type { Language } from "./language.ts";

const settingNames: Readonly<Record<string, string>> = eventsGerman.settings;

/** `bitrate_kbps, fps_cap` as a person calls them. */
function titlesOf(names: string): string {
  const titles = names.split(", ").map((name) => {
    return Object.hasOwn(settingNames, name) ? (settingNames[name] ?? name) : name;
  });
  return titles.join(", ");
}

const german: CheckpointLabelTexts = {
  session_connected: ({ session }) => `Sitzung ${session} verbunden`,
  session_disconnected: ({ session }) => `Sitzung ${session} getrennt`,
  settings_before: ({ names }) => `vor der Änderung: ${titlesOf(names)}`,
  settings_after: ({ names }) => `nach der Änderung: ${titlesOf(names)}`,
  bitrate_before: ({ session }) => `vor der neuen Bitrate von Sitzung ${session}`,
  bitrate_after: ({ session }) => `nach der neuen Bitrate von Sitzung ${session}`,
};

export const checkpointTexts: Readonly<Record<Language, CheckpointLabelTexts>> = {
  en: checkpointLabelsEnglish,
  de: german,
};
