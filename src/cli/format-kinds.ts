/**
 * What a data directory holds, kind by kind, and how a host of this version would take each file: each
 * kind asks the reader that the host uses, where that reader changes nothing.
 */
import { open } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { checkedHostIdentity } from "../base/identity.ts";
import { isRecord } from "../base/record.ts";
import { decodeSegment, formatVersion as historyVersion } from "../history/segment.ts";
import { isCaptureId } from "../model/capture-id.ts";
import { CaptureChange } from "../model/capture-note.ts";
import { Experiment } from "../model/experiment.ts";
import { Client } from "../model/player.ts";
import { shapeCheck } from "../model/shape-check.ts";
import { parseJournal } from "../recorder/journal-lines.ts";
import { accessTokensForm } from "../store/access-tokens-file.ts";
import { readHead } from "../store/capture-head.ts";
import { parseList } from "../store/kept-list-file.ts";
import { linksForm } from "../store/links-file.ts";
import { parseSettings } from "../store/settings-file.ts";
import { isSignIns } from "../store/sign-ins-file.ts";
import { isTokenText } from "../store/token-file.ts";

/** A head of a segment or of a timeline is in these. */
const headBytes = 64 * 1024;
/** What is read as a whole; a host takes no larger file of these kinds. */
const textBytesMax = 1024 * 1024;
/** Four times what a full capture's journal has, and all that its timeline may have. */
const journalBytesMax = 104 * 1024 * 1024;
const tailBytes = 64;
/** The number of a format stands among the first characters. */
const firstCount = 512;

/** One kind of file in a data directory. */
export type FormatKind = {
  readonly what: string;
  /** In the data directory; "" is the directory itself. */
  readonly folder: string;
  /** Names of its files. */
  readonly pattern: RegExp;
  /** Highest format that this version reads. */
  readonly reads: number;
  /**
   * Its format; `undefined` where it is damaged, or of none that is known.
   * @throws Error where the file cannot be read, which is no better
   */
  versionOf(path: string): Promise<number | undefined>;
};

const isClient = shapeCheck(Client);
const isNote = shapeCheck(CaptureChange);
const isExperiment = shapeCheck(Experiment);

/** In the order in which they are listed. */
export const formatKinds: readonly FormatKind[] = [
  {
    ...{ what: "captures", folder: "captures", pattern: /\.json$/, reads: 1 },
    versionOf: async (path) => (await readHead(path, await sizeOf(path))).version ?? 1,
  },
  {
    ...{ what: "rows of captures", folder: "frames", pattern: /\.parquet$/, reads: 1 },
    versionOf: async (path) => {
      const isWhole = (await tailOf(path)).endsWith("PAR1");
      return isWhole && (await bytesOf(path, 4)).toString("latin1") === "PAR1" ? 1 : undefined;
    },
  },
  timelines("timelines", "timelines"),
  timelines("manual recordings", "timelines-by-hand"),
  {
    ...{ what: "notes", folder: "notes", pattern: /^(?:baseline|.*\.json)$/, reads: 1 },
    versionOf: async (path) => {
      const text = await textOf(path);
      if (path.endsWith("baseline")) return isCaptureId(text.trim()) ? 1 : undefined;
      return versionWhere(JSON.parse(text), isNote.Check);
    },
  },
  {
    ...{ what: "experiments", folder: "experiments", pattern: /\.json$/, reads: 1 },
    versionOf: async (path) => versionWhere(JSON.parse(await textOf(path)), isExperiment.Check),
  },
  journals("journal", "journal"),
  journals("journal of manual recordings", "timelines-by-hand/journal"),
  {
    ...{ what: "history", folder: "history", pattern: /\.hist$/, reads: historyVersion },
    versionOf: async (path) => decodeSegment(await bytesOf(path, headBytes), false)?.head.version,
  },
  {
    ...{ what: "settings", folder: "", pattern: /^settings\.json$/, reads: 1 },
    versionOf: async (path) => {
      const text = await textOf(path);
      return versionWhere(JSON.parse(text), () => parseSettings(text) !== undefined);
    },
  },
  {
    ...{ what: "certificate and key", folder: "", pattern: /^(?:cert|key)\.pem$/, reads: 1 },
    versionOf: async (path) =>
      (await checkedHostIdentity(dirname(path))) === undefined ? undefined : 1,
  },
  {
    ...{ what: "token", folder: "", pattern: /^token$/, reads: 1 },
    versionOf: async (path) => (isTokenText(await textOf(path)) ? 1 : undefined),
  },
  {
    ...{ what: "access tokens", folder: "", pattern: /^tokens\.json$/, reads: 1 },
    versionOf: async (path) => {
      const text = await textOf(path);
      return versionWhere(JSON.parse(text), () => parseList(text, accessTokensForm) !== undefined);
    },
  },
  {
    ...{ what: "links", folder: "", pattern: /^links\.json$/, reads: 1 },
    versionOf: async (path) => {
      const text = await textOf(path);
      return versionWhere(JSON.parse(text), () => parseList(text, linksForm) !== undefined);
    },
  },
  {
    ...{ what: "sign-ins", folder: "", pattern: /^sign-ins\.json$/, reads: 1 },
    versionOf: async (path) => versionWhere(JSON.parse(await textOf(path)), isSignIns),
  },
  {
    ...{ what: "paired players", folder: "clients", pattern: /\.json$/, reads: 1 },
    versionOf: async (path) => {
      // Under another name it is no player of ours to judge.
      const isOwn = /^[0-9a-f]{64}\.json$/.test(basename(path));
      return versionWhere(JSON.parse(await textOf(path)), (one) =>
        isOwn ? isClient.Check(one) && `${one.id}.json` === basename(path) : isRecord(one),
      );
    },
  },
];

