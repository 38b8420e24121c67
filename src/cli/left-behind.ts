/** What a command that has lost its host says of the work that may still be running there. */
import { Failure } from "../base/failure.ts";
import type { FailureCode } from "../base/failure-codes.ts";

/** How a host is lost: it is gone, or it takes the token no longer. */
const losses: ReadonlySet<FailureCode> = new Set(["host_unreachable", "token_refused"]);

/** Whether the host may be there again later, and take the same token. */
export function isAway(error: unknown): boolean {
  return error instanceof Failure && error.code === "host_unreachable";
}

/**
 * What `work` gives; a failure by which the host is lost also says what may be left running there.
 * @throws what `work` throws
 */
export async function orLeft<T>(left: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Failure) || !losses.has(cause.code)) throw cause;
    const end = cause.message.endsWith("?") ? "" : ".";
    throw new Failure(cause.code, `${cause.message}${end} ${left}`, { cause });
  }
}
