/**
 * One line of JSON per event, on stderr. An error keeps its stack and its causes. No secret is ever a
 * field. Nothing in a line can steer a terminal or begin a line of its own.
 */
import { printable } from "./printable.ts";

type Fields = Record<string, unknown>;

export function log(event: string, fields: Fields = {}): void {
  print("info", event, fields);
}

/** For what an operator should look at. */
export function warn(event: string, fields: Fields = {}): void {
  print("warn", event, fields);
  tell(event, fields);
}

type Listener = (event: string, fields: Readonly<Fields>) => void;

const listeners = new Set<Listener>();
const listenerCountMax = 16;

/**
 * Follows the warnings of this thread. A listener that warns itself is not told of that.
 * @throws Error beyond 16 listeners
 */
export function onWarning(listener: Listener): Disposable {
  if (listeners.size >= listenerCountMax) throw new Error("Bug: too many follow the log");
  const entry: Listener = (event, fields) => listener(event, fields);
  listeners.add(entry);
  return { [Symbol.dispose]: () => void listeners.delete(entry) };
}

/** A warning in one line, with the reason where it gives one; stacks and further fields stay out. */
export function warningText(
  event: string,
  { reason, cause, error }: Readonly<Record<string, unknown>>,
): string {
  const why = [reason, cause, error].find((one) => one !== undefined);
  if (why === undefined) return event;
  return `${event}: ${why instanceof Error ? why.message : String(why)}`;
}

/** While a listener is being told it is out of the set, so that no circle comes about. */
function tell(event: string, fields: Fields): void {
  for (const listener of [...listeners]) {
    listeners.delete(listener);
    try {
      listener(event, fields);
    } catch (error) {
      print("warn", "listener of the log failed", { error });
    } finally {
      listeners.add(listener);
    }
  }
}

function print(level: "info" | "warn", event: string, fields: Fields): void {
  const at = new Date().toISOString();
  const line = printable(JSON.stringify({ at, level, event, ...fields }, errorAsText));
  printing.add(line);
  console.error(line);
  printing.delete(line);
}

/** Lines of this log that are on their way to the console at this moment. */
const printing = new Set<string>();

/** Whether a call of the console came from here, to let it through where others are kept off. */
export function isLogLine(args: readonly unknown[]): boolean {
  const [line] = args;
  return args.length === 1 && typeof line === "string" && printing.has(line);
}

/** `JSON.stringify` alone would turn every error into `{}`. */
function errorAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? Bun.inspect(value, { colors: false }) : value;
}
