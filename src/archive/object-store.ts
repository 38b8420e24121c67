/** Where an archive lies: a directory, or a bucket of an S3 store. Both are asked by the same keys. */

/** A thing in a store, as a listing names it. */
export type StoredObject = {
  readonly key: string;
  readonly bytes: number;
  /** Changes with its content. */
  readonly version: string;
};

/** What an archive needs of the place it lies in. Every call ends, by its own deadline. */
export type ObjectStore = {
  /** For people; without secrets. */
  readonly name: string;
  /** Replaces it whole, or not at all. @throws Error with what was in the way */
  put(key: string, content: Uint8Array<ArrayBuffer> | FilePath): Promise<void>;
  /** `undefined` when there is none. @throws Error, with code `too_large` for one of more bytes */
  get(key: string, bytesMax: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** All whose key begins so, at most `countMax`. @throws Error with what was in the way */
  list(prefix: string, countMax: number): Promise<StoredObject[]>;
};

/** A file whose content is sent, without being held whole where that can be. */
export type FilePath = { readonly path: string };

/** Of an object that is not read. */
export function tooLarge(bytesMax: number): Error & { readonly code: string } {
  return Object.assign(new Error(`it is larger than ${bytesMax} bytes`), { code: "too_large" });
}
