/**
 * Links to single streams: their secrets and the cookies of the browsers they let in are kept by their
 * hashes, and asked for at each use. What rests on a link ends with it, revoked or expired.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import { Failure } from "../../base/failure.ts";
import { type Scheduler, timers } from "../../base/scheduler.ts";
import {
  cleanLinkName,
  type KeptLink,
  linkCountMax,
  linkDefaults,
  type StreamLink,
  type StreamLinkRequest,
} from "../../model/link.ts";
import type { ListKeeper } from "../../ports/keeper.ts";
import type { Guest, Guests, MadeLink, StreamLinks } from "../../ports/links.ts";
import { RightEnds } from "./right-ends.ts";

const secretBytes = 32;
const secretLengthMax = 128;

/** The links of a host. One for each host. */
export class LinkRegistry implements StreamLinks, Guests {
  readonly #clock: Clock;
  readonly #keeper: ListKeeper<KeptLink> | undefined;
  readonly #ends: RightEnds;
  /** By id, oldest first. */
  readonly #links = new Map<string, KeptLink>();
  /** Open nothing any more; in the list until that is saved, so that it can be tried again. */
  readonly #revoked = new Set<string>();

  constructor(options: { clock: Clock; keeper?: ListKeeper<KeptLink>; scheduler?: Scheduler }) {
    this.#clock = options.clock;
    this.#keeper = options.keeper;
    this.#ends = new RightEnds({
      scheduler: options.scheduler ?? timers,
      wallMs: () => this.#clock.wallMs(),
      isGood: (id) => this.isGood(id),
      endMsOf: (id) => this.#links.get(id)?.expires_unix_ms,
    });
    for (const link of this.#keeper?.kept ?? []) this.#links.set(link.id, link);
  }

  list(): readonly StreamLink[] {
    this.#dropExpired();
    return [...this.#links.values()].map((link) => this.#withoutSecrets(link));
  }

  async create(request: StreamLinkRequest): Promise<MadeLink> {
    this.#dropExpired();
    if (this.#links.size >= linkCountMax) {
      const text = `Cannot create a link: ${linkCountMax} are there; revoke one first`;
      throw new Failure("too_many", text, { values: { most: `${linkCountMax}` } });
    }
    const secret = randomBytes(secretBytes).toString("base64url");
    const nowMs = this.#clock.wallMs();
    const { uses = linkDefaults.uses, expires_in_minutes: minutes = linkDefaults.minutes } =
      request;
    const link: KeptLink = {
      id: randomBytes(6).toString("hex"),
      name: cleanLinkName(request.name ?? ""),
      rights: request.rights ?? linkDefaults.rights,
      stream: request.stream ?? {},
      created_unix_ms: nowMs,
      expires_unix_ms: nowMs + minutes * 60_000,
      uses_max: uses,
      ...{ uses: 0, hash: hashOf(secret), guests: [] },
    };
    this.#links.set(link.id, link);
    try {
      await this.#save();
    } catch (error) {
      this.#links.delete(link.id);
      throw error;
    }
    return { link: this.#withoutSecrets(link), secret };
  }

  async revoke(id: string): Promise<boolean> {
    if (!this.#links.has(id)) return false;
    this.#revoked.add(id);
    this.#ends.end(id);
    await this.#save();
    this.#links.delete(id);
    this.#revoked.delete(id);
    return true;
  }

  async admit(secret: string) {
    const link = this.#linkOf(secret);
    if (link === undefined || link.uses >= link.uses_max) return undefined;
    const cookie = randomBytes(secretBytes).toString("base64url");
    const guests = [...link.guests, hashOf(cookie)];
    // Counted before anything is waited for: two at the same time are two.
    this.#links.set(link.id, { ...link, uses: link.uses + 1, guests });
    try {
      await this.#save();
    } catch (error) {
      this.#forget(link.id, hashOf(cookie));
      throw error;
    }
    const leftMs = link.expires_unix_ms - this.#clock.wallMs();
    return { cookie, maxAgeS: Math.max(1, Math.floor(leftMs / 1000)) };
  }

  guestOf(cookie: string | undefined): Guest | undefined {
    if (cookie === undefined || cookie.length > secretLengthMax) return undefined;
    const hash = hashOf(cookie);
    for (const { id, guests } of this.#links.values()) {
      // Finding a hash tells an attacker nothing about the secret behind it.
      const link = guests.includes(hash) ? this.#good(id) : undefined;
      if (link === undefined) continue;
      return { linkId: id, rights: link.rights, stream: link.stream };
    }
    return undefined;
  }

  isGood(linkId: string): boolean {
    return this.#good(linkId) !== undefined;
  }

  whenOver(linkId: string, onOver: () => void): () => void {
    return this.#ends.whenOver(linkId, onOver);
  }

  /** All of them, always: how long it takes says nothing of which one it was. */
  #linkOf(secret: string): KeptLink | undefined {
    if (secret.length > secretLengthMax) return undefined;
    const given = Buffer.from(hashOf(secret));
    let found: KeptLink | undefined;
    for (const link of this.#links.values()) {
      if (timingSafeEqual(Buffer.from(link.hash), given)) found = link;
    }
    return found === undefined ? undefined : this.#good(found.id);
  }

  #good(id: string): KeptLink | undefined {
    const link = this.#links.get(id);
    if (link === undefined || this.#revoked.has(id)) return undefined;
    return this.#clock.wallMs() < link.expires_unix_ms ? link : undefined;
  }

  /** A browser that could not be noted was not let in. */
  #forget(id: string, guest: string): void {
    const link = this.#links.get(id);
    if (link === undefined) return;
    const guests = link.guests.filter((one) => one !== guest);
    this.#links.set(id, { ...link, uses: link.uses - 1, guests });
  }

  /** With the next save they are gone from the disk too. */
  #dropExpired(): void {
    for (const id of [...this.#links.keys()]) {
      if (this.#good(id) !== undefined || this.#revoked.has(id)) continue;
      this.#links.delete(id);
      this.#ends.end(id);
    }
  }

  async #save(): Promise<void> {
    const kept = [...this.#links.values()].filter(({ id }) => !this.#revoked.has(id));
    await this.#keeper?.save(kept);
  }

  #withoutSecrets({ hash: _, guests: __, ...link }: KeptLink): StreamLink {
    return { ...link, connections: this.#ends.countOf(link.id) };
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
