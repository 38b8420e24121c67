/** Makes FFmpeg's addon loadable; must have resolved before anything imports `node-av`. */
import { assert } from "../base/assert.ts";
import { cacheDirectory, unpackAddon, unpackedPath } from "./addon-cache.ts";
import { embeddedAddon } from "./addon-embedded.ts";

/**
 * In a checkout the addon lies in its package and is found by name. The executable unpacks its own
 * into the cache directory once; where it lies there already this takes less than a millisecond.
 *
 * @throws Failure `addon_cache` when the cache directory is full, read-only, may not hold programs,
 * or belongs to somebody else
 */
export async function prepareAddon(): Promise<void> {
  if (embeddedAddon !== undefined) await unpackAddon(embeddedAddon, cacheDirectory(process.env));
}

/**
 * Where the executable's `node-av` loads its addon from, in every thread.
 *
 * @public Called by the replacement that `tools/build.ts` makes for that package's loader.
 */
export function addonPath(): string {
  assert(embeddedAddon !== undefined, "only the executable asks where its addon lies");
  return unpackedPath(embeddedAddon, cacheDirectory(process.env));
}
