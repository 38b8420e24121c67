/**
 * Seals and opens packets of the control stream, AES-128-GCM with the session's key.
 *
 *   0  u16 LE 1        2  u16 LE bytes that follow     4  u32 LE sequence
 *   8  tag 16         24  sealed: u16 LE type, u16 LE payload length, payload
 *
 * Version 2 has separate initialisation vectors for the two directions. The older one is kept for
 * players that know nothing else: its vectors repeat every 256 packets and are the same in both
 * directions, so the host only opens what such a player says and seals nothing itself.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";

const headBytes = 8;
const tagBytes = 16;
const sealedType = 1;
/** How late a packet may arrive; older ones and repeats are dropped. */
const replayWindow = 1024;
/** Sequences are 32 bits. At a message per millisecond they last for seven weeks. */
const sequenceMax = 0xffff_ffff;

export type ControlVersion = 1 | 2;
/** The sender that sealed it. */
export type ControlSide = "client" | "host";

/** The content of a packet. */
export type ControlPacket = { readonly type: number; readonly payload: Buffer };

/** Owns the key, one sealer per direction; a launch key has one. */
export class ControlSeal {
  readonly #key: Buffer;
  readonly #version: ControlVersion;
  readonly #own: ControlSide;
  readonly #seen = new Float64Array(replayWindow).fill(-1);
  #highest = -1;
  #sequence = 0;

  constructor(options: {
    readonly key: Buffer;
    readonly version: ControlVersion;
    readonly own: ControlSide;
  }) {
    this.#key = options.key;
    this.#version = options.version;
    this.#own = options.own;
  }

  /** `undefined` where no vector is left, which the older version never has for a host. */
  seal(type: number, payload: Uint8Array): Buffer | undefined {
    const isOldHost = this.#version === 1 && this.#own === "host";
    if (isOldHost || this.#sequence > sequenceMax) return undefined;
    const plain = Buffer.alloc(4 + payload.length);
    plain.writeUInt16LE(type, 0);
    plain.writeUInt16LE(payload.length, 2);
    plain.set(payload, 4);
    const head = Buffer.alloc(headBytes);
    head.writeUInt16LE(sealedType, 0);
    head.writeUInt16LE(4 + tagBytes + plain.length, 2);
    head.writeUInt32LE(this.#sequence, 4);
    const cipher = createCipheriv("aes-128-gcm", this.#key, this.#iv(this.#sequence, this.#own));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    this.#sequence += 1;
    return Buffer.concat([head, cipher.getAuthTag(), sealed]);
  }

  /** Type and payload, or `undefined` unless it is a fresh packet of the other side. */
  open(packet: Uint8Array): ControlPacket | undefined {
    const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
    if (bytes.length < headBytes + tagBytes + 4) return undefined;
    if (bytes.readUInt16LE(0) !== sealedType || bytes.readUInt16LE(2) + 4 !== bytes.length) return;
    const sequence = bytes.readUInt32LE(4);
    if (this.#isRepeat(sequence)) return undefined;
    const plain = this.#decrypt(bytes, sequence);
    if (plain === undefined || plain.readUInt16LE(2) + 4 !== plain.length) return undefined;
    this.#highest = Math.max(this.#highest, sequence);
    this.#seen[sequence % replayWindow] = sequence;
    return { type: plain.readUInt16LE(0), payload: plain.subarray(4) };
  }

  /** The older version does not authenticate the sequence, so that there it proves nothing. */
  #isRepeat(sequence: number): boolean {
    if (this.#version === 1) return false;
    if (sequence + replayWindow <= this.#highest) return true;
    return this.#seen[sequence % replayWindow] === sequence;
  }

  #decrypt(bytes: Buffer, sequence: number): Buffer | undefined {
    const other = this.#own === "host" ? "client" : "host";
    const decipher = createDecipheriv("aes-128-gcm", this.#key, this.#iv(sequence, other));
    decipher.setAuthTag(bytes.subarray(headBytes, headBytes + tagBytes));
    try {
      const start = decipher.update(bytes.subarray(headBytes + tagBytes));
      return Buffer.concat([start, decipher.final()]);
    } catch {
      // Sealed with another key, or modified in transit.
      return undefined;
    }
  }

  #iv(sequence: number, side: ControlSide): Buffer {
    if (this.#version === 1) return Buffer.from([sequence & 0xff, ...new Uint8Array(15)]);
    const iv = Buffer.alloc(12);
    iv.writeUInt32LE(sequence, 0);
    iv.write(side === "host" ? "HC" : "CC", 10, "latin1");
    return iv;
  }
}
