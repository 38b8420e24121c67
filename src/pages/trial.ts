/** Applying a verdict's next step with a button, undoing it, and the result. */
import { Value } from "@sinclair/typebox/value";
import { Elysia } from "elysia";
import { type TrialNotice, trialPart } from "../../views/trial.ts";
import { Failure } from "../base/failure.ts";
import { isText, SettingsChange, settingsFields } from "../model/settings.ts";
import { settingsTrialStart, settingsTrialUndo } from "../operations/trial.ts";
import { act, orFailed } from "./acting.ts";
import { goTo, isPartRequest, localAddress, partResponse, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

export function trialRoutes(parts: ConsoleParts, readers: Readers) {
  const answer = async (
    request: Request,
    action: (form: URLSearchParams) => Promise<undefined | TrialNotice>,
  ) => {
    const form = await readForm(request);
    const notice = await orFailed(() => action(form));
    if (!isPartRequest(request)) return goTo(localAddress(form.get("to") ?? "/"));
    return partResponse(trialPart(readers.of(request), await parts.trials.current(), notice));
  };
  return new Elysia({ name: "pages/trial" })
    .get(
      "/parts/trial",
      async ({ request }) =>
        partResponse(trialPart(readers.of(request), await parts.trials.current())),
      hidden,
    )
    .post(
      "/verdict/try",
      ({ request }) =>
        answer(request, async (form) => {
          await act(parts, request, [settingsTrialStart, { body: readTrial(form) }]);
          return undefined;
        }),
      hidden,
    )
    .post(
      "/verdict/undo",
      ({ request }) =>
        answer(request, async () => {
          await act(parts, request, [settingsTrialUndo, {}]);
          return { kind: "undone" };
        }),
      hidden,
    );
}

/** Fields of the settings by name; invalid ones are refused by the operation. */
function readTrial(form: URLSearchParams) {
  const change: Record<string, unknown> = {};
  for (const field of settingsFields) {
    const text = form.get(field);
    if (text === null) continue;
    change[field] = isText(field) ? text : Number(text);
  }
  if (!Value.Check(SettingsChange, change)) {
    throw new Failure("out_of_range", "Cannot change the settings: a value is out of range");
  }
  const session = Number(form.get("session") ?? Number.NaN);
  const recording = form.get("recording");
  return {
    change,
    ...(Number.isInteger(session) && session >= 0 ? { session } : {}),
    ...(recording === null ? {} : { recording: recording.slice(0, 128) }),
  };
}
