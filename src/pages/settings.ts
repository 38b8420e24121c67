/** Changing the settings of running streams on the Sessions page. */
import { Value } from "@sinclair/typebox/value";
import { Elysia } from "elysia";
import { type SettingsCard, settingsSection } from "../../views/settings.ts";
import { Failure } from "../base/failure.ts";
import {
  findFault,
  isSwitch,
  isText,
  type Settings,
  SettingsChange,
  type SettingsField,
  settingsFields,
} from "../model/settings.ts";
import { settingsChange } from "../operations/settings.ts";
import { act } from "./acting.ts";
import { goTo, isPartRequest, partResponse, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import { hidden } from "./route.ts";
import type { SessionTools } from "./sessions-page.ts";

export function settingsRoutes(parts: ConsoleParts, tools: SessionTools) {
  return new Elysia({ name: "pages/settings" })
    .get(
      "/parts/settings",
      ({ request }) =>
        partResponse(settingsSection(tools.readers.of(request), renewed(parts, request))),
      hidden,
    )
    .post(
      "/settings",
      async ({ request }) => {
        const settings = await save(parts, request);
        if (isPartRequest(request)) {
          return partResponse(settingsSection(tools.readers.of(request), settings));
        }
        return goTo(`/sessions${tools.notices.keep({ settings })}#settings`);
      },
      hidden,
    );
}

/** The current values, with unsaved input; its errors only where they were marked before. */
function renewed({ settings }: ConsoleParts, request: Request): SettingsCard {
  const form = new URL(request.url).searchParams;
  const now = settings.current();
  const { typed, faulty } = readChange(form, now);
  return form.has("marked") ? { settings: now, typed, faulty } : { settings: now, typed };
}

type Outcome = SettingsCard & { readonly notice: NonNullable<SettingsCard["notice"]> };

async function save(parts: ConsoleParts, request: Request): Promise<Outcome> {
  const before = parts.settings.current();
  const { change, typed, faulty } = readChange(await readForm(request), before);
  if (faulty.size > 0) return { settings: before, typed, faulty, notice: { kind: "invalid" } };
  try {
    const settings = await act(parts, request, [settingsChange, { body: change }]);
    return { settings, notice: { kind: "saved" } };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { settings: before, typed, notice: { kind: "failed", failure: error } };
  }
}

/** Fields unchanged since the form was made are left out: somebody else may have changed them. */
function readChange(form: URLSearchParams, now: Settings) {
  const change: SettingsChange = {};
  const typed = new Map<SettingsField, string>();
  const faulty = new Set<SettingsField>();
  for (const field of settingsFields) {
    const text = form.get(field)?.trim();
    if (text === undefined || text === form.get(`was_${field}`)) continue;
    typed.set(field, text);
    const value = readValue(field, text);
    const one = { [field]: value };
    if (value === undefined || !Value.Check(SettingsChange, one)) faulty.add(field);
    else Object.assign(change, one);
  }
  const fault = faulty.size === 0 ? findFault({ ...now, ...change }) : undefined;
  if (fault !== undefined) faulty.add(fault.field);
  return { change, typed, faulty };
}

/** An empty field is not zero. */
function readValue(field: SettingsField, text: string): Settings[SettingsField] | undefined {
  if (isText(field)) return text;
  if (isSwitch(field)) return text === "true" || (text === "false" ? false : undefined);
  return /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}
