/**
 * Opus packets of one constant length: players give up on audio parity for the whole session when
 * the four packets of a block differ. 0.04 ms for 5 ms of sound.
 */
import { Encoder } from "@evan/opus";
import { channelCount, sampleRate } from "./format.ts";

const bitsPerSecond = 96_000;

/** One encoder, for the packets of one stream in order. */
export class OpusPacker {
  readonly #encoder = new Encoder({
    channels: channelCount,
    sample_rate: sampleRate,
    application: "restricted_lowdelay",
  });

  constructor() {
    this.#encoder.vbr = false;
    this.#encoder.bitrate = bitsPerSecond;
  }

  /** One packet; the bytes are the caller's. */
  pack(samples: Int16Array): Uint8Array {
    return new Uint8Array(this.#encoder.encode(samples));
  }
}
