/** What a player does with sound: opens the packets, checks their parity, decodes them. */
import { expect } from "bun:test";
import { createDecipheriv } from "node:crypto";
import { Decoder } from "@evan/opus";
import { audioMatrix, rebuild } from "./field.ts";

export class AudioReceiver {
  /** Samples of the left channel. */
  readonly samples: number[] = [];
  checkedBlockCount = 0;
  readonly #key: Buffer | undefined;
  readonly #keyId: number;
  readonly #decoder = new Decoder({ channels: 2, sample_rate: 48_000 });
  readonly #payloads = new Map<number, Uint8Array>();

  constructor(key: Buffer | undefined, keyId: number) {
    this.#key = key;
    this.#keyId = keyId;
  }

  receive(datagram: Buffer): void {
    const type = datagram.readUInt8(1);
    const sequence = datagram.readUInt16BE(2);
    if (type === 97) this.#data(sequence, datagram.subarray(12));
    else this.#parity(datagram);
  }

  #data(sequence: number, payload: Buffer): void {
    this.#payloads.set(sequence, Uint8Array.from(payload));
    const decoded = this.#decoder.decode(this.#open(sequence, payload));
    const bytes = Uint8Array.from(decoded);
    const samples = new Int16Array(bytes.buffer);
    for (let at = 0; at < samples.length; at += 2) this.samples.push(samples[at] ?? 0);
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
