/**
 * The script of fish. What is offered goes by the place of a word, since names of commands are words of others
 * too: `archive status`.
 */
import { settingsFields } from "../model/settings.ts";
import {
  type CommandRow,
  type Completed,
  captureIdsCommand,
  type FlagRow,
  hostNamesCommand,
  quoted,
  settingValues,
} from "./completion-rows.ts";

/** For a file in fish's folder of completions. */
export function fishScript(all: readonly CommandRow[]): string {
  const valued = new Set(all.flatMap(({ flags }) => flags.filter((one) => one.isValued)));
  const words = [...new Set([...valued].map(({ word }) => word))].join(" ");
  const lines = all.flatMap((row) => [
    `complete -c onglass -n __onglass_first -a ${row.name} -d ${quoted(row.summary)}`,
    ...row.subcommands.map(
      (word) => `complete -c onglass -n '__onglass_at ${row.name}' -a ${word}`,
    ),
    ...row.words.map((one) => wordLine(row, one)),
    ...row.flags.map((flag) => flagLine(row.name, flag)),
  ]);
  return `# onglass completion fish\n${helpers(words)}\ncomplete -c onglass -f\n${lines.join("\n")}\n`;
}

/** `__onglass_line` is the command with the words behind it, without flags and what they take. */
function helpers(valued: string): string {
  const values = settingValues.map(
    ([name, known]) => `    case '${name}=*'\n      printf '${name}=%s\\n' ${known.join(" ")}`,
  );
  return `function __onglass_config
  set -l base $XDG_CONFIG_HOME
  test -n "$base"; or set base ~/.config
  echo $base/onglass
end
function __onglass_hosts
  ${hostNamesCommand} (__onglass_config)/hosts.toml 2>/dev/null
end
function __onglass_captures
  contains -- --host (commandline -opc); and return
  set -l data $ONGLASS_DATA_DIR
  test -n "$data"; or set data (__onglass_config)
  ls $data/captures 2>/dev/null | ${captureIdsCommand}
end
function __onglass_changes
  switch (commandline -ct)
${values.join("\n")}
    case '*'
      printf '%s=\\n' ${settingsFields.join(" ")}
  end
end
function __onglass_line
  set -l skip 0
  set -l words (commandline -opc)
  string match -q -- '-*' "$words[2]"; and set words $words[1] serve $words[2..]
  for word in $words[2..]
    if test $skip -eq 1
      set skip 0
    else if contains -- $word ${valued}
      set skip 1
    else if not string match -q -- '-*' $word
      echo $word
    end
  end
end
function __onglass_first
  set -l words (commandline -opc)
  test (count $words) -eq 1
end
function __onglass_in
  set -l line (__onglass_line)
  test "$line[1]" = $argv[1]; or begin
    test $argv[1] = serve; and __onglass_first
  end
end
function __onglass_at
  set -l line (__onglass_line)
  test (count $line) -eq (count $argv); and test "$line" = "$argv"
end
function __onglass_of
  set -l line (__onglass_line)
  test "$line[1]" = $argv[1]; and begin
    test (count $line) -eq 1; or contains -- $line[2] $argv[2..]
  end
end
function __onglass_words
  set -l line (__onglass_line)
  set -l head (string split ' ' $argv[2])
  test "$line[1..$(count $head)]" = "$head"; and test (math (count $line) - (count $head)) -lt $argv[1]
end`;
}

/** fish has no infinity. */
const anyCount = 10_000;

function wordLine(
  { name }: CommandRow,
  { subcommand, offer, countMax }: CommandRow["words"][number],
): string {
  const head = subcommand === "" ? name : `${name} ${subcommand}`;
  const count = Number.isFinite(countMax) ? countMax : anyCount;
  return `complete -c onglass -n '__onglass_words ${count} "${head}"'${argumentOf(offer)}`;
}

function flagLine(command: string, { word, about, isValued, offer, goesWith }: FlagRow): string {
  const place = goesWith === undefined ? `in ${command}` : `of ${command} ${goesWith.join(" ")}`;
  const value = isValued ? ` ${isPath(offer) ? "-r" : "-x"}${argumentOf(offer)}` : "";
  const name = word.startsWith("--") ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`;
  return `complete -c onglass -n '__onglass_${place}' ${name}${value} -d ${quoted(about)}`;
}

function isPath(offer: Completed): boolean {
  return offer === "files" || offer === "directories";
}

function argumentOf(offer: Completed): string {
  if (offer === undefined) return "";
  if (offer === "files") return " -F";
  if (offer === "directories") return " -x -a '(__fish_complete_directories)'";
  if (typeof offer === "string") return ` -a '(__onglass_${offer})'`;
  return ` -a '${offer.join(" ")}'`;
}
