/**
 * FFmpeg's addon as the executable carries it: compressed into `src/generated/`, once for each
 * version of its package. Level 9 would give 48 MB in 3 s, level 17 44 MB; level 19 gives 41 MB in a
 * minute of one core. In parts, which are frames of one stream, all cores take part in that.
 */
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { CryptoHasher } from "bun";
import manifest from "../node_modules/@seydx/node-av-linux-x64/package.json" with { type: "json" };
import type { EmbeddedAddon } from "../src/video/addon-embedded.ts";

const root = join(import.meta.dir, "..");
const source = join(root, "node_modules/@seydx/node-av-linux-x64/node-av.node");
const generated = join(root, "src/generated");
const level = 19;
const partCount = 4;

export async function compressAddon(): Promise<EmbeddedAddon> {
  const bytes = await Bun.file(source).bytes();
  const hash = new CryptoHasher("sha256").update(bytes).digest("hex");
  const path = join(generated, `node-av-${hash.slice(0, 16)}-${level}.zst`);
  if (!(await Bun.file(path).exists())) {
    const temporary = `${path}.${process.pid}`;
    await Bun.write(temporary, Buffer.concat(await compressParts(bytes)));
    await rename(temporary, path);
  }
  return { version: manifest.version, path, byteCount: bytes.length, hash };
}

/** One zstd frame a part: a reader of the stream gets the bytes as if they were one. */
async function compressParts(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array[]> {
  const partBytes = Math.ceil(bytes.length / partCount);
  const starts = Array.from({ length: partCount }, (_, part) => part * partBytes);
  return await Promise.all(
    starts.map((start) => Bun.zstdCompress(bytes.subarray(start, start + partBytes), { level })),
  );
}
