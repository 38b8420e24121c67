/** One line of JSON per event, on stderr. An error keeps its stack and its causes. No secret is ever a field. */
type Fields = Record<string, unknown>;

export function log(event: string, fields: Fields = {}): void {
  print("info", event, fields);
}

/** For what an operator should look at. */
export function warn(event: string, fields: Fields = {}): void {
  print("warn", event, fields);
}

function print(level: "info" | "warn", event: string, fields: Fields): void {
  const at = new Date().toISOString();
  console.error(JSON.stringify({ at, level, event, ...fields }, errorAsText));
}

/** Whether a call of the console came from here, for who keeps others off it. */
export function isLogLine(args: readonly unknown[]): boolean {
  const [line] = args;
  return args.length === 1 && typeof line === "string" && line.startsWith('{"at":"');
}

/** `JSON.stringify` alone would turn every error into `{}`. */
function errorAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? Bun.inspect(value, { colors: false }) : value;
}
