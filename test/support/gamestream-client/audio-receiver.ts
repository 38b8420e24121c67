/** What a player does with sound: opens the packets, checks their parity, decodes them. */
import { expect } from "bun:test";
import { createDecipheriv } from "node:crypto";
import { audioMatrix, rebuild } from "./field.ts";
import { SurroundDecoder } from "./surround-decoder.ts";

/** A packet as it was heard: when it came, and the loudest value of each channel. */
export type Heard = { readonly atMs: number; readonly peaks: readonly number[] };

export class AudioReceiver {
  /** Samples of the left channel, 16 bits. */
  readonly samples: number[] = [];
  readonly heard: Heard[] = [];
  checkedBlockCount = 0;
  readonly #key: Buffer | undefined;
  readonly #keyId: number;
  readonly #decoder: SurroundDecoder;
  readonly #payloads = new Map<number, Uint8Array>();

  constructor(options: { key: Buffer | undefined; keyId: number; layout: string }) {
    this.#key = options.key;
    this.#keyId = options.keyId;
    this.#decoder = new SurroundDecoder(options.layout);
  }

  receive(datagram: Buffer): void {
    const type = datagram.readUInt8(1);
    const sequence = datagram.readUInt16BE(2);
    if (type === 97) this.#data(sequence, datagram.subarray(12));
    else this.#parity(datagram);
  }

  #data(sequence: number, payload: Buffer): void {
    this.#payloads.set(sequence, Uint8Array.from(payload));
    const channels = this.#decoder.decode(this.#open(sequence, payload));
    const peaks = channels.map((values) => Math.max(...values.map(Math.abs)));
    this.heard.push({ atMs: performance.now(), peaks });
    for (const value of channels[0] ?? []) this.samples.push(Math.round(value * 32_768));
  }

  #open(sequence: number, payload: Buffer): Uint8Array {
    if (this.#key === undefined) return payload;
    const iv = Buffer.alloc(16);
    iv.writeUInt32BE((this.#keyId + sequence) >>> 0, 0);
    const decipher = createDecipheriv("aes-128-cbc", this.#key, iv);
    return Buffer.concat([decipher.update(payload), decipher.final()]);
  }

  /** Throws each packet of the block away once, rebuilds it, and compares. */
  #parity(datagram: Buffer): void {
    const shard = datagram.readUInt8(12);
    const first = datagram.readUInt16BE(14);
    expect(datagram.readUInt8(13)).toBe(97);
    expect(first % 4).toBe(0);
    const block = [0, 1, 2, 3].map((index) => this.#payloads.get(first + index));
    if (block.includes(undefined)) return;
    for (const [lost, truth] of block.entries()) {
      const shards = [...block, undefined, undefined];
      shards[lost] = undefined;
      shards[4 + shard] = Uint8Array.from(datagram.subarray(24));
      const rebuilt = rebuild(shards, audioMatrix)?.get(lost);
      expect(Buffer.compare(rebuilt ?? Buffer.alloc(0), truth ?? Buffer.alloc(1))).toBe(0);
    }
    this.checkedBlockCount += 1;
  }
}
