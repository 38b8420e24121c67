/** Validation of requests to an encode worker: checked here, trusted afterwards. */
import { Failure } from "../base/failure.ts";
import { bitrateFault, bitrateKbpsLeast, isModeAllowed, modeLimits } from "../model/limits.ts";
import { type EncoderSetup, encodersFor } from "./encoders.ts";
import type { EncodeOptions, Tuning } from "./link.ts";

/** The same in every language. */
const modeRules = {
  sizes: `${modeLimits.sizeMin}–${modeLimits.sizeMax}`,
  rates: `${modeLimits.fpsMin}–${modeLimits.fpsMax}`,
};

type Mode = Pick<EncodeOptions, "width" | "height" | "fps">;

/** Throws `invalid_mode`, `invalid_bitrate` or `invalid_preset`. */
export function checkOptions(options: EncodeOptions): void {
  checkMode(options);
  checkBitrate(options.bitrateKbps, bitrateKbpsLeast(options));
  checkSlices(options.slices);
  const { codec, encoder = "auto", preset } = options;
  const setups = encodersFor(codec, encoder);
  if (preset === undefined || setups.some(({ presets }) => presets.includes(preset))) return;
  const message = `Cannot encode with preset "${preset}": "${setups.at(-1)?.name}" has no such preset`;
  throw new Failure("invalid_preset", message, { values: { preset } });
}

/** Sizes that players ask for, largest first. */
const commonSizes = [
  [3840, 2160],
  [2560, 1440],
  [1920, 1080],
  [1600, 900],
  [1280, 720],
  [960, 540],
  [640, 360],
  [320, 180],
] as const;

/** More cores do not count as faster: the encoders here use at most this many threads. */
const coreCountMax = 4;

/** Throws `mode_too_large` when the encoder could not hold the frame rate on this machine. */
export function checkHoldable(
  setup: EncoderSetup,
  mode: Mode,
  coreCount = navigator.hardwareConcurrency,
): void {
  const { name } = setup;
  const most = pixelsPerSecondMaxOf(setup, coreCount);
  const { width, height, fps } = mode;
  if (width * height * fps <= most) return;
  const fits = commonSizes.find(([x, y]) => x * y * fps <= most);
  const fpsMax = Math.floor(most / (width * height));
  const largest = [
    ...(fits === undefined ? [] : [{ width: fits[0], height: fits[1], fps }]),
    ...(fpsMax < 1 ? [] : [{ width, height, fps: fpsMax }]),
  ];
  const inWords = largest.map((one) => `${one.width}x${one.height} at ${one.fps} fps`).join(" or ");
  const message = `Cannot encode ${width}x${height} at ${fps} fps with "${name}": this host holds at most ${inWords}`;
  const values = { mode: inSigns(mode), encoder: name, largest: largest.map(inSigns).join(" | ") };
  throw new Failure("mode_too_large", message, { values });
}

function pixelsPerSecondMaxOf({ pixelsPerSecondMax }: EncoderSetup, coreCount: number): number {
  if (pixelsPerSecondMax === undefined) return Number.POSITIVE_INFINITY;
  return (pixelsPerSecondMax * Math.min(coreCount, coreCountMax)) / 2;
}

type PresetRequest = Mode & { readonly preset?: string | undefined };

/**
 * The preset that is wanted; where this machine would not hold the mode with it, the slowest of the
 * faster ones with which it does. One that the encoder does not know is its default.
 */
export function heldPreset(
  setup: EncoderSetup,
  { width, height, fps, preset: wanted }: PresetRequest,
  coreCount = navigator.hardwareConcurrency,
): string {
  const { presets, presetDefault, presetCosts } = setup;
  const known = presets.find((each) => each === wanted);
  if (known === undefined || presetCosts === undefined) return known ?? presetDefault;
  const costOf = (preset: string) => presetCosts[preset] ?? 1;
  const costMax = pixelsPerSecondMaxOf(setup, coreCount) / (width * height * fps);
  if (costOf(known) <= costMax) return known;
  return presets
    .filter((preset) => costOf(preset) <= costMax)
    .reduce((one, other) => (costOf(other) > costOf(one) ? other : one), presetDefault);
}

/** The same in every language. */
function inSigns({ width, height, fps }: Mode): string {
  return `${width}×${height} @ ${fps}`;
}

/** Throws `invalid_mode` for a size that is odd or out of range, or such a frame rate. */
export function checkMode(mode: Mode): void {
  const { sizeMin, sizeMax } = modeLimits;
  if (!isModeAllowed({ ...mode, fps: modeLimits.fpsMin })) {
    const rule = `sides are even and from ${sizeMin} to ${sizeMax}, and at most as many pixels as 8192x4320`;
    const message = `Cannot encode "${mode.width}x${mode.height}": ${rule}`;
    throw new Failure("invalid_mode", message, { values: modeRules });
  }
  checkRate(mode.fps);
}

function checkRate(fps: number): void {
  const { sizeMin, fpsMin, fpsMax } = modeLimits;
  if (isModeAllowed({ width: sizeMin, height: sizeMin, fps })) return;
  const message = `Cannot encode "${fps}" frames per second: the rate is from ${fpsMin} to ${fpsMax}`;
  throw new Failure("invalid_mode", message, { values: modeRules });
}

/** Throws like `checkOptions`; an unknown preset is ignored by the encoder. */
export function checkTuning(
  { bitrateKbps, fps }: Tuning,
  size: Pick<Mode, "width" | "height">,
): void {
  if (bitrateKbps !== undefined) checkBitrate(bitrateKbps, bitrateKbpsLeast(size));
  if (fps !== undefined) checkRate(fps);
}

/**
 * Throws `invalid_bitrate` for a rate out of range.
 * @param least in kbit/s, where the mode asks for more than the limit of all
 */
export function checkBitrate(bitrateKbps: number, least: number = modeLimits.bitrateKbpsMin): void {
  const { bitrateKbpsMax } = modeLimits;
  if (isWithin(bitrateKbps, least, bitrateKbpsMax)) return;
  const values = { least, most: bitrateKbpsMax };
  throw new Failure("invalid_bitrate", bitrateFault(bitrateKbps, least), { values });
}

function checkSlices(slices: number | undefined): void {
  if (slices === undefined || isWithin(slices, 1, modeLimits.slicesMax)) return;
  const rule = `a picture has from 1 to ${modeLimits.slicesMax} slices`;
  const message = `Cannot encode "${slices}" slices a picture: ${rule}`;
  throw new Failure("invalid_mode", message, { values: modeRules });
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
