/**
 * From any error to the one envelope. The text of a `Failure` is meant for the operator; anything
 * else is internal, goes to the log and is not part of the answer.
 */
import { Failure, type FailureValues } from "../../base/failure.ts";
import { type FailureCode, statusOf } from "../../base/failure-codes.ts";
import { warn } from "../../base/log.ts";
import type { Problem } from "../../model/problem.ts";

/** The answer, in either form. */
export type Refusal = {
  readonly status: number;
  readonly code: FailureCode;
  readonly message: string;
  readonly values: FailureValues;
  /** The methods that the address allows instead. */
  readonly allow?: string;
};

/** Answers a refusal in the form that fits the request. */
export type Refuse = (refusal: Refusal, request: Request) => Response;

/** Of any error that a route, a guard or the framework threw. */
export function refusalOf(error: unknown, request: Request): Refusal {
  if (error instanceof Failure) {
    const { code, message, values } = error;
    const status = statusOf(code);
    if (status !== undefined) return { status, code, message, values };
  }
  warn("request_failed", { method: request.method, path: pathOf(request), error });
  return { status: 500, code: "internal", message: internalText, values: {} };
}

const internalText = "Cannot answer: something failed inside the host";

/**
 * Status and body of the answer to an error that a part threw, for callers that answer in another
 * way.
 */
export function bodyOfError(error: unknown): { readonly status: number; readonly value: Problem } {
  const status = error instanceof Failure ? statusOf(error.code) : undefined;
  if (error instanceof Failure && status !== undefined) {
    return { status, value: { error: error.message, code: error.code } };
  }
  return { status: 500, value: { error: internalText, code: "internal" } };
}

/** The envelope. */
export function problem({ status, code, message, allow }: Refusal): Response {
  const headers = new Headers();
  if (status === 401) headers.set("www-authenticate", 'Bearer realm="onglass"');
  if (allow !== undefined) headers.set("allow", allow);
  const body: Problem = { error: message, code };
  return Response.json(body, { status, headers });
}

/** Without the query, which must not be logged. */
function pathOf(request: Request): string {
  return new URL(request.url).pathname.slice(0, 200);
}
