/** Replaying the calls of a recording, and the results. */
import { type Static, Type } from "@sinclair/typebox";
import {
  type Coded,
  type CodedTexts,
  type CodedValues,
  type CodeTable,
  codedText,
} from "./coded.ts";
import { reasonShape } from "./reason.ts";

const count = (description: string) => Type.Integer({ minimum: 0, description });

/** The reason for the result of a call or a whole replay. */
export const replayReasons = {
  not_repeatable: {},
  body_redacted: {},
  operator_stopped: {},
  status_differs: { expected: "count", found: "count" },
  /** At `path`, such as `.armed` or `[].id`; the values are types as JSON has them, or `list`. */
  answer_differs: { path: "text", expected: "text", found: "text" },
  /** The call could not be sent; `detail` is in the system's own words. */
  call_failed: { detail: "text" },
} as const satisfies CodeTable;

export type ReplayReason = Coded<typeof replayReasons>;
export type ReplayReasonTexts = CodedTexts<typeof replayReasons>;

const shapeWords: Readonly<Record<string, string>> = { list: "a list", object: "an object" };
const shapeWord = (shape: string) =>
  Object.hasOwn(shapeWords, shape) ? (shapeWords[shape] ?? shape) : shape;

export const replayReasonsEnglish: ReplayReasonTexts = {
  not_repeatable: () => "this call cannot be replayed",
  body_redacted: () => "its body was redacted",
  operator_stopped: () => "it was stopped by the operator",
  status_differs: ({ expected, found }) => `status: expected ${expected}, found ${found}`,
  answer_differs: ({ path, expected, found }) =>
    `answer${path}: expected ${shapeWord(expected)}, found ${shapeWord(found)}`,
  call_failed: ({ detail }) => detail,
};

/** In a language; in English for the API. */
export function replayReasonText(
  { code, values }: { readonly code: string; readonly values: CodedValues },
  texts: ReplayReasonTexts = replayReasonsEnglish,
): string | undefined {
  return codedText({ table: replayReasons, texts, number: String }, code, values);
}

/** The fields of a text; its name differs from shape to shape. */
export function replayCodeFields({ code, values }: ReplayReason) {
  return { reason_code: code, reason_values: values as CodedValues };
}

export const replayPacings = ["original", "fixed", "step"] as const;

export const ReplayRequest = Type.Object(
  {
    of: Type.Optional(Type.String({ maxLength: 128, description: "Id of the recording" })),
    dry_run: Type.Optional(
      Type.Boolean({ default: true, description: "Only return the plan; nothing is run" }),
    ),
    pacing: Type.Optional(
      Type.Union(
        replayPacings.map((pacing) => Type.Literal(pacing)),
        { default: "original", description: "As recorded, one every interval_ms, or on demand" },
      ),
    ),
    interval_ms: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 60_000,
        default: 500,
        description: "Interval for fixed pacing",
      }),
    ),
  },
  { $id: "ReplayRequest", additionalProperties: false },
);
export type ReplayRequest = Static<typeof ReplayRequest>;

export const ReplayAnswer = Type.Object(
  {
    status: count("Status of the response"),
    shape: Type.Unknown({ description: "Fields of the response, and their types" }),
  },
  { $id: "ReplayAnswer", description: "The compared part of a response" },
);
export type ReplayAnswer = Static<typeof ReplayAnswer>;

export const ReplayCall = Type.Object(
  {
    id: Type.String({ description: "Id of the recorded call" }),
    method: Type.String(),
    path: Type.String(),
    body: Type.Optional(Type.Unknown()),
    after_ms: count("Time since the previous call, as recorded"),
    skipped: Type.Optional(Type.String({ description: "Why it is not repeated" })),
    state: Type.Union(
      ["waiting", "equal", "different", "skipped"].map((state) => Type.Literal(state)),
      { description: "Its result" },
    ),
    expected: ReplayAnswer,
    found: Type.Optional(ReplayAnswer),
    difference: Type.Optional(Type.String({ description: "Where the two responses differ" })),
    ...reasonShape,
  },
  { $id: "ReplayCall", description: "A recorded call and the result of repeating it" },
);
export type ReplayCall = Omit<Static<typeof ReplayCall>, "state"> & {
  state: "waiting" | "equal" | "different" | "skipped";
};

export const replayStates = ["plan", "running", "stepping", "equal", "different", "ended"] as const;

export const ReplayRun = Type.Object(
  {
    state: Type.Union(
      replayStates.map((state) => Type.Literal(state)),
      { description: "State: only planned, running, or its outcome; ended: stopped early" },
    ),
    of: Type.String({ description: "Id of the recording" }),
    pacing: Type.String(),
    position: count("Calls done or skipped"),
    reason: Type.Optional(Type.String({ description: "Why it stopped early" })),
    ...reasonShape,
    incomplete: Type.Boolean({
      description: "The plan does not contain all calls of the recording",
    }),
    calls: Type.Array(ReplayCall),
  },
  { $id: "ReplayRun", description: "Plan and progress of a replay" },
);
export type ReplayRun = Omit<Static<typeof ReplayRun>, "calls" | "state"> & {
  calls: ReplayCall[];
  state: (typeof replayStates)[number];
};
