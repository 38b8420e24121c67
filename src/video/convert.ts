/**
 * Per frame: pictures of four bytes a pixel to I420, BT.709 in limited range, by our own WASM SIMD
 * kernel: a fraction of what the filter graph takes. Same size in and out; the graph scales.
 */
import { assert } from "../base/assert.ts";
import { bandLines, type LineRange } from "../base/line-range.ts";
import { convertWasm } from "../generated/convert-wasm.ts";

/** Pixels as they lie in memory; `stride` bytes from one line to the next. */
export type PackedPicture = {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  /** Blue is the first byte of a pixel; red otherwise. The fourth byte is left alone. */
  readonly isBlueFirst: boolean;
  readonly isUpsideDown?: boolean;
  /** Quarter turns against the clock that the picture has gone through, from 4 on mirrored before. */
  readonly transform?: number;
  /** The only lines in which it may differ from the previous picture; all unless given. */
  readonly changed?: readonly LineRange[] | undefined;
};

/** Planes of Y, U and V, each with its bytes from one line to the next. */
export type PlanarPicture = {
  readonly planes: readonly Uint8Array[];
  readonly strides: readonly number[];
};

const scale = 32_768;
const coefficients = {
  y: { red: 0.18259, green: 0.61423, blue: 0.06201 },
  u: { red: -0.10064, green: -0.33857, blue: 0.43922 },
  v: { red: 0.43922, green: -0.39894, blue: -0.04027 },
};
const tableBytes = 96;
/** Coefficients for both orders of the channels lie in front of everything else. */
const bandAt = 2 * tableBytes;
const pixelsAtOnce = 8;

/** As convert.wat describes it. */
type ConvertBand = (
  ...args: [
    pixelsAt: number,
    pixels: number,
    lines: number,
    yAt: number,
    uAt: number,
    vAt: number,
    tablesAt: number,
  ]
) => void;

/** Converts pictures of one width; made again for another. */
export class Converter {
  readonly #width: number;
  /** Pixels of a line in the kernel's memory. */
  readonly #pixels: number;
  readonly #bytes: Uint8Array;
  readonly #bands: readonly [y: Band, u: Band, v: Band];
  readonly #convertBand: ConvertBand;
  readonly #yAt: number;
  readonly #uAt: number;
  readonly #vAt: number;

  /** @param width even. */
  constructor(width: number) {
    assert(width > 0 && width % 2 === 0, "a picture has an even width");
    this.#width = width;
    this.#pixels = Math.ceil(width / pixelsAtOnce) * pixelsAtOnce;
    const planeBytes = this.#pixels * bandLines;
    this.#yAt = bandAt + planeBytes * 4;
    this.#uAt = this.#yAt + planeBytes;
    this.#vAt = this.#uAt + planeBytes / 4;
    const byteCount = this.#vAt + planeBytes / 4;
    const memory = new WebAssembly.Memory({ initial: Math.ceil(byteCount / 65_536) });
    this.#bytes = new Uint8Array(memory.buffer);
    const half = { width: width / 2, pixels: this.#pixels / 2 };
    this.#bands = [
      { band: this.#bytes.subarray(this.#yAt, this.#uAt), width, pixels: this.#pixels },
      { band: this.#bytes.subarray(this.#uAt, this.#vAt), ...half },
      { band: this.#bytes.subarray(this.#vAt, byteCount), ...half },
    ];
    this.#convertBand = openKernel(memory);
    writeTables(new Int16Array(memory.buffer));
  }

  /**
   * `to` has the size of `from`, whose height is even.
   * @param changed outside of these lines `to` already has the same picture
   */
  convert(from: PackedPicture, to: PlanarPicture, changed?: readonly LineRange[]): void {
    assert(from.width === this.#width && from.height % 2 === 0, "the size is the converter's");
    const lineBytes = from.stride * (from.height - 1) + from.width * 4;
    assert(from.bytes.length >= lineBytes, "all lines are there");
    const tables = from.isBlueFirst ? 0 : tableBytes;
    for (let line = 0; line < from.height; line += bandLines) {
      const lines = Math.min(bandLines, from.height - line);
      const isSame = changed?.every((part) => part.end <= line || part.from >= line + lines);
      if (isSame === true) continue;
      this.#copyIn(from, line, lines);
      this.#convertBand(bandAt, this.#pixels, lines, this.#yAt, this.#uAt, this.#vAt, tables);
      this.#copyOut(to, line, lines);
    }
  }

  #copyIn(from: PackedPicture, line: number, lines: number): void {
    const bytes = this.#pixels * 4;
    if (from.stride === bytes && from.isUpsideDown !== true) {
      this.#bytes.set(from.bytes.subarray(line * bytes, (line + lines) * bytes), bandAt);
      return;
    }
    for (let offset = 0; offset < lines; offset++) {
      const wanted = line + offset;
      const start = (from.isUpsideDown === true ? from.height - 1 - wanted : wanted) * from.stride;
      this.#bytes.set(from.bytes.subarray(start, start + from.width * 4), bandAt + offset * bytes);
    }
  }

  #copyOut(to: PlanarPicture, line: number, lines: number): void {
    const half = { line: line / 2, lines: lines / 2 };
    this.#copyPlane(to, 0, { line, lines });
    this.#copyPlane(to, 1, half);
    this.#copyPlane(to, 2, half);
  }

  #copyPlane(to: PlanarPicture, plane: 0 | 1 | 2, part: { line: number; lines: number }): void {
    const { line, lines } = part;
    const bytes = to.planes[plane];
    const stride = to.strides[plane] ?? 0;
    const { band, width, pixels } = this.#bands[plane];
    if (stride === pixels) {
      const isWhole = lines * pixels === band.length;
      bytes?.set(isWhole ? band : band.subarray(0, lines * pixels), line * stride);
      return;
    }
    for (let offset = 0; offset < lines; offset++) {
      const start = offset * pixels;
      bytes?.set(band.subarray(start, start + width), (line + offset) * stride);
    }
  }
}

/** Of one plane, in the kernel's memory: made once, so that no picture leaves any to be collected. */
type Band = { readonly band: Uint8Array; readonly width: number; readonly pixels: number };

function openKernel(memory: WebAssembly.Memory): ConvertBand {
  const module = new WebAssembly.Module(Buffer.from(convertWasm, "base64"));
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  // The one export of the module; its types are those of the text it was made from.
  return instance.exports.convertBand as ConvertBand;
}

/** Luma, U and V for blue first, then the same for red first; of each first and third channel, then green. */
function writeTables(lanes: Int16Array): void {
  let at = 0;
  for (const isBlueFirst of [true, false]) {
    for (const { red, green, blue } of [coefficients.y, coefficients.u, coefficients.v]) {
      for (const pair of [isBlueFirst ? [blue, red] : [red, blue], [green, 0]]) {
        const lane = pair.map((value) => Math.round(value * scale));
        lanes.set([...lane, ...lane, ...lane, ...lane], at);
        at += 8;
      }
    }
  }
}
