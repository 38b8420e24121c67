/**
 * How commands talk to a running host: over its API. What it answers is another machine's word: it is
 * bounded in size and time, checked against its shape, and never names a file.
 */
import type { Static, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { cutText } from "../base/cut-text.ts";
import { cannotText, messageOf, plainReason } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import type { FailureCode } from "../base/failure-codes.ts";
import { isLoopbackHost } from "../base/host-names.ts";
import { isTooHeavy } from "../base/json-depth.ts";
import { parseJson } from "../base/parse-json.ts";
import { reachDirectly } from "../base/proxy.ts";
import { type Cancel, timers } from "../base/scheduler.ts";
import { abortAfter } from "../base/timer.ts";
import { Problem } from "../model/problem.ts";
import type { HostTarget } from "./host-target.ts";
import { seenPin, type TlsTrust } from "./host-trust.ts";

const answerMsMaxDefault = 10_000;
const answerBytesMaxDefault = 16 * 1024 * 1024;
const problemBytesMax = 65_536;
const problemLengthMax = 1000;
/** How a host answers what has no value. */
const noContent = 204;

/** A call of the API of a host. */
export type HostCall = {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Behind `/api/v1`. */
  readonly path: string;
  /** JSON text, or a file of any type. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly accept?: string;
  /** Until the last byte. */
  readonly answerMsMax?: number;
  /** Until the answer begins, for one that may then take longer to arrive; without it no less than all of it. */
  readonly beginMsMax?: number;
};

/**
 * The host's answer, whatever its status.
 * @throws Failure `host_unreachable`
 */
export async function askHost(target: HostTarget, call: HostCall): Promise<Response> {
  const url = new URL(`/api/v1${call.path}`, target.url);
  const { tls } = target;
  const beginning = beginningOf(call);
  const request = requestOf(call, { token: target.token, begin: beginning.signal });
  if (isLoopbackHost(url.hostname)) reachDirectly([url.hostname]);
  try {
    return await fetch(url, tls === undefined ? request : { ...request, tls: trusted(tls) });
  } catch (cause) {
    const hint = await hintFor(target, cause);
    const reason = plainReason(messageOf(cause));
    const message = `Cannot reach the host at "${target.url.origin}": ${reason}; ${hint}`;
    throw new Failure("host_unreachable", message, { cause });
  } finally {
    beginning.cancel();
  }
}

/** As the runtime takes it. */
function trusted({ authorityPath: _, ...tls }: TlsTrust) {
  return tls;
}

/** What ends a call whose answer does not begin in time. */
function beginningOf({ beginMsMax }: HostCall): { signal?: AbortSignal; cancel: Cancel } {
  if (beginMsMax === undefined) return { cancel: () => undefined };
  const late = new AbortController();
  const reason = new Error(`it did not answer within ${beginMsMax / 1000} s`);
  return { signal: late.signal, cancel: timers.after(beginMsMax, () => late.abort(reason)) };
}

/** What a person can do about it. A key that was seen is shown, to be compared and pinned. */
async function hintFor({ url, tls, isRemote }: HostTarget, cause: unknown): Promise<string> {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const isUntrusted = /CERT|VERIFY|SIGNATURE|ALTNAME/.test(code);
  if (isUntrusted && tls?.authorityPath !== undefined) {
    const why = /ALTNAME/.test(code)
      ? "its certificate is for other names"
      : `"${tls.authorityPath}" does not vouch for its certificate`;
    return `${why}; its key is ${(await seenPin(url)) ?? "unknown"}, which pin or --tls-pin can name instead`;
  }
  if (!isUntrusted || tls !== undefined) {
    return isRemote
      ? "is it running, and reachable from here?"
      : 'is "onglass serve" running, and at this address? --listen says which one it has';
  }
  const pin = await seenPin(url);
  return `its key is ${pin ?? "unknown"}; if the API page of its console shows the same, --tls-pin pins it`;
}

/** The answer's value. @throws Failure `host_refused` for a refusal, or what is not understood */
export async function askFor<Shape extends TSchema>(
  target: HostTarget,
  { shape, what, bytesMax, ...call }: HostCall & Reading & { readonly shape: Shape },
): Promise<Static<Shape>> {
  const response = await askHost(target, call);
  if (!response.ok) return await refusedBy(response, what);
  return await readAnswer(response, { shape, what, bytesMax });
}

/**
 * The answer; `undefined` where the host, and nothing in front of it, says that it has no such thing.
 * @throws Failure `host_refused`
 */
export async function askIfThere(
  target: HostTarget,
  { what, ...call }: HostCall & { readonly what: string },
): Promise<Response | undefined> {
  const response = await askHost(target, call);
  if (response.ok) return response;
  const refusal = await refusalOf(response, what);
  if (response.status === 404 && refusal.isOfHost) return undefined;
  throw refusal.failure;
}

/** Asks, for an answer that has no value. @throws Failure `host_refused` */
export async function tellHost(
  target: HostTarget,
  { what, ...call }: HostCall & { readonly what: string },
): Promise<void> {
  await checkDone(await askHost(target, call), what);
}

/**
 * That the host has done what has no value in its answer. A page of a portal, with 200 for everything, has done
 * nothing. @throws Failure `host_refused`
 */
export async function checkDone(response: Response, what: string): Promise<void> {
  if (!response.ok) await refusedBy(response, what);
  await dropBody(response);
  if (response.status === noContent) return;
  throw new Failure("host_refused", `Cannot ${what}: the host's response is malformed`);
}

/** Leaves the rest of an answer where it is, also of one that broke off already. */
export async function dropBody(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

/** What an answer is for, and how large it may be. */
type Reading = { readonly what: string; readonly bytesMax?: number | undefined };

/** The value in an answer, checked. @throws Failure `host_refused` */
export async function readAnswer<Shape extends TSchema>(
  response: Response,
  { shape, what, bytesMax }: Reading & { readonly shape: Shape },
): Promise<Static<Shape>> {
  const bytes = await readBytes(response, { what, bytesMax });
  return valueIn(bytes, { shape, what });
}

/** The value in the bytes of an answer, checked. @throws Failure `host_refused` */
export function valueIn<Shape extends TSchema>(
  bytes: Uint8Array,
  { shape, what }: { readonly shape: Shape; readonly what: string },
): Static<Shape> {
  if (isTooHeavy(bytes)) {
    throw new Failure("host_refused", `Cannot ${what}: the host's response has too many values`);
  }
  const value = parseJson(new TextDecoder().decode(bytes));
  // Right after the check.
  if (Value.Check(shape, value)) return value as Static<Shape>;
  throw new Failure("host_refused", `Cannot ${what}: the host's response is malformed`);
}

/** @throws Failure `host_refused` for an answer that is larger than 16 MB or breaks off */
export async function readText(response: Response, what: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(response, { what }));
}

/** @throws Failure `host_refused` for an answer that is too large or breaks off */
export async function readBytes(
  response: Response,
  { what, bytesMax = answerBytesMaxDefault }: Reading,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of response.body ?? []) {
      length += part.length;
      if (length > bytesMax) break;
      parts.push(part);
    }
  } catch (cause) {
    throw new Failure("host_refused", `Cannot ${what}: the response was cut off`, { cause });
  }
  if (length <= bytesMax) return joined(parts, length);
  const text = `Cannot ${what}: the host's answer is larger than ${bytesMax} bytes`;
  throw new Failure("host_refused", text);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** How a host refuses a value that it was given, which another value would change. */
