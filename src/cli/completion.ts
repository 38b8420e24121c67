/** `onglass completion`: what a shell completes, made from the tables that the help is made from. */
import { readCommandLine } from "../base/command-line.ts";
import { type CommandFacts, commands } from "./commands.ts";
import { completionFlags } from "./flags.ts";
import { exitOk, type Terminal } from "./output.ts";
import { subcommand } from "./subcommand.ts";

type Row = {
  readonly name: string;
  readonly summary: string;
  readonly subcommands: readonly string[];
  readonly flags: readonly FlagRow[];
};
type FlagRow = {
  readonly name: string;
  readonly takes: string | undefined;
  readonly about: string;
};

const shells = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** Exit code 0. @throws Failure `usage` for another shell */
export function runCompletion(args: readonly string[], terminal: Terminal): number {
  const { action } = subcommand("completion", readCommandLine(args, completionFlags), shells);
  terminal.write(action(rows()));
  return exitOk;
}

function rows(): Row[] {
  return Object.entries(commands).map(([name, facts]: [string, CommandFacts]) => ({
    name,
    summary: facts.summary,
    subcommands: Object.keys(name === "help" ? commands : (facts.subcommands ?? {})),
    flags: [
      ...Object.entries(facts.flags).map(([flag, { takes, about }]) => ({
        ...{ name: flag, takes, about },
      })),
      { name: "help", takes: undefined, about: "print the help" },
    ],
  }));
}

/** Whether what stands behind the flag is a path. */
function takesPath({ takes }: FlagRow): boolean {
  return takes === "FILE" || takes === "DIR";
}

function takesHost({ name }: FlagRow): boolean {
  return name === "host";
}

/** The heads of the tables in `hosts.toml`: what it may hold besides is for no shell. */
const hostNames = String.raw`sed -n 's/^[[:space:]]*\[[[:space:]]*hosts\.[^[:alnum:]_-]*\([[:alnum:]_.-]*\).*/\1/p'`;
const hostsFile = `"\${XDG_CONFIG_HOME:-$HOME/.config}/onglass/hosts.toml" 2>/dev/null`;

/** Names of files may have any character: they become one answer each, never words to be split. */
function bashScript(all: readonly Row[]): string {
  const cases = all.map(({ name, subcommands, flags }) => {
    const words = flags.map(flagWord).join(" ");
    if (subcommands.length === 0) return `    ${name}) words="${words}" ;;`;
    return `    ${name}) words="${words}"; [ "$COMP_CWORD" -gt 2 ] || words="${subcommands.join(" ")} $words" ;;`;
  });
  const pathFlags = [...new Set(all.flatMap(({ flags }) => flags.filter(takesPath)).map(flagWord))];
  return `# onglass completion bash
_onglass() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words=
  COMPREPLY=()
  case $previous in
    ${pathFlags.join("|")}) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --host) mapfile -t COMPREPLY < <(compgen -W "$(${hostNames} ${hostsFile})" -- "$current"); return ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${all.map(({ name }) => name).join(" ")} --help --version"
  else
    case \${COMP_WORDS[1]} in
${cases.join("\n")}
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  [ \${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$current")
}
complete -o filenames -F _onglass onglass
`;
}

function flagWord({ name }: FlagRow): string {
  return `--${name}`;
}

function zshScript(all: readonly Row[]): string {
  const names = all.map(({ name, summary }) => `    ${quoted(`${name}:${colons(summary)}`)}`);
  const cases = all.map((row) => zshCase(row));
  return `#compdef onglass
_onglass_hosts() {
  local -a names
  names=(\${(f)"$(${hostNames} ${hostsFile})"})
  compadd -a names
}
_onglass() {
  local -a commands
  commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
_onglass "$@"
`;
}

function zshCase({ name, subcommands, flags }: Row): string {
  const options = flags.map((flag) => {
    const action = takesHost(flag) ? "_onglass_hosts" : "";
    const value = takesPath(flag) ? ":file:_files" : `:${flag.takes?.toLowerCase()}:${action}`;
    const text = `[${flag.about.replace(/[[\]:\\]/g, "\\$&")}]`;
    return quoted(`--${flag.name}${text}${flag.takes === undefined ? "" : value}`);
  });
  const first = subcommands.length > 0 ? `'1:subcommand:(${subcommands.join(" ")})' ` : "";
  return `    ${name}) _arguments ${first}'*:file:_files' ${options.join(" ")} ;;`;
}

/** By the place of a word, since names of commands are words of others too: `archive status`. */
const fishHelpers = `function __onglass_hosts
  set -l base $XDG_CONFIG_HOME
  test -n "$base"; or set base ~/.config
  ${hostNames} $base/onglass/hosts.toml 2>/dev/null
end
function __onglass_in
  set -l words (commandline -opc)
  test (count $words) -ge 2; and test "$words[2]" = $argv[1]
end
function __onglass_first
  set -l words (commandline -opc)
  test (count $words) -eq 1
end
function __onglass_second
  set -l words (commandline -opc)
  test (count $words) -eq 2; and test "$words[2]" = $argv[1]
end`;

function fishScript(all: readonly Row[]): string {
  const lines = all.flatMap(({ name, summary, subcommands, flags }) => [
    `complete -c onglass -n __onglass_first -f -a ${name} -d ${quoted(summary)}`,
    ...subcommands.map((word) => `complete -c onglass -n '__onglass_second ${name}' -f -a ${word}`),
    ...flags.map((flag) => fishFlag(name, flag)),
  ]);
  return `# onglass completion fish\n${fishHelpers}\n${lines.join("\n")}\n`;
}

function fishFlag(command: string, flag: FlagRow): string {
  const words = takesHost(flag) ? " -a '(__onglass_hosts)'" : "";
  const value = takesPath(flag) ? " -r -F" : ` -x${words}`;
  return `complete -c onglass -n '__onglass_in ${command}' -l ${flag.name}${
    flag.takes === undefined ? "" : value
  } -d ${quoted(flag.about)}`;
}

/** In single quotes, as all three shells read them. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function colons(text: string): string {
  return text.replaceAll(":", "\\:");
}
