/**
 * Every route is denied unless its own description says `security: []`, which is also what the
 * OpenAPI document then says of it. The token comes in the Authorization header and nowhere else; a
 * browser's session cookie may change things only from a page of this very origin.
 */
import { bearer } from "@elysiajs/bearer";
import { Elysia } from "elysia";
import { Failure } from "../../base/failure.ts";
import type { TokenRights } from "../../model/access-token.ts";
import type { Actor } from "../../operations/operation.ts";
import { type Credentials, readSessionCookie } from "./credentials.ts";

type Guard = {
  readonly credentials: Credentials;
  /** Whether the route with this method and pattern opens without credentials. */
  isOpen(method: string, route: string): boolean;
  /** Whether a read-only token may use the route; without, it may use none. */
  isReadable?(method: string, route: string): boolean;
  /** The request is authenticated. */
  onAdmitted?(request: Request, by: { readonly actor: Actor; readonly route: string }): void;
};

/**
 * A plugin that refuses requests without credentials, unless `isOpen` says that the route is open.
 */
export function guard({ credentials, isOpen, isReadable, onAdmitted }: Guard) {
  return new Elysia({ name: "guard" })
    .use(bearer({ extract: { header: "Bearer" } }))
    .derive({ as: "global" }, function admit({ bearer: text, request, route }) {
      if (isOpen(request.method, route)) return {};
      const needs = isReadable?.(request.method, route) === true ? "read" : "operator";
      const actor = checkCredentials(credentials, { request, text, needs });
      onAdmitted?.(request, { actor, route });
      return {};
    });
}

type Shown = {
  readonly request: Request;
  /** What the header has after `Bearer `. */
  readonly text: string | undefined;
  readonly needs: TokenRights;
};

/** @throws Failure `unauthorized`, `read_only` or `cross_origin` */
export function checkCredentials(credentials: Credentials, { request, text, needs }: Shown): Actor {
  const header = request.headers.get("authorization");
  if (header !== null) {
    // The plugin also accepts odd prefixes and the query: only the header's exact form counts.
    const grant = header === `Bearer ${text}` ? credentials.grantOf(text) : undefined;
    if (grant === undefined) throw unauthorized("the token is not the right one");
    if (needs === "operator" && grant.rights !== "operator") throw readOnly();
    return "token";
  }
  if (!credentials.isSession(readSessionCookie(request))) {
    throw unauthorized("a bearer token is needed");
  }
  if (!isReading(request.method) && !isSameOrigin(request)) {
    throw new Failure("cross_origin", "Cannot admit the request: it comes from another origin");
  }
  return "console";
}

/** What the header has after `Bearer `; it is not checked. */
export function tokenIn(request: Request): string | undefined {
  return request.headers.get("authorization")?.replace(/^Bearer /, "");
}

/** A request that a page of another origin made in the operator's browser is not the operator's. */
export function isSameOrigin(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return false;
  const origin = request.headers.get("origin");
  if (origin !== null) return origin === new URL(request.url).origin;
  return site !== null;
}

function isReading(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

function readOnly(): Failure {
  const text = "Cannot admit the request: the token is read-only, and this takes an operator's";
  return new Failure("read_only", text);
}

function unauthorized(reason: string): Failure {
  return new Failure("unauthorized", `Cannot admit the request: ${reason}`);
}
