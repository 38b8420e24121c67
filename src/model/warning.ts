/** A warning of the log as an event: its code with what was in the way, for texts in any language. */
import { errorText } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { isFailureCode } from "../base/failure-codes.ts";
import { type WarningCode, warnings } from "../base/warnings.ts";
import type { LogEvent } from "./timeline.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The obstacle stays one line: stacks and the warning's other fields are only in the log. */
export function warningEvent(code: WarningCode, fields: Fields): LogEvent {
  const { reason, cause, error, reason_code, reason_values } = fields;
  const why = [reason, cause, error].find((one) => one !== undefined);
  const detail = why instanceof Error ? errorText(why) : why;
  return {
    type: "log",
    level: "warn",
    message: detail === undefined ? warnings[code] : `${warnings[code]}: ${detail}`,
    code,
    ...(detail === undefined ? {} : { detail: String(detail) }),
    ...(typeof reason_code === "string" ? { reason_code, reason_values } : {}),
    ...failureOf(why, fields),
  } as LogEvent;
}

/** An error that has a code, or the code next to its text. */
function failureOf(why: unknown, { failure, failure_values }: Fields) {
  if (why instanceof Failure) return { failure_code: why.code, failure_values: why.values };
  if (typeof failure !== "string" || !isFailureCode(failure)) return {};
  return { failure_code: failure, failure_values: failure_values ?? {} };
}
