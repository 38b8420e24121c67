/** Browsers that came by a link: their cookie, and its rights. */
import type { Guest, Guests } from "../../ports/links.ts";
import { isSameOrigin } from "./guard.ts";

/**
 * Name of the cookie for pages of this address, like the operator's: the port is part of it, and
 * under TLS other hosts cannot set it.
 */
export function guestCookieName(url: string): string {
  const { protocol, port } = new URL(url);
  if (protocol === "https:") return `__Host-onglass_guest_${port || "443"}`;
  return `onglass_guest_${port || "80"}`;
}

/** The rights of a request's cookie; `undefined` for one without, or whose link has ended. */
export function guestIn(request: Request, guests: Guests): Guest | undefined {
  const expected = guestCookieName(request.url);
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === expected) return guests.guestOf(value);
  }
  return undefined;
}

/** Entering by a link, for the console’s pages: the cookie’s format is known only in this room. */
export function guestSession(guests: Guests) {
  return {
    isSameOrigin,
    guestOf: (request: Request) => guestIn(request, guests),
    /** The `Set-Cookie` text for a link's secret; `undefined` for an invalid one. */
    admit: async (request: Request, secret: string): Promise<string | undefined> => {
      const admitted = await guests.admit(secret);
      if (admitted === undefined) return undefined;
      const { cookie, maxAgeS } = admitted;
      const secure = new URL(request.url).protocol === "https:" ? "; Secure" : "";
      const name = guestCookieName(request.url);
      return `${name}=${cookie}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict${secure}`;
    },
  };
}
