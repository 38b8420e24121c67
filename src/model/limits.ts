/** Limits of a stream, on every path; the encoders of a machine may support less. */

/** Sides in pixels and even, frames per second, kbit/s. */
export const modeLimits = {
  sizeMin: 16,
  sizeMax: 8192,
  /** Both sides together: H.264's highest level, 8192x4320. */
  pixelsMax: 8192 * 4320,
  fpsMin: 1,
  fpsMax: 480,
  bitrateKbpsMin: 200,
  bitrateKbpsMax: 500_000,
  slicesMax: 8,
  /** Of a block’s data. */
  parityPercentMax: 50,
} as const;

type Mode = { readonly width: number; readonly height: number; readonly fps: number };

/** Whether an encoder may be opened for this mode. Rates may be fractions, such as 59.94. */
export function isModeAllowed({ width, height, fps }: Mode): boolean {
  const { sizeMin, sizeMax, pixelsMax, fpsMin, fpsMax } = modeLimits;
  const isSide = (side: number) =>
    Number.isInteger(side) && side % 2 === 0 && side >= sizeMin && side <= sizeMax;
  const isSize = isSide(width) && isSide(height) && width * height <= pixelsMax;
  return isSize && Number.isFinite(fps) && fps >= fpsMin && fps <= fpsMax;
}

/** In pixels. */
export type ModeSize = Pick<Mode, "width" | "height">;

/** Bits of a key frame at the coarsest quantiser: 25 KB were measured at 3840x2160 with x264. */
export function keyFrameBitsLeast({ width, height }: ModeSize): number {
  return width * height * 0.0245;
}

/** The rate in kbit/s below which a mode's key frame would take longer than a second. */
export function bitrateKbpsLeast(size: ModeSize): number {
  return Math.max(modeLimits.bitrateKbpsMin, Math.ceil(keyFrameBitsLeast(size) / 1000));
}

/** Why a stream is not encoded at a rate in kbit/s; it needs at least `least`. */
export function bitrateFault(bitrateKbps: number, least: number): string {
  const rule = `the rate is whole and from ${least} to ${modeLimits.bitrateKbpsMax}`;
  return `Cannot encode at "${bitrateKbps}" kbit/s: ${rule}`;
}
