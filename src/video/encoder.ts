/**
 * Hot path: one open encoder. A picture goes in and its packet comes out, with x264 and x265
 * before the call returns, with SVT-AV1 some milliseconds later.
 */
import {
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_TRC_BT709,
  AVERROR_EAGAIN,
  type FFEncoderCodec,
} from "node-av/constants";
import { Codec, CodecContext, type Frame, Rational } from "node-av/lib";
import { assert } from "../base/assert.ts";
import { Failure } from "../base/failure.ts";
import { warn } from "../base/log.ts";
import { codecs } from "../model/capture.ts";
import type { EncoderStatus } from "../model/status.ts";
import { type EncoderChoice, type EncoderSetup, encodersFor } from "./encoders.ts";
import { type Feed, openFeed } from "./feed.ts";
import { check, newPacket, openCodec, pictureTypeAny, pictureTypeIdr } from "./ffmpeg.ts";
import type { EncodeOptions } from "./link.ts";
import { checkHoldable, heldPreset } from "./options.ts";

export type EncoderOptions = Omit<EncodeOptions, "source">;

/** The largest distance between key frames that encoders take: none by themselves, in practice. */
const gopSizeMax = 2 ** 30;
/** Frames' worth of the rate that may gather in the model of the receiver's buffer. */
const bufferFrames = 2;
const threadCountMax = 4;
const probeMode = { width: 320, height: 180, fps: 60, bitrateKbps: 1000 };

/**
 * Opens the first encoder that can be opened. Rejects with `mode_too_large` when that would be one
 * which cannot hold the frame rate, or with FFmpeg's own reason.
 */
export async function openEncoder(options: EncoderOptions): Promise<Encoder> {
  const setups = encodersFor(options.codec, options.encoder ?? "auto");
  for (const setup of setups.slice(0, -1)) {
    const encoder = await tryEncoder(setup, options);
    if (encoder !== undefined) return encoder;
  }
  const last = setups.at(-1);
  assert(last !== undefined, "every codec has a software encoder");
  checkHoldable(last, options);
  return await openWith(last, options);
}

/** Hardware that is not there is no failure: the next encoder is tried. */
async function tryEncoder(
  setup: EncoderSetup,
  options: EncoderOptions,
): Promise<Encoder | undefined> {
  try {
    return await openWith(setup, options);
  } catch {
    return undefined;
  }
}

async function openWith(setup: EncoderSetup, options: EncoderOptions): Promise<Encoder> {
  const codec = Codec.findEncoderByName(setup.name as FFEncoderCodec); // Names of its own table.
  if (codec === null) {
    throw new Failure("no_encoder", `Cannot open encoder "${setup.name}": it is not built in`);
  }
  const feed = openFeed(setup.takes, options);
  const context = new CodecContext();
  try {
    context.allocContext3(codec);
    configure(context, options, feed);
    setRate(context, setup, options);
    const preset = heldPreset(setup, options);
    if (setup.presets.includes(options.preset ?? "") && preset !== options.preset) {
      const { width, height, fps, preset: wanted } = options;
      warn("preset too slow for the mode", { wanted, taken: preset, width, height, fps });
    }
    await openCodec(context, codec, setup.options(preset));
    return new Encoder({ context, setup, feed, fps: options.fps });
  } catch (cause) {
    context.freeContext();
    feed.close();
    throw cause;
  }
}

/** Tries every codec by opening its encoder: being listed says nothing of drivers and devices. */
export async function openEach(choice: EncoderChoice): Promise<EncoderStatus[]> {
  const found: EncoderStatus[] = [];
  for (const codec of codecs) {
    const opening = openEncoder({ ...probeMode, codec, encoder: choice });
    const name = await opening.then(
      (opened) => {
        opened.close();
        return opened.name;
      },
      () => undefined,
    );
    const encoder = name ?? encodersFor(codec, "x264")[0]?.name ?? "";
    found.push({ codec, encoder, available: name !== undefined });
  }
  return found;
}

type EncoderParts = {
  readonly context: CodecContext;
  readonly setup: EncoderSetup;
  readonly feed: Feed;
  readonly fps: number;
};

export class Encoder {
  /** The last packet that `receive` brought; valid until the next call. */
  readonly packet = newPacket();
  readonly #context: CodecContext;
  readonly #setup: EncoderSetup;
  readonly #feed: Feed;
  readonly #fps: number;
  #frameCount = 0;

  constructor({ context, setup, feed, fps }: EncoderParts) {
    this.#context = context;
    this.#setup = setup;
    this.#feed = feed;
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
    check(this.#context.sendFrameSync(this.#feed.take(frame)), `Cannot encode with "${this.name}"`);
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
    this.#feed.close();
  }
}

function configure(context: CodecContext, options: EncoderOptions, feed: Feed): void {
  context.width = options.width;
  context.height = options.height;
  context.pixelFormat = feed.format;
  if (feed.frames !== undefined) context.hwFramesCtx = feed.frames;
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
