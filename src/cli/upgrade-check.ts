/**
 * `onglass upgrade-check`: whether this version reads what a data directory holds, before a host of this
 * version is started on it. It changes nothing and takes no lock, so a host may run meanwhile.
 */
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { readCommandLine, refuseWords } from "../base/command-line.ts";
import { configOf } from "../config.ts";
import { decodeSegment, formatVersion as historyVersion } from "../history/segment.ts";
import { Settings, settingsDefault } from "../model/settings.ts";
import { shapeCheck } from "../model/shape-check.ts";
import { readHead } from "../store/capture-head.ts";
import { upgradeCheckFlags } from "./flags.ts";
import { exitFailed, exitOk, printTable, type Terminal } from "./output.ts";

/** A head of a segment or of a timeline is in these. */
const headBytes = 64 * 1024;
const textBytesMax = 1024 * 1024;
/** The number of a format stands among the first characters. */
const firstCount = 512;
/** Files that are named in the table; all are counted, and in `--json`. */
const namedCountMax = 3;

/** What one kind of file came to. */
export type FormatFinding = {
  readonly what: string;
  /** Highest format that this version reads. */
  readonly reads: number;
  readonly file_count: number;
  /** Files of a later format, or of none that is known. */
  readonly unreadable: readonly string[];
};

type Kind = {
  readonly what: string;
  /** In the data directory; "" is the directory itself. */
  readonly folder: string;
  readonly pattern: RegExp;
  readonly reads: number;
  /** Its format; `undefined` where it is none that is known. */
  versionOf(path: string): Promise<number | undefined>;
};

const isSettings = shapeCheck(Settings);

const kinds: readonly Kind[] = [
  {
    ...{ what: "captures", folder: "captures", pattern: /\.json$/, reads: 1 },
    versionOf: async (path) => (await readHead(path, await sizeOf(path))).version ?? 1,
  },
  {
    ...{ what: "rows of captures", folder: "frames", pattern: /\.parquet$/, reads: 1 },
    versionOf: async (path) =>
      (await bytesOf(path, 4)).toString("latin1") === "PAR1" ? 1 : undefined,
  },
  {
    ...{ what: "timelines", folder: "timelines", pattern: /\.json$/, reads: 1 },
    versionOf: async (path) => versionIn((await bytesOf(path, headBytes)).toString("utf8")),
  },
  {
    ...{ what: "history", folder: "history", pattern: /\.hist$/, reads: historyVersion },
    versionOf: async (path) => decodeSegment(await bytesOf(path, headBytes), false)?.head.version,
  },
  {
    ...{ what: "settings", folder: "", pattern: /^settings\.json$/, reads: 1 },
    versionOf: async (path) => {
      const known = JSON.parse((await bytesOf(path, textBytesMax)).toString("utf8"));
      return isSettings.Check({ ...settingsDefault, ...known }) ? 1 : undefined;
    },
  },
  {
    ...{ what: "access tokens", folder: "", pattern: /^tokens\.json$/, reads: 1 },
    versionOf: async (path) => versionIn((await bytesOf(path, textBytesMax)).toString("utf8")),
  },
  {
    ...{ what: "paired players", folder: "clients", pattern: /\.json$/, reads: 1 },
    versionOf: async (path) => {
      const known = JSON.parse((await bytesOf(path, textBytesMax)).toString("utf8"));
      return typeof known === "object" && known !== null ? 1 : undefined;
    },
  },
];

/** Exit code 1: a host of this version could not read all of it. @throws Failure `usage` */
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

/** @throws Error when a folder that is there cannot be read */
export async function checkFormats(dataDirectory: string): Promise<FormatFinding[]> {
  const findings: FormatFinding[] = [];
  for (const kind of kinds) findings.push(await checkKind(dataDirectory, kind));
  return findings;
}

async function checkKind(dataDirectory: string, kind: Kind): Promise<FormatFinding> {
  const { what, folder, pattern, reads, versionOf } = kind;
  const path = join(dataDirectory, folder);
  const names = (await namesIn(path)).filter((name) => pattern.test(name)).sort();
  const unreadable: string[] = [];
  for (const name of names) {
    const version = await versionOf(join(path, name)).catch(() => undefined);
    if (version === undefined || version > reads) unreadable.push(join(folder, name));
  }
  return { what, reads, file_count: names.length, unreadable };
}

async function namesIn(path: string): Promise<string[]> {
  return await readdir(path).catch((cause: unknown) => {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw new Error(`Cannot read "${path}"`, { cause });
  });
}

/** From its begin, at most so many. @throws Error for what is not a file: a pipe would be waited for */
async function bytesOf(path: string, byteCountMax: number): Promise<Buffer> {
  const size = await sizeOf(path);
  await using file = await open(path, "r");
  const bytes = Buffer.alloc(Math.min(size, byteCountMax));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  return bytes.subarray(0, bytesRead);
}

async function sizeOf(path: string): Promise<number> {
  const file = Bun.file(path);
  const stats = await file.stat();
  if (!stats.isFile()) throw new Error("it is not a file");
  return stats.size;
}

/** The first in the text is that of the format; one of before there was a number is 1. */
function versionIn(text: string): number | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  return Number(/"version"\s*:\s*(\d{1,6})\b/.exec(text.slice(0, firstCount))?.[1] ?? 1);
}

const header = ["WHAT", "FILES", "FORMAT", "STATE"];

function rowOf({ what, reads, file_count: count, unreadable }: FormatFinding): string[] {
  const named = unreadable.slice(0, namedCountMax).join(", ");
  const more = unreadable.length > namedCountMax ? ", …" : "";
  const state =
    unreadable.length === 0 ? "readable" : `not readable: ${unreadable.length} (${named}${more})`;
  return [what, `${count}`, `${reads}`, count === 0 ? "none" : state];
}
