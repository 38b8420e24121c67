/** What a machine can stream. */
import { type Static, Type } from "@sinclair/typebox";

export const ListedSourceShape = Type.Object(
  {
    source: Type.String({ maxLength: 1024, description: "Name, as accepted for a stream" }),
    width: Type.Optional(Type.Integer({ minimum: 0, description: "Pixels, if known" })),
    height: Type.Optional(Type.Integer({ minimum: 0, description: "Pixels, if known" })),
    problem: Type.Optional(Type.String({ description: "Why it cannot be streamed" })),
  },
  { $id: "ListedSource", description: "Something that can be streamed" },
);

export const SourceList = Type.Array(ListedSourceShape);
export type SourceList = Static<typeof SourceList>;
