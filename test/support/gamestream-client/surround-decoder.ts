/** Decodes Opus of several streams with FFmpeg, by the layout that the host has offered. */
import { AV_CODEC_ID_OPUS } from "node-av/constants";
import { Codec, CodecContext, Frame, Packet } from "node-av/lib";

const preSkip = 0;

/** One player's decoder; the layout is read as players read it. */
export class SurroundDecoder {
  readonly #context = new CodecContext();
  readonly #frame = new Frame();
  readonly #channelCount: number;

  /** @param params what follows `surround-params=` for its count of channels */
  constructor(params: string) {
    const [channelCount = 0, streams = 0, coupled = 0, ...digits] = [...params].map(Number);
    this.#channelCount = channelCount;
    // The bass is offered last and played fourth.
    const bass = channelCount > 2 ? digits.splice(-1) : [];
    const mapping = [...digits.slice(0, 3), ...bass, ...digits.slice(3)];
    const codec = Codec.findDecoder(AV_CODEC_ID_OPUS);
    if (codec === null) throw new Error("FFmpeg has no decoder for Opus");
    this.#context.allocContext3(codec);
    this.#context.extraData = headOf(channelCount, [streams, coupled, ...mapping]);
    this.#context.sampleRate = 48_000;
    if (this.#context.open2Sync(codec, null) < 0) throw new Error(`No decoder for ${params}`);
    this.#frame.alloc();
  }

  /** The samples of each channel, from -1 to 1. */
  decode(opus: Uint8Array): Float32Array[] {
    const packet = new Packet();
    packet.alloc();
    packet.data = Buffer.from(opus);
    const [sent, received] = [
      this.#context.sendPacketSync(packet),
      this.#context.receiveFrameSync(this.#frame),
    ];
    packet.free();
    if (sent < 0 || received < 0) throw new Error(`Not decoded: ${sent}, ${received}`);
    const planes = this.#frame.data?.slice(0, this.#channelCount) ?? [];
    return planes.map((plane) => {
      const bytes = new Uint8Array(plane.subarray(0, this.#frame.nbSamples * 4));
      return new Float32Array(Uint8Array.from(bytes).buffer);
    });
  }

  [Symbol.dispose](): void {
    this.#frame.free();
    this.#context.freeContext();
  }
}

/** What an Ogg file would begin with; family 255 names no speakers. */
function headOf(channelCount: number, table: readonly number[]): Buffer {
  const head = Buffer.alloc(19);
  head.write("OpusHead", 0, "latin1");
  head.writeUInt8(1, 8);
  head.writeUInt8(channelCount, 9);
  head.writeUInt16LE(preSkip, 10);
  head.writeUInt32LE(48_000, 12);
  head.writeUInt8(channelCount > 2 ? 255 : 0, 18);
  return channelCount > 2 ? Buffer.concat([head, Buffer.from(table)]) : head;
}
