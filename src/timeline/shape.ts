/**
 * The shape of an answer: which fields it has and of which type each is, so that two answers can be
 * compared whose times and ids differ. `{"armed":true}` has the shape `{"armed":"boolean"}`.
 */
import type { ReplayReason } from "../model/replay.ts";

const depthMax = 6;
const memberCountMax = 64;
/** Deeper or wider than we look; matches everything. */
const anything = "anything";
const nothing = "nothing";

/** @param text body of an answer, "" when it has none */
export function answerShape(text: string, contentType: string): unknown {
  if (text === "") return nothing;
  if (!contentType.startsWith("application/json")) return "text";
  try {
    return shapeOf(JSON.parse(text), 0);
  } catch {
    // An invalid JSON answer is plain text.
    return "text";
  }
}

function shapeOf(value: unknown, depth: number): unknown {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  if (depth >= depthMax) return anything;
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0], depth + 1)];
  const names = Object.keys(value).sort();
  if (names.length > memberCountMax) return anything;
  const members = value as Record<string, unknown>;
  return Object.fromEntries(names.map((name) => [name, shapeOf(members[name], depth + 1)]));
}

/** Where two shapes differ; `undefined` if they do not. An empty list matches any other. */
export function shapeDifference(
  expected: unknown,
  found: unknown,
  path = "",
): ReplayReason | undefined {
  if (expected === anything || found === anything) return undefined;
  if (Array.isArray(expected) && Array.isArray(found)) {
    if (expected.length === 0 || found.length === 0) return undefined;
    return shapeDifference(expected[0], found[0], `${path}[]`);
  }
  if (isMembers(expected) && isMembers(found)) return memberDifference(expected, found, path);
  if (expected === found) return undefined;
  const values = { path, expected: wordFor(expected), found: wordFor(found) };
  return { code: "answer_differs", values };
}

type Members = Readonly<Record<string, unknown>>;

function memberDifference(
  expected: Members,
  found: Members,
  path: string,
): ReplayReason | undefined {
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  for (const name of [...names].sort()) {
    const at = `${path}.${name}`;
    const has = (shape: Members) => (Object.hasOwn(shape, name) ? shape[name] : nothing);
    const difference = shapeDifference(has(expected), has(found), at);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isMembers(shape: unknown): shape is Members {
  return typeof shape === "object" && shape !== null && !Array.isArray(shape);
}

function wordFor(shape: unknown): string {
  if (Array.isArray(shape)) return "list";
  if (isMembers(shape)) return "object";
  return String(shape).slice(0, 32);
}
