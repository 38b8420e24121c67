/**
 * Checks the input of a call against the shapes of its operation, with the same messages for every
 * caller.
 */
import type { TObject, TSchema } from "@sinclair/typebox";
import { type ValueError, ValueErrorType } from "@sinclair/typebox/errors";
import { lowerFirst } from "../base/cut-text.ts";
import { Failure } from "../base/failure.ts";
import { shapeCheck } from "../model/shape-check.ts";
import { type AnyInput, answerWithOutput, type Operation } from "./operation.ts";

/** @throws Failure `out_of_range`, which names the first field at fault and what it accepts */
export function checkInput({ query, body }: Operation, input: AnyInput): void {
  if (query !== undefined) checkShape("query", query, input.query);
  if (body !== undefined) checkShape("body", body, input.body);
}

/**
 * An answer of the wrong shape is an error of the host. Unknown fields are allowed: a file on disk
 * can be from a later version.
 */
export function checkOutput({ id, answers, isLong }: Operation, output: unknown): void {
  const shape = answerWithOutput(answers)?.shape;
  if (shape === undefined || output === undefined || output instanceof Response) return;
  if (isLong === true || shapeCheck(shape).Check(output)) return;
  const fault = shapeCheck(shape).Errors(output).First();
  throw new Error(`Bug: the answer of ${id} is wrong at "${fault?.path}": ${fault?.message}`);
}

function checkShape(name: string, shape: TObject, value: unknown): void {
  const checker = shapeCheck(shape);
  if (checker.Check(value)) return;
  const fault = checker.Errors(value).First();
  if (fault === undefined) return;
  const field = fault.path.slice(1).replaceAll("/", ".");
  const what = field === "" ? `"${name}"` : `"${field.slice(0, 64)}" of the ${name}`;
  throw new Failure("out_of_range", `Cannot use ${what}: ${reasonOf(fault)}`);
}

function reasonOf(fault: ValueError): string {
  const { minimum, maximum, description } = fault.schema;
  const words = wordsOf(fault.schema);
  if (words !== undefined) return `it takes ${words}`;
  // A pattern is for programs.
  if (fault.type === ValueErrorType.StringPattern && description !== undefined) {
    return `it takes ${lowerFirst(description)}`;
  }
  if (minimum === undefined || maximum === undefined) return lowerFirst(fault.message);
  const type = fault.schema.type === "integer" ? "a whole number" : "a number";
  return `it takes ${type} from ${minimum} to ${maximum}`;
}

/** The accepted values of an enumerated field; `undefined` for every other. */
function wordsOf({ anyOf }: TSchema): string | undefined {
  if (!Array.isArray(anyOf)) return undefined;
  const words = anyOf.map((one: TSchema) => one.const);
  return words.every((word) => typeof word === "string")
    ? words.map((word) => `"${word}"`).join(" or ")
    : undefined;
}
