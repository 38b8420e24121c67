/**
 * The key that a player brings with a launch. Every use of it has initialisation vectors of its own,
 * counted from zero by one sealer. Two sealers of one use would seal different bytes with the same
 * vector, which gives AES-GCM away: so each use is lent once, and a key that was here before is refused.
 */
import { createHash } from "node:crypto";
import { assert } from "../base/assert.ts";

/** What is sealed with the key. */
export type KeyUse = "rtsp" | "control" | "video" | "audio";

/** One key and which of its uses are taken. Holds the only copy of the bytes beside its sealers. */
export class LaunchKey {
  readonly #bytes: Buffer;
  readonly #lent = new Set<KeyUse>();

  /** 16 bytes, owned from here on. Only `KeyRegistry` knows whether they are new. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The key, for the one sealer of this use; asking a second time is a bug. */
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

/** Digests that are kept; the oldest make room. Players draw 128 random bits for each launch. */
export const keyCountMax = 4096;

/** Remembers the keys that were seen, so that none is sealed with in two sessions. */
export class KeyRegistry {
  readonly #digests = new Set<string>();

  /** `undefined` when this key came before. */
  claim(bytes: Buffer): LaunchKey | undefined {
    const digest = createHash("sha256").update(bytes).digest("base64url");
    if (this.#digests.has(digest)) return undefined;
    const [oldest] = this.#digests;
    if (this.#digests.size >= keyCountMax && oldest !== undefined) this.#digests.delete(oldest);
    this.#digests.add(digest);
    return new LaunchKey(bytes);
  }
}
