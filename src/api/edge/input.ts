/**
 * Reads a request's input after the guard has admitted it: nobody makes the host parse anything
 * before that, and nothing larger than the limit is kept. It is checked where it is performed.
 */
import type { TObject } from "@sinclair/typebox";
import { Failure } from "../../base/failure.ts";
import { depthOf } from "../../base/json-depth.ts";
import type { AnyInput, Operation } from "../../operations/operation.ts";
import { bodyBytesMax, tooLarge } from "./request-gate.ts";

/**
 * The query, with whole numbers where the shape expects them; anything else is left for the check.
 */
export function readQuery(shape: TObject | undefined, url: string): Record<string, unknown> {
  const query: Record<string, unknown> = {};
  for (const [name, text] of new URL(url).searchParams) {
    const isNumber = shape?.properties[name]?.type === "integer" && /^\d{1,15}$/.test(text);
    query[name] = isNumber ? Number(text) : text;
  }
  return query;
}

/** @throws Failure `unsupported_media_type`, `too_large`, `malformed` */
export async function readBody(
  { body, isBodyOptional, fileBytesMax, isAnyFile }: Operation,
  request: Request,
): Promise<Pick<AnyInput, "body" | "file">> {
  if (fileBytesMax !== undefined && isAnyFile === true) {
    return { file: await readFileBytes(request, fileBytesMax) };
  }
  if (fileBytesMax !== undefined) return { file: await readJsonBytes(request, fileBytesMax) };
  if (body === undefined) return {};
  if (isBodyOptional === true && !hasBody(request)) return { body: {} };
  return { body: parseJson(await readJsonBytes(request, bodyBytesMax)) };
}

function hasBody({ headers }: Request): boolean {
  return headers.has("content-type") || Number(headers.get("content-length") ?? 0) > 0;
}

async function readJsonBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    const text = 'Cannot read the body: its Content-Type has to be "application/json"';
    throw new Failure("unsupported_media_type", text);
  }
  return await readFileBytes(request, bytesMax);
}

async function readFileBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  const bytes = await readBytes(request);
  if (bytes.length > bytesMax) throw tooLarge(bytesMax);
  return bytes;
}

/** A client that disconnects in the middle of its body is not our error. */
async function readBytes(request: Request): Promise<Uint8Array> {
  try {
    return await request.bytes();
  } catch (cause) {
    throw new Failure("malformed", "Cannot read the body: it was cut off", { cause });
  }
}

/** No operation's input is nested deeper; the check would run out of stack. */
const jsonDepthMax = 64;

function parseJson(bytes: Uint8Array): unknown {
  if (depthOf(bytes) > jsonDepthMax) {
    const text = `Cannot read the body: it is nested deeper than ${jsonDepthMax} levels`;
    throw new Failure("malformed", text);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Failure("malformed", "Cannot read the body: it is not JSON", { cause });
  }
}
