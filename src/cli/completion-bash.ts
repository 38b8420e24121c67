/**
 * The script of bash. It splits a line at `=`, and so does this script where bash does not. Names of files may
 * have any character: they become one answer each, never words to be split.
 */

import { settingsFields } from "../model/settings.ts";
import {
  type CommandRow,
  type Completed,
  captureIdsCommand,
  type FlagRow,
  fits,
  hostNamesCommand,
  settingValues,
} from "./completion-rows.ts";

/** For `source <(onglass completion bash)`, or a file that bash-completion finds. */
export function bashScript(all: readonly CommandRow[]): string {
  const valued = new Set(all.flatMap(({ flags }) => flags.filter(takesValue)).map(wordOf));
  const isValued = [...valued].join("|");
  const withSubcommands = all.filter(({ subcommands }) => subcommands.length > 0);
  return `# onglass completion bash
_onglass_offer() {
  mapfile -t COMPREPLY < <(compgen -P "$prefix" -W "$1" -- "$current")
  [[ \${#COMPREPLY[@]} -ne 1 || $COMPREPLY != *= ]] || compopt -o nospace 2>/dev/null
}
_onglass_paths() {
  mapfile -t COMPREPLY < <(compgen -P "$prefix" "$1" -- "$current")
  compopt -o filenames 2>/dev/null
}
_onglass_hosts() {
  _onglass_offer "$(${hostNamesCommand} "\${XDG_CONFIG_HOME:-$HOME/.config}/onglass/hosts.toml" 2>/dev/null)"
}
_onglass_captures() {
  [[ " \${COMP_WORDS[*]} " != *" --host "* ]] || return
  _onglass_offer "$(ls "\${ONGLASS_DATA_DIR:-\${XDG_CONFIG_HOME:-$HOME/.config}/onglass}/captures" 2>/dev/null | ${captureIdsCommand})"
}
_onglass_value() {
  case $1 in
${valueCases(all)}
  esac
}
_onglass_change() {
  case $1 in
${settingValues.map(([name, values]) => `    ${name}) _onglass_offer "${values.join(" ")}" ;;`).join("\n")}
  esac
}
_onglass_flags() {
  local words=
  case $1 in
${all.map(commonFlags).join("\n")}
  esac
  case "$1 $2" in
${withSubcommands.flatMap(furtherFlags).join("\n")}
  esac
  _onglass_offer "$words"
}
_onglass() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} key= prefix=
  local command=\${COMP_WORDS[1]} subcommand= subcommands= count=0 at=2 flag=
  COMPREPLY=()
  if [[ $current = "=" ]]; then key=$previous current=
  elif [[ $previous = "=" ]]; then key=\${COMP_WORDS[COMP_CWORD-2]}
  elif [[ $current = *=* ]]; then key=\${current%%=*} prefix=$key= current=\${current#*=}
  fi
  if [[ $COMP_CWORD -eq 1 && $current != -* && $key = "" ]]; then
    _onglass_offer "${all.map(({ name }) => name).join(" ")} --help --version"
    return
  fi
  if [[ $command = -* ]]; then command=serve at=1; fi
  case $key in
    -*) flag=$key ;;
    "") case $previous in ${isValued}) flag=$previous ;; esac ;;
  esac
  if [[ $flag ]]; then _onglass_value "$command $flag"; return; fi
  case $command in
${withSubcommands.map(({ name, subcommands }) => `    ${name}) subcommands="${subcommands.join(" ")}" ;;`).join("\n")}
  esac
  for ((; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
      ${isValued}) [[ \${COMP_WORDS[at+1]} != "=" ]] || ((at++)); ((at++)) ;;
      "=") ((at++)) ;;
      -*) ;;
      *) if [[ $subcommands && ! $subcommand ]]; then subcommand=\${COMP_WORDS[at]}; else ((count++)); fi ;;
    esac
  done
  if [[ $key ]]; then
    [[ "$command $subcommand" != "settings set" ]] || _onglass_change "$key"
    return
  fi
  if [[ $current != -* ]]; then
    if [[ $subcommands && ! $subcommand ]]; then _onglass_offer "$subcommands"; return; fi
    case "$command $subcommand" in
${all.flatMap(wordCases).join("\n")}
    esac
  fi
  if [[ $current = -* || ! $current ]]; then _onglass_flags "$command" "$subcommand"; fi
}
complete -F _onglass onglass
`;
}

function takesValue({ isValued }: FlagRow): boolean {
  return isValued;
}

function wordOf({ word }: FlagRow): string {
  return word;
}

/** Flags that are offered the same share a line. */
function valueCases(all: readonly CommandRow[]): string {
  const byCall = new Map<string, string[]>();
  for (const { name, flags } of all) {
    for (const { word, offer } of flags) {
      const call = callOf(offer);
      if (call !== undefined) byCall.set(call, [...(byCall.get(call) ?? []), `"${name} ${word}"`]);
    }
  }
  return [...byCall].map(([call, places]) => `    ${places.join("|")}) ${call} ;;`).join("\n");
}

function callOf(offer: Completed): string | undefined {
  if (offer === undefined) return undefined;
  if (offer === "files") return "_onglass_paths -f";
  if (offer === "directories") return "_onglass_paths -d";
  if (offer === "hosts") return "_onglass_hosts";
  if (offer === "captures") return "_onglass_captures";
  return `_onglass_offer "${changesOr(offer).join(" ")}"`;
}

function changesOr(offer: readonly string[] | "changes"): readonly string[] {
  return offer === "changes" ? settingsFields.map((name) => `${name}=`) : offer;
}

function commonFlags({ name, flags }: CommandRow): string {
  const words = flags.filter(({ goesWith }) => goesWith === undefined).map(wordOf);
  const further = name === "serve" ? " --version" : "";
  return `    ${name}) words="${words.join(" ")}${further}" ;;`;
}

/** Those that go with some subcommands; all of them before there is one. */
function furtherFlags({ name, subcommands, flags }: CommandRow): string[] {
  return ["", ...subcommands].flatMap((subcommand) => {
    const some = flags.filter((flag) => flag.goesWith !== undefined && fits(flag, subcommand));
    if (some.length === 0) return [];
    return [`    "${name} ${subcommand}") words+=" ${some.map(wordOf).join(" ")}" ;;`];
  });
}

function wordCases({ name, words }: CommandRow): string[] {
  return words.map(({ subcommand, offer, countMax }) => {
    const test = Number.isFinite(countMax) ? `[[ $count -ge ${countMax} ]] || ` : "";
    return `      "${name} ${subcommand}") ${test}{ ${callOf(offer)}; return; } ;;`;
  });
}
