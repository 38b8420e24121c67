/**
 * Checks of every request before routing, and of every answer after: host names, limits, HEAD, and
 * the headers that restrict the browser.
 */
import { Failure } from "../../base/failure.ts";
import { recordingBytesMax } from "../../model/recording-import.ts";
import { importBytesMax } from "../../model/timeline.ts";
import { operations } from "../../operations/all.ts";
import { type Refuse, refusalOf } from "./problem.ts";

/** Largest body of an ordinary request. */
export const bodyBytesMax = 64 * 1024;
const urlLengthMax = 4096;
/** The framework looks for the path after the 11th character of the URL. */
const authorityLengthMin = 4;

const securityHeaders: readonly (readonly [string, string])[] = [
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-resource-policy", "same-origin"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cache-control", "no-store"],
  ["content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"],
];

/** Answers `undefined` when the connection has become a WebSocket. */
export type Handler = (request: Request) => Response | undefined | Promise<Response | undefined>;

/** The routes that take a larger body, and read it only after authentication. */
const largeBodies: ReadonlyMap<string, number> = new Map([
  ...operations.flatMap(({ route, fileBytesMax }) =>
    fileBytesMax === undefined ? [] : [[route, fileBytesMax] as const],
  ),
  // The file is part of a form, between two boundary lines.
  ["/timeline/import", importBytesMax + bodyBytesMax],
  ["/recordings/import", recordingBytesMax + bodyBytesMax],
]);

/** Largest body that a request to this path may bring. */
function bodyBytesMaxOf(url: string): number {
  return largeBodies.get(new URL(url).pathname) ?? bodyBytesMax;
}

type Rules = {
  /** Names and addresses without port, lower case, IPv6 in brackets. */
  readonly allowedHosts: ReadonlySet<string>;
  readonly refuse: Refuse;
};

/**
 * Wraps a handler in what is checked before any route: host name, origin, method, and size of the
 * request.
 */
export function requestGate(handler: Handler, { allowedHosts, refuse }: Rules): Handler {
  return async function answer(request) {
    const fault = findFault(request, allowedHosts);
    if (fault !== undefined) return withHeaders(refuse(refusalOf(fault, request), request));
    if (request.method === "HEAD") return await answerHead(handler, request);
    const response = await handler(request);
    return response === undefined ? undefined : withHeaders(response);
  };
}

function findFault(request: Request, allowedHosts: ReadonlySet<string>): Failure | undefined {
  const host = request.headers.get("host") ?? "";
  if (!isOwn(host, allowedHosts) || !isOwn(authorityOf(request.url), allowedHosts)) {
    const text = `Cannot answer for host "${host.slice(0, 64)}": it is not a name of this one`;
    return new Failure("wrong_host", text, { values: { host: host.slice(0, 64) } });
  }
  if (request.url.length > urlLengthMax) {
    return new Failure(
      "uri_too_long",
      `Cannot read the URL: it is longer than ${urlLengthMax} characters`,
    );
  }
  if (!isDecodable(request.url)) {
    return new Failure(
      "malformed",
      "Cannot read the URL: a percent sign in it begins no character",
    );
  }
  if (request.headers.has("transfer-encoding")) {
    return new Failure("length_required", "Cannot read the body: it needs a Content-Length");
  }
  const bytesMax = bodyBytesMaxOf(request.url);
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) return tooLarge(bytesMax);
  return undefined;
}

/** The framework passes a path segment that cannot be decoded to the route as `null`. */
function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

/** The refusal of a body with more than `bytesMax` bytes. */
export function tooLarge(bytesMax: number = bodyBytesMax): Failure {
  return new Failure("too_large", `Cannot read the body: it is larger than ${bytesMax} bytes`);
}

function isOwn(host: string, allowedHosts: ReadonlySet<string>): boolean {
  return host.length >= authorityLengthMin && allowedHosts.has(nameOf(host));
}

/** `[::1]:7780` → `[::1]` */
function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d{1,5}$/, "");
}

/**
 * Not always the Host header: a request line can hold a whole URL, and `:80` is omitted. Empty when
 * the two do not make a URL, as with a port above 65535.
 */
function authorityOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}

/** Same status and headers as GET. The framework would read the whole body to know its length. */
async function answerHead(handler: Handler, request: Request): Promise<Response> {
  const { url, headers, signal } = request;
  const response = await handler(new Request(url, { method: "GET", headers, signal }));
  const answered = response ?? new Response();
  const head = new Headers(answered.headers);
  if (head.get("content-type")?.startsWith("text/event-stream")) await answered.body?.cancel();
  else if (answered.status !== 204)
    head.set("content-length", String((await answered.blob()).size));
  return withHeaders(new Response(null, { status: answered.status, headers: head }));
}

/** A route that has set its own keeps it. */
function withHeaders(response: Response): Response {
  for (const [name, value] of securityHeaders) {
    if (!response.headers.has(name)) response.headers.set(name, value);
  }
  return response;
}
