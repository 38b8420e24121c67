/**
 * Checks of values against shapes, compiled on first use: a host has some two hundred, and
 * compiling them all took a third of the time to its first answer.
 */
import type { Static, TSchema } from "@sinclair/typebox";
import { type TypeCheck, TypeCompiler } from "@sinclair/typebox/compiler";

/** Whether a value has the shape, and what is wrong with it otherwise. */
export type ShapeCheck<T extends TSchema> = {
  readonly Check: (value: unknown) => value is Static<T>;
  readonly Errors: TypeCheck<T>["Errors"];
};

/** A shape that several rooms check is compiled once. */
const compiled = new WeakMap<TSchema, TypeCheck<TSchema>>();

/** Costs nothing until it is used. */
export function shapeCheck<T extends TSchema>(shape: T): ShapeCheck<T> {
  return {
    Check: (value): value is Static<T> => compiledOf(shape).Check(value),
    Errors: (value: unknown) => compiledOf(shape).Errors(value),
  };
}

function compiledOf(shape: TSchema): TypeCheck<TSchema> {
  const known = compiled.get(shape);
  if (known !== undefined) return known;
  const made = TypeCompiler.Compile(shape);
  compiled.set(shape, made);
  return made;
}
