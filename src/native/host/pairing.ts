/**
 * The one-time code that lets a new player in: who made it can see the host's console, who types
 * it knows the host's certificate before it says anything to it.
 *
 *   0  u8     version, 1        1  32 bytes  SHA-256 of the host's certificate
 *   33 16 bytes  secret         written in base64url, 66 characters
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../base/clock.ts";

const version = 1;
const fingerprintBytes = 32;
const secretBytes = 16;
const codeBytes = 1 + fingerprintBytes + secretBytes;
const codeLength = Math.ceil((codeBytes * 4) / 3);
export const codeLifeMs = 10 * 60_000;

/** What is in a pairing code. */
export type CodeFacts = { readonly fingerprint: string; readonly secret: Uint8Array };

/** The code as text. */
export function writeCode({ fingerprint, secret }: CodeFacts): string {
  return Buffer.concat([Uint8Array.of(version), Buffer.from(fingerprint, "hex"), secret]).toString(
    "base64url",
  );
}

/** Undefined when the text is not a code. */
export function readCode(text: string): CodeFacts | undefined {
  if (text.length !== codeLength || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64url");
  if (bytes.length !== codeBytes || bytes[0] !== version) return undefined;
  return {
    fingerprint: bytes.subarray(1, 1 + fingerprintBytes).toString("hex"),
    secret: bytes.subarray(1 + fingerprintBytes),
  };
}

type OpenCode = { readonly secret: Uint8Array; readonly endsUs: number };

/**
 * At most one code is open; a new one replaces the previous one. Wrong attempts do not close it: a
 * guess has a chance of 1 in 2^128, and strangers must not be able to void the operator's code.
 */
export class CodePairings {
  readonly #fingerprint: string;
  readonly #clock: Clock;
  #open: OpenCode | undefined;

  constructor(options: { fingerprint: string; clock: Clock }) {
    this.#fingerprint = options.fingerprint;
    this.#clock = options.clock;
  }

  create(): { code: string; expires_unix_ms: number } {
    const secret = randomBytes(secretBytes);
    this.#open = { secret, endsUs: this.#clock.nowUs() + codeLifeMs * 1000 };
    return {
      code: writeCode({ fingerprint: this.#fingerprint, secret }),
      expires_unix_ms: this.#clock.wallMs() + codeLifeMs,
    };
  }

  /** Whether a code can still admit somebody. */
  get isOpen(): boolean {
    return this.#open !== undefined && this.#clock.nowUs() < this.#open.endsUs;
  }

  cancel(): void {
    this.#open = undefined;
  }

  /** True once, for the right secret in time. */
  use(secret: Uint8Array): boolean {
    const code = this.#open;
    if (code === undefined) return false;
    if (this.#clock.nowUs() >= code.endsUs) {
      this.#open = undefined;
      return false;
    }
    const isRight = secret.length === secretBytes && timingSafeEqual(secret, code.secret);
    if (isRight) this.#open = undefined;
    return isRight;
  }
}
