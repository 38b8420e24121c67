/**
 * From whatever went wrong to the one envelope. What a `Failure` says is meant for the operator;
 * anything else is ours, goes to the log and is answered with nothing of it.
 */
import { Failure, type FailureValues } from "../../base/failure.ts";
import { warn } from "../../base/log.ts";
import type { Problem } from "../../model/problem.ts";

/** The codes the parts and the routes fail with, and the status each is answered with. */
const statusByCode: Readonly<Record<string, number>> = {
  malformed: 400,
  unauthorized: 401,
  cross_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  already_recording: 409,
  not_recording: 409,
  not_stepping: 409,
  replay_running: 409,
  length_required: 411,
  too_large: 413,
  uri_too_long: 414,
  unsupported_media_type: 415,
  wrong_host: 421,
  import_refused: 422,
  out_of_range: 422,
  gamestream_off: 409,
  invalid_bitrate: 422,
  invalid_pin: 422,
  invalid_mode: 422,
  invalid_preset: 422,
  mode_too_large: 422,
  too_many: 429,
  capture_damaged: 500,
  timeline_damaged: 500,
  storage_unreadable: 503,
  stream_failed: 503,
  too_many_listeners: 503,
  unavailable: 503,
  capture_held: 507,
  capture_not_saved: 507,
  settings_not_saved: 507,
};

/** What whoever asked is told, in either form. */
export type Refusal = {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly values: FailureValues;
  /** The methods that the address takes instead. */
  readonly allow?: string;
};

/** Answers a refusal in the form that fits the request. */
export type Refuse = (refusal: Refusal, request: Request) => Response;

/** Of any error that a route, a guard or the framework threw. */
export function refusalOf(error: unknown, request: Request): Refusal {
  if (error instanceof Failure) {
    const { code, message, values } = error;
    const status = statusByCode[code];
    if (status !== undefined) return { status, code, message, values };
  }
  warn("request failed unexpectedly", { method: request.method, path: pathOf(request), error });
  return { status: 500, code: "internal", message: internalText, values: {} };
}

const internalText = "Cannot answer: something failed inside the host";

/** Status and body of the answer to an error that a part threw, for who answers in another way. */
export function bodyOfError(error: unknown): { readonly status: number; readonly value: Problem } {
  const status = error instanceof Failure ? statusByCode[error.code] : undefined;
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

/** Without the query, which is not ours to keep in a log. */
function pathOf(request: Request): string {
  return new URL(request.url).pathname.slice(0, 200);
}
