/** What may be asked of an encode worker; checked here, trusted behind. */
import { Failure } from "../base/failure.ts";
import { encoderFor } from "./encoders.ts";
import type { EncodeOptions } from "./link.ts";

export const modeLimits = {
  sizeMin: 16,
  sizeMax: 4096,
  fpsMin: 1,
  fpsMax: 240,
  bitrateKbpsMin: 200,
  bitrateKbpsMax: 500_000,
} as const;

type Mode = Pick<EncodeOptions, "width" | "height" | "fps">;

/** Throws `invalid_mode`, `invalid_bitrate` or `invalid_preset`. */
export function checkOptions(options: EncodeOptions): void {
  checkMode(options);
  checkBitrate(options.bitrateKbps);
  const { name, presets } = encoderFor(options.codec);
  if (options.preset === undefined || presets.includes(options.preset)) return;
  const message = `Cannot encode with preset "${options.preset}": "${name}" has no such preset`;
  throw new Failure("invalid_preset", message);
}

/** Throws `invalid_mode` for a size that is odd or out of range, or such a frame rate. */
export function checkMode(mode: Mode): void {
  const { sizeMin, sizeMax, fpsMin, fpsMax } = modeLimits;
  const isSize = (value: number) => isWithin(value, sizeMin, sizeMax) && value % 2 === 0;
  if (!(isSize(mode.width) && isSize(mode.height))) {
    const rule = `sides are even and from ${sizeMin} to ${sizeMax}`;
    throw new Failure("invalid_mode", `Cannot encode "${mode.width}x${mode.height}": ${rule}`);
  }
  if (!isWithin(mode.fps, fpsMin, fpsMax)) {
    const rule = `the rate is whole and from ${fpsMin} to ${fpsMax}`;
    throw new Failure("invalid_mode", `Cannot encode "${mode.fps}" frames a second: ${rule}`);
  }
}

/** Throws `invalid_bitrate` for a rate out of range. */
export function checkBitrate(bitrateKbps: number): void {
  const { bitrateKbpsMin, bitrateKbpsMax } = modeLimits;
  if (isWithin(bitrateKbps, bitrateKbpsMin, bitrateKbpsMax)) return;
  const rule = `the rate is whole and from ${bitrateKbpsMin} to ${bitrateKbpsMax}`;
  throw new Failure("invalid_bitrate", `Cannot encode at "${bitrateKbps}" kbit/s: ${rule}`);
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
