/** Changes by the console's forms, performed as the person whose browser sent them. */
import { Failure } from "../base/failure.ts";
import type { AnyInput, Operation } from "../operations/operation.ts";
import type { ConsoleParts } from "./parts.ts";

/** @throws what the operation throws */
export function act<Input extends AnyInput, Output>(
  { perform }: Pick<ConsoleParts, "perform">,
  request: Request,
  [operation, input]: readonly [Operation<Input, Output>, Input],
): Promise<Output> {
  return perform(operation, input, { actor: "console", request });
}

/** Errors that a person can act on are shown in place; anything else is for the error handler. */
export async function orFailed<T>(
  action: () => Promise<T>,
): Promise<T | { readonly kind: "failed"; readonly failure: Failure }> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof Failure) return { kind: "failed", failure: cause };
    throw cause;
  }
}

/** As `act`; false when its object does not exist. */
export async function actIfThere<Input extends AnyInput>(
  parts: Pick<ConsoleParts, "perform">,
  request: Request,
  call: readonly [Operation<Input, unknown>, Input],
): Promise<boolean> {
  try {
    await act(parts, request, call);
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === "not_found") return false;
    throw error;
  }
}
