/**
 * Named tokens: what a secret opens, asked at each use. Secrets are kept by their hashes and compared
 * in constant time with every one; what rests on a token ends when it is revoked or expires.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import { Failure } from "../../base/failure.ts";
import { log } from "../../base/log.ts";
import { type Scheduler, timers } from "../../base/scheduler.ts";
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
import type { ListKeeper } from "../../ports/keeper.ts";
import { RightEnds } from "./right-ends.ts";

const secretBytes = 32;
/** So that a secret that leaked somewhere is recognized as one of ours. */
const secretPrefix = "onglass_";
const dayMs = 24 * 3600 * 1000;
type Entry = KeptToken & {
  readonly bytes: Buffer;
  /** Opens nothing any more; in the list until that is saved. */
  isRevoked: boolean;
};

/** The named tokens of a host. One for each host. */
export class AccessTokens implements NamedTokens {
  readonly #clock: Clock;
  readonly #keeper: ListKeeper<KeptToken> | undefined;
  /** By id, oldest first. */
  readonly #entries = new Map<string, Entry>();
  readonly #ends: RightEnds;

  constructor(options: { clock: Clock; keeper?: ListKeeper<KeptToken>; scheduler?: Scheduler }) {
    this.#clock = options.clock;
    this.#keeper = options.keeper;
    this.#ends = new RightEnds({
      scheduler: options.scheduler ?? timers,
      wallMs: () => this.#clock.wallMs(),
      isGood: (id) => this.isGood(id),
      endMsOf: (id) => this.#entries.get(id)?.expires_unix_ms,
    });
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
    log("access token created", { name, rights: kept.rights, id: kept.id });
    return { ...withoutHash(kept), token };
  }

  async revoke(id: string): Promise<boolean> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    entry.isRevoked = true;
    this.#ends.end(id);
    await this.#keeper?.save(this.#kept());
    this.#entries.delete(id);
    log("access token revoked", { name: entry.name, id });
    return true;
  }

  /**
   * Runs `onOver` once when the token opens nothing any more, at once when that is so already. The
   * answer takes it back.
   */
  whenOver(id: string, onOver: () => void): () => void {
    return this.#ends.whenOver(id, onOver);
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
