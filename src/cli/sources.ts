/**
 * `onglass sources`: what this machine can stream, with sizes, and why something that exists cannot
 * be. A listed name can be given to `--source`.
 */
import { readCommandLine, refuseWords } from "../base/command-line.ts";
import { type ListedSource, listSources } from "../desktop/find.ts";
import { sourceFormList } from "../model/source.ts";
import { SourceList } from "../model/source-list.ts";
import { sourcesFlags } from "./flags.ts";
import { askFor } from "./host-call.ts";
import { type HostTarget, namedTarget } from "./host-target.ts";
import { exitOk, printTable, type Terminal } from "./output.ts";

/** `onglass sources`: lists what can be streamed on this machine, or a host's. Gives the exit code. */
export async function runSources(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readCommandLine(args, sourcesFlags);
  refuseWords(words);
  const host = await namedTarget(values, terminal.env);
  const sources = host === undefined ? listSources() : await sourcesOf(host);
  if (values.json) {
    terminal.print(JSON.stringify(sources));
    return exitOk;
  }
  const rows = sources.map((listed) => [listed.source, sizeOf(listed), listed.problem ?? ""]);
  printTable(terminal, [["SOURCE", "SIZE", "PROBLEM"], ...rows]);
  terminal.say(`Other forms: ${sourceFormList.join(", ")}`);
  return exitOk;
}

async function sourcesOf(host: HostTarget): Promise<readonly ListedSource[]> {
  const call = { method: "GET", path: "/sources", what: "list the sources" } as const;
  return await askFor(host, { ...call, shape: SourceList });
}

function sizeOf({ width, height }: ListedSource): string {
  return width === undefined || height === undefined ? "" : `${width}x${height}`;
}
