/** The script of zsh, for a file `_onglass` in its function path. */
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

const wordCountMax = 2;

export function zshScript(all: readonly CommandRow[]): string {
  const names = all.map(({ name, summary }) => `    ${quoted(`${name}:${colons(summary)}`)}`);
  return `#compdef onglass
_onglass_hosts() {
  local -a names
  names=(\${(f)"$(${hostNamesCommand} "\${XDG_CONFIG_HOME:-$HOME/.config}/onglass/hosts.toml" 2>/dev/null)"})
  compadd -a names
}
_onglass_captures() {
  (( ! $words[(I)--host] )) || return 1
  local -a ids
  ids=(\${(f)"$(ls "\${ONGLASS_DATA_DIR:-\${XDG_CONFIG_HOME:-$HOME/.config}/onglass}/captures" 2>/dev/null | ${captureIdsCommand})"})
  compadd -a ids
}
_onglass_none() {
  return 1
}
_onglass_words() {
  local word
  for word; do
    if [[ $word = *= ]]; then compadd -S '' -- $word; else compadd -- $word; fi
  done
}
_onglass_changes() {
  if compset -P 1 '*='; then
    case \${IPREFIX##* } in
${settingValues.map(([name, values]) => `      *${name}=) compadd -- ${values.join(" ")} ;;`).join("\n")}
    esac
  else
    compadd -S '' -- ${settingsFields.map((name) => `${name}=`).join(" ")}
  fi
}
_onglass() {
  local -a commands specs
  commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe command commands
    return
  fi
  local command=$words[2] subcommand=
  if [[ $command = -* ]]; then
    command=serve
  else
    shift words
    (( CURRENT-- ))
  fi
  case $command in
${all.map(commandCase).join("\n")}
  esac
  case "$command $subcommand" in
${all.flatMap(subcommandCases).join("\n")}
  esac
  (( $#specs )) || return
  # Words of which nothing is known end no flags.
  [[ $specs = *'*:word:'* ]] || specs+=('*:word:_onglass_none')
  _arguments $specs
}
_onglass "$@"
`;
}

/** Its common flags, and its first word; which subcommand it is, by the first word that is one. */
function commandCase({ name, subcommands, flags }: CommandRow): string {
  const common = flags.filter(({ goesWith }) => goesWith === undefined).map(flagSpec);
  const list = subcommands.join(" ");
  const first = list === "" ? [] : [quoted(`1:subcommand:(${list})`)];
  const sought = list === "" ? "" : `; subcommand=\${words[2,-1][(r)(${subcommands.join("|")})]}`;
  return `    ${name}) specs=(${[...first, ...common].join(" ")})${sought} ;;`;
}

function subcommandCases({ name, subcommands, flags, words }: CommandRow): string[] {
  return ["", ...subcommands].flatMap((subcommand) => {
    const specs = [
      ...flags
        .filter(({ goesWith }) => goesWith !== undefined)
        .filter(({ goesWith }) => subcommand === "" || goesWith?.includes(subcommand))
        .map(flagSpec),
      ...words
        .filter((row) => row.subcommand === subcommand)
        .flatMap(({ offer, countMax }) =>
          wordSpecs(offer, { countMax, isFirst: subcommand === "" }),
        ),
    ];
    if (specs.length === 0) return [];
    return [`    "${name} ${subcommand}") specs+=(${specs.join(" ")}) ;;`];
  });
}

/** A spec each for a few words, one for any number. */
function wordSpecs(
  offer: Completed,
  { countMax, isFirst }: { readonly countMax: number; readonly isFirst: boolean },
): string[] {
  const action = actionOf(offer);
  if (countMax > wordCountMax) return [quoted(`*:word:${action}`)];
  const from = isFirst ? 1 : 2;
  return Array.from({ length: countMax }, (_, index) => quoted(`${from + index}:word:${action}`));
}

function flagSpec({ word, about, isValued, offer }: FlagRow): string {
  const text = `[${about.replace(/[[\]:\\]/g, "\\$&")}]`;
  return quoted(`${word}${text}${isValued ? `:value:${actionOf(offer)}` : ""}`);
}

function actionOf(offer: Completed): string {
  if (offer === undefined) return " ";
  if (offer === "files") return "_files";
  if (offer === "directories") return "_files -/";
  if (offer === "hosts" || offer === "captures" || offer === "changes") return `_onglass_${offer}`;
  return offer.some((word) => word.endsWith("="))
    ? `_onglass_words ${offer.join(" ")}`
    : `(${offer.join(" ")})`;
}

function colons(text: string): string {
  return text.replaceAll(":", "\\:");
}
