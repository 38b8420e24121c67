/**
 * Keeps libraries off the console. Some print text from strangers, including raw line breaks and
 * escapes; in a host stdout and stderr belong to results and to the log. Warnings of a library are
 * counted, and one line per minute of the log holds the newest, escaped.
 */
import type { Clock } from "./clock.ts";
import { systemClock } from "./clock.ts";
import { isLogLine, log } from "./log.ts";
import { printableShort } from "./printable.ts";

/** The console while it is taken; disposing gives it back. */
export type QuietConsole = Disposable & {
  /** Warnings and errors of libraries so far. */
  readonly complaintCount: number;
};

const silenced = ["debug", "info", "log", "trace", "dir", "table", "group"] as const;
const counted = ["warn", "error"] as const;
const reportEveryUs = 60e6;

/**
 * Takes over a thread's console: called first by every worker and by the host's main thread. Only
 * the host's own log still gets through.
 */
export function quietConsole(console: Console, clock: Clock = systemClock()): QuietConsole {
  // Only these: reading all of it makes the runtime load modules that a start does not need.
  const { debug, info, log: print, trace, dir, table, group, warn, error } = console;
  const before = { debug, info, log: print, trace, dir, table, group, warn, error };
  const complaints = new Complaints(clock);
  for (const name of silenced) console[name] = () => undefined;
  for (const name of counted) {
    console[name] = (...args: unknown[]) => {
      if (isLogLine(args)) before[name](...args);
      else complaints.add(args);
    };
  }
  return {
    get complaintCount() {
      return complaints.count;
    },
    [Symbol.dispose]: () => void Object.assign(console, before),
  };
}

class Complaints {
  readonly #clock: Clock;
  count = 0;
  #reportedUs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(args: readonly unknown[]): void {
    this.count += 1;
    const nowUs = this.#clock.nowUs();
    if (nowUs - this.#reportedUs < reportEveryUs) return;
    this.#reportedUs = nowUs;
    const text = printableShort(withoutSecrets(textOf(args)));
    log("library warning", { text, count: this.count });
  }
}

/** Only the location part of addresses: names, passwords, queries and fragments may be secret. */
function withoutSecrets(text: string): string {
  return text.replace(/\b([a-z][\w+.-]*:\/\/)(?:[^\s/?#@]*@)?([^\s?#]*)(?:[?#]\S*)?/gi, "$1$2");
}

/** Objects of a library may be anything: only text, and messages of errors. */
function textOf(args: readonly unknown[]): string {
  const partOf = (arg: unknown) => (typeof arg === "string" ? arg : `(${typeof arg})`);
  return args.map((arg) => (arg instanceof Error ? arg.message : partOf(arg))).join(" ");
}
