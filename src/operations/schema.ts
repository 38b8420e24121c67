/** Schemas of answers. */
import { type TObject, Type } from "@sinclair/typebox";

/**
 * Answers may have further fields: a capture on disk can come from a later version. A client that
 * checks them against the description must not refuse those.
 */
export function openShape<T extends TObject>(schema: T): T {
  return { ...schema, additionalProperties: true };
}

/** The schema of a list. */
export function listOf<T extends TObject>(schema: T, description: string) {
  return Type.Array(openShape(schema), { description });
}
