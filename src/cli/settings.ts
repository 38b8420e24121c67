/** `onglass settings`: the settings of running streams, shown and changed on a host. */
import { Value } from "@sinclair/typebox/value";
import { readCommandLine, usage } from "../base/command-line.ts";
import {
  isSwitch,
  Settings,
  SettingsChange,
  type SettingsField,
  settingsFields,
} from "../model/settings.ts";
import { settingsFlags } from "./flags.ts";
import { askFor } from "./host-call.ts";
import { type HostTarget, targetOf } from "./host-target.ts";
import { exitOk, printTable, type Terminal } from "./output.ts";
import { subcommand } from "./subcommand.ts";

type Run = {
  readonly host: HostTarget;
  readonly words: readonly string[];
  readonly json: boolean;
  readonly terminal: Terminal;
};

/** Exit code 0. @throws Failure `usage`, or what the host has against it */
export async function runSettings(args: readonly string[], terminal: Terminal): Promise<number> {
  const called = readCommandLine(args, settingsFlags);
  const { values } = called;
  const { action, rest, name } = subcommand("settings", called, { get, set });
  // Invalid arguments are not sent to the host.
  if (name === "get") rest.forEach(fieldOf);
  else changeOf(rest);
  const host = await targetOf(values, terminal.env);
  await action({ host, words: rest, json: values.json, terminal });
  return exitOk;
}

async function get({ host, words, json, terminal }: Run): Promise<void> {
  const call = { method: "GET", path: "/settings", what: "get the settings" } as const;
  const settings = await askFor(host, { ...call, shape: Settings });
  show(settings, {
    fields: words.length === 0 ? settingsFields : words.map(fieldOf),
    json,
    terminal,
  });
}

async function set({ host, words, json, terminal }: Run): Promise<void> {
  const body = JSON.stringify(changeOf(words));
  const call = { method: "PATCH", path: "/settings", body, what: "change the settings" } as const;
  const settings = await askFor(host, { ...call, shape: Settings });
  show(settings, {
    fields: words.map((word) => fieldOf(word.split("=", 1)[0] ?? "")),
    json,
    terminal,
  });
}

/** A single one is printed without its name, for scripts; as JSON by its name. */
function show(
  settings: Settings,
  {
    fields,
    json,
    terminal,
  }: { fields: readonly SettingsField[]; json: boolean; terminal: Terminal },
): void {
  if (json) terminal.print(JSON.stringify(pick(settings, fields)));
  else if (fields.length === 1 && fields[0] !== undefined) terminal.print(`${settings[fields[0]]}`);
  else {
    const rows = fields.map((field) => [field, `${settings[field]}`]);
    printTable(terminal, [["NAME", "VALUE"], ...rows]);
  }
}

/** All of them with the number of their revision, as the API has it. */
function pick(settings: Settings, fields: readonly SettingsField[]): Partial<Settings> {
  if (fields === settingsFields) return settings;
  return Object.fromEntries(fields.map((field) => [field, settings[field]]));
}

function fieldOf(word: string): SettingsField {
  const field = settingsFields.find((one) => one === word);
  if (field !== undefined) return field;
  throw usage(`Unknown setting "${word.slice(0, 64)}": there are ${settingsFields.join(", ")}`);
}

/** `NAME=VALUE` each. @throws Failure `usage` */
function changeOf(words: readonly string[]): SettingsChange {
  if (words.length === 0) throw usage("Missing NAME=VALUE");
  const change: Record<string, unknown> = {};
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 0) throw usage(`Cannot read "${word.slice(0, 64)}": it takes NAME=VALUE`);
    const field = fieldOf(word.slice(0, at));
    change[field] = readValue(field, word.slice(at + 1));
  }
  if (Value.Check(SettingsChange, change)) return change;
  const fault = Value.Errors(SettingsChange, change).First();
  throw usage(`Cannot use ${fault?.path.slice(1)}: ${fault?.message.toLowerCase()}`);
}

function readValue(field: SettingsField, text: string): unknown {
  if (field === "encoder_preset") return text;
  if (isSwitch(field)) return { true: true, false: false, on: true, off: false }[text] ?? text;
  return /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : text;
}
