/** What a stream may be asked for, on every path; encoders of a machine may hold less. */

/** Sides in pixels and even, frames a second, kbit/s. */
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
} as const;

type Mode = { readonly width: number; readonly height: number; readonly fps: number };

/** Whether an encoder may be asked for this mode. Rates may be fractions, such as 59.94. */
export function isModeAllowed({ width, height, fps }: Mode): boolean {
  const { sizeMin, sizeMax, pixelsMax, fpsMin, fpsMax } = modeLimits;
  const isSide = (side: number) =>
    Number.isInteger(side) && side % 2 === 0 && side >= sizeMin && side <= sizeMax;
  const isSize = isSide(width) && isSide(height) && width * height <= pixelsMax;
  return isSize && Number.isFinite(fps) && fps >= fpsMin && fps <= fpsMax;
}
