/**
 * Authentication: the operator's token, named tokens, and sign-in sessions of browsers that showed
 * one. Secrets are compared by their hashes, in constant time; a session is stored only by its
 * hash.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock, Micros } from "../../base/clock.ts";
import { type Scheduler, timers } from "../../base/scheduler.ts";
import type { TokenRights } from "../../model/access-token.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { hashOf } from "./grants.ts";
import { RightEnds } from "./right-ends.ts";

const sessionAgeUsMax = 12 * 3600 * 1e6;
const sessionCountMax = 64;
const secretLengthMax = 512;

/** A session as stored across restarts: no cookie can be made from it. */
export type SignIn = {
  readonly hash: string;
  readonly expires_unix_ms: number;
  /** The named token that it rests on; none for the operator's own. */
  readonly token_id?: string;
};

/** The rights of a token, and which one it is: the operator's own has no id. */
export type Grant = { readonly rights: TokenRights; readonly id?: string };

type SignInSession = {
  readonly openedUs: Micros;
  readonly tokenId: string | undefined;
  /** Stops waiting for the end of its token. */
  readonly forgetToken: () => void;
};

/** Where sign-in sessions are stored. `keep` gets all of them; it must not throw or wait. */
export type SignInKeeper = {
  readonly kept: readonly SignIn[];
  keep(signIns: readonly SignIn[]): void;
};

/**
 * Authenticates by the token, or by the cookie of a browser that signed in. Limits failed attempts.
 * One per host.
 */
export class Credentials {
  readonly #tokenHash: Buffer;
  readonly #clock: Clock;
  readonly #keeper: SignInKeeper | undefined;
  readonly #tokens: AccessTokens | undefined;
  /** By the hash of the cookie value; oldest first. */
  readonly #sessions = new Map<string, SignInSession>();
  readonly #ends: RightEnds;

