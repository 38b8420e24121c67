/**
 * Links to single streams: what a secret opens, how often, and the cookies of the browsers that it
 * admitted, stored as hashes too.
 */
import type { Clock } from "../../base/clock.ts";
import { Failure } from "../../base/failure.ts";
import {
  cleanLinkName,
  type KeptLink,
  linkCountMax,
  linkDefaults,
  type StreamLink,
  type StreamLinkRequest,
} from "../../model/link.ts";
import type { Guest, Guests, MadeLink, StreamLinks } from "../../ports/links.ts";
import { type GrantOptions, Grants, hashOf, newGrantId, newSecret } from "./grants.ts";

const secretLengthMax = 128;

/** The links of a host. One for each host. */
export class LinkRegistry implements StreamLinks, Guests {
  readonly #clock: Clock;
  readonly #grants: Grants<KeptLink>;

  constructor(options: GrantOptions<KeptLink>) {
    this.#clock = options.clock;
    this.#grants = new Grants(options);
  }

  list(): readonly StreamLink[] {
    this.#grants.dropExpired();
    return this.#grants.list().map((link) => this.#withoutSecrets(link));
  }

  async create(request: StreamLinkRequest): Promise<MadeLink> {
    this.#grants.dropExpired();
    if (this.#grants.size >= linkCountMax) {
      const text = `Cannot create a link: there are already ${linkCountMax}; revoke one first`;
      throw new Failure("too_many", text, { values: { most: `${linkCountMax}` } });
    }
    const secret = newSecret();
    const nowMs = this.#clock.wallMs();
    const { uses = linkDefaults.uses, expires_in_minutes: minutes = linkDefaults.minutes } =
      request;
    const link: KeptLink = {
      id: newGrantId(),
      name: cleanLinkName(request.name ?? ""),
      rights: request.rights ?? linkDefaults.rights,
      stream: request.stream ?? {},
      created_unix_ms: nowMs,
      expires_unix_ms: nowMs + minutes * 60_000,
      uses_max: uses,
      ...{ uses: 0, hash: hashOf(secret).toString("base64url"), guests: [] },
    };
    await this.#grants.add(link);
    return { link: this.#withoutSecrets(link), secret };
  }

  async revoke(id: string): Promise<boolean> {
    return (await this.#grants.revoke(id)) !== undefined;
  }

  async admit(secret: string) {
    if (secret.length > secretLengthMax) return undefined;
    const link = this.#grants.withHash(hashOf(secret));
    if (link === undefined || link.uses >= link.uses_max) return undefined;
    const cookie = newSecret();
    const guest = hashOf(cookie).toString("base64url");
    // Counted before anything is awaited: two at the same time are two.
    this.#grants.replace({ ...link, uses: link.uses + 1, guests: [...link.guests, guest] });
    try {
      await this.#grants.save();
    } catch (error) {
      this.#forget(link.id, guest);
      throw error;
    }
    const leftMs = link.expires_unix_ms - this.#clock.wallMs();
    return { cookie, maxAgeS: Math.max(1, Math.floor(leftMs / 1000)) };
  }

  guestOf(cookie: string | undefined): Guest | undefined {
    if (cookie === undefined || cookie.length > secretLengthMax) return undefined;
    const hash = hashOf(cookie).toString("base64url");
    // Finding a hash reveals nothing about the secret behind it to an attacker.
    const found = this.#grants.list().find(({ guests }) => guests.includes(hash));
    const link = found && this.#grants.good(found.id);
    return link && { linkId: link.id, browser: hash, rights: link.rights, stream: link.stream };
  }

  isGood(linkId: string): boolean {
    return this.#grants.isGood(linkId);
  }

  whenOver(linkId: string, onOver: () => void): () => void {
    return this.#grants.whenOver(linkId, onOver);
  }

  /** A browser that could not be recorded was not admitted. */
  #forget(id: string, guest: string): void {
    const link = this.#grants.list().find((one) => one.id === id);
    if (link === undefined) return;
    const guests = link.guests.filter((one) => one !== guest);
    this.#grants.replace({ ...link, uses: link.uses - 1, guests });
  }

  #withoutSecrets({ hash: _, guests: __, ...link }: KeptLink): StreamLink {
    return { ...link, connections: this.#grants.countOf(link.id) };
  }
}
