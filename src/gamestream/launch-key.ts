/**
 * The key that a player brings with a launch. Every use of it has its own initialisation vectors,
 * counted from zero by one sealer. Two sealers of one use would seal different bytes with the same
 * vector, which breaks AES-GCM: so each use is lent once, and a key that was seen before is
 * refused.
 */
import { createHash } from "node:crypto";
import { assert } from "../base/assert.ts";

/** What is sealed with the key. */
export type KeyUse = "rtsp" | "control" | "video" | "audio";

/**
 * One key and which of its uses are taken. Holds the only copy of the bytes besides its sealers.
 */
export class LaunchKey {
  readonly #bytes: Buffer;
  readonly #lent = new Set<KeyUse>();

  /** 16 bytes, owned from now on. Only `KeyRegistry` knows whether they are new. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The key, for the one sealer of this use; requesting it twice is a bug. */
  lend(use: KeyUse): Buffer {
    assert(!this.#lent.has(use), "a launch key has one sealer for each use");
    this.#lent.add(use);
    return this.#bytes;
  }

  /** A session was made from it: no other one can be. */
  get isSpent(): boolean {
    return this.#lent.has("control");
  }
}

/**
 * Number of stored digests; the oldest are dropped. Players draw 128 random bits for each launch.
 */
export const keyCountMax = 4096;

/** Remembers the keys that were seen, so that none seals in two sessions. */
export class KeyRegistry {
  readonly #digests = new Set<string>();

  /** `undefined` for a key that was seen before. */
  claim(bytes: Buffer): LaunchKey | undefined {
    const digest = createHash("sha256").update(bytes).digest("base64url");
    if (this.#digests.has(digest)) return undefined;
    const [oldest] = this.#digests;
    if (this.#digests.size >= keyCountMax && oldest !== undefined) this.#digests.delete(oldest);
    this.#digests.add(digest);
    return new LaunchKey(bytes);
  }
}
