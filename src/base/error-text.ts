/**
 * An error as text and by the system's name: what happened and why, never the source code around
 * it.
 */

const causeCountMax = 8;
const frameCountMax = 12;

/**
 * A reason without the runtime's questions and advice to programmers, which no command's flag
 * follows.
 */
export function plainReason(text: string): string {
  return text
    .replace(/\.?\s*For more information, pass `verbose: true`.*$/s, "")
    .replace(/\.\s+(Is|Does|Was) (the|there) [^?]*\?$/, "");
}

/** The message of an error, without its causes. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** `Cannot WHAT: REASON`; a reason that says itself what could not be done stands alone, since one of the two is enough. */
export function cannotText(what: string, reason: string): string {
  return /^Cannot \S/.test(reason) ? reason : `Cannot ${what}: ${reason}`;
}

/** Whether it is the system's error of this name, such as `ENOENT`. */
export function hasCode(cause: unknown, code: string): boolean {
  return codeOf(cause) === code;
}

/** The name of the system's error; `undefined` for any other. */
export function codeOf(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}

/** The message and those of its causes, each once, without stacks. */
export function errorText(error: Error): string {
  const parts: string[] = [];
  let cause: unknown = error;
  for (let count = 0; cause instanceof Error && count < causeCountMax; count++) {
    const text = plainReason(cause.message || cause.name);
    if (!parts.some((part) => part.includes(text))) parts.push(text);
    cause = cause.cause;
  }
  return parts.join(": ");
}

/** The same with the stack, for an unexpected error. */
export function bugText(error: Error): string {
  const frames = (error.stack ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "))
    .slice(0, frameCountMax);
  return [errorText(error), ...frames].join("; ");
}
