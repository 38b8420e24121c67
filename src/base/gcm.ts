/**
 * Hot path: AES-128-GCM for datagrams. The runtime’s cipher makes some seven objects for each
 * message, 3 KB with what it reports, and collecting them stops the thread that sends. So libcrypto
 * does it if the system has it, in the caller’s memory, and in a third of the time.
 */
import { dlopen, type Library, type Pointer, ptr } from "bun:ffi";
import { type CipherGCM, createCipheriv } from "node:crypto";
import { assert } from "./assert.ts";

export const gcmKeyBytes = 16;
export const gcmNonceBytes = 12;
export const gcmTagBytes = 16;

/** Seals one message after another under one key. No nonce may be used twice. */
export type GcmCipher = {
  /** The following calls belong to a message with this nonce; `clear` is only authenticated. */
  begin(nonce: Uint8Array, clear?: Uint8Array): void;
  /** Seals `plain` to the same number of bytes at `at` of `into`, which may be in place. */
  seal(plain: Uint8Array, into: Uint8Array, at: number): void;
  /** Writes the message’s tag, 16 bytes, at `at` of `into`. */
  finish(into: Uint8Array, at: number): void;
};

const calls = {
  OPENSSL_init_crypto: { args: ["u64", "ptr"], returns: "i32" },
  EVP_aes_128_gcm: { args: [], returns: "ptr" },
  EVP_CIPHER_CTX_new: { args: [], returns: "ptr" },
  EVP_CIPHER_CTX_free: { args: ["ptr"], returns: "void" },
  EVP_EncryptInit_ex: { args: ["ptr", "ptr", "ptr", "ptr", "ptr"], returns: "i32" },
  EVP_EncryptUpdate: { args: ["ptr", "ptr", "ptr", "ptr", "i32"], returns: "i32" },
  EVP_EncryptFinal_ex: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
  EVP_CIPHER_CTX_ctrl: { args: ["ptr", "i32", "i32", "ptr"], returns: "i32" },
} as const;
type Libcrypto = Library<typeof calls>["symbols"];

const files = ["libcrypto.so.3", "libcrypto.so.1.1"];
/** It reads no configuration, and frees nothing at exit that another thread still uses. */
const initFlags = 0x80n | 0x80000n;
const getTag = 0x10;

const opened: { library?: Libcrypto | undefined; isTried: boolean } = { isTried: false };

/**
 * A cipher for one key of 16 bytes: libcrypto’s, or the runtime’s if there is none or its results
 * differ.
 */
export function gcmCipher(key: Uint8Array): GcmCipher {
  assert(key.length === gcmKeyBytes, "a key of AES-128 has 16 bytes");
  if (!opened.isTried) {
    opened.isTried = true;
    opened.library = openLibcrypto();
  }
  return opened.library === undefined
    ? new RuntimeCipher(key)
    : new LibraryCipher(opened.library, key);
}

/** `undefined` if the system has none, or its results differ from the runtime’s. */
function openLibcrypto(): Libcrypto | undefined {
  for (const file of files) {
    try {
      const { symbols } = dlopen(file, calls);
      symbols.OPENSSL_init_crypto(initFlags, null);
      const key = Buffer.alloc(gcmKeyBytes, 7);
      const own = sealedSample(new LibraryCipher(symbols, key));
      if (own.equals(sealedSample(new RuntimeCipher(key)))) return symbols;
    } catch {
      // Expected: not every system has it, or allows sealing.
    }
  }
  return undefined;
}

function sealedSample(cipher: GcmCipher): Buffer {
  const sealed = Buffer.alloc(100 + gcmTagBytes);
  cipher.begin(Buffer.alloc(gcmNonceBytes, 1), Buffer.alloc(gcmNonceBytes, 2));
  cipher.seal(sealed.subarray(0, 100), sealed, 0);
  cipher.finish(sealed, 100);
  return sealed;
}

const contexts = new FinalizationRegistry<{ library: Libcrypto; context: Pointer }>(
  ({ library, context }) => library.EVP_CIPHER_CTX_free(context),
);

/** libcrypto’s context of one key, freed when nothing holds this any more. */
class LibraryCipher implements GcmCipher {
  readonly #library: Libcrypto;
  readonly #context: Pointer;
  /** Where the library writes the number of bytes written. */
  readonly #written = new Int32Array(1);

  constructor(library: Libcrypto, key: Uint8Array) {
    // Addresses of a process fit into a number: the runtime gives them as one.
    const context = Number(library.EVP_CIPHER_CTX_new() ?? 0) as Pointer;
    assert(context !== 0, "libcrypto has memory for a context");
    this.#library = library;
    this.#context = context;
    contexts.register(this, { library, context });
    const cipher = library.EVP_aes_128_gcm();
    check(library.EVP_EncryptInit_ex(this.#context, cipher, null, ptr(key), null));
  }

  begin(nonce: Uint8Array, clear?: Uint8Array): void {
    assert(nonce.length === gcmNonceBytes, "a nonce has 12 bytes");
    check(this.#library.EVP_EncryptInit_ex(this.#context, null, null, null, ptr(nonce)));
    if (clear !== undefined && clear.length > 0) this.#update(clear, null);
  }

  seal(plain: Uint8Array, into: Uint8Array, at: number): void {
    assert(at + plain.length <= into.length, "what is sealed has room");
    if (plain.length > 0) this.#update(plain, ptr(into, at));
  }

  finish(into: Uint8Array, at: number): void {
    assert(at + gcmTagBytes <= into.length, "a tag has room");
    const tag = ptr(into, at);
    check(this.#library.EVP_EncryptFinal_ex(this.#context, tag, ptr(this.#written)));
    check(this.#library.EVP_CIPHER_CTX_ctrl(this.#context, getTag, gcmTagBytes, tag));
  }

  #update(bytes: Uint8Array, into: Pointer | null): void {
    const written = ptr(this.#written);
    check(this.#library.EVP_EncryptUpdate(this.#context, into, written, ptr(bytes), bytes.length));
  }
}

function check(result: number): void {
  assert(result === 1, "libcrypto does what it did when it was tried");
}

/** @public For the tests: what systems without libcrypto use. */
export class RuntimeCipher implements GcmCipher {
  readonly #key: Uint8Array;
  #cipher: CipherGCM | undefined;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  begin(nonce: Uint8Array, clear?: Uint8Array): void {
    this.#cipher = createCipheriv("aes-128-gcm", this.#key, nonce, { authTagLength: gcmTagBytes });
    if (clear !== undefined) this.#cipher.setAAD(clear);
  }

  seal(plain: Uint8Array, into: Uint8Array, at: number): void {
    if (this.#cipher !== undefined) into.set(this.#cipher.update(plain), at);
  }

  finish(into: Uint8Array, at: number): void {
    if (this.#cipher === undefined) return;
    this.#cipher.final();
    into.set(this.#cipher.getAuthTag(), at);
  }
}