const wrongValue: ReadonlySet<string> = new Set([
  "invalid_bitrate",
  "invalid_mode",
  "invalid_pin",
  "invalid_preset",
  "mode_too_large",
  "out_of_range",
] as const satisfies readonly FailureCode[]);

/**
 * What the host has against it, in its own words.
 * @throws Failure always: `usage` for a value that it refuses, as for one that is refused here; `token_refused`; else `host_refused`
 */
export async function refusedBy(response: Response, what: string): Promise<never> {
  throw (await refusalOf(response, what)).failure;
}

async function refusalOf(response: Response, what: string) {
  const bytes = await readBytes(response, { what, bytesMax: problemBytesMax });
  const problem = parseJson(new TextDecoder().decode(bytes));
  if (!Value.Check(Problem, problem)) {
    const text = `Cannot ${what}: it answered ${response.status}, and is not an onglass host`;
    return { failure: new Failure("host_refused", text), isOfHost: false };
  }
  const isOfHost = true;
  if (problem.code === "unauthorized") {
    const text = `Cannot ${what}: the host does not accept the token; it may be wrong, expired or revoked`;
    return { failure: new Failure("token_refused", text), isOfHost };
  }
  const text = cannotText(what, cutText(problem.error, problemLengthMax));
  return { failure: new Failure(codeOf(problem.code), text), isOfHost };
}

function codeOf(code: string): FailureCode {
  if (wrongValue.has(code)) return "usage";
  return code === "read_only" ? "token_refused" : "host_refused";
}

function requestOf(
  { method, body, accept, answerMsMax = answerMsMaxDefault }: HostCall,
  { token, begin }: { readonly token: string; readonly begin: AbortSignal | undefined },
) {
  const headers = new Headers({ authorization: `Bearer ${token}` });
  if (typeof body === "string") headers.set("content-type", "application/json");
  if (body instanceof Uint8Array) headers.set("content-type", "application/octet-stream");
  if (accept !== undefined) headers.set("accept", accept);
  return {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    redirect: "error" as const,
    signal: AbortSignal.any([abortAfter(answerMsMax), ...(begin === undefined ? [] : [begin])]),
  };
}
