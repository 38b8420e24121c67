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
  readonly #root: HTMLElement;
  readonly #watch: MoqWatch;
  readonly #select: HTMLSelectElement | null;
  readonly #following = new AbortController();
  /** To the host, while the pictures come from elsewhere. */
  #line: Net.Connection.Reload | undefined;
  #track: Net.Track.Producer | undefined;
  /** Asks again for the relay's address. */
  #retry = 0;

  constructor(root: HTMLElement, watch: MoqWatch) {
    this.#root = root;
    this.#watch = watch;
    this.#select = root.querySelector<HTMLSelectElement>("[data-part=way]");
    const { connection } = watch;
    connection.delay = patience;
    connection.established.subscribe((established) => {
      if (!this.#isRelayed) this.#publish(established);
    });
    connection.status.subscribe((status) => {
      if (status === "disconnected" && this.#isRelayed) void this.#goToRelay();
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

  get #isRelayed(): boolean {
    return this.#select?.value === "relay";
  }

  #change(): void {
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

  /** Asked for each time: the token in it may have been renewed. The same address changes nothing. */
  async #goToRelay(): Promise<void> {
    const relay = await fetchJson<{ url: string }>(relayAddress, { cache: "no-store" });
    if (!this.#isRelayed || this.#following.signal.aborted) return;
    clearTimeout(this.#retry);
    if (relay === undefined) {
      this.#retry = window.setTimeout(() => void this.#goToRelay(), patience.max);
      return;
    }
    this.#watch.setAttribute("url", relay.url);
  }

  #publish(connection: Net.Connection.Established | undefined): void {
    if (connection === undefined) return;
    const broadcast = new Net.Broadcast.Producer();
    this.#track = broadcast.createTrack("qoe.json");
    connection.publish(Net.Path.from("viewer", crypto.randomUUID()), broadcast);
  }
}

/**
 * By the scheme of a WebSocket: WebTransport does not take it, which a host does not speak. By HTTP the
 * library would ask for the fingerprint of a certificate that is not there.
 */
function hostAddress(): URL {
  return new URL("/moq", location.origin.replace(/^http/, "ws"));
}
