/** Where an archive lies: a directory, or a bucket of an S3 store. Both use the same keys. */

/** An object in a store, as listed. */
export type StoredObject = {
  readonly key: string;
  readonly bytes: number;
  /** Changes with its content. */
  readonly version: string;
};

/** What an archive needs of its store. Every call has its own deadline. */
export type ObjectStore = {
  /** For people; without secrets. */
  readonly name: string;
  /**
   * Replaces it as a whole, or not at all.
   * @throws Error with the reason
   */
  put(key: string, content: Uint8Array<ArrayBuffer> | FilePath): Promise<void>;
  /** `undefined` when there is none. @throws Error, with code `too_large` for one of more bytes */
  get(key: string, bytesMax: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /**
   * All whose key has this prefix, at most `countMax`.
   * @throws Error with the reason
   */
  list(prefix: string, countMax: number): Promise<StoredObject[]>;
};

/** A file that is sent without being held in memory, where possible. */
export type FilePath = { readonly path: string };

/** Of an object whose content is not read. */
export function tooLarge(bytesMax: number): Error & { readonly code: string } {
  return Object.assign(new Error(`it is larger than ${bytesMax} bytes`), { code: "too_large" });
}
