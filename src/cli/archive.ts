/** `onglass archive`: what a host's archive has, how the sending goes, and opening a capture there. */
import { Type } from "@sinclair/typebox";
import { readCommandLine, usage } from "../base/command-line.ts";
import { isoText } from "../base/iso-text.ts";
import { ArchivedCapture, ArchiveStatus } from "../model/archive.ts";
import { CaptureMeta } from "../model/capture.ts";
import { archiveFlags } from "./flags.ts";
import { askFor } from "./host-call.ts";
import { type HostTarget, targetOf } from "./host-target.ts";
import { exitFailed, exitOk, printTable, type Terminal } from "./output.ts";
import { subcommand } from "./subcommand.ts";

const answerMsMax = 120_000;

type Run = {
  readonly host: HostTarget;
  readonly words: readonly string[];
  readonly of: string | undefined;
  readonly json: boolean;
  readonly terminal: Terminal;
};

/** Exit code 0; 1 for a status with a problem. @throws Failure `usage`, or what the host has against it */
export async function runArchive(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readCommandLine(args, archiveFlags);
  const { action, rest, name } = subcommand("archive", words, { status, list, open });
  const [word, more] = rest;
  if (name === "open" && word === undefined)
    throw usage("Missing KEY: `onglass archive list` shows them");
  const unexpected = name === "open" ? more : word;
  if (unexpected !== undefined) throw usage(`Unexpected argument "${unexpected}"`);
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
  const query = of === undefined ? "" : `?${new URLSearchParams({ host: of })}`;
  const call = { method: "GET", path: `/archive/captures${query}`, answerMsMax } as const;
  const shape = Type.Array(ArchivedCapture);
  const found = await askFor(host, { ...call, shape, what: "list the archive" });
  if (json) terminal.print(JSON.stringify(found));
  else {
    const heading = ["STARTED", "HOST", "MODE", "SECONDS", "VERDICT", "CAUSE", "KEY"];
    printTable(terminal, [heading, ...found.map(rowOf)]);
  }
  return exitOk;
}

function rowOf({ key, meta, quality, cause }: ArchivedCapture): string[] {
  return [
    isoText(meta.started_unix_ms).slice(0, 19).replace("T", " "),
    meta.host ?? "-",
    meta.width > 0 ? `${meta.width}x${meta.height}@${meta.fps}` : "-",
    (meta.duration_ms / 1000).toFixed(1),
    quality ?? "-",
    quality === "smooth" ? "-" : (cause ?? "-"),
    key,
  ];
}

/** Prints the id that the capture has on the host. */
async function open({ host, words, json, terminal }: Run): Promise<number> {
  const body = JSON.stringify({ key: words[0] });
  const call = { method: "POST", path: "/archive/open", body, answerMsMax } as const;
  const meta = await askFor(host, { ...call, shape: CaptureMeta, what: "open the capture" });
  terminal.print(json ? JSON.stringify(meta) : meta.id);
  return exitOk;
}
