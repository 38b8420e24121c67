/**
 * Per frame: one open encoder. A picture goes in and its packet comes out, with x264 and x265
 * before the call returns, with SVT-AV1 some milliseconds later.
 */
import {
  AV_OPT_TYPE_STRING,
  AV_PKT_DATA_QUALITY_STATS,
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
import { openFeed, type PictureFeed } from "./feed.ts";
import {
  check,
  newPacket,
  openCodec,
  pictureTypeAny,
  pictureTypeIdr,
  setOptions,
} from "./ffmpeg.ts";
import { frameRateOf } from "./frame-rate.ts";
import type { EncodeOptions } from "./link.ts";
import { checkHoldable, heldPreset } from "./options.ts";
import { type PictureMode, type Rate, rateControlOf } from "./rate-control.ts";

/** What an encoder is opened for. */
export type EncoderOptions = Omit<EncodeOptions, "source">;

/** The largest distance between key frames that encoders take: none by themselves, in practice. */
const gopSizeMax = 2 ** 30;
const threadCountMax = 4;
/** FFmpeg counts a quantiser in these units (`FF_QP2LAMBDA`). */
const lambdaPerQuantiser = 118;
/** No codec here has one this large: left unset by an encoder. */
const quantiserEnd = 256;
const probeMode = { width: 320, height: 180, fps: 60, bitrateKbps: 1000 };

/**
 * Opens the first encoder that can be opened, on this thread.
 *
 * @throws Failure `mode_too_large` when that would be one which cannot hold the frame rate, or
 * with FFmpeg's own reason
 */
export function openEncoder(options: EncoderOptions): Encoder {
  const hardware = openHardware(options);
  if (hardware !== undefined) return hardware;
  const prepared = prepare(softwareFor(options), options);
  return finish(prepared, () => openCodec(prepared.context, prepared.codec));
}

/**
 * Like `openEncoder`, while another encoder is at work on this thread. SVT-AV1 takes up to 30 ms,
 * so software is opened on the runtime's pool: it only calculates, and cannot hang there. A driver
 * could, so hardware is opened on this thread here too.
 */
export async function openEncoderBeside(options: EncoderOptions): Promise<Encoder> {
  const hardware = openHardware(options);
  if (hardware !== undefined) return hardware;
  const prepared = prepare(softwareFor(options), options);
  const { context, codec } = prepared;
  const code = await context.open2(codec, null);
  return finish(prepared, () => void check(code, `Cannot open "${codec.name}"`));
}

/** The first that opens; missing hardware is not a failure. */
function openHardware(options: EncoderOptions): Encoder | undefined {
  for (const setup of encodersFor(options.codec, options.encoder ?? "auto").slice(0, -1)) {
    try {
      const prepared = prepare(setup, options);
      return finish(prepared, () => openCodec(prepared.context, prepared.codec));
    } catch {}
  }
  return undefined;
}

/** @throws Failure `mode_too_large` when it could not hold the frame rate */
function softwareFor(options: EncoderOptions): EncoderSetup {
  const setup = encodersFor(options.codec, options.encoder ?? "auto").at(-1);
  assert(setup !== undefined, "every codec has a software encoder");
  checkHoldable(setup, options);
  return setup;
}

type Prepared = EncoderParts & { readonly codec: Codec };

/** Everything except opening. */
function prepare(setup: EncoderSetup, asked: EncoderOptions): Prepared {
  const options = { ...asked, ...asked.picture };
  const codec = Codec.findEncoderByName(setup.name as FFEncoderCodec); // Names of its own table.
  if (codec === null) {
    throw new Failure("no_encoder", `Cannot open encoder "${setup.name}": it is not built in`);
  }
  const feed = openFeed(setup.takes, options, asked);
  const context = new CodecContext();
  try {
    context.allocContext3(codec);
    configure(context, options, feed);
    setRate(context, setup, options);
    setOptions(context, codec, setup.options(presetFor(setup, options)));
    if (options.slices !== undefined) setSlices(context, setup, options.slices);
    return { codec, context, setup, feed, mode: options };
  } catch (cause) {
    context.freeContext();
    feed.close();
    throw cause;
  }
}

function presetFor(setup: EncoderSetup, options: EncoderOptions): string {
  const preset = heldPreset(setup, options);
  if (setup.presets.includes(options.preset ?? "") && preset !== options.preset) {
    const { width, height, fps, preset: wanted } = options;
    warn("preset_too_slow", { wanted, taken: preset, width, height, fps });
  }
  return preset;
}

/** The encoder once `open` has succeeded; nothing is left of it otherwise. */
function finish(prepared: Prepared, open: () => void): Encoder {
  try {
    open();
    return new Encoder(prepared);
  } catch (cause) {
    prepared.context.freeContext();
    prepared.feed.close();
    throw cause;
  }
}

/** Tries every codec by opening its encoder: a listed one may lack drivers and devices. */
export function openEach(choice: EncoderChoice): EncoderStatus[] {
  return codecs.map((codec) => {
    const name = nameOfOpened({ ...probeMode, codec, encoder: choice });
    const encoder = name ?? encodersFor(codec, "x264")[0]?.name ?? "";
    return { codec, encoder, available: name !== undefined };
  });
}

function nameOfOpened(options: EncoderOptions): string | undefined {
  try {
    const opened = openEncoder(options);
    opened.close();
    return opened.name;
  } catch {
    return undefined;
  }
}

type EncoderParts = {
  readonly context: CodecContext;
  readonly setup: EncoderSetup;
  readonly feed: PictureFeed;
  readonly mode: PictureMode;
};

/** An open encoder. A picture is prepared, sent, and comes out as `packet` when `receive` says so. */
export class Encoder {
  /** The last packet that `receive` brought; valid until the next call. */
  readonly packet = newPacket();
  readonly #context: CodecContext;
  readonly #setup: EncoderSetup;
  readonly #feed: PictureFeed;
  readonly #mode: PictureMode;
  #frameCount = 0;

  constructor({ context, setup, feed, mode }: EncoderParts) {
    this.#context = context;
    this.#setup = setup;
    this.#feed = feed;
    this.#mode = mode;
  }

  get name(): string {
    return this.#setup.name;
  }

  /** False when this encoder must be opened again to change its rate. */
  setBitrate(bitrateKbps: number): boolean {
    const { followsBitrate } = this.#setup;
    if (followsBitrate) setRate(this.#context, this.#setup, { ...this.#mode, bitrateKbps });
    return followsBitrate;
  }

  /** Assigns the picture's position in the stream. */
  prepare(frame: Frame, isIdr: boolean): void {
    frame.pts = BigInt(this.#frameCount);
    frame.pictType = isIdr ? pictureTypeIdr : pictureTypeAny;
    this.#frameCount += 1;
  }

  send(frame: Frame): void {
    check(this.#context.sendFrameSync(this.#feed.take(frame)), `Cannot encode with "${this.name}"`);
  }

  /** True when a packet is available, false when the encoder is still working on it. */
  receive(): boolean {
    // FFmpeg empties the packet itself. Emptied here, it would be reported as newly allocated.
    const code = this.#context.receivePacketSync(this.packet);
    if (code === AVERROR_EAGAIN) return false;
    check(code, `Cannot encode with "${this.name}"`);
    return true;
  }

  /** Of the last packet; `undefined` if the encoder does not report it. */
  get quantiser(): number | undefined {
    const stats = this.packet.getSideData(AV_PKT_DATA_QUALITY_STATS);
    if (stats === null || stats.length < 4) return undefined;
    const quantiser = Math.round(stats.readUInt32LE(0) / lambdaPerQuantiser);
    return quantiser < quantiserEnd ? quantiser : undefined;
  }

  close(): void {
    this.packet.free();
    this.#context.freeContext();
    this.#feed.close();
  }
}

/** x264 makes as many slices as it has threads; fewer threads would only cost time. */
function setSlices(context: CodecContext, setup: EncoderSetup, count: number): void {
  if (!setup.makesSlices) return;
  context.threadCount = Math.max(context.threadCount, count);
  const slices = `${context.threadCount}`;
  check(context.setOption("slices", slices, AV_OPT_TYPE_STRING), `Cannot set "slices=${slices}"`);
}

function configure(context: CodecContext, options: EncoderOptions, feed: PictureFeed): void {
  context.width = options.width;
  context.height = options.height;
  context.pixelFormat = feed.format;
  if (feed.frames !== undefined) context.hwFramesCtx = feed.frames;
  context.colorRange = AVCOL_RANGE_MPEG;
  context.colorSpace = AVCOL_SPC_BT709;
  context.colorPrimaries = AVCOL_PRI_BT709;
  context.colorTrc = AVCOL_TRC_BT709;
  const { frames, seconds } = frameRateOf(options.fps);
  context.timeBase = new Rational(seconds, frames);
  context.framerate = new Rational(frames, seconds);
  context.gopSize = gopSizeMax;
  context.maxBFrames = 0;
  context.threadCount = Math.min(navigator.hardwareConcurrency, threadCountMax);
}

function setRate(context: CodecContext, setup: EncoderSetup, rate: Rate): void {
  const { bitsPerSecond, peakBitsPerSecond, bufferBits } = rateControlOf(setup, rate);
  context.bitRate = BigInt(bitsPerSecond);
  if (!setup.limitsPeaks) return;
  context.rcMaxRate = BigInt(peakBitsPerSecond);
  context.rcBufferSize = bufferBits;
}
