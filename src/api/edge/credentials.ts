/**
 * Who may come in: the operator's token, and the sign-in sessions of browsers that showed it once.
 * Secrets are compared by their hashes, in constant time; a session is kept by its hash only.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock, Micros } from "../../base/clock.ts";

export const sessionCookieName = "onglass_session";

const sessionAgeUsMax = 12 * 3600 * 1e6;
const sessionCountMax = 64;
const secretLengthMax = 512;

export class Credentials {
  readonly #tokenHash: Buffer;
  readonly #clock: Clock;
  /** Hash of the cookie value, and when it was given out; oldest first. */
  readonly #sessions = new Map<string, Micros>();

  constructor(options: { token: string; clock: Clock }) {
    this.#tokenHash = hash(options.token);
    this.#clock = options.clock;
  }

  isToken(text: string | undefined): boolean {
    if (text === undefined || text.length > secretLengthMax) return false;
    return timingSafeEqual(hash(text), this.#tokenHash);
  }

  /**
   * The cookie value of a new sign-in session: good for 12 hours or until it is closed. The 65th
   * one ends the oldest.
   */
  openSession(): string {
    this.#closeOld();
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined && this.#sessions.size >= sessionCountMax) {
      this.#sessions.delete(oldest);
    }
    const value = randomBytes(32).toString("base64url");
    this.#sessions.set(keyOf(value), this.#clock.nowUs());
    return value;
  }

  isSession(cookie: string | undefined): boolean {
    if (cookie === undefined || cookie.length > secretLengthMax) return false;
    this.#closeOld();
    return this.#sessions.has(keyOf(cookie));
  }

  closeSession(cookie: string | undefined): void {
    if (cookie !== undefined) this.#sessions.delete(keyOf(cookie));
  }

  #closeOld(): void {
    const nowUs = this.#clock.nowUs();
    for (const [key, openedUs] of this.#sessions) {
      if (nowUs - openedUs < sessionAgeUsMax) return;
      this.#sessions.delete(key);
    }
  }
}

/** The `Set-Cookie` text for a sign-in session; an empty value takes the cookie away. */
export function sessionCookie(value: string, options: { secure: boolean }): string {
  const age = value === "" ? 0 : sessionAgeUsMax / 1e6;
  const secure = options.secure ? "; Secure" : "";
  return `${sessionCookieName}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`;
}

/** The session cookie's value in a request's `Cookie` header. */
export function readSessionCookie(request: Request): string | undefined {
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === sessionCookieName) return value;
  }
  return undefined;
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Finding a hash in a map tells an attacker nothing about the secret behind it. */
function keyOf(value: string): string {
  return hash(value).toString("base64url");
}
