/**
 * What happens in the decoders of a page: each player's own frames in and out, errors, and whether
 * the browser decodes in hardware. The library's player opens its decoders itself; here they are
 * wrapped to be observed, and to drop pictures that would only delay newer ones.
 */
import type MoqWatch from "@moq/watch/element";
import { LatePictures } from "./late-pictures.ts";

/**
 * Whether decoding is in hardware or software; `undefined` where the browser does not report it.
 */
export type DecoderKind = "hardware" | "software";

/** The decoders of one player, one after another. */
export class Decoding {
  current: VideoDecoder | undefined;
  errorCount = 0;
  onChunk: (timeUs: number) => void = () => undefined;
  onPicture: (timeUs: number) => void = () => undefined;
  #canHardware: boolean | undefined;
  #format: VideoPixelFormat | null | undefined;
  readonly #late = new LatePictures();

  /**
   * Without a hardware decoder for the codec, it is software. Chromium's own decoders give pictures
   * as I420, its hardware ones as NV12 or without a form that a page may see.
   */
  get kind(): DecoderKind | undefined {
    if (this.#canHardware === false) return "software";
    if (this.#canHardware === undefined || this.#format === undefined) return undefined;
    return this.#format === "I420" || this.#format === "I420A" ? "software" : "hardware";
  }

  /**
   * A picture was decoded.
   * @returns whether it should be drawn
   */
  take(picture: VideoFrame): boolean {
    this.#format = picture.format;
    this.onPicture(picture.timestamp);
    return this.#late.isDrawn(this.current?.decodeQueueSize ?? 0);
  }

  /** A decoder was opened with this configuration. */
  async configured(config: VideoDecoderConfig): Promise<void> {
    const wanted = { ...config, hardwareAcceleration: "prefer-hardware" } as const;
    const answer = await VideoDecoder.isConfigSupported(wanted).catch(() => undefined);
    this.#canHardware = answer?.supported;
  }
}

/** All decoders of a page. Made once, before the first player. */
export class Decoders {
  /** The player whose frame is being processed: the next decoder that is called belongs to it. */
  #receiving: Decoding | undefined;

  constructor() {
    if ("VideoDecoder" in globalThis) globalThis.VideoDecoder = seenDecoder(() => this.#receiving);
  }

  /** Follows a player from its first frame. */
  follow({ sync }: MoqWatch): Decoding {
    const decoding = new Decoding();
    const received = sync.received.bind(sync);
    // The library calls this right before it decodes the frame.
    sync.received = (timestamp, label) => {
      this.#receiving = decoding;
      received(timestamp, label);
    };
    return decoding;
  }
}

function seenDecoder(receiving: () => Decoding | undefined): typeof VideoDecoder {
  return class extends VideoDecoder {
    readonly #seen: { decoding?: Decoding | undefined; config?: VideoDecoderConfig };

    constructor(init: VideoDecoderInit) {
      const seen: { decoding?: Decoding | undefined } = {};
      const error = (fault: DOMException) => {
        if (seen.decoding !== undefined) seen.decoding.errorCount += 1;
        init.error(fault);
      };
      const output = (picture: VideoFrame) => {
        if (seen.decoding?.take(picture) === false) picture.close();
        else init.output(picture);
      };
      super({ output, error });
      this.#seen = seen;
    }

    override configure(config: VideoDecoderConfig): void {
      super.configure(config);
      this.#seen.config = config;
    }

    override decode(chunk: EncodedVideoChunk): void {
      if (this.#seen.decoding === undefined) this.#begin();
      this.#seen.decoding?.onChunk(chunk.timestamp);
      super.decode(chunk);
    }

    #begin(): void {
      const { config } = this.#seen;
      const decoding = receiving();
      this.#seen.decoding = decoding;
      if (decoding === undefined) return;
      decoding.current = this;
      if (config !== undefined) void decoding.configured(config);
    }
  };
}
