/**
 * `onglass upgrade-check`: whether this version reads what a data directory holds, before a host of
 * this version is started on it. It changes nothing and takes no lock, so a host may run at the
 * same time.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readCommandLine, refuseWords } from "../base/command-line.ts";
import { systemReason } from "../base/disk-fault.ts";
import { hasCode } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { configOf } from "../config.ts";
import { upgradeCheckFlags } from "./flags.ts";
import { type FormatKind, formatKinds } from "./format-kinds.ts";
import { exitFailed, exitOk, printTable, type Terminal } from "./output.ts";

/** Files named in the table; all are counted, and listed in `--json`. */
const namedCountMax = 3;

/** The result for one kind of file. */
export type FormatFinding = {
  readonly what: string;
  /** Highest format that this version reads. */
  readonly reads: number;
  readonly file_count: number;
  /** Files that are newer or damaged. */
  readonly unreadable: readonly string[];
  /** Files of a later format: the version that wrote them reads them. */
  readonly newer: readonly string[];
  /**
   * Files that cannot be read, or whose content no version reads: a host ignores them, or stops.
   */
  readonly damaged: readonly string[];
};

/**
 * Exit code 1: a host of this version could not read all of it.
 * @throws Failure `usage`, `data_dir` where there is no such directory
 */
export async function runUpgradeCheck(
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const { values, words } = readCommandLine(args, upgradeCheckFlags);
  refuseWords(words);
  const { dataDirectory } = configOf(values, terminal.env);
  const findings = await checkFormats(dataDirectory);
  if (values.json) terminal.print(JSON.stringify(findings));
  else printTable(terminal, [header, ...findings.map(rowOf)]);
  return findings.every(({ unreadable }) => unreadable.length === 0) ? exitOk : exitFailed;
}

/**
 * @throws Failure `data_dir` for a missing directory.
 * @throws Error for an unreadable folder
 */
export async function checkFormats(dataDirectory: string): Promise<FormatFinding[]> {
  await readdir(dataDirectory).catch((cause: unknown) => {
    const reason = hasCode(cause, "ENOENT") ? "it does not exist" : systemReason(cause);
    const message = `Cannot read the data directory "${dataDirectory}": ${reason}`;
    throw new Failure("data_dir", message, { cause });
  });
  const findings: FormatFinding[] = [];
  for (const kind of formatKinds) findings.push(await checkKind(dataDirectory, kind));
  return findings;
}

async function checkKind(dataDirectory: string, kind: FormatKind): Promise<FormatFinding> {
  const { what, folder, pattern, reads, versionOf } = kind;
  const path = join(dataDirectory, folder);
  const names = (await namesIn(path)).filter((name) => pattern.test(name)).sort();
  const [newer, damaged]: [string[], string[]] = [[], []];
  for (const name of names) {
    const version = await versionOf(join(path, name)).catch(() => undefined);
    if (version === undefined) damaged.push(join(folder, name));
    else if (version > reads) newer.push(join(folder, name));
  }
  const unreadable = [...newer, ...damaged].sort();
  return { what, reads, file_count: names.length, unreadable, newer, damaged };
}

async function namesIn(path: string): Promise<string[]> {
  return await readdir(path).catch((cause: unknown) => {
    if (hasCode(cause, "ENOENT")) return [];
    throw new Error(`Cannot read "${path}"`, { cause });
  });
}

const header = ["WHAT", "FILES", "FORMAT", "STATE"];

function rowOf({ what, reads, file_count: count, newer, damaged }: FormatFinding): string[] {
  const faults = [named("newer", newer), named("damaged", damaged)].filter((text) => text !== "");
  const state = faults.length === 0 ? "readable" : `not readable: ${faults.join("; ")}`;
  return [what, `${count}`, `${reads}`, count === 0 ? "none" : state];
}

/** Such as "2 newer (a, b)"; empty for no file. */
function named(fault: string, files: readonly string[]): string {
  if (files.length === 0) return "";
  const more = files.length > namedCountMax ? ", …" : "";
  return `${files.length} ${fault} (${files.slice(0, namedCountMax).join(", ")}${more})`;
}
