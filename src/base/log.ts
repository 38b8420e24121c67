/**
 * One line per event, on stderr: text for people in a terminal, JSON otherwise. Errors are logged
 * with their causes; only an unexpected one, in the field `error`, has a stack. Secrets are never
 * fields. Nothing in a line can control a terminal or start a new line.
 */
import { writeSync } from "node:fs";
import { type Clock, systemClock, wallDate } from "./clock.ts";
import { bugText, errorText } from "./error-text.ts";
import { journalMarks } from "./journal.ts";
import { printable } from "./printable.ts";
import { isTerminal } from "./terminal-check.ts";
import { WarningGate } from "./warning-gate.ts";
import { type WarningCode, warnings } from "./warnings.ts";

type Fields = Record<string, unknown>;

/** Writes one line of information to the log: an event in a few words, with its values. */
export function log(event: string, fields: Fields = {}): void {
  print("info", event, fields);
}

/**
 * For events that an operator should look at. Of each kind 20 per minute are printed, the rest is
 * counted.
 */
export function warn(code: WarningCode, fields: Fields = {}): void {
  warnThinned(code, fields, false);
}

/** For events that anyone on the network can cause: one line per minute, with a count. */
export function warnOfStranger(code: WarningCode, fields: Fields = {}): void {
  warnThinned(code, fields, true);
}

function warnThinned(code: WarningCode, fields: Fields, isStrangers: boolean): void {
  const { clock, gate } = parts();
  const text = textOf(code);
  if (!gate.admit(text, { nowUs: clock.nowUs(), isStrangers })) {
    printLeftOutLater();
    return;
  }
  print("warn", text, fields);
  notify(code, fields);
}

/** A log line always says what happened. */
function textOf(code: string): string {
  const texts: Readonly<Record<string, string>> = warnings;
  return texts[code] ?? code;
}

type Parts = {
  readonly clock: Clock;
  readonly gate: WarningGate;
  readonly isText: boolean;
  readonly isInTerminal: boolean;
  readonly markOf: ReturnType<typeof journalMarks>;
  timer?: ReturnType<typeof setTimeout>;
};

/** Made by the first line, not by an import. */
const made: { parts?: Parts } = {};

function parts(): Parts {
  made.parts ??= {
    clock: systemClock(),
    gate: new WarningGate(),
    isText: wantsText(),
    isInTerminal: isTerminal(2),
    markOf: journalMarks(process.env.JOURNAL_STREAM),
  };
  return made.parts;
}

/** Workers inherit the variable: `serve --log` sets it. */
function wantsText(): boolean {
  const form = process.env[logFormVariable];
  return form === "text" || (form !== "json" && isTerminal(2));
}

/** Sets the form of the log, `text` or `json`, for the process and its workers. */
export const logFormVariable = "ONGLASS_LOG";
const leftOutAfterMs = 61_000;

function printLeftOutLater(): void {
  const known = parts();
  if (known.timer !== undefined) return;
  known.timer = setTimeout(() => {
    delete known.timer;
    for (const { kind, count } of known.gate.takeLeftOut(known.clock.nowUs())) {
      print("warn", kind, { repeated: count });
    }
  }, leftOutAfterMs).unref();
}

type LineListener = (line: {
  readonly at_unix_ms: number;
  readonly level: "info" | "warn";
  readonly text: string;
}) => void;

const lineListeners = new Set<LineListener>();

/** Follows every line of this thread, as text. The listener must not log. */
export function onLine(listener: LineListener): Disposable {
  lineListeners.add(listener);
  return { [Symbol.dispose]: () => void lineListeners.delete(listener) };
}

type Listener = (code: WarningCode, fields: Readonly<Fields>) => void;

const listeners = new Set<Listener>();
const listenerCountMax = 16;

/**
 * Follows the warnings of this thread. A listener is not notified of its own warnings.
 * @throws Error beyond 16 listeners
 */
export function onWarning(listener: Listener): Disposable {
  if (listeners.size >= listenerCountMax) throw new Error("Bug: too many follow the log");
  const entry: Listener = (code, fields) => listener(code, fields);
  listeners.add(entry);
  return { [Symbol.dispose]: () => void listeners.delete(entry) };
}

/** A listener is removed while it runs, to prevent recursion. */
function notify(code: WarningCode, fields: Fields): void {
  for (const listener of [...listeners]) {
    listeners.delete(listener);
    try {
      listener(code, fields);
    } catch (error) {
      print("warn", "listener of the log failed", { error });
    } finally {
      listeners.add(listener);
    }
  }
}

function print(level: "info" | "warn", event: string, fields: Fields): void {
  const { isText, isInTerminal, markOf } = parts();
  const at = wallDate();
  if (lineListeners.size > 0) {
    const text = eventText(event, fields);
    for (const listener of lineListeners) listener({ at_unix_ms: at.getTime(), level, text });
  }
  const write = isText ? textLine : jsonLine;
  const line = markOf(level) + printable(write(at, { level, event, fields }));
  printing.add(line);
  if (!isInTerminal || !wroteTo(2, line)) console.error(line);
  printing.delete(line);
}

/**
 * The runtime's console colours whatever is written to it as an error red, and most lines are not
 * errors.
 */
function wroteTo(file: number, line: string): boolean {
  try {
    writeSync(file, `${line}\n`);
    return true;
  } catch {
    // A terminal that accepts nothing at this moment: the console waits for it.
    return false;
  }
}

/** Lines of this log that are being written to the console. */
const printing = new Set<string>();

/** Whether a console call came from here, to let it through while others are blocked. */
export function isLogLine(args: readonly unknown[]): boolean {
  const [line] = args;
  return args.length === 1 && typeof line === "string" && printing.has(line);
}

type LogLine = {
  readonly level: "info" | "warn";
  readonly event: string;
  readonly fields: Readonly<Fields>;
};

function jsonLine(at: Date, { level, event, fields }: LogLine): string {
  return JSON.stringify({ at: at.toISOString(), level, event, ...fields }, errorAsText);
}

/** `18:04:05 warn  player refused  address=10.0.0.7 reason="the code is wrong"`, in local time. */
function textLine(at: Date, { level, event, fields }: LogLine): string {
  const time = at.toTimeString().slice(0, 8);
  const mark = level === "warn" ? "warn  " : "";
  return `${time}  ${mark}${eventText(event, fields)}`;
}

/** `player refused  address=10.0.0.7 reason="the code is wrong"` */
function eventText(event: string, fields: Readonly<Fields>): string {
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${fieldText(name, value)}`);
  return [event, ...pairs].join("  ");
}

function fieldText(name: string, value: unknown): string {
  const known = errorAsText(name, value);
  const text = typeof known === "string" ? known : (JSON.stringify(known, errorAsText) ?? "");
  return text === "" || /\s/.test(text) ? JSON.stringify(text) : text;
}

/** `JSON.stringify` alone would turn every error into `{}`. */
function errorAsText(key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return key === "error" ? bugText(value) : errorText(value);
}
