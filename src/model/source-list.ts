/** What a machine has to stream. */
import { type Static, Type } from "@sinclair/typebox";

export const ListedSourceShape = Type.Object(
  {
    source: Type.String({ maxLength: 1024, description: "Its name, as a stream takes it" }),
    width: Type.Optional(Type.Integer({ minimum: 0, description: "Pixels, where it is known" })),
    height: Type.Optional(Type.Integer({ minimum: 0, description: "Pixels, where it is known" })),
    problem: Type.Optional(Type.String({ description: "Why it cannot be streamed" })),
  },
  { $id: "ListedSource", description: "Something that can be streamed" },
);

export const SourceList = Type.Array(ListedSourceShape);
export type SourceList = Static<typeof SourceList>;
