/**
 * Per frame: cuts Opus packets into GameStream audio datagrams, sealed, with two parity datagrams
 * after every fourth.
 *
 *   data    0x80, 97, u16 BE sequence, u32 BE time in ms, u32 0, sealed Opus
 *   parity  0x80, 127, u16 BE sequence, u32 0, u32 0,
 *           u8 shard, u8 97, u16 BE first sequence, u32 BE first time, u32 0, parity
 *
 * Blocks begin where the sequence is a multiple of four. All four packets of a block must have the
 * same length (constant bitrate), or the player drops audio parity for the whole session.
 */
import { createCipheriv } from "node:crypto";
import { multiply } from "../../parity/galois.ts";

export const audioDataCount = 4;
export const audioParityCount = 2;
const rtpBytes = 12;
const parityHeadBytes = 12;
const dataType = 97;
const parityType = 127;
/** Row by row: not the matrix of the video blocks. */
const matrix = [
  [0x77, 0x40, 0x38, 0x0e],
  [0xc7, 0xa7, 0x0d, 0x6c],
] as const;
const products = matrix.map((row) => row.map(tableOf));

export type AudioOptions = {
  /** 5 or 10. */
  readonly packetMs: number;
  /** 16 bytes; payloads are sealed with AES-128-CBC when given. */
  readonly key?: Buffer | undefined;
  /** Added to the sequence to make the IV; signed 32 bits. */
  readonly keyId: number;
};

export class AudioPacketizer {
  readonly #options: AudioOptions;
  readonly #block: Uint8Array[] = [];
  readonly #iv = Buffer.alloc(16);
  #sequence = 0;
  #timeMs = 0;

  constructor(options: AudioOptions) {
    this.#options = options;
  }

  /** The datagrams for one Opus packet: one, or three when it ends a block. */
  packetize(opus: Uint8Array): Uint8Array[] {
    const payload = this.#seal(opus);
    const datagrams = [dataDatagram(payload, this.#sequence, this.#timeMs)];
    if (this.#sequence % audioDataCount === 0) this.#block.length = 0;
    this.#block.push(payload);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timeMs = (this.#timeMs + this.#options.packetMs) >>> 0;
    const isFull = this.#block.length === audioDataCount;
    if (isFull && this.#block.every((each) => each.length === payload.length)) {
      for (let shard = 0; shard < audioParityCount; shard++) datagrams.push(this.#parity(shard));
    }
    return datagrams;
  }

  #seal(opus: Uint8Array): Uint8Array {
    const { key, keyId } = this.#options;
    if (key === undefined) return opus;
    this.#iv.writeUInt32BE((keyId + this.#sequence) >>> 0, 0);
    const cipher = createCipheriv("aes-128-cbc", key, this.#iv);
    return Buffer.concat([cipher.update(opus), cipher.final()]);
  }

  /** Called when a block has just been filled: `#sequence` and `#timeMs` are the next packet's. */
  #parity(shard: number): Uint8Array {
    const bytes = this.#block[0]?.length ?? 0;
    const datagram = new Uint8Array(rtpBytes + parityHeadBytes + bytes);
    const view = new DataView(datagram.buffer);
    const first = (this.#sequence - audioDataCount) & 0xffff;
    view.setUint8(0, 0x80);
    view.setUint8(1, parityType);
    view.setUint16(2, (this.#sequence + shard) & 0xffff);
    view.setUint8(rtpBytes, shard);
    view.setUint8(rtpBytes + 1, dataType);
    view.setUint16(rtpBytes + 2, first);
    view.setUint32(rtpBytes + 4, (this.#timeMs - audioDataCount * this.#options.packetMs) >>> 0);
    addParity(datagram.subarray(rtpBytes + parityHeadBytes), this.#block, shard);
    return datagram;
  }
}

function dataDatagram(payload: Uint8Array, sequence: number, timeMs: number): Uint8Array {
  const datagram = new Uint8Array(rtpBytes + payload.length);
  const view = new DataView(datagram.buffer);
  view.setUint8(0, 0x80);
  view.setUint8(1, dataType);
  view.setUint16(2, sequence);
  view.setUint32(4, timeMs);
  datagram.set(payload, rtpBytes);
  return datagram;
}

function addParity(target: Uint8Array, block: readonly Uint8Array[], shard: number): void {
  for (const [column, payload] of block.entries()) {
    const table = products[shard]?.[column];
    if (table === undefined) continue;
    for (let at = 0; at < target.length; at++) {
      target[at] = (target[at] ?? 0) ^ (table[payload[at] ?? 0] ?? 0);
    }
  }
}

function tableOf(factor: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => multiply(factor, value));
}
