/** Changing the settings of running streams on the Sessions page. */
import { Value } from "@sinclair/typebox/value";
import { Elysia } from "elysia";
import { type SettingsCard, settingsSection } from "../../views/settings.ts";
import { Failure } from "../base/failure.ts";
import {
  findFault,
  type Settings,
  SettingsChange,
  type SettingsField,
  settingsFields,
} from "../model/settings.ts";
import { goTo, isPartRequest, partResponse, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import { hidden } from "./route.ts";
import { type SessionTools, showSessions } from "./sessions-page.ts";

const statusOf = { saved: 200, invalid: 422, failed: 507 } as const;

export function settingsRoutes(parts: ConsoleParts, tools: SessionTools) {
  return new Elysia({ name: "pages/settings" }).post(
    "/settings",
    async ({ request }) => {
      const settings = await save(parts, await readForm(request));
      if (isPartRequest(request)) {
        return partResponse(settingsSection(tools.readers.of(request), settings));
      }
      const { kind } = settings.notice;
      if (kind === "saved") return goTo("/sessions");
      return await showSessions(parts, tools, {
        request,
        said: { settings },
        status: statusOf[kind],
      });
    },
    hidden,
  );
}

type Outcome = SettingsCard & { readonly notice: NonNullable<SettingsCard["notice"]> };

async function save({ settings }: ConsoleParts, form: URLSearchParams): Promise<Outcome> {
  const before = settings.current();
  const { change, typed, faulty } = readChange(form);
  const fault = faulty.size === 0 ? findFault({ ...before, ...change }) : undefined;
  if (fault !== undefined) faulty.add(fault.field);
  if (faulty.size > 0) return { settings: before, typed, faulty, notice: { kind: "invalid" } };
  try {
    return { settings: await settings.change(change, "console"), notice: { kind: "saved" } };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { settings: before, typed, notice: { kind: "failed", text: error.message } };
  }
}

/** Fields as they were when the form was made are left out: somebody else may have changed them. */
function readChange(form: URLSearchParams) {
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
  return { change, typed, faulty };
}

/** An empty field is no zero. */
function readValue(field: SettingsField, text: string): Settings[SettingsField] | undefined {
  if (field === "encoder_preset") return text;
  return /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}
