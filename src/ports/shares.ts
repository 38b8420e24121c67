/** A saved capture prepared for somebody without onglass. */
import type { Replaced } from "../model/share.ts";

/** Files are made on request. */
export type SharedCapture = {
  readonly replaced: readonly Replaced[];
  html(): string;
  zip(): Uint8Array<ArrayBuffer>;
};

export type Shares = {
  /**
   * With names, addresses, paths and secrets replaced; `undefined` if the capture does not exist.
   * @param language of the file, "en" or "de"
   * @throws Failure `capture_damaged`, `frames_damaged`
   */
  share(id: string, language: string): Promise<SharedCapture | undefined>;
};
