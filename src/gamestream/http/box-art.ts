/**
 * The picture that players show for an app: a plain pane of glass, 200x266 pixels, tinted by the
 * app's number, so that two apps look different. Made here; PNG needs no library for that.
 */
import { crc32, deflateSync } from "node:zlib";

const width = 200;
const height = 266;
const bytesPerPixel = 3;
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Eight bits per channel, red, green and blue, no interlacing. */
const form = [8, 2, 0, 0, 0];

/** A PNG, the same for the same number. */
export function boxArt(appId: number): Buffer {
  const head = Buffer.alloc(8 + form.length);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set(form, 8);
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(pixels(appId))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Rows from the top, each preceded by the byte for "no filter". */
function pixels(appId: number): Buffer {
  const rowBytes = 1 + width * bytesPerPixel;
  const bytes = Buffer.alloc(rowBytes * height);
  const tint = tintOf(appId);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * rowBytes + 1 + x * bytesPerPixel;
      const light = lightAt(x, y);
      for (const [index, value] of tint.entries()) bytes[at + index] = Math.round(value * light);
    }
  }
  return bytes;
}

/** A frame, a pane that gets darker towards the bottom, and one bright stripe across it. */
function lightAt(x: number, y: number): number {
  const edge = Math.min(x, y, width - 1 - x, height - 1 - y);
  if (edge < 8) return 0.35;
  const stripe = x + y * 0.8;
  const isStripe = stripe > 120 && stripe < 165;
  return (isStripe ? 1 : 0.72) - 0.3 * (y / height);
}

/** A colour of medium saturation; its hue depends on the number. */
function tintOf(appId: number): readonly number[] {
  const hue = (appId % 360) * (Math.PI / 180);
  return [0, 2, 4].map((third) => 150 + 80 * Math.cos(hue + (third * Math.PI) / 3));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
