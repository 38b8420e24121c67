/**
 * `onglass archive`: the contents of a host's archive, the state of the uploads, and opening an
 * archived capture.
 */
import { Type } from "@sinclair/typebox";
import { readCommandLine, usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import { ArchivedCapture, ArchiveStatus } from "../model/archive.ts";
import { CaptureMeta } from "../model/capture.ts";
import { archiveFlags } from "./flags.ts";
import { askFor } from "./host-call.ts";
import { type HostTarget, targetOf } from "./host-target.ts";
import { exitFailed, exitOk, printTable, type Terminal } from "./output.ts";
import { subcommand } from "./subcommand.ts";

const answerMsMax = 120_000;
/** Of all the indexes that a host lists from. */
const listBytesMax = 64 * 1024 * 1024;

type Run = {
  readonly host: HostTarget;
  readonly words: readonly string[];
  readonly of: string | undefined;
  readonly json: boolean;
  readonly terminal: Terminal;
};

/** Exit code 0; 1 for a status with a problem. @throws Failure `usage`, or what the host has against it */
export async function runArchive(args: readonly string[], terminal: Terminal): Promise<number> {
  const called = readCommandLine(args, archiveFlags);
  const { values } = called;
  const { action, rest, name } = subcommand("archive", called, { status, list, open });
  if (name === "open" && rest[0] === undefined)
    throw usage("Missing ID: `onglass archive list` shows them");
  const host = await targetOf(values, terminal.env);
  return await action({ host, words: rest, of: values.of, json: values.json, terminal });
}

async function status({ host, json, terminal }: Run): Promise<number> {
  const call = { method: "GET", path: "/archive", what: "get the state of the archive" } as const;
  const now = await askFor(host, { ...call, shape: ArchiveStatus });
  if (json) terminal.print(JSON.stringify(now));
  else {
    const rows = [
      ["target", now.target ?? "none"],
      ["waiting", `${now.waiting}`],
      ["sent", `${now.sent} since the host started`],
      ...(now.problem === undefined ? [] : [["problem", now.problem]]),
    ];
    printTable(terminal, rows);
  }
  return now.problem === undefined ? exitOk : exitFailed;
}

async function list({ host, of, json, terminal }: Run): Promise<number> {
  const found = await captures(host, of);
  if (json) terminal.print(JSON.stringify(found));
  else {
    const heading = ["ID", "HOST", "SECONDS", "VERDICT", "CAUSE", "CLIENT"];
    printTable(terminal, [heading, ...found.map(rowOf)]);
  }
  return exitOk;
}

/** The id has its start and its size in it. */
function rowOf({ key, meta, quality, cause }: ArchivedCapture): string[] {
  return [
    idOf(key),
    meta.host ?? "-",
    (meta.duration_ms / 1000).toFixed(1),
    quality ?? "-",
    quality === "smooth" ? "-" : (cause ?? "-"),
    meta.client || "-",
  ];
}

/** The end of a key: the capture's id at its host, and which installation that is. */
function idOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1).replace(/\.json$/, "");
}

/** Prints the id that the capture has on the host. */
async function open({ host, words, json, terminal }: Run): Promise<number> {
  const key = await keyOf(host, words[0] ?? "");
  const body = JSON.stringify({ key });
  const call = { method: "POST", path: "/archive/open", body, answerMsMax } as const;
  const meta = await askFor(host, { ...call, shape: CaptureMeta, what: "open the capture" });
  terminal.print(json ? JSON.stringify(meta) : meta.id);
  return exitOk;
}

/**
 * The key itself, or the only one with this id.
 * @throws Failure `not_found`, `usage` if several have it
 */
async function keyOf(host: HostTarget, word: string): Promise<string> {
  if (word.includes("/")) return word;
  const found = (await captures(host)).filter(({ key }) => idOf(key) === word);
  const [one, ...others] = found;
  if (one === undefined) {
    throw new Failure("not_found", `Cannot find "${word}": \`onglass archive list\` shows them`);
  }
  if (others.length === 0) return one.key;
  throw usage(`${found.length} hosts have "${word}": give the key of one, ${one.key} say`);
}

async function captures(host: HostTarget, of?: string): Promise<ArchivedCapture[]> {
  const query = of === undefined ? "" : `?${new URLSearchParams({ host: of })}`;
  const call = { method: "GET", path: `/archive/captures${query}`, answerMsMax } as const;
  return await askFor(host, {
    ...call,
    shape: Type.Array(ArchivedCapture),
    what: "list the archive",
    bytesMax: listBytesMax,
  });
}
