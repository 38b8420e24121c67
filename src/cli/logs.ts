/** `onglass logs`: the last lines of a host's log, and those to come. */
import { readCommandLine, refuseWords, usage } from "../base/command-line.ts";
import { isoText } from "../base/iso-text.ts";
import { sleepMs } from "../base/timer.ts";
import { type LogLine, LogPage } from "../model/log-line.ts";
import { logsFlags } from "./flags.ts";
import { askFor } from "./host-call.ts";
import { type HostTarget, targetOf } from "./host-target.ts";
import { exitOk, type Terminal } from "./output.ts";

const pollMs = 1000;

/** Exit code 0, also on Ctrl-C. @throws Failure `usage`, or what the host has against it */
export async function runLogs(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readCommandLine(args, logsFlags);
  refuseWords(words);
  const count = readCount(values.lines);
  const host = await targetOf(values, terminal.env);
  const print = (line: LogLine) =>
    terminal.print(values.json ? JSON.stringify(line) : textOf(line));
  const first = await pageOf(host, 0);
  for (const line of first.lines.slice(-count)) print(line);
  if (values.follow) await follow(host, { next: first.next, print });
  return exitOk;
}

async function follow(
  host: HostTarget,
  { next, print }: { readonly next: number; print(line: LogLine): void },
): Promise<void> {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  let after = next;
  while (!stop.signal.aborted) {
    await sleepMs(pollMs);
    const page = await pageOf(host, after);
    page.lines.forEach(print);
    // Lower after a restart of the host: its lines count from 0 again.
    after = page.next;
  }
}

async function pageOf(host: HostTarget, after: number): Promise<LogPage> {
  const path = `/log?after=${after}`;
  const page = await askFor(host, { method: "GET", path, shape: LogPage, what: "read the log" });
  const isRestarted = page.next < after;
  return isRestarted ? await pageOf(host, 0) : page;
}

function textOf({ at_unix_ms, level, text }: LogLine): string {
  const time = isoText(at_unix_ms).slice(0, 19).replace("T", " ");
  return `${time}  ${level === "warn" ? "warn  " : ""}${text}`;
}

function readCount(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= 1000) return Number(text) || -Infinity;
  throw usage(`Cannot use --lines "${text}": it takes 0 to 1000`);
}
