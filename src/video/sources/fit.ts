/**
 * The position of a picture inside a stream of another aspect ratio: as large as fits, centred, on
 * black.
 */
import type { PictureSize } from "./source.ts";

/** A picture's position and size inside the stream's, in pixels. */
export type Fit = PictureSize & {
  /** Pixels from the left and the top edge. */
  readonly x: number;
  readonly y: number;
};

/**
 * All numbers are even, as 4:2:0 wants them. `aspect` is the width of one of the picture's pixels
 * by its height.
 */
export function fitPicture(picture: PictureSize, into: PictureSize, aspect = 1): Fit {
  const shape = (picture.width * aspect) / picture.height;
  const isWide = shape * into.height > into.width;
  const width = isWide ? into.width : even(into.height * shape, into.width);
  const height = isWide ? even(into.width / shape, into.height) : into.height;
  const x = Math.floor((into.width - width) / 4) * 2;
  const y = Math.floor((into.height - height) / 4) * 2;
  return { width, height, x, y };
}

function even(value: number, max: number): number {
  return Math.min(max, Math.max(2, Math.round(value / 2) * 2));
}
