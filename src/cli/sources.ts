/**
 * `onglass sources`: what this machine has to stream, with sizes, and why something that is there
 * cannot be. What is listed can be given to `--source` as it is.
 */
import { readCommandLine, refuseWords } from "../base/command-line.ts";
import { type ListedSource, listSources } from "../desktop/find.ts";
import { sourceFormList } from "../model/source.ts";
import { sourcesFlags } from "./flags.ts";
import { exitOk, printTable, type Terminal } from "./output.ts";

/** `onglass sources`: lists what can be streamed on this machine. Gives the exit code. */
export function runSources(args: readonly string[], terminal: Terminal): number {
  const { values, words } = readCommandLine(args, sourcesFlags);
  refuseWords(words);
  const sources = listSources();
  if (values.json) {
    terminal.print(JSON.stringify(sources));
    return exitOk;
  }
  const rows = sources.map((listed) => [listed.source, sizeOf(listed), listed.problem ?? ""]);
  printTable(terminal, [["SOURCE", "SIZE", "PROBLEM"], ...rows]);
  terminal.say(`Other forms: ${sourceFormList.join(", ")}`);
  return exitOk;
}

function sizeOf({ width, height }: ListedSource): string {
  return width === undefined || height === undefined ? "" : `${width}x${height}`;
}
