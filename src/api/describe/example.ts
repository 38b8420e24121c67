/**
 * Examples for the OpenAPI document, made from the shapes themselves, so that they always fit. Pure.
 */
import type { Json, Tree } from "./openapi.ts";

/** Values for fields of these names, where the shape allows text. */
const texts: Readonly<Record<string, string>> = {
  id: "2026-06-26T20-14-03Z_1280x720",
  kind: "native",
  codec: "h264",
  client: "living room",
  host: "den",
  name: "living room",
  mode: "1280x720@60",
  encoder: "libx264",
  source: "testsrc",
  version: "0.1.0",
  timestamp: "2026-06-26T20:14:03.000Z",
  started_at: "2026-06-26T20:14:03.000Z",
  at: "2026-06-26T20:14:03.000Z",
  pin: "1234",
  error: 'Cannot find recording "x": nothing is saved under this id',
  code: "not_found",
  fingerprint: "cd".repeat(32),
  method: "POST",
  route: "/api/v1/sessions/:id/bitrate",
  path: "/api/v1/sessions/7/bitrate",
  actor: "token",
  caused_by: "token",
};

const numbers: Readonly<Record<string, number>> = {
  started_unix_ms: 1_782_504_843_000,
  paired_unix_ms: 1_782_504_843_000,
  expires_unix_ms: 1_782_505_443_000,
  width: 1280,
  height: 720,
  fps: 60,
  bitrate_kbps: 10_000,
  status: 200,
  session_id: 7,
};

const depthMax = 8;

/** The position of a value: the name, and the depth. */
type Place = { readonly name: string; readonly depth: number };

/** A value that fits `schema`; `undefined` if none can be made. Named shapes are in `schemas`. */
export function exampleOf(schema: Tree, schemas: Tree, place?: Place): Json | undefined {
  const { name, depth } = place ?? { name: "", depth: 0 };
  if (depth > depthMax) return undefined;
  const shape = resolved(schema, schemas);
  const next = (one: Json | undefined) =>
    exampleOf(treeOf(one), schemas, { name, depth: depth + 1 });
  if ("default" in shape) return shape.default;
  if (Array.isArray(shape.enum)) return shape.enum[0];
  const choices = shape.oneOf ?? shape.anyOf ?? shape.allOf;
  if (Array.isArray(choices)) return next(choices[0]);
  if (shape.type === "object") return objectOf(shape, schemas, depth);
  if (shape.type === "array") {
    const item = next(shape.items);
    const count = Math.max(1, Number(shape.minItems ?? 1));
    return item === undefined ? [] : Array.from({ length: count }, () => item);
  }
  return leafOf(shape, name);
}

function objectOf(shape: Tree, schemas: Tree, depth: number): Tree | undefined {
  const required = new Set(Array.isArray(shape.required) ? shape.required : []);
  const example: Record<string, Json> = {};
  for (const [name, member] of Object.entries(treeOf(shape.properties))) {
    const value = exampleOf(treeOf(member), schemas, { name, depth: depth + 1 });
    if (value !== undefined) example[name] = value;
    else if (required.has(name)) return undefined;
  }
  return example;
}

function leafOf(shape: Tree, name: string): Json | undefined {
  // Any value fits.
  if (shape.type === undefined) return {};
  if (shape.type === "boolean") return true;
  if (shape.type === "string") return textOf(shape, name);
  if (shape.type !== "integer" && shape.type !== "number") return undefined;
  const [least, most] = [Number(shape.minimum ?? 0), Number(shape.maximum ?? Number.MAX_VALUE)];
  return Math.min(Math.max(numbers[name] ?? 1, least), most);
}

function textOf({ pattern, minLength, maxLength }: Tree, name: string): string | undefined {
  const text = texts[name] ?? "text";
  if (typeof pattern === "string" && !new RegExp(pattern).test(text)) return undefined;
  if (text.length < Number(minLength ?? 0)) return undefined;
  return text.slice(0, Number(maxLength ?? text.length));
}

function resolved(schema: Tree, schemas: Tree): Tree {
  const { $ref } = schema;
  if (typeof $ref !== "string") return schema;
  return treeOf(schemas[$ref.split("/").at(-1) ?? ""]);
}

function treeOf(value: Json | undefined): Tree {
  // Neither null nor a list, so its members have names.
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Tree)
    : {};
}
