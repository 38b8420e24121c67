/** Where the encode worker is started from, in a checkout and in the executable. */

/** Bun finds the same entry point by this name beside the sources and inside the executable. */
export function encodeWorkerUrl(): string {
  return new URL("./encode-worker.ts", import.meta.url).href;
}
