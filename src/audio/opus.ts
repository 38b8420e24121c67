/**
 * Opus packets of one constant length: players drop audio parity for the whole session when
 * the four packets of a block differ. 0.04 ms for 5 ms of stereo.
 *
 * More than two channels travel as several streams in one packet (RFC 6716, appendix B): pairs
 * first, then single channels. All but the last say how long they are:
 *
 * | bytes | part                                                       |
 * | ----: | ---------------------------------------------------------- |
 * |     1 | table of contents; its low two bits are 0 for one frame    |
 * |   1–2 | bytes of the frame: below 252 in one, absent in the last   |
 * |     n | the frame                                                  |
 */
import { Encoder } from "@evan/opus";
import { assert } from "../base/assert.ts";
import { type ChannelCount, sampleRate } from "./format.ts";

/** For each pair, and half of it for each single channel. */
export const bitsPerSecond = 96_000;
/** Delay of the encoder's output against its input: 2.5 ms in its low-delay mode. */
export const encoderDelayUs = 2500;
/** Lengths from this value on take two bytes. */
const shortLengthMax = 251;

/** The channels of each stream in a packet. */
export type SoundLayout = {
  readonly streamCount: number;
  /** The first streams of a packet have two channels each. */
  readonly coupledCount: number;
  /** The decoded channel that each speaker plays, in the order of `format.ts`. */
  readonly mapping: readonly number[];
};

/** Left and right share a stream; centre and bass have one each. */
export const soundLayouts: Readonly<Record<ChannelCount, SoundLayout>> = {
  2: { streamCount: 1, coupledCount: 1, mapping: [0, 1] },
  6: { streamCount: 4, coupledCount: 2, mapping: [0, 1, 4, 5, 2, 3] },
  8: { streamCount: 5, coupledCount: 3, mapping: [0, 1, 6, 7, 2, 3, 4, 5] },
};

/** One encoder, for the packets of one stream in order. */
export class OpusPacker {
  readonly #channelCount: ChannelCount;
  readonly #parts: readonly Part[];

  constructor(channelCount: ChannelCount) {
    this.#channelCount = channelCount;
    const { streamCount } = soundLayouts[channelCount];
    this.#parts = Array.from({ length: streamCount }, (_, stream) =>
      makePart(channelCount, stream),
    );
  }

  /** One packet; the bytes belong to the caller. */
  pack(samples: Int16Array): Uint8Array {
    const last = this.#parts.length - 1;
    const pieces = this.#parts.flatMap((part, index) => {
      const packet = part.encoder.encode(channelsOf(samples, this.#channelCount, part.speakers));
      return index === last ? [packet] : delimited(packet);
    });
    return new Uint8Array(Buffer.concat(pieces));
  }
}

/** One or two speakers, and their encoder. */
type Part = { readonly encoder: Encoder; readonly speakers: readonly number[] };

function makePart(channelCount: ChannelCount, stream: number): Part {
  const { coupledCount, mapping } = soundLayouts[channelCount];
  const isPair = stream < coupledCount;
  const first = isPair ? stream * 2 : stream + coupledCount;
  const decoded = isPair ? [first, first + 1] : [first];
  const encoder = new Encoder({
    channels: isPair ? 2 : 1,
    sample_rate: sampleRate,
    application: "restricted_lowdelay",
  });
  encoder.vbr = false;
  encoder.bitrate = isPair ? bitsPerSecond : bitsPerSecond / 2;
  return { encoder, speakers: decoded.map((channel) => mapping.indexOf(channel)) };
}

/** The interleaved samples of some speakers. */
function channelsOf(
  samples: Int16Array,
  channelCount: number,
  speakers: readonly number[],
): Int16Array {
  if (speakers.length === channelCount) return samples;
  const taken = new Int16Array((samples.length / channelCount) * speakers.length);
  for (const [place, speaker] of speakers.entries()) {
    for (let at = place, from = speaker; at < taken.length; at += speakers.length) {
      taken[at] = samples[from] ?? 0;
      from += channelCount;
    }
  }
  return taken;
}

function delimited(packet: Uint8Array): readonly Uint8Array[] {
  const [contents = 0] = packet;
  assert((contents & 3) === 0, "a packet of constant length holds one frame");
  const length = packet.length - 1;
  const [low, high] = [252 + (length & 3), (length - 252) >> 2];
  const lengthBytes = length <= shortLengthMax ? [length] : [low, high];
  return [Uint8Array.of(contents, ...lengthBytes), packet.subarray(1)];
}
