/**
 * Which way pictures and sound come to a page: from the host itself, or through the MoQ relay that it
 * publishes to, over WebTransport where the browser has it. Reports go to the host either way: it is the
 * one that knows what became of a frame before.
 */
import { Net } from "@moq/watch";
import type MoqWatch from "@moq/watch/element";
import { fetchJson } from "./fetch-json.ts";
import { atOnce, patience } from "./moq-connection.ts";
import { recall, remember } from "./remembered.ts";

const wayKey = "onglass.way";
const relayAddress = "/watch/relay";

/** The connection of one `<watch-player>`, and what it reports over. */
export class WatchWay {
  /** It will join again: what it waited for does not come any more. */
  onChanged: () => void = () => undefined;
  /** There is no way to the relay for now. */
  onTurnedAway: () => void = () => undefined;
  readonly #root: HTMLElement;
  readonly #watch: MoqWatch;
  readonly #select: HTMLSelectElement | null;
  readonly #following = new AbortController();
  /** To the host, while the pictures come from elsewhere. */
  #line: Net.Connection.Reload | undefined;
  #track: Net.Track.Producer | undefined;
  /** Asks again for the relay's address. */
  #retry = 0;
  /** Connections to the relay that ended, or never were, since the last picture. */
  #failedCount = 0;
  /** What came since the last of them. */
  #came: "nothing" | "connection" | "picture" = "nothing";
  /** The relay ended a connection before a picture came, as it does when it does not accept the token. */
  #isRefused = false;

  constructor(root: HTMLElement, watch: MoqWatch) {
    this.#root = root;
    this.#watch = watch;
    this.#select = root.querySelector<HTMLSelectElement>("[data-part=way]");
    const { connection } = watch;
    connection.delay = patience;
    connection.established.subscribe((established) => {
      if (!this.#isRelayed) this.#publish(established);
      else if (established !== undefined) this.#came = "connection";
    });
    connection.status.subscribe((status) => {
      if (status === "disconnected" && this.#isRelayed) this.#lostRelay();
    });
    watch.broadcast.out.status.subscribe((status) => {
      if (status !== "live") return;
      this.#came = "picture";
      this.#failedCount = 0;
    });
    if (this.#select !== null && recall(wayKey) === "relay") this.#select.value = "relay";
    const { signal } = this.#following;
    this.#select?.addEventListener("change", () => this.#change(), { signal });
    this.#join();
  }

  close(): void {
    this.#following.abort();
    clearTimeout(this.#retry);
    this.#line?.close();
  }

  /** A new connection begins with the newest picture. */
  joinAgain(): void {
    clearTimeout(this.#retry);
    this.#watch.removeAttribute("url");
    this.onChanged();
    window.setTimeout(() => this.#join());
  }

  /** Says to the host how the page fares; nothing while nobody can see it. */
  report(report: object): void {
    if (!this.#watch.renderer.out.visible.peek()) return;
    if (this.#track?.closed.peek() === undefined) this.#track?.writeJson(report);
  }

  /** It has no connection to the relay. */
  get isSearching(): boolean {
    return this.#isRelayed && this.#watch.connection.status.peek() !== "connected";
  }

  /** For so long that it will hardly get one soon: the relay is down, or refuses the token. */
  get isTurnedAway(): boolean {
    return this.#isRelayed && this.#failedCount >= failedCountMax;
  }

  get #isRelayed(): boolean {
    return this.#select?.value === "relay";
  }

  #change(): void {
    this.#failedCount = 0;
    remember(wayKey, this.#select?.value ?? "");
    this.joinAgain();
  }

  #join(): void {
    if (this.#following.signal.aborted) return;
    this.#root.dataset.way = this.#isRelayed ? "relay" : "host";
    this.#line?.close();
    this.#line = undefined;
    const { connection } = this.#watch;
    if (!this.#isRelayed) {
      connection.websocket = atOnce;
      this.#watch.setAttribute("url", hostAddress().href);
      return;
    }
    // Where a relay has WebTransport, that goes first.
    connection.websocket = undefined;
    const url = hostAddress();
    url.searchParams.set("reports", this.#root.dataset.broadcast ?? "");
    const [websocket, delay] = [atOnce, patience];
    this.#line = new Net.Connection.Reload({ url, enabled: true, websocket, delay });
    this.#line.established.subscribe((established) => this.#publish(established));
    void this.#goToRelay();
  }

  #lostRelay(): void {
    this.#isRefused = this.#came === "connection" || (this.#came === "nothing" && this.#isRefused);
    this.#came = "nothing";
    this.#failedCount += 1;
    const url = this.#watch.getAttribute("url");
    if (url !== null) this.#watch.setAttribute("url", this.#byScheme(url));
    void this.#goToRelay();
  }

  /** Chromium's page may crash when a relay refuses it over WebTransport: once is enough. */
  #byScheme(url: string): string {
    return this.#isRefused ? url.replace(/^http/, "ws") : url;
  }

  /** Asked for each time: the token in it may have been renewed. The same address changes nothing. */
  async #goToRelay(): Promise<void> {
    const relay = await fetchJson<{ url?: string }>(relayAddress, { cache: "no-store" });
    if (!this.#isRelayed || this.#following.signal.aborted) return;
    clearTimeout(this.#retry);
    if (relay?.url !== undefined) {
      this.#watch.setAttribute("url", this.#byScheme(relay.url));
      return;
    }
    // With a token that is over there is nothing to try.
    if (relay !== undefined) this.#stop();
    this.#retry = window.setTimeout(() => void this.#goToRelay(), patience.max);
  }

  #stop(): void {
    this.#failedCount = failedCountMax;
    this.#watch.removeAttribute("url");
    this.onTurnedAway();
  }

  #publish(connection: Net.Connection.Established | undefined): void {
    if (connection === undefined) return;
    const broadcast = new Net.Broadcast.Producer();
    this.#track = broadcast.createTrack("qoe.json");
    connection.publish(Net.Path.from("viewer", crypto.randomUUID()), broadcast);
  }
}

/** With the patience of a connection, some six seconds. */
const failedCountMax = 4;

/**
 * By the scheme of a WebSocket: WebTransport does not take it, which a host does not speak. By HTTP the
 * library would ask for the fingerprint of a certificate that is not there.
 */
function hostAddress(): URL {
  return new URL("/moq", location.origin.replace(/^http/, "ws"));
}
