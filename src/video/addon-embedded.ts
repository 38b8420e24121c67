/**
 * FFmpeg's addon inside the executable. In a checkout there is none; the build replaces this module
 * with one that contains the compressed addon.
 */
export type EmbeddedAddon = {
  /** Of the addon's package; names its directory in the cache. */
  readonly version: string;
  /** Where the zstd-compressed addon can be read. */
  readonly path: string;
  readonly byteCount: number;
  /** SHA-256 of the addon, in hexadecimal. */
  readonly hash: string;
};

export const embeddedAddon: EmbeddedAddon | undefined = undefined;
