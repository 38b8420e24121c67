/** Mean, peaks and buffer of an encoder, so that no frame takes a link much longer than another. Pure. */
import { keyFrameBitsLeast } from "../model/limits.ts";
import type { EncoderSetup } from "./encoders.ts";
import type { EncodeOptions } from "./link.ts";

/**
 * Frames' worth of the rate that may gather in the model of the receiver's buffer. With two, x264
 * uses 78 % of 10 Mbit/s; with five and peaks of 5 % above the rate it uses 96 to 101 %.
 */
const bufferFrames = 5;
const peakShare = 1.05;
/** Where the buffer is large for its rate: with peaks of 20 % the rate is overshot by 17 %. */
const peakShareLow = 1.02;
/** The same where rate and peaks are one: x264 then uses 95 to 104 % of what it was asked for. */
const peakShareLowConstant = 1.01;
/** Below this a key frame does not fit, and x264 skips everything after it. */
const bufferBitsMin = 150_000;
/** The buffer holds this many times the smallest key frame of the mode. */
const keyFrameRoom = 1.5;

/** What the size of the rate control's buffer follows from. */
export type PictureMode = Pick<EncodeOptions, "width" | "height" | "fps">;
/** A picture and the rate that is asked for it. */
export type Rate = PictureMode & { readonly bitrateKbps: number };

/** Mean, peaks and buffer. An encoder without peak limits uses only the mean. */
export function rateControlOf(
  { isConstantRate }: Pick<EncoderSetup, "isConstantRate">,
  rate: Rate,
): { bitsPerSecond: number; peakBitsPerSecond: number; bufferBits: number } {
  const asked = rate.bitrateKbps * 1000;
  const bufferBits = Math.ceil((asked / rate.fps) * bufferFrames);
  const leastBits = Math.max(bufferBitsMin, keyFrameBitsLeast(rate) * keyFrameRoom);
  const low = isConstantRate ? peakShareLowConstant : peakShareLow;
  const share = bufferBits > leastBits ? peakShare : low;
  const peakBitsPerSecond = Math.round(asked * share);
  return {
    bitsPerSecond: isConstantRate ? peakBitsPerSecond : asked,
    peakBitsPerSecond,
    bufferBits: Math.max(bufferBits, Math.ceil(leastBits)),
  };
}
