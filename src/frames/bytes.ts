/**
 * Numbers, names and byte strings in a row of bytes. Varints hold whole numbers up to 2^53 − 1, seven
 * bits a byte, low ones first. A reader never throws and never reads beyond its bytes: it is
 * `isDamaged` from the first thing that does not fit, and gives 0 and nothing from then on.
 */
const varintBytesMax = 8;

/** Writes one row of bytes, growing as needed. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  /** @param capacity an estimate; it grows */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(Math.max(16, capacity));
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** @param value whole, from 0 to 2^53 − 1 */
  varint(value: number): void {
    this.#reserve(varintBytesMax);
    let left = value;
    while (left >= 0x80) {
      this.#bytes[this.#length++] = (left % 0x80) | 0x80;
      left = Math.floor(left / 0x80);
    }
    this.#bytes[this.#length++] = left;
  }

  /** @param value ASCII, up to 255 characters */
  name(value: string): void {
    this.u8(value.length);
    for (let index = 0; index < value.length; index++) this.u8(value.charCodeAt(index));
  }

  /** Their count, then the bytes. */
  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** The written bytes; the writer cannot be used afterwards. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }
}

/** Reads one row of bytes, from front to back. */
export class ByteReader {
  isDamaged = false;
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  u8(): number {
    const value = this.#bytes[this.#position];
    if (value === undefined || this.isDamaged) return this.#damage(0);
    this.#position += 1;
    return value;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < varintBytesMax; count++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : this.#damage(0);
      scale *= 0x80;
    }
    return this.#damage(0);
  }

  name(): string {
    const bytes = this.#take(this.u8());
    return String.fromCharCode(...bytes);
  }

  /** A view of the reader's own bytes. */
  bytes(): Uint8Array {
    return this.#take(this.varint());
  }

  #take(count: number): Uint8Array {
    if (this.isDamaged || count > this.#bytes.length - this.#position) {
      return this.#damage(new Uint8Array());
    }
    const bytes = this.#bytes.subarray(this.#position, this.#position + count);
    this.#position += count;
    return bytes;
  }

  #damage<T>(value: T): T {
    this.isDamaged = true;
    return value;
  }
}
