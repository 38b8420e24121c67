/**
 * Signing a browser in and out, for the console: the cookie's format is known only in this room.
 */
import { type Credentials, readSessionCookie, sessionCookie } from "./credentials.ts";
import { isSameOrigin } from "./guard.ts";

/** Sign-in, sign-out and the session of a browser, for the console’s pages. */
export function browserSession(credentials: Credentials) {
  return {
    isToken: (text: string) => credentials.isToken(text),
    isSignedIn: (request: Request) => credentials.isSession(readSessionCookie(request)),
    isSameOrigin,
    /** The `Set-Cookie` text of a new sign-in session. */
    signIn: (request: Request, token: string) =>
      sessionCookie(credentials.openSession(token), request.url),
    /** Ends the request's sign-in session; the `Set-Cookie` text that deletes the cookie. */
    signOut: (request: Request) => {
      credentials.closeSession(readSessionCookie(request));
      return sessionCookie("", request.url);
    },
  };
}
