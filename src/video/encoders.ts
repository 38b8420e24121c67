/**
 * Which encoders there are for a codec, and how each is set up for low latency: no B-frames, no
 * look-ahead, key frames on request alone, parameter sets in band.
 *
 * Hardware comes first where it is let in; whether there is any shows when one is opened. The
 * hardware set-ups follow FFmpeg's documentation and have not been tried on such hardware yet.
 */
import type { CodecName } from "../model/capture.ts";
import { presetsOfNvenc, presetsOfSvt, presetsOfX26x } from "../model/settings.ts";

/** `auto` takes hardware when opening it succeeds; `x264` is software alone, whatever the codec. */
export const encoderChoices = ["auto", "x264", "nvenc", "vaapi", "qsv"] as const;
/** The operator's choice of encoders. */
export type EncoderChoice = (typeof encoderChoices)[number];

/** The input of an encoder: pictures as sources make them, the same in NV12, or uploaded ones. */
export type PictureForm = "yuv420p" | "nv12" | "vaapi";

/** One encoder of FFmpeg, and how it is used here. */
export type EncoderSetup = {
  /** FFmpeg's name of it. */
  readonly name: string;
  readonly takes: PictureForm;
  readonly presets: readonly string[];
  readonly presetDefault: string;
  /** Follows a change of bitrate while it runs; the others must be opened again. */
  readonly followsBitrate: boolean;
  /** Takes a limit on how far the rate may run ahead of what the link carries. */
  readonly limitsPeaks: boolean;
  /**
   * Follows a rate only if that is its peak limit as well: with peaks above it, x264 keeps its
   * original average, whatever is requested later.
   */
  readonly isConstantRate?: boolean;
  /** The capacity of two cores at the default preset; absent = any mode, at any preset. */
  readonly pixelsPerSecondMax?: number;
  /** Time of a core for a frame, as a multiple of the default preset's; absent = not limited. */
  readonly presetCosts?: Readonly<Record<string, number>>;
  /** Splits its pictures into the requested number of slices. */
  readonly makesSlices?: boolean;
  /** FFmpeg's options for it, in addition to size and rate. */
  options(preset: string): Readonly<Record<string, string>>;
};

/** 1280x720 at 60 fps: measured on two cores, both in what x265 and SVT-AV1 hold and what not. */
const slowPixelsPerSecond = 1280 * 720 * 60;

/** Measured at 640x360 with the test picture: 5.9 ms of a core at ultrafast. */
const costsOfX265: Readonly<Record<string, number>> = {
  ultrafast: 1,
  superfast: 1.6,
  veryfast: 2,
  faster: 2,
  fast: 2.4,
  medium: 2.5,
  slow: 7,
  slower: 29,
  veryslow: 42,
};

/** The same: 11.5 ms of a core at 9, 10.6 ms at 10. */
const costsOfSvt: Readonly<Record<string, number>> = {
  0: 56,
  1: 35,
  2: 16,
  3: 12,
  4: 5.1,
  5: 2.7,
  6: 2.2,
  7: 1.6,
  8: 1.3,
  9: 1,
  10: 1,
};

/**
 * Times in milliseconds, shares in per cent. By itself SVT-AV1 spends 600 ms of the rate at once and
 * lets the rest overshoot: 102 to 117 % of the target over the first 8 s, 99 to 101 % with these. A
 * smaller `undershoot-pct` brought 111 % at 1280x720 and 300 kbit/s.
 */
const svtBuffer = "buf-initial-sz=200:buf-optimal-sz=300:overshoot-pct=10:undershoot-pct=50";

const software: Readonly<Record<CodecName, EncoderSetup>> = {
  h264: {
    name: "libx264",
    takes: "yuv420p",
    presets: presetsOfX26x,
    presetDefault: "ultrafast",
    followsBitrate: true,
    limitsPeaks: true,
    isConstantRate: true,
    makesSlices: true,
    // Slower presets would look for scene changes and make a key frame of each.
    options: (preset) => ({ preset, tune: "zerolatency", "forced-idr": "1", sc_threshold: "0" }),
  },
  hevc: {
    name: "libx265",
    takes: "yuv420p",
    presets: presetsOfX26x,
    presetDefault: "ultrafast",
    followsBitrate: false,
    limitsPeaks: true,
    pixelsPerSecondMax: slowPixelsPerSecond,
    presetCosts: costsOfX265,
    options: (preset) => ({
      preset,
      tune: "zerolatency",
      "forced-idr": "1",
      "x265-params": "log-level=none:info=0:frame-threads=1:scenecut=0:repeat-headers=1:open-gop=0",
    }),
  },
  av1: {
    name: "libsvtav1",
    takes: "yuv420p",
    presets: presetsOfSvt,
    presetDefault: "9",
    followsBitrate: false,
    limitsPeaks: false,
    pixelsPerSecondMax: slowPixelsPerSecond,
    presetCosts: costsOfSvt,
    // 10 is the fastest it knows for low delay. 9 costs 3 ms more a frame at 720p, but 10 skips what
    // has changed: a third of the test codes could not be read back at 2 Mbit/s, with 9 all could.
    options: (preset) => ({
      preset,
      "svtav1-params": `pred-struct=1:rc=2:lookahead=0:scd=0:${svtBuffer}`,
    }),
  },
};

type Maker = Exclude<EncoderChoice, "auto" | "x264">;

/** In the order of trying: the least copying first. */
const hardware: Readonly<Record<Maker, (codec: CodecName) => EncoderSetup>> = {
  nvenc: (codec) => ({
    name: `${codec}_nvenc`,
    takes: "yuv420p",
    presets: presetsOfNvenc,
    presetDefault: "p2",
    followsBitrate: true,
    limitsPeaks: true,
    options: (preset) => ({
      preset,
      tune: "ull",
      rc: "cbr",
      delay: "0",
      zerolatency: "1",
      "forced-idr": "1",
    }),
  }),
  qsv: (codec) => ({
    name: `${codec}_qsv`,
    takes: "nv12",
    presets: presetsOfX26x.filter((preset) => !["ultrafast", "superfast"].includes(preset)),
    presetDefault: "veryfast",
    followsBitrate: false,
    limitsPeaks: true,
    options: (preset) => ({ preset, async_depth: "1", forced_idr: "1" }),
  }),
  vaapi: (codec) => ({
    name: `${codec}_vaapi`,
    takes: "vaapi",
    presets: [],
    presetDefault: "",
    followsBitrate: false,
    limitsPeaks: true,
    options: () => ({ async_depth: "1", rc_mode: "CBR" }),
  }),
};

const makers = Object.keys(hardware) as readonly Maker[];

/**
 * The encoders of a codec in the order of trying; the last one is software and always available.
 */
export function encodersFor(codec: CodecName, choice: EncoderChoice): readonly EncoderSetup[] {
  if (choice === "x264") return [software[codec]];
  const wanted = choice === "auto" ? makers : [choice];
  return [...wanted.map((maker) => hardware[maker](codec)), software[codec]];
}

/** The preset if an encoder of the codec has it. */
export function knownPreset(codec: CodecName, preset: string | undefined): string | undefined {
  const all = encodersFor(codec, "auto").flatMap(({ presets }) => presets);
  return all.find((each) => each === preset);
}

/** Whether an encoder follows a change of bitrate while it runs. @param name FFmpeg's */
export function followsBitrate(name: string): boolean {
  const codecs = Object.keys(software) as readonly CodecName[];
  const setups = codecs.flatMap((codec) => encodersFor(codec, "auto"));
  return setups.some((setup) => setup.name === name && setup.followsBitrate);
}
