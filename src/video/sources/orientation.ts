/** How a film's pictures must be rotated, from the matrix in the file. */

/** A filter of FFmpeg and its arguments. */
export type TurnStep = { readonly name: string; readonly args?: string };

/** How pictures are rotated before they are fitted. */
export type Orientation = {
  readonly steps: readonly TurnStep[];
  /** Width and height are swapped. */
  readonly isSideways: boolean;
};

/** No rotation. */
export const upright: Orientation = { steps: [], isSideways: false };

/** Nine 32-bit numbers, little-endian. */
const matrixBytes = 36;

/**
 * By quarter turns, as FFmpeg's own players do; any other angle, and an invalid matrix, is ignored.
 */
export function readOrientation(matrix: Buffer | null | undefined): Orientation {
  if (!matrix || matrix.length < matrixBytes) return upright;
  const at = (index: number) => matrix.readInt32LE(index * 4);
  const degrees = Math.round((Math.atan2(at(1), at(0)) * 180) / Math.PI);
  switch ((degrees + 360) % 360) {
    case 90:
      return sideways(at(3) > 0 ? "cclock_flip" : "clock");
    case 180:
      return turned(at(0) < 0, at(4) < 0);
    case 270:
      return sideways(at(3) < 0 ? "clock_flip" : "cclock");
    case 0:
      return turned(at(0) < 0, at(4) < 0);
    default:
      return upright;
  }
}

function sideways(args: string): Orientation {
  return { steps: [{ name: "transpose", args }], isSideways: true };
}

function turned(isMirrored: boolean, isUpsideDown: boolean): Orientation {
  const steps = [
    ...(isMirrored ? [{ name: "hflip" }] : []),
    ...(isUpsideDown ? [{ name: "vflip" }] : []),
  ];
  return { steps, isSideways: false };
}

/** By `wl_output.transform`: how a transformed picture is rotated back. */
const undone: readonly Orientation[] = [
  upright,
  sideways("clock"),
  turned(true, true),
  sideways("cclock"),
  turned(true, false),
  sideways("cclock_flip"),
  turned(false, true),
  sideways("clock_flip"),
];

/** Rotates a picture back from a transform of Wayland's, 0 to 7. */
export function undoing(transform: number): Orientation {
  return undone[transform] ?? upright;
}
