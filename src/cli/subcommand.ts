/** The word behind a command that says what it does. */
import { usage } from "../base/command-line.ts";
import { type CommandFacts, type CommandName, commands } from "./commands.ts";

/** @throws Failure `usage` that lists what there is */
export function subcommand<Action>(
  command: CommandName,
  words: readonly string[],
  actions: Readonly<Record<string, Action>>,
): { readonly name: string; readonly rest: readonly string[]; readonly action: Action } {
  const [name, ...rest] = words;
  const { subcommands = [] }: CommandFacts = commands[command];
  if (name === undefined) throw usage(`Missing subcommand: ${subcommands.join(", ")}`);
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action !== undefined) return { name, rest, action };
  throw usage(`Unknown subcommand "${name}": it takes ${subcommands.join(", ")}`);
}
