/**
 * Which encoder is used for a codec, and how it is set up for low latency: no B-frames, no
 * look-ahead, key frames on request alone, parameter sets in band.
 */
import type { CodecName } from "../model/capture.ts";

export type EncoderSetup = {
  /** FFmpeg's name of it. */
  readonly name: string;
  readonly presets: readonly string[];
  readonly presetDefault: string;
  /** Follows a change of bitrate while it runs; the others must be opened anew. */
  readonly followsBitrate: boolean;
  /** Takes a limit on how far the rate may run ahead of what the link carries. */
  readonly limitsPeaks: boolean;
  /** FFmpeg's options for it, beside size and rate. */
  options(preset: string): Readonly<Record<string, string>>;
};

const presetsOfX26x = [
  "ultrafast",
  "superfast",
  "veryfast",
  "faster",
  "fast",
  "medium",
  "slow",
  "slower",
  "veryslow",
] as const;

const encoders: Readonly<Record<CodecName, EncoderSetup>> = {
  h264: {
    name: "libx264",
    presets: presetsOfX26x,
    presetDefault: "ultrafast",
    followsBitrate: true,
    limitsPeaks: true,
    // Slower presets would look for scene changes and make a key frame of each.
    options: (preset) => ({ preset, tune: "zerolatency", "forced-idr": "1", sc_threshold: "0" }),
  },
  hevc: {
    name: "libx265",
    presets: presetsOfX26x,
    presetDefault: "ultrafast",
    followsBitrate: false,
    limitsPeaks: true,
    options: (preset) => ({
      preset,
      tune: "zerolatency",
      "forced-idr": "1",
      "x265-params": "log-level=none:frame-threads=1:scenecut=0:repeat-headers=1:open-gop=0",
    }),
  },
  av1: {
    name: "libsvtav1",
    presets: Array.from({ length: 11 }, (_, index) => `${index}`),
    presetDefault: "9",
    followsBitrate: false,
    limitsPeaks: false,
    // 10 is the fastest it knows for low delay. 9 costs 3 ms more a frame at 720p, but 10 skips what
    // has changed: a third of the test codes could not be read back at 2 Mbit/s, with 9 all could.
    options: (preset) => ({
      preset,
      "svtav1-params": "pred-struct=1:rc=2:lookahead=0:scd=0",
    }),
  },
};

/** How the encoder of a codec is set up. */
export function encoderFor(codec: CodecName): EncoderSetup {
  return encoders[codec];
}
