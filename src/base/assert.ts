/** Stop on a bug. Never use it for invalid input or a failing disk: those are not bugs. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Bug: ${message}`);
}

/** Ends a `switch` over a tagged union: the compiler refuses it while a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`Bug: no case for ${JSON.stringify(value)}`);
}
