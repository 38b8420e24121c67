/**
 * Rights granted by secrets, which can be revoked or expire: tokens, links. Secrets are stored as
 * hashes and checked at each use; whatever rests on a right ends with it.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import { type Scheduler, timers } from "../../base/scheduler.ts";
import type { ListKeeper } from "../../ports/keeper.ts";
import { RightEnds } from "./right-ends.ts";

const secretBytes = 32;

/** Common fields of every right, as stored on disk. */
export type KeptGrant = {
  readonly id: string;
  /** Of its secret: SHA-256, in base64url. */
  readonly hash: string;
  /** It never expires without. */
  readonly expires_unix_ms?: number;
};

/** A clock, where the list is stored (nowhere if absent), and timers. */
export type GrantOptions<Kept> = {
  readonly clock: Clock;
  readonly keeper?: ListKeeper<Kept>;
  readonly scheduler?: Scheduler;
};

/** All rights of one kind. Bounded by its user, which checks `size` before it adds one. */
export class Grants<Kept extends KeptGrant> {
  readonly #clock: Clock;
  readonly #keeper: ListKeeper<Kept> | undefined;
  readonly #ends: RightEnds;
  /** By id, oldest first. */
  readonly #kept = new Map<string, Kept>();
  /** No longer valid; in the list until that is saved, so that revoking can be retried. */
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

  /** Oldest first, including expired ones, and those whose revocation is not saved yet. */
  list(): readonly Kept[] {
    return [...this.#kept.values()];
  }

  /** The right with this id if it is valid now. */
  good(id: string): Kept | undefined {
    const kept = this.#kept.get(id);
    if (kept === undefined || this.#revoked.has(id)) return undefined;
    const { expires_unix_ms: endMs = Number.POSITIVE_INFINITY } = kept;
    return this.#clock.wallMs() < endMs ? kept : undefined;
  }

  isGood(id: string): boolean {
    return this.good(id) !== undefined;
  }

  /** The right whose secret has this SHA-256, if it is valid now. */
  withHash(hash: Uint8Array): Kept | undefined {
    let found: Kept | undefined;
    // Always checks all of them: the time it takes does not reveal which one it was.
    for (const kept of this.#kept.values()) {
      if (timingSafeEqual(Buffer.from(kept.hash, "base64url"), hash)) found = kept;
    }
    return found && this.good(found.id);
  }

  /**
   * Valid once this resolves.
   * @throws what prevented it from being saved: then it is not valid
   */
  async add(kept: Kept): Promise<void> {
    this.#kept.set(kept.id, kept);
    try {
      await this.save();
    } catch (error) {
      this.#kept.delete(kept.id);
      throw error;
    }
  }

  /** Replaces the one with its id, in memory: the caller saves. */
  replace(kept: Kept): void {
    if (this.#kept.has(kept.id)) this.#kept.set(kept.id, kept);
  }

  /**
   * No longer valid from now on; `undefined` for an unknown id.
   * @throws what prevented it from being saved
   */
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

  /** With the next save they are removed from the disk too. */
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

  /** For data that may be lost. */
  saveLater(): void {
    this.#keeper?.saveLater(this.#unrevoked());
  }

  /** How many resources rest on it now. */
  countOf(id: string): number {
    return this.#ends.countOf(id);
  }

  /**
   * Runs `onOver` once when the right is no longer valid, at once if it already is not. The
   * returned call cancels that.
   */
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

/** What is stored of a secret. */
export function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
