/**
 * Parses flags and words of a command line, against the table of flags that the command takes.
 * Pure. Every refusal is a Failure `usage`.
 */
import { Failure } from "./failure.ts";

/** A flag of a command. */
export type Flag = {
  /** The placeholder after it in the help; a flag without one is a switch. */
  readonly takes?: string;
  /** The default. */
  readonly standard?: string;
  /** May be given several times; the values are joined with commas. */
  readonly isRepeatable?: true;
  /** Known values, or prefixes of them: the help lists them, and shells offer them. */
  readonly values?: readonly string[];
  /** Subcommands to which it applies; all of them, or the command itself, unless given. */
  readonly goesWith?: readonly string[];
  /** For the help: a few words. */
  readonly about: string;
};

/** The flags of a command, by name. */
export type Flags = Readonly<Record<string, Flag>>;

/** `undefined` if a flag without a default was not given; a switch is true or false. */
export type Values<F extends Flags> = {
  readonly [Name in keyof F]: F[Name] extends { readonly takes: string }
    ? F[Name] extends { readonly standard: string }
      ? string
      : string | undefined
    : boolean;
};

/** A parsed command line: flags by name, and the arguments between them. */
export type CommandLine<F extends Flags> = {
  readonly values: Values<F>;
  /** Arguments that are not flags, in order. */
  readonly words: readonly string[];
  /** Names of the flags that were given, as opposed to defaults. */
  readonly given: ReadonlySet<string>;
};

/** A failure `usage`: the command was called incorrectly, and exits with 2. */
export function usage(message: string): Failure {
  return new Failure("usage", message);
}

/** For a command that takes no words, or no more. @throws Failure `usage` */
export function refuseWords(words: readonly string[]): void {
  if (words[0] !== undefined) throw usage(`Unexpected argument "${words[0]}"`);
}

/** The single word that a command takes; `what` names it. @throws Failure `usage` */
export function oneWord([word, ...more]: readonly string[], what: string): string {
  if (word === undefined) throw usage(`Missing ${what}`);
  refuseWords(more);
  return word;
}

/**
 * `--name value`, `--name=value` and `--name`, `-o` for `--out`; after `--` everything is a word,
 * and so is `-` alone. The last value of a flag counts. @throws Failure `usage`
 */
export function readCommandLine<const F extends Flags>(
  args: readonly string[],
  flags: F,
): CommandLine<F> {
  const values = standardValues(flags);
  const words: string[] = [];
  const given = new Set<string>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--") words.push(...rest.splice(0));
    else if (!isOption(arg)) words.push(arg);
    else {
      const { name, isRepeatable, value } = readFlag(arg, rest, flags);
      const isFurther = isRepeatable && given.has(name);
      values.set(name, isFurther ? `${values.get(name)},${value}` : value);
      given.add(name);
    }
  }
  // Each value was set by its flag's own row.
  return { values: Object.fromEntries(values) as Values<F>, words, given };
}

function standardValues(flags: Flags): Map<string, string | boolean> {
  const values = new Map<string, string | boolean>();
  for (const [name, { takes, standard }] of Object.entries(flags)) {
    if (takes === undefined) values.set(name, false);
    else if (standard !== undefined) values.set(name, standard);
  }
  return values;
}

/** A dash alone is a word: stdin or stdout. */
function isOption(arg: string): boolean {
  return arg.startsWith("-") && arg !== "-";
}

function readFlag(arg: string, rest: string[], flags: Flags) {
  const [option = "", inline] = splitOnce(arg === "-o" ? "--out" : arg);
  const name = option.slice(2);
  const flag = option.startsWith("--") && Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (flag === undefined) throw usage(`Unknown option ${option.slice(0, 64)}`);
  if (flag.takes === undefined) {
    if (inline !== undefined) throw usage(`Option ${option} takes no value`);
    return { name, isRepeatable: false, value: true };
  }
  const value = inline ?? rest.shift();
  const isMissing = value === undefined || (inline === undefined && isOption(value));
  if (isMissing) throw usage(`Option ${option} takes ${flag.takes}`);
  return { name, isRepeatable: flag.isRepeatable === true, value };
}

function splitOnce(arg: string): [string, string?] {
  const at = arg.indexOf("=");
  return at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)];
}
