/** What a shell can complete, from the tables that the help is made from: for the scripts of all shells. */
import type { Flag } from "../base/command-line.ts";
import { isSwitch, presetNames, type SettingsField, settingsFields } from "../model/settings.ts";
import { type CommandFacts, commands, type WordKind } from "./commands.ts";

/**
 * What is offered in a place: words, which may end in `=`; files or directories; names of hosts.toml; ids of
 * captures of this machine; settings with their values. Nothing where only a person can know.
 */
export type Completed =
  | readonly string[]
  | "files"
  | "directories"
  | "hosts"
  | "captures"
  | "changes"
  | undefined;

/** A flag of a command. */
export type FlagRow = {
  /** With its dashes; two for a name, one for a letter. */
  readonly word: string;
  readonly about: string;
  readonly isValued: boolean;
  /** For its value. */
  readonly offer: Completed;
  /** Subcommands that it goes with; all without. */
  readonly goesWith: readonly string[] | undefined;
};

/** Words behind a subcommand, or behind a command that has none. */
export type WordsRow = {
  readonly subcommand: string;
  readonly offer: Completed;
  /** How many of them. */
  readonly countMax: number;
};

/** A command. */
export type CommandRow = {
  readonly name: string;
  readonly summary: string;
  readonly subcommands: readonly string[];
  readonly flags: readonly FlagRow[];
  readonly words: readonly WordsRow[];
};

/** Every command. */
export function completionRows(): CommandRow[] {
  return Object.entries(commands).map(([name, facts]: [string, CommandFacts]) => ({
    name,
    summary: facts.summary,
    subcommands: Object.keys(facts.subcommands ?? {}),
    flags: [...Object.entries(facts.flags).flatMap(flagRows), help],
    words: Object.entries(facts.words ?? {}).map(([subcommand, kind]) => ({
      subcommand,
      offer: wordOffer(kind),
      countMax: isOnlyFirst(kind) ? 1 : (facts.subcommands?.[subcommand] ?? 1),
    })),
  }));
}

const help = {
  word: "--help",
  about: "print the help",
  ...{ isValued: false, offer: undefined, goesWith: undefined },
};

/** One, or two where it has a short form. */
function flagRows([name, flag]: [string, Flag]): FlagRow[] {
  const { takes, about, goesWith } = flag;
  const row = { about, isValued: takes !== undefined, offer: flagOffer(name, flag), goesWith };
  const words = name === "out" ? [`--${name}`, "-o"] : [`--${name}`];
  return words.map((word) => ({ word, ...row }));
}

function flagOffer(name: string, { takes, values }: Flag): Completed {
  if (values !== undefined) return values;
  if (name === "host" || name === "fleet") return "hosts";
  if (takes === "DIR") return "directories";
  return takes === "FILE" || takes === "PLACE" ? "files" : undefined;
}

function isOnlyFirst(kind: WordKind): boolean {
  return kind === "first-capture";
}

function wordOffer(kind: WordKind): Completed {
  if (kind === "command") return Object.keys(commands);
  if (kind === "setting") return settingsFields;
  if (kind === "change") return "changes";
  return kind === "file" ? "files" : "captures";
}

/** Settings whose values are known, with them. */
export const settingValues: readonly (readonly [SettingsField, readonly string[]])[] = [
  ["encoder_preset", presetNames],
  ...settingsFields.filter(isSwitch).map((field) => [field, ["on", "off"]] as const),
];

/** The heads of the tables in `hosts.toml`, as a shell reads them: what it may hold besides is for no shell. */
export const hostNamesCommand = String.raw`sed -n 's/^[[:space:]]*\[[[:space:]]*hosts\.[^[:alnum:]_-]*\([[:alnum:]_.-]*\).*/\1/p'`;

/** Ids in a list of files: other names are for no shell. */
export const captureIdsCommand = String.raw`sed -n 's/^\([[:alnum:]_-]*\)\.json$/\1/p'`;

/** In single quotes, as all three shells read them. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Whether a flag can be given with a subcommand; with "" there is none yet. */
export function fits({ goesWith }: FlagRow, subcommand: string): boolean {
  return subcommand === "" || goesWith?.includes(subcommand) !== false;
}
