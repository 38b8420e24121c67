/**
 * Rights that are given out by secrets, and that are revoked or expire: tokens, links. Secrets are kept
 * by their hashes, and asked for at each use; what rests on a right ends with it.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import { type Scheduler, timers } from "../../base/scheduler.ts";
import type { ListKeeper } from "../../ports/keeper.ts";
import { RightEnds } from "./right-ends.ts";

const secretBytes = 32;

/** What every right has, as it is kept on the disk. */
export type KeptGrant = {
  readonly id: string;
  /** Of its secret: SHA-256, in base64url. */
  readonly hash: string;
  /** It never expires without. */
  readonly expires_unix_ms?: number;
};

/** A clock, where the list is kept (nowhere if left out), and timers. */
export type GrantOptions<Kept> = {
  readonly clock: Clock;
  readonly keeper?: ListKeeper<Kept>;
  readonly scheduler?: Scheduler;
};

/** All rights of one kind. Bounded by its user, which asks for `size` before it adds one. */
export class Grants<Kept extends KeptGrant> {
  readonly #clock: Clock;
  readonly #keeper: ListKeeper<Kept> | undefined;
  readonly #ends: RightEnds;
  /** By id, oldest first. */
  readonly #kept = new Map<string, Kept>();
  /** Open nothing any more; in the list until that is saved, so that revoking can be tried again. */
  readonly #revoked = new Set<string>();

  constructor({ clock, keeper, scheduler = timers }: GrantOptions<Kept>) {
    this.#clock = clock;
    this.#keeper = keeper;
    this.#ends = new RightEnds({
      scheduler,
      nowMs: () => clock.wallMs(),
      isGood: (id) => this.isGood(id),
      endMsOf: (id) => this.#kept.get(id)?.expires_unix_ms,
    });
    for (const kept of keeper?.kept ?? []) this.#kept.set(kept.id, kept);
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Oldest first, with those that have expired, or whose revoking is not saved yet. */
  list(): readonly Kept[] {
    return [...this.#kept.values()];
  }

  /** The one with this id if it opens anything now. */
  good(id: string): Kept | undefined {
    const kept = this.#kept.get(id);
    if (kept === undefined || this.#revoked.has(id)) return undefined;
    const { expires_unix_ms: endMs = Number.POSITIVE_INFINITY } = kept;
    return this.#clock.wallMs() < endMs ? kept : undefined;
  }

  isGood(id: string): boolean {
    return this.good(id) !== undefined;
  }

  /** The one whose secret has this SHA-256, if it opens anything now. */
  withHash(hash: Uint8Array): Kept | undefined {
    let found: Kept | undefined;
    // All of them, always: how long it takes says nothing of which one it was.
    for (const kept of this.#kept.values()) {
      if (timingSafeEqual(Buffer.from(kept.hash, "base64url"), hash)) found = kept;
    }
    return found && this.good(found.id);
  }

  /** Opens something once this resolves. @throws what prevented it from being saved: it is none then */
  async add(kept: Kept): Promise<void> {
    this.#kept.set(kept.id, kept);
    try {
      await this.save();
    } catch (error) {
      this.#kept.delete(kept.id);
      throw error;
    }
  }

  /** Takes the place of the one with its id, in memory: the caller saves. */
  replace(kept: Kept): void {
    if (this.#kept.has(kept.id)) this.#kept.set(kept.id, kept);
  }

  /** Opens nothing from now on; `undefined` for an unknown id. @throws what prevented it from being saved */
  async revoke(id: string): Promise<Kept | undefined> {
    const kept = this.#kept.get(id);
    if (kept === undefined) return undefined;
    this.#revoked.add(id);
    this.#ends.end(id);
    await this.save();
    this.#kept.delete(id);
    this.#revoked.delete(id);
    return kept;
  }

  /** With the next save they are gone from the disk too. */
  dropExpired(): void {
    for (const id of [...this.#kept.keys()]) {
      if (this.isGood(id) || this.#revoked.has(id)) continue;
      this.#kept.delete(id);
      this.#ends.end(id);
    }
  }

  async save(): Promise<void> {
    await this.#keeper?.save(this.#unrevoked());
  }

  /** For what may be lost. */
  saveLater(): void {
    this.#keeper?.saveLater(this.#unrevoked());
  }

  /** How much rests on it now. */
  countOf(id: string): number {
    return this.#ends.countOf(id);
  }

  /** Runs `onOver` once when it opens nothing any more, at once when that is so already. The answer takes it back. */
  whenOver(id: string, onOver: () => void): () => void {
    return this.#ends.whenOver(id, onOver);
  }

  #unrevoked(): Kept[] {
    return this.list().filter(({ id }) => !this.#revoked.has(id));
  }
}

/** A new secret: 43 characters of a URL. */
export function newSecret(): string {
  return randomBytes(secretBytes).toString("base64url");
}

/** A new right's id. */
export function newGrantId(): string {
  return randomBytes(6).toString("hex");
}

/** What is kept of a secret. */
export function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
