/** Messages of protocol buffers, field by field, as bytes. Only what traces and metrics need. */
const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const utf8 = new TextEncoder();

/** One message; fields are written in the order in which they were added. */
export class ProtoWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** @param value whole, from 0 to 2^53 − 1 */
  uint(field: number, value: number): this {
    this.#varint(field * 8 + varint);
    this.#varint(value);
    return this;
  }

  /** @param value whole, within ± 2^52; small ones of either sign take few bytes */
  sint(field: number, value: number): this {
    return this.uint(field, value < 0 ? -2 * value - 1 : 2 * value);
  }

  double(field: number, value: number): this {
    this.#varint(field * 8 + fixed64);
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
    return this;
  }

  fixed(field: number, value: bigint): this {
    this.#varint(field * 8 + fixed64);
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, value, true);
    this.#length += 8;
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  message(field: number, value: ProtoWriter): this {
    return this.bytes(field, value.#bytes.subarray(0, value.#length));
  }

  /** The message preceded by its length, as in a stream of messages. */
  delimited(value: ProtoWriter): this {
    return this.#counted(value.#bytes.subarray(0, value.#length));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint(field * 8 + lengthDelimited);
    return this.#counted(value);
  }

  #counted(value: Uint8Array): this {
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes so far, valid until more is added; then the message starts over. */
  take(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  #varint(value: number): void {
    this.#reserve(10);
    let left = value;
    while (left >= 0x80) {
      this.#bytes[this.#length++] = (left % 0x80) | 0x80;
      left = Math.floor(left / 0x80);
    }
    this.#bytes[this.#length++] = left;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
