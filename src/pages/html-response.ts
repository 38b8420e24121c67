/**
 * HTML answers: complete pages under a strict policy with their own nonce, parts, and redirects.
 */
import { randomBytes } from "node:crypto";
import type { Html } from "../../views/html.ts";
import { type Frame, layout, type PageContent } from "../../views/layout.ts";
import { Failure } from "../base/failure.ts";
import { assetAddress, connectingAddress } from "./assets.ts";
import type { ConsoleParts } from "./parts.ts";
import { connectSources } from "./policy.ts";
import type { Readers } from "./reader.ts";

/** A whole page; `status` is 200 by default. */
export type PageMaker = (request: Request, content: PageContent, status?: number) => Response;

export function pageMaker(
  { browserSession, fleet }: Pick<ConsoleParts, "browserSession" | "fleet">,
  readers: Readers,
): PageMaker {
  return (request, content, status = 200) => {
    const nonce = randomBytes(16).toString("base64");
    const { pathname, search } = new URL(request.url);
    const frame: Frame = {
      reader: readers.of(request),
      nonce,
      address: pathname + search,
      isSignedIn: browserSession.isSignedIn(request),
      hasFleet: fleet.names.length > 0,
      asset: assetAddress,
      worker: (name) => connectingAddress(assetAddress(name), content.connectsTo),
    };
    return new Response(layout(frame, content).text, {
      status,
      headers: { ...htmlHeaders, "content-security-policy": policy(nonce, content) },
    });
  };
}

/** Part of a page, for a swap. */
export function partResponse(
  part: Html,
  headers: Record<string, string> = {},
  status = 200,
): Response {
  return new Response(part.text, { status, headers: { ...htmlHeaders, ...headers } });
}

/** After a change without script: 303, so that a reload does not repeat it. */
export function goTo(address: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { location: address, ...headers } });
}

/** Whether htmx sent the request: it expects a part where a plain form expects a page. */
export function isPartRequest(request: Request): boolean {
  return request.headers.has("hx-request");
}

/**
 * A safe address of this host to return to; anything that a browser could take for another host
 * becomes `/`.
 */
export function localAddress(text: string): string {
  const isLocal = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text) && text.length <= 2000;
  return isLocal ? text : "/";
}

/**
 * The fields of a plain form. The server limits its size.
 * @throws Failure `malformed` when the body breaks off
 */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") return new URLSearchParams();
  try {
    return new URLSearchParams(await request.text());
  } catch (cause) {
    throw new Failure("malformed", "Cannot read the form: it was cut off", { cause });
  }
}

const htmlHeaders = {
  "content-type": "text/html; charset=utf-8",
  // Under `no-referrer`, the default here, a form's origin would be sent as "null".
  "referrer-policy": "same-origin",
  vary: "cookie, accept-language, hx-request",
};

function policy(nonce: string, { connectsTo }: PageContent): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    connectSources(connectsTo),
    "font-src 'self'",
    "form-action 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** From a page's address; `undefined` when it is missing. */
export function parameter(request: Request, name: string): string | undefined {
  return new URL(request.url).searchParams.get(name) ?? undefined;
}