function timelines(what: string, folder: string): FormatKind {
  return {
    ...{ what, folder, pattern: /\.json$/, reads: 1 },
    versionOf: async (path) => {
      const version = versionIn((await bytesOf(path, headBytes)).toString("utf8"));
      return version !== 1 || (await tailOf(path)).endsWith("}") ? version : undefined;
    },
  };
}

/** What a host that died has left, or one that runs is writing: a torn last line is not damage. */
function journals(what: string, folder: string): FormatKind {
  return {
    ...{ what, folder, pattern: /\.jsonl$/, reads: 1 },
    versionOf: async (path) => {
      const text = await textOf(path, journalBytesMax);
      const version = versionIn(text);
      if (version !== 1) return version;
      const { capture, damagedLineCount } = parseJournal(text);
      return capture !== undefined && damagedLineCount === 0 ? 1 : undefined;
    },
  };
}

/** A later version may have any form; one of this version, or without a number, has to fit. */
function versionWhere(value: unknown, fits: (value: unknown) => boolean): number | undefined {
  const version = isRecord(value) && "version" in value ? value.version : 1;
  if (typeof version === "number" && Number.isInteger(version) && version > 1) return version;
  return fits(value) ? 1 : undefined;
}

/** The first in the text is that of the format; one without a number is 1. */
function versionIn(text: string): number | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  return Number(/"version"\s*:\s*(\d{1,6})\b/.exec(text.slice(0, firstCount))?.[1] ?? 1);
}

async function textOf(path: string, byteCountMax = textBytesMax): Promise<string> {
  if ((await sizeOf(path)) > byteCountMax) throw new Error("it is too large");
  return (await bytesOf(path, byteCountMax)).toString("utf8");
}

/** From its start, at most so many. @throws Error for what is not a file: a pipe would be waited for */
async function bytesOf(path: string, byteCountMax: number): Promise<Buffer> {
  return await readAt(path, 0, Math.min(await sizeOf(path), byteCountMax));
}

async function tailOf(path: string): Promise<string> {
  const size = await sizeOf(path);
  const count = Math.min(size, tailBytes);
  return (await readAt(path, size - count, count)).toString("latin1").trimEnd();
}

async function readAt(path: string, from: number, count: number): Promise<Buffer> {
  await using file = await open(path, "r");
  const bytes = Buffer.alloc(count);
  const { bytesRead } = await file.read(bytes, 0, count, from);
  return bytes.subarray(0, bytesRead);
}

async function sizeOf(path: string): Promise<number> {
  const stats = await Bun.file(path).stat();
  if (!stats.isFile()) throw new Error("it is not a file");
  return stats.size;
}
