/**
 * `onglass sources`: the screens of this machine that can be streamed, with their sizes, and why one
 * that is there cannot. What is listed can be given to `--source` as it is.
 */
import { readdirSync } from "node:fs";
import { readCommandLine, usage } from "../base/command-line.ts";
import { printable } from "../base/printable.ts";
import { listDisplays, socketOf } from "../wayland/display.ts";
import { listOutputs } from "../wayland/screen.ts";
import { sourcesFlags } from "./commands.ts";
import { alignColumns, exitOk, type Terminal } from "./output.ts";

/** One line of the list. */
type Listed = {
  readonly source: string;
  readonly width?: number;
  readonly height?: number;
  /** Why it cannot be streamed. */
  readonly problem?: string;
};

/** `onglass sources`: lists what can be streamed on this machine. Gives the exit code. */
export function runSources(args: readonly string[], terminal: Terminal): number {
  const { values, words } = readCommandLine(args, sourcesFlags);
  if (words[0] !== undefined) throw usage(`Unexpected argument "${words[0]}"`);
  const sources = [...waylandSources(), ...screenSources(), { source: "testsrc" }];
  if (values.json) {
    terminal.print(JSON.stringify(sources));
    return exitOk;
  }
  const rows = sources.map((listed) => [listed.source, sizeOf(listed), listed.problem ?? ""]);
  for (const line of alignColumns([["source", "size", "problem"], ...rows])) terminal.print(line);
  return exitOk;
}

/** Every output of every compositor of this user. */
function waylandSources(): Listed[] {
  return listDisplays().flatMap((display): Listed[] => {
    try {
      return listOutputs(socketOf(display)).map(({ name, width, height }) => ({
        source: `wayland:${display}/${printable(name)}`,
        width,
        height,
      }));
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      return [{ source: `wayland:${display}`, problem: printable(problem) }];
    }
  });
}

/** Local X servers, by their sockets. Their size is known once they are streamed. */
function screenSources(): Listed[] {
  try {
    const names = readdirSync("/tmp/.X11-unix").filter((name) => /^X\d{1,5}$/.test(name));
    return names.sort().map((name) => ({ source: `x11::${name.slice(1)}` }));
  } catch {
    return [];
  }
}

function sizeOf({ width, height }: Listed): string {
  return width === undefined || height === undefined ? "" : `${width}x${height}`;
}
