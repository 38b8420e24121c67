/**
 * From whatever went wrong to the one envelope. What a `Failure` says is meant for the operator;
 * anything else is ours, goes to the log and is answered with nothing of it.
 */
import { ValidationError } from "elysia";
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
  stream_failed: 503,
  too_many_listeners: 503,
  unavailable: 503,
  capture_held: 507,
  capture_not_saved: 507,
  settings_not_saved: 507,
};

export function notFound(what: string): Failure {
  return new Failure("not_found", what);
}

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
  if (error instanceof ValidationError && error.type !== "response") {
    return refusal(422, "out_of_range", validationText(error));
  }
  if (codeOf(error) === "PARSE") {
    return refusal(400, "malformed", "Cannot read the body: it is malformed");
  }
  warn("request failed unexpectedly", { method: request.method, path: pathOf(request), error });
  return refusal(500, "internal", internalText);
}

const internalText = "Cannot answer: something failed inside the host";

function refusal(status: number, code: string, message: string): Refusal {
  return { status, code, message, values: {} };
}

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

/** Names the first field at fault, and the range it may have. */
function validationText(error: ValidationError): string {
  const fault = error.valueError;
  const field = fault?.path.slice(1).replaceAll("/", ".") || error.type;
  const reason = fault === undefined ? "it does not fit" : rangeText(fault);
  const where = field === error.type ? "" : ` of the ${error.type}`;
  return `Cannot use "${field.slice(0, 64)}"${where}: ${reason}`;
}

function rangeText(fault: NonNullable<ValidationError["valueError"]>): string {
  const { minimum, maximum } = fault.schema;
  if (minimum === undefined || maximum === undefined) return lowerFirst(fault.message);
  const type = fault.schema.type === "integer" ? "a whole number" : "a number";
  return `it takes ${type} from ${minimum} to ${maximum}`;
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** Without the query, which is not ours to keep in a log. */
function pathOf(request: Request): string {
  return new URL(request.url).pathname.slice(0, 200);
}