  /** Sessions from before a restart continue if `keeper` has them. */
  constructor(options: {
    token: string;
    clock: Clock;
    keeper?: SignInKeeper;
    scheduler?: Scheduler;
    /** The named ones; none if left out. */
    tokens?: AccessTokens;
  }) {
    this.#tokenHash = hashOf(options.token);
    this.#clock = options.clock;
    this.#keeper = options.keeper;
    this.#tokens = options.tokens;
    this.#ends = new RightEnds({
      scheduler: options.scheduler ?? timers,
      nowMs: () => this.#clock.nowUs() / 1000,
      isGood: (key) => this.#isOpen(key),
      endMsOf: (key) => this.#endMsOf(key),
    });
    const nowUs = this.#clock.nowUs();
    const wallMs = this.#clock.wallMs();
    for (const { hash: key, expires_unix_ms, token_id } of this.#keeper?.kept ?? []) {
      const leftUs = Math.min((expires_unix_ms - wallMs) * 1000, sessionAgeUsMax);
      const openedUs = (nowUs + leftUs - sessionAgeUsMax) as Micros;
      if (leftUs > 0) this.#open(key, openedUs, token_id);
    }
  }

  /** Whether it has full rights: the operator's own, or a named one with an operator's rights. */
  isToken(text: string | undefined): boolean {
    return this.grantOf(text)?.rights === "operator";
  }

  /** The rights of a token at this moment; `undefined` for an invalid one. */
  grantOf(text: string | undefined): Grant | undefined {
    if (text === undefined || text.length > secretLengthMax) return undefined;
    const given = hashOf(text);
    const isOwn = timingSafeEqual(given, this.#tokenHash);
    const named = this.#tokens?.use(given);
    if (isOwn) return { rights: "operator" };
    return named === undefined ? undefined : { rights: named.rights, id: named.id };
  }

  /**
   * Runs `onOver` once when the token is no longer valid, at once if it already is not; never for
   * the operator's own. The returned call cancels that.
   */
  whenOver(text: string, onOver: () => void): () => void {
    const grant = this.grantOf(text);
    if (grant === undefined) onOver();
    if (grant?.id === undefined) return () => undefined;
    return this.#tokens?.whenOver(grant.id, onOver) ?? (() => undefined);
  }

  /**
   * The cookie value of a new sign-in session: valid for 12 hours, until it is closed, or as long
   * as the token it was opened with. The 65th one ends the oldest.
   */
  openSession(shown?: string): string {
    this.#closeOld();
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined && this.#sessions.size >= sessionCountMax) {
      this.#end(oldest);
    }
    const value = randomBytes(32).toString("base64url");
    this.#open(this.#keyOf(value), this.#clock.nowUs(), this.grantOf(shown)?.id);
    this.#keep();
    return value;
  }

  isSession(cookie: string | undefined): boolean {
    if (cookie === undefined || cookie.length > secretLengthMax) return false;
    return this.#isOpen(this.#keyOf(cookie));
  }

  closeSession(cookie: string | undefined): void {
    if (cookie !== undefined && this.#end(this.#keyOf(cookie))) this.#keep();
  }

  /**
   * Runs `onClosed` once when the session with this cookie ends, at once when there is none. For
   * resources that outlive their request. The returned call cancels that.
   */
  whenClosed(cookie: string, onClosed: () => void): () => void {
    return this.#ends.whenOver(this.#keyOf(cookie), onClosed);
  }

  /** If its token is already over it is closed at once. */
  #open(key: string, openedUs: Micros, tokenId: string | undefined): void {
    let forgetToken: () => void = () => undefined;
    this.#sessions.set(key, { openedUs, tokenId, forgetToken: () => forgetToken() });
    if (tokenId === undefined) return;
    const onOver = () => {
      if (this.#end(key)) this.#keep();
    };
    if (this.#tokens === undefined) onOver();
    else forgetToken = this.#tokens.whenOver(tokenId, onOver);
  }

  /** @returns false when there was no such session */
  #end(key: string): boolean {
    this.#sessions.get(key)?.forgetToken();
    const wasOpen = this.#sessions.delete(key);
    this.#ends.end(key);
    return wasOpen;
  }

  #keep(): void {
    const nowUs = this.#clock.nowUs();
    const wallMs = this.#clock.wallMs();
    const signIns = [...this.#sessions].map(([key, { openedUs, tokenId }]) => {
      const leftMs = Math.floor((openedUs + sessionAgeUsMax - nowUs) / 1000);
      const expires_unix_ms = wallMs + leftMs;
      return {
        hash: key,
        expires_unix_ms,
        ...(tokenId === undefined ? {} : { token_id: tokenId }),
      };
    });
    this.#keeper?.keep(signIns);
  }

  /**
   * Finding a hash in a map reveals nothing about the secret behind it to an attacker. The token is
   * part of it: a host with another token knows none of the stored sessions.
   */
  #keyOf(value: string): string {
    return createHash("sha256").update(this.#tokenHash).update(value).digest("base64url");
  }

  /** Expired ones are closed first. */
  #isOpen(key: string): boolean {
    this.#closeOld();
    return this.#sessions.has(key);
  }

  #endMsOf(key: string): number | undefined {
    const openedUs = this.#sessions.get(key)?.openedUs;
    return openedUs === undefined ? undefined : (openedUs + sessionAgeUsMax) / 1000;
  }

  #closeOld(): void {
    const nowUs = this.#clock.nowUs();
    for (const [key, { openedUs }] of this.#sessions) {
      if (nowUs - openedUs < sessionAgeUsMax) return;
      this.#end(key);
    }
  }
}

/**
 * Name of the cookie for pages of this address. Browsers share cookies between the ports of a host,
 * so the port is part of it; under TLS the prefix keeps other hosts and plain HTTP from setting it.
 */
export function sessionCookieName(url: string): string {
  const { protocol, port } = new URL(url);
  if (protocol === "https:") return `__Host-onglass_session_${port || "443"}`;
  return `onglass_session_${port || "80"}`;
}

/** The `Set-Cookie` text for a sign-in session at this address; an empty value deletes it. */
export function sessionCookie(value: string, url: string): string {
  const age = value === "" ? 0 : sessionAgeUsMax / 1e6;
  const secure = new URL(url).protocol === "https:" ? "; Secure" : "";
  const name = sessionCookieName(url);
  return `${name}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`;
}

/** The session cookie's value in a request's `Cookie` header. */
export function readSessionCookie(request: Request): string | undefined {
  const expected = sessionCookieName(request.url);
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === expected) return value;
  }
  return undefined;
}
