/**
 * A step of a verdict, applied: settings are changed as by the settings operation, and the effect
 * is measured.
 */
import type { Settings, SettingsChange } from "../model/settings.ts";
import { Trial, TrialRequest } from "../model/trial.ts";
import { notFound } from "./not-found.ts";
import { nothing, operation } from "./operation.ts";
import { settingsChange } from "./settings.ts";

const tag = "settings";
const route = "/api/v1/settings/trial";

export const settingsTrialStart = operation({
  id: "settings_trial_start",
  method: "POST",
  route,
  tag,
  summary: "Try a verdict's next step and measure its effect",
  description:
    "Changes the settings like PATCH of the settings, with the same checks, checkpoints and events. The minute before is compared with the minute after, skipping two seconds for settling: of the running session or, if no one is playing, of the given capture and the next session. A new trial replaces an earlier one.",
  body: TrialRequest,
  answers: { 200: Trial },
  problems: [422, 503, 507],
  isRepeatable: true,
  act: async (parts, { body: { change, session, recording } }, call) => {
    const { settings, trials } = parts;
    const was = only(settings.current(), change);
    const start = await trials.look({ session, recording });
    await settingsChange.act(parts, { body: change }, call);
    trials.begin(start, { change, was });
    return (await trials.current()) as Trial; // It has just begun.
  },
});

export const settingsTrialGet = operation({
  id: "settings_trial_get",
  method: "GET",
  route,
  tag,
  summary: "Result of the last trial",
  description:
    "`measured` once 600 slots have been judged; the figures are updated until a full minute has passed.",
  answers: { 200: Trial },
  problems: [404],
  act: async ({ trials }) => {
    const trial = await trials.current();
    if (trial === undefined) throw notFound("Cannot find a trial: no step was tried");
    return trial;
  },
});

export const settingsTrialUndo = operation({
  id: "settings_trial_undo",
  method: "DELETE",
  route,
  tag,
  summary: "Undo the last trial",
  description:
    "Restores the settings that the trial changed. A setting that was changed again since then stays as it is.",
  answers: { 204: nothing },
  problems: [404, 507],
  isRepeatable: true,
  act: async (parts, _input, call) => {
    const { settings, trials } = parts;
    const trial = await trials.current();
    if (trial === undefined) throw notFound("Cannot undo: no step was tried");
    const change = unchangedSince(settings.current(), trial);
    if (Object.keys(change).length > 0) await settingsChange.act(parts, { body: change }, call);
    trials.end();
  },
});

/** The values that a change replaces. */
function only(now: Settings, change: SettingsChange): SettingsChange {
  return Object.fromEntries(Object.keys(change).map((name) => [name, now[name as keyof Settings]]));
}

function unchangedSince(now: Settings, { change, was }: Trial): SettingsChange {
  return Object.fromEntries(
    Object.entries(was).filter(
      ([name]) => now[name as keyof Settings] === change[name as keyof SettingsChange],
    ),
  );
}
