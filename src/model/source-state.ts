/**
 * The state of the host's source: which one `auto` chose, and whether somebody is being asked for
 * it.
 */
import { type Static, Type } from "@sinclair/typebox";
import { type ObstacleCode, obstacles } from "../base/obstacle.ts";

const codes = Object.keys(obstacles) as ObstacleCode[];

export const PassedSource = Type.Object(
  {
    source: Type.String({ description: "Name, as accepted for a stream" }),
    reason: Type.String({ description: "Why it was not chosen, in English" }),
    reason_code: Type.Union(
      codes.map((code) => Type.Literal(code)),
      { description: "The same, as a code" },
    ),
  },
  { $id: "PassedSource", description: "A source that `auto` did not choose" },
);
/** A source that `auto` did not take. */
export type PassedSource = Static<typeof PassedSource>;

export const ChosenSource = Type.Object(
  {
    source: Type.String({ description: "Name, as accepted for a stream" }),
    passed_over: Type.Array(PassedSource, { description: "The sources tried before it, in order" }),
  },
  { $id: "ChosenSource", description: "What `auto` chose for the newest stream" },
);
/** The findings of `auto`. */
export type ChosenSource = Static<typeof ChosenSource>;

/** For the console; `chosen` is unknown before the first stream of `auto`. */
export type SourceState = {
  readonly chosen: ChosenSource | undefined;
  /** How many streams wait for an answer at the desktop. */
  readonly askingCount: number;
};

/** What a stream that is being opened reports about its source. */
export type SourceNews =
  | { readonly kind: "chosen"; readonly chosen: ChosenSource }
  | { readonly kind: "asking"; readonly isAsking: boolean };
