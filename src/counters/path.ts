/** Paths of broadcasts: segments between slashes, with outer and doubled slashes dropped. */

/** The segments of a path, empty ones left out. */
export function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

/** The path without empty segments. */
export function normalize(path: string): string {
  return segmentsOf(path).join("/");
}

/** By whole segments: `.statsx/a` is not under `.stats`. Everything is under "". */
export function isUnder(path: string, prefix: string): boolean {
  return prefix === "" || path === prefix || path.startsWith(`${prefix}/`);
}

/**
 * The levels that a path counts on: every prefix from the root up to `levelCount` segments, and the
 * path itself if it is that short. None for 0.
 */
export function levelKeys(path: string, levelCount: number): string[] {
  if (levelCount <= 0) return [];
  const segments = segmentsOf(path).slice(0, levelCount);
  return ["", ...segments.map((_segment, index) => segments.slice(0, index + 1).join("/"))];
}

/** Where a level is published: `<prefix>/prefix[/<level>][/<node>]`. */
export function advertisedPath(options: {
  readonly prefix: string;
  readonly level: string;
  readonly node?: string | undefined;
}): string {
  return normalize([options.prefix, "prefix", options.level, options.node ?? ""].join("/"));
}
