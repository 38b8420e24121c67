/**
 * Hot path: sealing of datagrams with AES-128-GCM, one key a session and direction.
 *
 * The nonce is the session tag and the 64-bit sequence, both in the clear header, which is
 * authenticated with the rest. A sealer never gives a sequence twice, so no nonce repeats under
 * its key. Opening allocates what the runtime's cipher forces and nothing more.
 */
import { createDecipheriv } from "node:crypto";
import { assert } from "../../base/assert.ts";
import { type GcmCipher, gcmCipher, gcmKeyBytes, gcmNonceBytes } from "../../base/gcm.ts";
import { clearBytes, sealBytes, viewOf } from "./packet.ts";

export const keyBytes = gcmKeyBytes;

/** A key of one direction of one session, 16 bytes, and the session’s tag. */
export type SealKey = { readonly key: Uint8Array; readonly tag: number };

/** Seals the datagrams of one direction; numbers them. */
export class Sealer {
  readonly #cipher: GcmCipher;
  readonly #header = new Uint8Array(gcmNonceBytes);
  readonly #view = viewOf(this.#header);
  #sequence = 0;

  constructor({ key, tag }: SealKey) {
    this.#cipher = gcmCipher(key);
    this.#view.setUint32(0, tag);
  }

  /** Sequence of the next datagram. */
  get nextSequence(): number {
    return this.#sequence;
  }

  /** Seals `plain` into `datagram`, which has room for 28 bytes more; returns the bytes written. */
  seal(plain: Uint8Array, datagram: Uint8Array): number {
    const byteCount = clearBytes + plain.length + sealBytes;
    assert(datagram.length >= byteCount, "a datagram has room for what is sealed into it");
    assert(this.#sequence < Number.MAX_SAFE_INTEGER, "a session ends before its sequences do");
    this.#view.setUint32(4, Math.floor(this.#sequence / 2 ** 32));
    this.#view.setUint32(8, this.#sequence >>> 0);
    this.#sequence += 1;
    datagram.set(this.#header, 0);
    this.#cipher.begin(this.#header, this.#header);
    this.#cipher.seal(plain, datagram, clearBytes);
    this.#cipher.finish(datagram, byteCount - sealBytes);
    return byteCount;
  }
}

/** Opens the datagrams of one direction. */
export class Opener {
  readonly #key: Uint8Array;
  readonly #tag: number;

  constructor({ key, tag }: SealKey) {
    assert(key.length === keyBytes, "a media key has 16 bytes");
    this.#key = key;
    this.#tag = tag;
  }

  /** Sequence in the clear header, not yet verified; undefined when it is not ours. */
  readSequence(datagram: Uint8Array): number | undefined {
    if (datagram.length <= clearBytes + sealBytes) return undefined;
    const view = viewOf(datagram);
    if (view.getUint32(0) !== this.#tag) return undefined;
    const sequence = view.getUint32(4) * 2 ** 32 + view.getUint32(8);
    return Number.isSafeInteger(sequence) ? sequence : undefined;
  }

  /** The content, undefined when the datagram was not sealed under this key. */
  open(datagram: Uint8Array): Uint8Array | undefined {
    if (this.readSequence(datagram) === undefined) return undefined;
    const end = datagram.length - sealBytes;
    const header = datagram.subarray(0, clearBytes);
    const decipher = createDecipheriv("aes-128-gcm", this.#key, header, {
      authTagLength: sealBytes,
    });
    decipher.setAAD(header);
    decipher.setAuthTag(datagram.subarray(end));
    const plain = decipher.update(datagram.subarray(clearBytes, end));
    try {
      decipher.final();
      return plain;
    } catch {
      // Expected: bytes of somebody else, or modified in transit.
      return undefined;
    }
  }
}
