/**
 * Removes secrets from a recorded request: values with a secret's name, texts that contain a known
 * secret, and texts too long to be searched later.
 */
const secretWords = new Set([
  "auth",
  "authorization",
  "code",
  "cookie",
  "credential",
  "credentials",
  "key",
  "passphrase",
  "password",
  "pin",
  "secret",
  "signature",
  "token",
]);
const depthMax = 8;
const memberCountMax = 64;
const textLengthMax = 256;
const valueCountMax = 256;
export const removed = "[redacted]";

/** A value without its secrets. */
export type Redacted = { readonly value: unknown; readonly isRedacted: boolean };

/** The value with every secret, and every field whose name suggests one, replaced. */
export function redact(value: unknown, secrets: readonly string[]): Redacted {
  const pass = new Pass(secrets);
  return { value: pass.clean(value, 0), isRedacted: pass.isRedacted };
}

class Pass {
  isRedacted = false;
  readonly #secrets: readonly string[];
  #valueCount = 0;

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.filter((secret) => secret !== "");
  }

  clean(value: unknown, depth: number): unknown {
    this.#valueCount += 1;
    if (this.#valueCount > valueCountMax || depth > depthMax) return this.#remove();
    if (typeof value === "string") return this.#isHarmless(value) ? value : this.#remove();
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) {
      if (value.length > memberCountMax) return this.#remove();
      return value.map((item) => this.clean(item, depth + 1));
    }
    return this.#cleanMembers(value, depth);
  }

  #cleanMembers(value: object, depth: number): unknown {
    const members = Object.entries(value);
    if (members.length > memberCountMax) return this.#remove();
    if (members.some(([name]) => !this.#isHarmless(name))) return this.#remove();
    return Object.fromEntries(
      members.map(([name, member]) => [
        name,
        isSecretName(name) ? this.#remove() : this.clean(member, depth + 1),
      ]),
    );
  }

  #isHarmless(text: string): boolean {
    if (text.length > textLengthMax) return false;
    return !this.#secrets.some((secret) => text.includes(secret));
  }

  #remove(): string {
    this.isRedacted = true;
    return removed;
  }
}

/** `pairing_code` and `pairingCode` match, `codec` does not. */
function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  return words.split(/[^a-z]+/).some((word) => secretWords.has(word));
}
