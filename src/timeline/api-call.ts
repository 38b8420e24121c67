/** A call of the management API as an event: request and answer, without any secret. */

import { createHash } from "node:crypto";
import { cutText } from "../base/cut-text.ts";
import { type ApiCallEvent, textLengthMax } from "../model/timeline.ts";
import type { CallFacts } from "../ports/timeline.ts";
import { redact } from "./redaction.ts";
import { answerShape } from "./shape.ts";

/** @param id of this call, unique in the recordings that run */
export function apiCallEvent(
  id: string,
  facts: CallFacts,
  secrets: readonly string[],
): ApiCallEvent {
  const { value, isRedacted } = redact(facts.body, secrets);
  const path = cutText(facts.path, textLengthMax.path);
  return {
    type: "api_call",
    id,
    method: facts.method,
    route: facts.route,
    path: redact(path, secrets).isRedacted ? facts.route : path,
    ...(value === undefined ? {} : { body: value }),
    ...(isRedacted ? { redacted: true } : {}),
    status: facts.status,
    duration_us: Math.max(0, Math.round(facts.durationUs)),
    actor: facts.actor,
    ...answerFields(facts.answer),
    ...(facts.isReplayed ? { replayed: true } : {}),
  };
}

function answerFields(answer: CallFacts["answer"]) {
  if (answer === undefined) return { answer_sha256: "" };
  return {
    answer_sha256: createHash("sha256").update(answer.text).digest("hex"),
    answer_shape: answerShape(answer.text, answer.contentType),
  };
}
