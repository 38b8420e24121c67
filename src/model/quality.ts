/**
 * Picture quality as a figure for people: from the quantiser of its encoder. The scale is the same
 * for all codecs, although their quantisers are not.
 */
import type { CodecName } from "./capture.ts";

/** A quantiser that is indistinguishable from the source, and the coarsest that the codec has. */
const scales: Readonly<Record<CodecName, { readonly finest: number; readonly coarsest: number }>> =
  {
    // x264's own documentation calls 17 or 18 visually lossless; 51 is the last of the standard.
    h264: { finest: 18, coarsest: 51 },
    hevc: { finest: 18, coarsest: 51 },
    // As SVT-AV1 reports it, 0 to 63.
    av1: { finest: 20, coarsest: 63 },
  };

/**
 * Whole percent: 100 if no difference to the source is visible, 0 at the coarsest quantiser, linear
 * in between. Six steps of H.264, 18 percent, halve the precision.
 * @param quantiser the encoder's own, mean of the picture; x264 goes beyond its coarsest in need
 */
export function qualityOf(codec: CodecName, quantiser: number): number {
  const { finest, coarsest } = scales[codec];
  const share = (coarsest - quantiser) / (coarsest - finest);
  return Math.round(100 * Math.min(Math.max(share, 0), 1));
}

/** Twice the bits improve a picture by this many percent: six steps of the quantiser need half of them. */
export const percentPerDoubling = 18;
/** Half the frames need more than half the bits: each differs more from the previous one. */
export const rateExponent = 0.7;
