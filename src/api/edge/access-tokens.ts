/**
 * Named tokens: what a secret opens, asked at each use. Secrets are kept by their hashes and compared
 * in constant time with every one; what rests on a token ends when it is revoked or expires.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import { Failure } from "../../base/failure.ts";
import type { Cancel, Scheduler } from "../../base/scheduler.ts";
import { timers } from "../../base/scheduler.ts";
import {
  type AccessToken,
  type AccessTokenRequest,
  accessTokenCountMax,
  cleanTokenName,
  type KeptToken,
  type NewAccessToken,
} from "../../model/access-token.ts";
import { dateText } from "../../model/unix-ms.ts";
import type { NamedTokens } from "../../ports/access.ts";

const secretBytes = 32;
/** So that a secret that leaked somewhere is recognized as one of ours. */
const secretPrefix = "onglass_";
const dayMs = 24 * 3600 * 1000;
/** A date that is set while something rests on a token is noticed after so long at most. */
const checkMsMax = 60_000;

/** Where named tokens are kept. */
export type TokenKeeper = {
  readonly kept: readonly KeptToken[];
  /** Resolves once all of them are on the disk. @throws Failure `tokens_not_saved` */
  save(tokens: readonly KeptToken[]): Promise<void>;
  /** The same behind the caller, for what may be lost: it must not throw or wait. */
  saveLater(tokens: readonly KeptToken[]): void;
};

type Entry = KeptToken & {
  readonly bytes: Buffer;
  /** Opens nothing any more; in the list until that is saved. */
  isRevoked: boolean;
};

/** The named tokens of a host. One for each host. */
export class AccessTokens implements NamedTokens {
  readonly #clock: Clock;
  readonly #keeper: TokenKeeper | undefined;
  readonly #scheduler: Scheduler;
  /** By id, oldest first. */
  readonly #entries = new Map<string, Entry>();
  /** What is to be ended with a token, by its id. */
  readonly #waiting = new Map<string, Set<() => void>>();
  #cancelCheck: Cancel | undefined;

  constructor(options: { clock: Clock; keeper?: TokenKeeper; scheduler?: Scheduler }) {
    this.#clock = options.clock;
    this.#keeper = options.keeper;
    this.#scheduler = options.scheduler ?? timers;
    for (const kept of this.#keeper?.kept ?? []) this.#add(kept);
  }

  list(): readonly AccessToken[] {
    return [...this.#entries.values()].map(withoutSecret);
  }

  /** The token with the SHA-256 `hash` if it opens anything now. Notes the day of its use. */
  use(hash: Uint8Array): AccessToken | undefined {
    let found: Entry | undefined;
    // All of them, always: how long it takes says nothing of which one it was.
    for (const entry of this.#entries.values()) {
      if (timingSafeEqual(entry.bytes, hash)) found = entry;
    }
    if (found === undefined || !this.#isGood(found)) return undefined;
    this.#noteUse(found);
    return withoutSecret(found);
  }

  /** Whether it opens anything now. */
  isGood(id: string): boolean {
    const entry = this.#entries.get(id);
    return entry !== undefined && this.#isGood(entry);
  }

  async create(request: AccessTokenRequest): Promise<NewAccessToken> {
    const name = this.#freeName(request.name);
    const token = `${secretPrefix}${randomBytes(secretBytes).toString("base64url")}`;
    const nowMs = this.#clock.wallMs();
    const days = request.expires_in_days;
    const kept: KeptToken = {
      id: randomBytes(6).toString("hex"),
      name,
      rights: request.rights,
      created_unix_ms: nowMs,
      ...(days === undefined ? {} : { expires_unix_ms: nowMs + days * dayMs }),
      hash: hashOf(token).toString("base64url"),
    };
    this.#add(kept);
    try {
      await this.#keeper?.save(this.#kept());
    } catch (error) {
      this.#entries.delete(kept.id);
      throw error;
    }
    return { ...withoutHash(kept), token };
  }

  async revoke(id: string): Promise<boolean> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    entry.isRevoked = true;
    this.#end(id);
    await this.#keeper?.save(this.#kept());
    this.#entries.delete(id);
    return true;
  }

  /**
   * Runs `onOver` once when the token opens nothing any more, at once when that is so already. The
   * answer takes it back.
   */
  whenOver(id: string, onOver: () => void): () => void {
    if (!this.isGood(id)) {
      onOver();
      return () => undefined;
    }
    const waiting = this.#waiting.get(id) ?? new Set();
    const entry = () => onOver();
    this.#waiting.set(id, waiting.add(entry));
    this.#planCheck();
    return () => {
      waiting.delete(entry);
      if (waiting.size > 0) return;
      this.#waiting.delete(id);
      this.#planCheck();
    };
  }

  #add(kept: KeptToken): void {
    const bytes = Buffer.from(kept.hash, "base64url");
    this.#entries.set(kept.id, { ...kept, bytes, isRevoked: false });
  }

  #freeName(given: string): string {
    const name = cleanTokenName(given);
    if (name === "") {
      throw new Failure("out_of_range", 'Cannot use "name": it takes 1 to 64 visible characters');
    }
    if ([...this.#entries.values()].some((entry) => entry.name === name)) {
      const text = `Cannot create token "${name}": there is one with this name`;
      throw new Failure("name_taken", text, { values: { name } });
    }
    if (this.#entries.size >= accessTokenCountMax) {
      const text = `Cannot create a token: ${accessTokenCountMax} are there; revoke one first`;
      throw new Failure("too_many_tokens", text, { values: { most: `${accessTokenCountMax}` } });
    }
    return name;
  }

  #isGood({ isRevoked, expires_unix_ms = Number.POSITIVE_INFINITY }: Entry): boolean {
    return !isRevoked && this.#clock.wallMs() < expires_unix_ms;
  }

  /** To the day: a token that a scraper shows every second is written once a day. */
  #noteUse(entry: Entry): void {
    const today = dateText(this.#clock.wallMs()).slice(0, 10);
    if (entry.last_used_on === today) return;
    this.#entries.set(entry.id, { ...entry, last_used_on: today });
    this.#keeper?.saveLater(this.#kept());
  }

  #kept(): KeptToken[] {
    return [...this.#entries.values()].filter((entry) => !entry.isRevoked).map(asKept);
  }

  #end(id: string): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    for (const onOver of waiting ?? []) onOver();
  }

  /** A timer runs only while something rests on a token that expires. */
  #planCheck(): void {
    this.#cancelCheck?.();
    this.#cancelCheck = undefined;
    const ends = [...this.#waiting.keys()].flatMap(
      (id) => this.#entries.get(id)?.expires_unix_ms ?? [],
    );
    if (ends.length === 0) return;
    const leftMs = Math.min(...ends) - this.#clock.wallMs();
    const delayMs = Math.max(0, Math.min(leftMs, checkMsMax)) + 1;
    this.#cancelCheck = this.#scheduler.after(delayMs, () => {
      for (const id of [...this.#waiting.keys()]) if (!this.isGood(id)) this.#end(id);
      this.#planCheck();
    });
  }
}

function asKept({ bytes: _, isRevoked: __, ...kept }: Entry): KeptToken {
  return kept;
}

function withoutSecret(entry: Entry): AccessToken {
  return withoutHash(asKept(entry));
}

function withoutHash({ hash: _, ...token }: KeptToken): AccessToken {
  return token;
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
