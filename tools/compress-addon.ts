/**
 * FFmpeg's addon as the executable carries it: compressed into `src/generated/`, once for each
 * version of its package. Level 9 gives 48 MB in 3 s; level 19 would give 41 MB in a minute.
 */
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { CryptoHasher } from "bun";
import manifest from "../node_modules/@seydx/node-av-linux-x64/package.json" with { type: "json" };
import type { EmbeddedAddon } from "../src/video/addon-embedded.ts";

const root = join(import.meta.dir, "..");
const source = join(root, "node_modules/@seydx/node-av-linux-x64/node-av.node");
const generated = join(root, "src/generated");
const level = 9;

export async function compressAddon(): Promise<EmbeddedAddon> {
  const bytes = await Bun.file(source).bytes();
  const hash = new CryptoHasher("sha256").update(bytes).digest("hex");
  const path = join(generated, `node-av-${hash.slice(0, 16)}.zst`);
  if (!(await Bun.file(path).exists())) {
    const temporary = `${path}.${process.pid}`;
    await Bun.write(temporary, await Bun.zstdCompress(bytes, { level }));
    await rename(temporary, path);
  }
  return { version: manifest.version, path, byteCount: bytes.length, hash };
}
