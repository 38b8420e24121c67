/** `onglass completion`: what a shell completes. */
import { readCommandLine } from "../base/command-line.ts";
import { bashScript } from "./completion-bash.ts";
import { fishScript } from "./completion-fish.ts";
import { completionRows } from "./completion-rows.ts";
import { zshScript } from "./completion-zsh.ts";
import { completionFlags } from "./flags.ts";
import { exitOk, type Terminal } from "./output.ts";
import { subcommand } from "./subcommand.ts";

const shells = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** Exit code 0. @throws Failure `usage` for another shell */
export function runCompletion(args: readonly string[], terminal: Terminal): number {
  const { action } = subcommand("completion", readCommandLine(args, completionFlags), shells);
  terminal.write(action(completionRows()));
  return exitOk;
}
