/** Doing the calls of a recording again, and what came of it. */
import { type Static, Type } from "@sinclair/typebox";

const count = (description: string) => Type.Integer({ minimum: 0, description });

/** Why a call is not done again, as the API says it. */
export const skipReasons = {
  notRepeatable: "this call is not among those that may be done again",
  redacted: "its body was redacted",
} as const;

/** The reason of a replay that somebody ended, as the API says it. */
export const endedByHand = "it was ended by hand";

/** Where two answers differ; the values are a status, or words for what was there. */
export type Mismatch = {
  readonly place: string;
  readonly expected: string;
  readonly found: string;
};

/** As the API says it. */
export function mismatchText({ place, expected, found }: Mismatch): string {
  return `${place}: expected ${expected}, found ${found}`;
}

/** The same the other way round; `undefined` when it is another text. A place may be any text. */
export function readMismatch(text: string): Mismatch | undefined {
  const foundAt = text.lastIndexOf(", found ");
  const expectedAt = text.slice(0, Math.max(0, foundAt)).lastIndexOf(": expected ");
  if (foundAt < 0 || expectedAt < 0) return undefined;
  return {
    place: text.slice(0, expectedAt),
    expected: text.slice(expectedAt + ": expected ".length, foundAt),
    found: text.slice(foundAt + ", found ".length),
  };
}

export const replayPacings = ["original", "fixed", "step"] as const;

export const ReplayRequest = Type.Object(
  {
    of: Type.Optional(Type.String({ maxLength: 128, description: "Which recording" })),
    dry_run: Type.Optional(
      Type.Boolean({ default: true, description: "Only say what would be done" }),
    ),
    pacing: Type.Optional(
      Type.Union(
        replayPacings.map((pacing) => Type.Literal(pacing)),
        { default: "original", description: "As recorded, one each interval_ms, or on demand" },
      ),
    ),
    interval_ms: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 60_000, default: 500, description: "Of fixed pacing" }),
    ),
  },
  { $id: "ReplayRequest", additionalProperties: false },
);
export type ReplayRequest = Static<typeof ReplayRequest>;

export const ReplayAnswer = Type.Object(
  {
    status: count("Of the answer"),
    shape: Type.Unknown({ description: "Fields of the answer, and the type of each" }),
  },
  { $id: "ReplayAnswer", description: "An answer, as far as two are compared" },
);
export type ReplayAnswer = Static<typeof ReplayAnswer>;

export const ReplayCall = Type.Object(
  {
    id: Type.String({ description: "Of the recorded call" }),
    method: Type.String(),
    path: Type.String(),
    body: Type.Optional(Type.Unknown()),
    after_ms: count("Since the call before it, as recorded"),
    skipped: Type.Optional(Type.String({ description: "Why it is not done again" })),
    state: Type.Union(
      ["waiting", "equal", "different", "skipped"].map((state) => Type.Literal(state)),
      { description: "What came of it" },
    ),
    expected: ReplayAnswer,
    found: Type.Optional(ReplayAnswer),
    difference: Type.Optional(Type.String({ description: "Where the two answers differ" })),
  },
  { $id: "ReplayCall", description: "A recorded call and what came of doing it again" },
);
export type ReplayCall = Omit<Static<typeof ReplayCall>, "state"> & {
  state: "waiting" | "equal" | "different" | "skipped";
};

export const replayStates = ["plan", "running", "stepping", "equal", "different", "ended"] as const;

export const ReplayRun = Type.Object(
  {
    state: Type.Union(
      replayStates.map((state) => Type.Literal(state)),
      { description: "A plan only, on its way, or how it came out; ended: before its end" },
    ),
    of: Type.String({ description: "Id of the recording" }),
    pacing: Type.String(),
    position: count("Calls done or skipped"),
    reason: Type.Optional(Type.String({ description: "Why it ended before its end" })),
    incomplete: Type.Boolean({ description: "Calls of the recording are missing from it" }),
    calls: Type.Array(ReplayCall),
  },
  { $id: "ReplayRun", description: "A replay: its plan and its progress" },
);
export type ReplayRun = Omit<Static<typeof ReplayRun>, "calls" | "state"> & {
  calls: ReplayCall[];
  state: (typeof replayStates)[number];
};
