/** The relay as pages connect to it: where it is, and what becomes of the connections. */
import { fetchJson } from "./fetch-json.ts";

/** With the patience of a connection, some six seconds. */
const failedCountMax = 4;

/** Without `url` while there is nothing to try: the token is over. */
export type RelayAnswer = { readonly url?: string };

/** Asked for each time: the token in it may have been renewed. @returns `undefined` when the host does not say */
export function askForRelay(): Promise<RelayAnswer | undefined> {
  return fetchJson<RelayAnswer>("/watch/relay", { cache: "no-store" });
}

/** Connections for one purpose, one after the other. */
export class Tries {
  /** That ended, or never were, since media came. */
  #failedCount = 0;
  /** What came since the last of them. */
  #came: "nothing" | "connection" | "media" = "nothing";
  /** One was ended before media came, as a relay does when it does not accept the token. */
  #isRefused = false;

  connected(): void {
    this.#came = "connection";
  }

  received(): void {
    this.#came = "media";
    this.#failedCount = 0;
  }

  lost(): void {
    this.#isRefused = this.#came === "connection" || (this.#came === "nothing" && this.#isRefused);
    this.#came = "nothing";
    this.#failedCount += 1;
  }

  /** There is nothing to try. */
  giveUp(): void {
    this.#failedCount = failedCountMax;
  }

  beginAgain(): void {
    this.#failedCount = 0;
  }

  /** For so long that it will hardly change soon. */
  get areFailing(): boolean {
    return this.#failedCount >= failedCountMax;
  }

  /** Chromium's page may crash when a relay refuses it over WebTransport: once is enough. */
  byScheme(url: string): string {
    return this.#isRefused ? url.replace(/^http/, "ws") : url;
  }
}
