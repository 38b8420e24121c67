/** The body of every answer that is not a success. */
import { type Static, Type } from "@sinclair/typebox";

export const Problem = Type.Object(
  {
    error: Type.String({ description: "What failed, and why" }),
    code: Type.String({ description: "For programs, snake_case" }),
  },
  { $id: "Problem", description: "Why it did not work" },
);
/** What the API answers for an error. */
export type Problem = Static<typeof Problem>;
