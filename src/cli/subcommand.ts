/** The word after a command that selects what it does, and the words that may follow it. */
import { refuseWords, usage } from "../base/command-line.ts";
import { type CommandFacts, type CommandName, commands } from "./commands.ts";

/** A command line, without the values of its flags. */
type Called = { readonly words: readonly string[]; readonly given: ReadonlySet<string> };

/**
 * @throws Failure `usage` that lists the subcommands; for more words than the subcommand takes; for
 * a flag that does not apply to it
 */
export function subcommand<Action>(
  command: CommandName,
  { words, given }: Called,
  actions: Readonly<Record<string, Action>>,
): { readonly name: string; readonly rest: readonly string[]; readonly action: Action } {
  const [name, ...rest] = words;
  const { subcommands = {}, flags }: CommandFacts = commands[command];
  const names = Object.keys(subcommands).join(", ");
  if (name === undefined) throw usage(`Missing subcommand: ${names}`);
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) throw usage(`Unknown subcommand "${name}": it takes ${names}`);
  refuseWords(rest.slice(subcommands[name] ?? 0));
  for (const flag of given) {
    const { goesWith } = flags[flag] ?? {};
    if (goesWith?.includes(name) !== false) continue;
    throw usage(`--${flag} goes with ${goesWith.join(", ")}`);
  }
  return { name, rest, action };
}
