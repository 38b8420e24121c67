/** A saved capture made ready for somebody who has no onglass. */
import type { Replaced } from "../model/share.ts";

/** Files are made when they are asked for. */
export type SharedCapture = {
  readonly replaced: readonly Replaced[];
  html(): string;
  zip(): Uint8Array<ArrayBuffer>;
};

export type Shares = {
  /**
   * With names, addresses, paths and secrets replaced; `undefined` when there is no such capture.
   * @param language of the file, "en" or "de"
   * @throws Failure `capture_damaged`, `frames_damaged`
   */
  share(id: string, language: string): Promise<SharedCapture | undefined>;
};
