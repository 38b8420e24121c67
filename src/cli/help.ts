/** What `--help` prints, made from the tables of commands and settings. */
import type { Flag } from "../base/command-line.ts";
import { type Setting, settings } from "../settings-table.ts";
import { type CommandFacts, commands } from "./commands.ts";
import { exitCodes } from "./exit-codes.ts";
import { alignColumns } from "./output.ts";

/** The help of a command; of onglass itself for "" or a command that there is not. */
export function helpText(command: string): string {
  const all: Readonly<Record<string, CommandFacts>> = commands;
  const facts = Object.hasOwn(all, command) ? all[command] : undefined;
  if (facts === undefined) return overview();
  const [first = "", ...others] = facts.usage;
  const called = [`Usage: ${first}`, ...others.map((line) => `       ${line}`)];
  const flags = command === "serve" ? settingLines() : flagLines(facts.flags);
  return [...called, "", facts.text, ...(flags.length > 0 ? ["", ...flags] : [])].join("\n");
}

function overview(): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => [`  ${name}`, summary]);
  const codes = exitCodes.map(({ code, short }) => `${code} ${short}`);
  return [
    "onglass: a streaming host for Linux with a built-in flight recorder",
    "",
    "Usage: onglass [COMMAND] [FLAGS]",
    "",
    "Commands:",
    ...alignColumns(rows),
    "",
    "Run `onglass COMMAND --help` for details.",
    `Exit codes: ${codes.join(", ")}.`,
  ].join("\n");
}

function flagLines(flags: CommandFacts["flags"]): string[] {
  return alignColumns(
    Object.entries(flags).map(([name, flag]: [string, Flag]) => [
      `  --${name}${flag.takes === undefined ? "" : ` ${flag.takes}`}`,
      flagAbout(flag),
    ]),
  );
}

/** What a flag is for, with the values that are known and the one taken without it. */
export function flagAbout({ about, values = [], standard }: Flag): string {
  // Those that only begin a value are described in the text.
  const whole = values.filter((value) => !value.endsWith("="));
  const known = [
    ...(whole.length === 0 ? [] : [whole.join(", ")]),
    ...(standard === undefined ? [] : [`default ${standard}`]),
  ];
  return known.length === 0 ? about : `${about} (${known.join("; ")})`;
}

const columnCountMax = 100;

/** Two lines a setting: its names, and what it is; a third for its default where that does not fit. */
function settingLines(): string[] {
  const rows = Object.values(settings).map((setting: Setting<unknown>) => setting);
  const names = alignColumns(rows.map((row) => [`  ${flagText(row)}`, row.variable]));
  return rows.flatMap(({ about, standard, also }, place) => {
    const values = `(default ${standard}${also === undefined ? "" : `; also ${also}`})`;
    const line = `      ${about} ${values}`;
    const lines = line.length <= columnCountMax ? [line] : [`      ${about}`, `        ${values}`];
    return [names[place] ?? "", ...lines];
  });
}

function flagText({ flag, opposite, takes }: Setting<unknown>): string {
  if (flag === undefined) return "(no flag)";
  if (opposite !== undefined) return `--${flag}, --${opposite}`;
  return takes === undefined ? `--${flag}` : `--${flag} ${takes}`;
}
