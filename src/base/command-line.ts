/**
 * The flags and words of a command line, against the table of flags that the command takes. Pure.
 * Every refusal is a Failure `usage`.
 */
import { Failure } from "./failure.ts";

/** A flag of a command. */
export type Flag = {
  /** What stands behind it, as the help writes it; a flag without is on or off. */
  readonly takes?: string;
  /** Taken when it is not given. */
  readonly standard?: string;
  /** May be given several times; the values are joined with commas. */
  readonly isRepeatable?: true;
  /** What it takes, or how that begins, where it is known: the help lists it, and shells offer it. */
  readonly values?: readonly string[];
  /** Subcommands that it means something to; all of them, or the command itself, unless given. */
  readonly goesWith?: readonly string[];
  /** For the help: a few words. */
  readonly about: string;
};

/** The flags of a command, by name. */
export type Flags = Readonly<Record<string, Flag>>;

/** `undefined` where a flag without a standard value was not given; a switch is true or false. */
export type Values<F extends Flags> = {
  readonly [Name in keyof F]: F[Name] extends { readonly takes: string }
    ? F[Name] extends { readonly standard: string }
      ? string
      : string | undefined
    : boolean;
};

/** What was given on a command line: flags by name, and the arguments between them. */
export type CommandLine<F extends Flags> = {
  readonly values: Values<F>;
  /** What is not a flag, in order. */
  readonly words: readonly string[];
  /** Names of the flags that were given, not only taken by their standard. */
  readonly given: ReadonlySet<string>;
};

/** A failure `usage`: the command was called wrongly, and ends with 2. */
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
 * `--name value`, `--name=value` and `--name`, `-o` for `--out`; behind `--` everything is a word, and so is `-` alone.
 * The last value of a flag counts. @throws Failure `usage`
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
  // Each value was put in by its flag's own row.
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
