/** The relay as pages connect to it: its address, and the outcome of the connections. */
import { fetchJson } from "./fetch-json.ts";

/** With the timeout of a connection, some six seconds. */
const failedCountMax = 4;

/** Without `url` while there is nothing to try: the token has expired. */
export type RelayAnswer = { readonly url?: string };

/**
 * Asked each time: the token in it may have been renewed.
 * @returns `undefined` when the host does not know
 */
export function askForRelay(): Promise<RelayAnswer | undefined> {
  return fetchJson<RelayAnswer>("/watch/relay", { cache: "no-store" });
}

/** Connections for one purpose, one after another. */
export class Tries {
  /** Connections that ended, or never opened, since media arrived. */
  #failedCount = 0;
  /** What arrived since the last of them. */
  #came: "nothing" | "connection" | "media" = "nothing";
  /** One ended before media arrived, as a relay does when it rejects the token. */
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

  /** Long enough that it will hardly change soon. */
  get areFailing(): boolean {
    return this.#failedCount >= failedCountMax;
  }

  /** Chromium's page may crash when a relay refuses it over WebTransport: it is tried only once. */
  byScheme(url: string): string {
    return this.#isRefused ? url.replace(/^http/, "ws") : url;
  }
}
