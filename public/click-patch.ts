/** The probe window in the picture: where its magenta is, and the code at a place of a canvas. */
import { type Box, codeBox } from "../src/probe/patch.ts";
import { type Code, readCode } from "../src/video/code-block.ts";
import { magentaBox } from "./magenta.ts";

/** In the copy that a code is read from: four pixels per cell. */
const [copyWidth, copyHeight] = [64, 28];
/** Reads codes of a canvas repeatedly. */
export class CodeReader {
  readonly #copy = new OffscreenCanvas(copyWidth, copyHeight).getContext("2d", {
    willReadFrequently: true,
  });

  /** The code that fills the area; `undefined` when there is none or its checksum is wrong. */
  read(canvas: HTMLCanvasElement, { x, y, width, height }: Box): Code | undefined {
    this.#copy?.drawImage(canvas, x, y, width, height, 0, 0, copyWidth, copyHeight);
    const pixels = this.#copy?.getImageData(0, 0, copyWidth, copyHeight).data;
    if (pixels === undefined) return undefined;
    // Green alone works as well as luma for black and white.
    const data = Uint8Array.from(
      { length: copyWidth * copyHeight },
      (_, at) => pixels[4 * at + 1] ?? 0,
    );
    return readCode({ data, stride: copyWidth, width: copyWidth, height: copyHeight });
  }
}

/** The probe window's patch on the canvas, if its code can be read there. */
export function findPatch(canvas: HTMLCanvasElement, reader: CodeReader) {
  const { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  copy?.drawImage(canvas, 0, 0);
  const image = copy?.getImageData(0, 0, width, height);
  const patch = image === undefined ? undefined : magentaBox(image);
  const code = patch === undefined ? undefined : reader.read(canvas, codeBox(patch));
  return patch === undefined || code === undefined ? undefined : { patch, code };
}
