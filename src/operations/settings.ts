/** What an operator can change while streams run. */
import { Settings, SettingsChange } from "../model/settings.ts";
import { operation } from "./operation.ts";
import { checkBitrate } from "./sessions.ts";

const tag = "settings";
const route = "/api/v1/settings";

export const settingsGet = operation({
  id: "settings_get",
  method: "GET",
  route,
  tag,
  summary: "Get the settings",
  description: "They apply to running streams and to new ones.",
  answers: { 200: Settings },
  act: ({ settings }) => settings.current(),
});

export const settingsChange = operation({
  id: "settings_change",
  method: "PATCH",
  route,
  tag,
  summary: "Change settings; running streams follow within a second",
  description:
    "Any subset of the settings. They are saved before they take effect; `revision` increases with every change. A bitrate that is too low for a running stream is refused.",
  body: SettingsChange,
  answers: { 200: Settings },
  problems: [422, 507],
  isRepeatable: true,
  act: ({ settings, sessions }, { body }, { actor }) => {
    checkBitrate(body.bitrate_kbps ?? 0, sessions.sessions());
    return settings.change(body, actor);
  },
});
