/**
 * Hot path: one open encoder. A picture goes in and its packet comes out, with x264 and x265
 * before the call returns, with SVT-AV1 some milliseconds later.
 */
import {
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_TRC_BT709,
  AVERROR_EAGAIN,
  type FFEncoderCodec,
} from "node-av/constants";
import { Codec, CodecContext, type Frame, Rational } from "node-av/lib";
import { Failure } from "../base/failure.ts";
import { codecs } from "../model/capture.ts";
import type { EncoderStatus } from "../model/status.ts";
import { type EncoderSetup, encoderFor } from "./encoders.ts";
import { check, newPacket, openCodec, pictureTypeAny, pictureTypeIdr } from "./ffmpeg.ts";
import type { EncodeOptions } from "./link.ts";

export type EncoderOptions = Omit<EncodeOptions, "source">;

/** The largest distance between key frames that encoders take: none by themselves, in practice. */
const gopSizeMax = 2 ** 30;
/** Frames' worth of the rate that may gather in the model of the receiver's buffer. */
const bufferFrames = 2;
const threadCountMax = 4;
const probeMode = { width: 320, height: 180, fps: 60, bitrateKbps: 1000 };

/** Rejects when FFmpeg cannot open the encoder with these options. */
export async function openEncoder(options: EncoderOptions): Promise<Encoder> {
  const setup = encoderFor(options.codec);
  const codec = Codec.findEncoderByName(setup.name as FFEncoderCodec); // Names of its own table.
  if (codec === null) {
    throw new Failure("no_encoder", `Cannot open encoder "${setup.name}": it is not built in`);
  }
  const context = new CodecContext();
  context.allocContext3(codec);
  configure(context, options);
  setRate(context, setup, options);
  await openCodec(context, codec, setup.options(options.preset ?? setup.presetDefault));
  return new Encoder(context, setup, options.fps);
}

/** Tries every encoder by opening it: being listed says nothing of drivers and devices. */
export async function openEach(): Promise<EncoderStatus[]> {
  const found: EncoderStatus[] = [];
  for (const codec of codecs) {
    const opening = openEncoder({ ...probeMode, codec });
    const available = await opening.then(
      (encoder) => {
        encoder.close();
        return true;
      },
      () => false,
    );
    found.push({ codec, encoder: encoderFor(codec).name, available });
  }
  return found;
}

export class Encoder {
  /** The last packet that `receive` brought; valid until the next call. */
  readonly packet = newPacket();
  readonly #context: CodecContext;
  readonly #setup: EncoderSetup;
  readonly #fps: number;
  #frameCount = 0;

  constructor(context: CodecContext, setup: EncoderSetup, fps: number) {
    this.#context = context;
    this.#setup = setup;
    this.#fps = fps;
  }

  get name(): string {
    return this.#setup.name;
  }

  /** False when this encoder must be opened anew to change its rate. */
  setBitrate(bitrateKbps: number): boolean {
    const { followsBitrate } = this.#setup;
    if (followsBitrate) setRate(this.#context, this.#setup, { bitrateKbps, fps: this.#fps });
    return followsBitrate;
  }

  /** Gives the picture its place in the stream. */
  prepare(frame: Frame, isIdr: boolean): void {
    frame.pts = BigInt(this.#frameCount);
    frame.pictType = isIdr ? pictureTypeIdr : pictureTypeAny;
    this.#frameCount += 1;
  }

  send(frame: Frame): void {
    check(this.#context.sendFrameSync(frame), `Cannot encode with "${this.name}"`);
  }

  /** True when a packet is out, false when the encoder is still at it. */
  receive(): boolean {
    this.packet.unref();
    const code = this.#context.receivePacketSync(this.packet);
    if (code === AVERROR_EAGAIN) return false;
    check(code, `Cannot encode with "${this.name}"`);
    return true;
  }

  close(): void {
    this.packet.free();
    this.#context.freeContext();
  }
}

function configure(context: CodecContext, options: EncoderOptions): void {
  context.width = options.width;
  context.height = options.height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.colorRange = AVCOL_RANGE_MPEG;
  context.colorSpace = AVCOL_SPC_BT709;
  context.colorPrimaries = AVCOL_PRI_BT709;
  context.colorTrc = AVCOL_TRC_BT709;
  context.timeBase = new Rational(1, options.fps);
  context.framerate = new Rational(options.fps, 1);
  context.gopSize = gopSizeMax;
  context.maxBFrames = 0;
  context.threadCount = Math.min(navigator.hardwareConcurrency, threadCountMax);
}

type Rate = { readonly bitrateKbps: number; readonly fps: number };

function setRate(context: CodecContext, setup: EncoderSetup, rate: Rate): void {
  const bitsPerSecond = rate.bitrateKbps * 1000;
  context.bitRate = BigInt(bitsPerSecond);
  if (!setup.limitsPeaks) return;
  context.rcMaxRate = BigInt(bitsPerSecond);
  context.rcBufferSize = Math.ceil((bitsPerSecond / rate.fps) * bufferFrames);
}
