/** `onglass history`: what the running host keeps of the last days. */
import { readCommandLine } from "../base/command-line.ts";
import { isoText } from "../base/iso-text.ts";
import { type HistorySession, HistoryState } from "../model/frames-page.ts";
import { historyFlags } from "./flags.ts";
import { askFor } from "./host-call.ts";
import { targetOf } from "./host-target.ts";
import { alignColumns, exitOk, type Terminal } from "./output.ts";
import { subcommand } from "./subcommand.ts";

/** Exit code 0. @throws Failure `usage`, or what the host has against it */
export async function runHistory(args: readonly string[], terminal: Terminal): Promise<number> {
  const called = readCommandLine(args, historyFlags);
  const { values } = called;
  subcommand("history", called, { list: true });
  const call = { method: "GET", path: "/history", what: "list the history" } as const;
  const host = await targetOf(values, terminal.env);
  const state = await askFor(host, { ...call, shape: HistoryState });
  if (values.json) terminal.print(JSON.stringify(state));
  else for (const line of describe(state)) terminal.print(line);
  return exitOk;
}

const heading = [
  "ID",
  "STARTED",
  "KIND",
  "MODE",
  "CLIENT",
  "MINUTES",
  "SKIPPED",
  "DROPPED",
  "LOST",
  "WORST ms",
  "",
];

function describe({ on, stopped, bytes, sessions }: HistoryState): string[] {
  const asked = on ? "on" : "off";
  const state = stopped === undefined ? asked : `stopped: ${stopped.reason}`;
  const last = `${state}, ${(bytes / 1e6).toFixed(1)} MB`;
  return [...alignColumns([heading, ...sessions.map(rowOf)]), "", last];
}

function rowOf(one: HistorySession): string[] {
  const { session } = one;
  return [
    one.id,
    isoText(one.started_unix_ms).slice(0, 19).replace("T", " "),
    session.kind,
    `${session.width}x${session.height}@${session.fps}`,
    session.client || "-",
    (one.duration_ms / 60_000).toFixed(1),
    String(one.missed),
    String(one.dropped),
    String(one.lost),
    Math.max(0, ...one.minutes.worst_ms).toFixed(1),
    one.running ? "running" : "",
  ];
}
