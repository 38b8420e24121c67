/** A call of the management API as an event: what was asked and answered, and no secret of either. */
import { createHash } from "node:crypto";
import { type ApiCallEvent, textLengthMax } from "../model/timeline.ts";
import { redact } from "./redaction.ts";
import { answerShape } from "./shape.ts";

export type CallFacts = {
  readonly id: string;
  readonly method: string;
  /** Pattern of the path, and the path as asked for, without the query. */
  readonly route: string;
  readonly path: string;
  /** The JSON that came with it, parsed; `undefined` without. */
  readonly body: unknown;
  readonly status: number;
  readonly durationUs: number;
  readonly actor: string;
  /** `undefined` where the answer is a stream or too large to look at. */
  readonly answer: { readonly text: string; readonly contentType: string } | undefined;
  readonly isReplayed: boolean;
};

export function apiCallEvent(facts: CallFacts, secrets: readonly string[]): ApiCallEvent {
  const { value, isRedacted } = redact(facts.body, secrets);
  const path = facts.path.slice(0, textLengthMax.path);
  return {
    type: "api_call",
    id: facts.id,
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
