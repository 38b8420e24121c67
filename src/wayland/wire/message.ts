/**
 * Messages of the Wayland protocol, both ways. The wire is little-endian here, as on every machine
 * that onglass runs on.
 *
 *     u32 object | u16 opcode, u16 size | arguments, each padded to 4 bytes
 *     string: u32 length with NUL, bytes, NUL, padding
 */

const headerBytes = 8;
/** A compositor sends no message near this: libwayland's own buffer has 4096 bytes. */
const messageBytesMax = 4096;

export type WaylandMessage = {
  readonly object: number;
  readonly opcode: number;
  /** Valid until the next read. */
  readonly body: Buffer;
};

/** Bytes from a compositor that are not a message. */
export class WireError extends Error {}

/**
 * Takes complete messages from the start of `bytes`, and returns their length.
 * @throws WireError for an invalid size
 */
export function readMessages(bytes: Buffer, take: (message: WaylandMessage) => void): number {
  let at = 0;
  while (bytes.length - at >= headerBytes) {
    const size = bytes.readUInt16LE(at + 6);
    if (size < headerBytes || size > messageBytesMax || size % 4 !== 0) {
      throw new WireError(`a message of ${size} bytes`);
    }
    if (bytes.length - at < size) break;
    take({
      object: bytes.readUInt32LE(at),
      opcode: bytes.readUInt16LE(at + 4),
      body: bytes.subarray(at + headerBytes, at + size),
    });
    at += size;
  }
  return at;
}

/** Reads the arguments of one message in order. Reading past its end throws a WireError. */
export class Arguments {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  uint(): number {
    return this.#body.readUInt32LE(this.#take(4));
  }

  int(): number {
    return this.#body.readInt32LE(this.#take(4));
  }

  string(): string {
    const length = this.uint();
    const at = this.#take(Math.ceil(length / 4) * 4);
    return this.#body.toString("utf8", at, at + Math.max(0, length - 1));
  }

  /** Seconds in two words, then nanoseconds: microseconds on CLOCK_MONOTONIC. */
  time(): number {
    const [high, low, nanos] = [this.uint(), this.uint(), this.uint()];
    return (high * 2 ** 32 + low) * 1e6 + Math.floor(nanos / 1000);
  }

  #take(byteCount: number): number {
    const at = this.#at;
    if (at + byteCount > this.#body.length) throw new WireError("an argument is missing");
    this.#at += byteCount;
    return at;
  }
}

/** A request's bytes. Strings are written as UTF-8, numbers as 32 bits of either sign. */
export function writeMessage(
  object: number,
  opcode: number,
  args: readonly (number | string)[],
): Buffer {
  const parts = args.map((arg) => (typeof arg === "string" ? stringBytes(arg) : numberBytes(arg)));
  const size = headerBytes + parts.reduce((sum, { length }) => sum + length, 0);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(object, 0);
  header.writeUInt16LE(opcode, 4);
  header.writeUInt16LE(size, 6);
  return Buffer.concat([header, ...parts], size);
}

function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0, 0);
  return bytes;
}

function stringBytes(text: string): Buffer {
  const length = Buffer.byteLength(text) + 1;
  const bytes = Buffer.alloc(4 + Math.ceil(length / 4) * 4);
  bytes.writeUInt32LE(length, 0);
  bytes.write(text, 4);
  return bytes;
}
