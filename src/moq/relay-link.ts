/**
 * Publishes the broadcasts of this host, and the counts, to any relay that speaks the library's
 * transport over WebSocket. The relay then does the fan-out. After each loss it reconnects, with
 * growing pauses up to half a minute; its traffic counts as internal.
 */

import { Connection } from "@moq/net";
import { cutText } from "../base/cut-text.ts";
import { messageOf } from "../base/error-text.ts";
import { log, warn } from "../base/log.ts";
import { parseJson } from "../base/parse-json.ts";
import { isRecord } from "../base/record.ts";
import type { Cancel, Scheduler } from "../base/scheduler.ts";
import { abortAfter } from "../base/timer.ts";
import type { Origin, PeerConnection } from "./origin.ts";
import { whyRefused } from "./relay-refusal.ts";

const backOffMsMin = 500;
const backOffMsMax = 30_000;
/** A connection that lasted this long was good: the next attempt is soon. */
const goodMs = 10_000;
const connectMs = 10_000;

/** The relay, and what is published there. */
export type RelayOptions = {
  /** http, https, ws or wss. It may contain a secret and is never logged completely. */
  readonly url: URL;
  /** The relay's token, looked up for each connection: a renewed one is used. */
  readonly token?: () => Promise<string | undefined>;
  readonly origin: Origin;
  readonly scheduler: Scheduler;
};

/** Keeps one connection to a relay, and reconnects with growing pauses. */
export class RelayLink {
  readonly #options: RelayOptions;
  #connection: Connection.Established | undefined;
  #cancel: Cancel | undefined;
  #backOffMs = backOffMsMin;
  #isStopped = false;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    this.#connection?.close();
  }

  async #run(): Promise<void> {
    const { url, scheduler, token } = this.#options;
    const relay = url.host;
    let isGood = false;
    let endGood: Cancel | undefined;
    try {
      const address = withToken(url, await token?.());
      const connection = await connected(address);
      log("relay connected", { relay });
      endGood = scheduler.after(goodMs, () => {
        isGood = true;
      });
      await this.#serve(connection);
      if (!this.#isStopped) warn("relay_closed", { relay });
    } catch (cause) {
      const event = endGood === undefined ? "relay_not_connected" : "relay_lost";
      if (!this.#isStopped) warn(event, { relay, reason: faultOf(cause) });
    }
    endGood?.();
    this.#again(isGood);
  }

  /** Until the connection ends, however it does. */
  async #serve(connection: Connection.Established): Promise<void> {
    const { origin } = this.#options;
    const peer: PeerConnection = {
      id: relayPeerId,
      tier: "internal",
      publish: (path, broadcast) => connection.publish(path, broadcast),
    };
    this.#connection = connection;
    if (this.#isStopped) connection.close();
    else origin.attach(peer);
    try {
      await connection.closed;
    } finally {
      this.#connection = undefined;
      origin.detach(peer);
    }
  }

  #again(wasGood: boolean): void {
    if (this.#isStopped) return;
    if (wasGood) this.#backOffMs = backOffMsMin;
    // Randomized, so that hosts that lost a relay together do not return together.
    const delayMs = this.#backOffMs * (0.5 + Math.random() / 2);
    this.#backOffMs = Math.min(this.#backOffMs * 2, backOffMsMax);
    this.#cancel = this.#options.scheduler.after(delayMs, () => void this.#run());
  }
}

/** @throws Error with the reason, if it can be found out soon enough */
async function connected(address: URL): Promise<Connection.Established> {
  const signal = abortAfter(connectMs);
  try {
    return await Connection.connect(address, { signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new Error((await whyRefused(address, signal)) ?? faultOf(cause), { cause });
  }
}

/** Connections that peers open are numbered from 1. */
export const relayPeerId = 0;

/** Relays accept it as `jwt` in the query: a browser's WebSocket has no header for one. */
export function withToken(url: URL, token: string | undefined): URL {
  if (token === undefined) return url;
  const address = new URL(url);
  address.searchParams.set("jwt", token);
  return address;
}

/** Whether a token says itself that it has expired. One that is not a JWT says nothing about it. */
export function isOver(token: string, nowMs: number): boolean {
  const [, claims = ""] = token.split(".");
  const said = parseJson(Buffer.from(claims, "base64url").toString());
  const { exp } = isRecord(said) ? said : {};
  return typeof exp === "number" && exp * 1000 <= nowMs;
}

/**
 * Without the address, which may contain a secret. Several failed attempts are one error without
 * text.
 */
function faultOf(cause: unknown): string {
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  const said = messageOf(first);
  const text = said.trim() === "" ? "it does not answer" : said.trim();
  return cutText(text.replace(/\b(?:https?|wss?):\/\/\S+/g, "the relay"), 200);
}
