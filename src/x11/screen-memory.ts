/**
 * Per frame: memory that an X server writes its screen into: two pictures, of which one is shown.
 */
import type { LineRange } from "../base/line-range.ts";
import { makeSharedMemory, type SharedMemory } from "../base/shared-memory.ts";
import { drawCursor, type PixelOrder, type PointerPicture } from "./capture-wire.ts";

const sideMax = 16_384;

/** For a screen of one size. */
export class ScreenMemory implements Disposable {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly #shared: SharedMemory;
  #shown = 0;
  #cursor: PointerPicture | undefined;
  /** The pointer's position in the shown picture. */
  cursorLines: LineRange | undefined;
  /** Nothing has been shown. */
  isEmpty = true;

  /** Throws for an implausible size. */
  constructor({ width, height }: { readonly width: number; readonly height: number }) {
    if (width < 1 || height < 1 || Math.max(width, height) > sideMax)
      throw new Error(`a screen of ${width}x${height} is not supported`);
    [this.width, this.height, this.stride] = [width, height, 4 * width];
    this.#shared = makeSharedMemory("onglass-x11-screen", 2 * this.stride * height);
  }

  get descriptor(): number {
    return this.#shared.descriptor;
  }

  /** The picture that is shown. */
  get bytes(): Uint8Array {
    const start = this.offsetOf(0, "shown");
    return this.#shared.bytes.subarray(start, start + this.stride * this.height);
  }

  get whole(): LineRange {
    return { from: 0, end: this.height };
  }

  offsetOf(line: number, picture: "shown" | "other"): number {
    const place = picture === "shown" ? this.#shown : 1 - this.#shown;
    return this.stride * (place * this.height + line);
  }

  /** What did not come through the memory itself. @param offset as `offsetOf` gives it */
  write(offset: number, pixels: Uint8Array): void {
    this.#shared.bytes.set(pixels, offset);
  }

  /** Those of the lines that the screen has. */
  within(lines: LineRange): LineRange | undefined {
    const [from, end] = [Math.max(0, lines.from), Math.min(this.height, lines.end)];
    return from < end ? { from, end } : undefined;
  }

  /** Shows the other picture, which has no pointer yet. */
  turn(): void {
    this.#shown = 1 - this.#shown;
    this.isEmpty = false;
  }

  /** Draws it into the shown picture, which has none. True when it has changed or moved. */
  drawCursor(cursor: PointerPicture | undefined, order: PixelOrder): boolean {
    const before = this.#cursor;
    const { bytes, width, height } = this;
    this.#cursor = cursor;
    this.cursorLines = cursor && drawCursor(cursor, { ...order, bytes, width, height });
    const isSame = (["left", "top", "serial"] as const).every(
      (key) => before?.[key] === cursor?.[key],
    );
    return !isSame;
  }

  [Symbol.dispose](): void {
    this.#shared[Symbol.dispose]();
  }
}
