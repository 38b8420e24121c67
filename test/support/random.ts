/** Random numbers that a seed makes again, and inputs bent with them. */

const interestingBytes = [0, 1, 0x0a, 0x20, 0x22, 0x2c, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0xff];
const interestingTexts = [
  "-1",
  "1e999",
  "-0",
  "9007199254740993",
  "4294967296",
  "1.5",
  "null",
  "true",
  '"\\ud800"',
  "{}",
  "[[]]",
  '"__proto__":1',
  "%00",
  "%ff",
  "../",
  "\r\n",
].map((text) => new TextEncoder().encode(text));
const changeCountMax = 4;

/** Marsaglia's xorshift: 32 bits of state, the same numbers for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state % end;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("Bug: nothing to pick from");
    return item;
  }

  bytes(lengthMax: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: this.below(lengthMax + 1) }, () => this.below(256));
  }

  /** One in ten is noise; the others are one of `seeds` with up to four changes. */
  bend(seeds: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
    if (this.below(10) === 0) return this.bytes(300);
    let bytes = Uint8Array.from(this.pick(seeds));
    for (let count = this.below(changeCountMax + 1); count > 0; count--) {
      bytes = this.#change(bytes, seeds);
    }
    return bytes;
  }

  #change(bytes: Uint8Array<ArrayBuffer>, seeds: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
    const at = this.below(bytes.length + 1);
    const end = Math.min(bytes.length, at + this.below(16));
    switch (this.below(7)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << this.below(8));
        return bytes;
      case 1:
        bytes[at] = this.pick(interestingBytes);
        return bytes;
      case 2:
        return join(bytes.subarray(0, at), bytes.subarray(end));
      case 3:
        return join(bytes.subarray(0, end), bytes.subarray(at));
      case 4:
        return join(bytes.subarray(0, at), this.pick(interestingTexts), bytes.subarray(end));
      case 5:
        return bytes.slice(0, at);
      default: {
        const other = this.pick(seeds);
        return join(bytes.subarray(0, at), other.subarray(this.below(other.length + 1)));
      }
    }
  }
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
