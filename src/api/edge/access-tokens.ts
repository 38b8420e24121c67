/** Named tokens: the rights of a secret, checked at each use. */
import type { Clock } from "../../base/clock.ts";
import { Failure } from "../../base/failure.ts";
import { log } from "../../base/log.ts";
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
import { type GrantOptions, Grants, hashOf, newGrantId, newSecret } from "./grants.ts";

/** So that a leaked secret can be recognized as one of ours. */
const secretPrefix = "onglass_";
const dayMs = 24 * 3600 * 1000;

/** The named tokens of a host. One per host. */
export class AccessTokens implements NamedTokens {
  readonly #clock: Clock;
  readonly #grants: Grants<KeptToken>;

  constructor(options: GrantOptions<KeptToken>) {
    this.#clock = options.clock;
    this.#grants = new Grants(options);
  }

  list(): readonly AccessToken[] {
    return this.#grants.list().map(withoutHash);
  }

  /** The token with the SHA-256 `hash` if it is valid now. Records the day of its use. */
  use(hash: Uint8Array): AccessToken | undefined {
    const found = this.#grants.withHash(hash);
    if (found === undefined) return undefined;
    this.#noteUse(found);
    return withoutHash(found);
  }

  async create(request: AccessTokenRequest): Promise<NewAccessToken> {
    const name = this.#freeName(request.name);
    const token = `${secretPrefix}${newSecret()}`;
    const nowMs = this.#clock.wallMs();
    const days = request.expires_in_days;
    const kept: KeptToken = {
      id: newGrantId(),
      name,
      rights: request.rights,
      created_unix_ms: nowMs,
      ...(days === undefined ? {} : { expires_unix_ms: nowMs + days * dayMs }),
      hash: hashOf(token).toString("base64url"),
    };
    await this.#grants.add(kept);
    log("access token created", { name, rights: kept.rights, id: kept.id });
    return { ...withoutHash(kept), token };
  }

  async revoke(id: string): Promise<boolean> {
    const revoked = await this.#grants.revoke(id);
    if (revoked !== undefined) log("access token revoked", { name: revoked.name, id });
    return revoked !== undefined;
  }

  /**
   * Runs `onOver` once when the token is no longer valid, at once if it already is not. The
   * returned call cancels that.
   */
  whenOver(id: string, onOver: () => void): () => void {
    return this.#grants.whenOver(id, onOver);
  }

  #freeName(given: string): string {
    const name = cleanTokenName(given);
    if (name === "") {
      throw new Failure("out_of_range", 'Cannot use "name": it takes 1 to 64 visible characters');
    }
    if (this.#grants.list().some((kept) => kept.name === name)) {
      const text = `Cannot create token "${name}": there is one with this name`;
      throw new Failure("name_taken", text, { values: { name } });
    }
    if (this.#grants.size >= accessTokenCountMax) {
      const text = `Cannot create a token: there are already ${accessTokenCountMax}; revoke one first`;
      throw new Failure("too_many_tokens", text, { values: { most: `${accessTokenCountMax}` } });
    }
    return name;
  }

  /** To the day: a token that a scraper uses every second is written once a day. */
  #noteUse(kept: KeptToken): void {
    const today = dateText(this.#clock.wallMs()).slice(0, 10);
    if (kept.last_used_on === today) return;
    this.#grants.replace({ ...kept, last_used_on: today });
    this.#grants.saveLater();
  }
}

function withoutHash({ hash: _, ...token }: KeptToken): AccessToken {
  return token;
}
