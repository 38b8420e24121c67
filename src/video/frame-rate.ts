/** Frame rates as FFmpeg counts them. */

/** Frames in this many seconds. */
export type FrameRate = { readonly frames: number; readonly seconds: number };

/** The film and television rates lie a thousandth below a whole number; others have three decimals. */
export function frameRateOf(fps: number): FrameRate {
  if (Number.isInteger(fps)) return { frames: fps, seconds: 1 };
  const whole = Math.ceil(fps);
  if (Math.abs(fps - (whole * 1000) / 1001) < 0.005) return { frames: whole * 1000, seconds: 1001 };
  return { frames: Math.round(fps * 1000), seconds: 1000 };
}
