/** A picture whose quarters are of different greys, so that it shows how it is turned. */
import { deflateSync } from "node:zlib";

/** From the upper left, line by line. */
export const quarterGreys: readonly number[] = [40, 100, 160, 220];

/** As a file in the format PNG. Even sides. */
export function quartersPng({ width, height }: { width: number; height: number }): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a channel, red, green and blue.
  header.set([8, 2], 8);
  const lines = Array.from({ length: height }, (_, y) => {
    const [left = 0, right = 0] = y < height / 2 ? quarterGreys.slice(0, 2) : quarterGreys.slice(2);
    const half = (grey: number) => Buffer.alloc((width / 2) * 3, grey);
    return Buffer.concat([Buffer.alloc(1), half(left), half(right)]);
  });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(lines))),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...chunks]);
}

function chunk(name: string, data: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length, 0);
  const body = Buffer.concat([Buffer.from(name), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(Bun.hash.crc32(body), 0);
  return Buffer.concat([head, body, check]);
}
