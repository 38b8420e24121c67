/** `onglass man`: the manual page in troff, made from the tables that the help is made from. */
import type { Flag } from "../base/command-line.ts";
import { readCommandLine, refuseWords } from "../base/command-line.ts";
import { version } from "../base/version.ts";
import { type Setting, settings } from "../settings-table.ts";
import { type CommandFacts, commands } from "./commands.ts";
import { exitCodes } from "./exit-codes.ts";
import { flagAbout } from "./help.ts";
import { exitOk, type Terminal } from "./output.ts";

const lineLengthMax = 80;

/** Exit code 0: `onglass man | man -l -` shows it. @throws Failure `usage` */
export function runMan(args: readonly string[], terminal: Terminal): number {
  const { words } = readCommandLine(args, commands.man.flags);
  refuseWords(words);
  terminal.write(`${page().join("\n")}\n`);
  return exitOk;
}

function page(): string[] {
  return [
    `.TH ONGLASS 1 "" "onglass ${escaped(version)}" "User Commands"`,
    ".SH NAME",
    "onglass \\- a streaming host for Linux with a built-in flight recorder",
    ".SH SYNOPSIS",
    ".B onglass",
    "[\\fICOMMAND\\fR] [\\fIFLAGS\\fR]",
    ".SH COMMANDS",
    ...Object.entries(commands).flatMap(([name, facts]) => commandPart(name, facts)),
    ".SH SETTINGS",
    "Flags of \\fBonglass serve\\fR with their environment variables.",
    ...Object.values(settings).flatMap(settingPart),
    ".SH EXIT STATUS",
    ...exitCodes.flatMap(({ code, about }) => [".TP", `.B ${code}`, ...filled(about)]),
    ".SH FILES",
    ".TP",
    ".I ~/.config/onglass",
    "Data directory of the host and the player.",
    ".TP",
    ".I ~/.config/onglass/hosts.toml",
    "Names of other hosts for \\fB\\-\\-host\\fR.",
  ];
}

function commandPart(name: string, facts: CommandFacts): string[] {
  const flags = name === "serve" ? [] : Object.entries(facts.flags);
  return [
    `.SS onglass ${escaped(name)}`,
    ...facts.usage.flatMap((line) => [`.B ${escaped(line)}`, ".br"]),
    ".PP",
    ...filled(facts.text),
    ...flags.flatMap(flagPart),
  ];
}

function flagPart([name, flag]: [string, Flag]): string[] {
  const value = flag.takes === undefined ? "" : ` ${flag.takes}`;
  return [".TP", `.B ${escaped(`--${name}${value}`)}`, ...filled(flagAbout(flag))];
}

function settingPart({ flag, takes, opposite, variable, standard, about }: Setting<unknown>) {
  const other = opposite === undefined ? "" : `, --${opposite}`;
  const value = takes === undefined ? "" : ` ${takes}`;
  const name = flag === undefined ? variable : `--${flag}${value}${other}`;
  const text = `${about} (${variable}; default ${standard})`;
  return [".TP", `.B ${escaped(name)}`, ...filled(text)];
}

/** Text in lines as long as a source of troff has them; the reader's width is another matter. */
function filled(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + escaped(word).length > lineLengthMax) {
      lines.push(escaped(word));
    } else lines[lines.length - 1] = `${last} ${escaped(word).replace(/^\\&/, "")}`;
  }
  return lines;
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}

/** ASCII alone, which every troff reads; dashes that can be copied; a line that begins with a dot or a quote is a request otherwise. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/[^\t\n -~]/gu, (one) => `\\[u${codeOf(one)}]`)
    .replace(/^(?=[.'])/, "\\&");
}
