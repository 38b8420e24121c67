/**
 * The route of pictures and sound to a page: from the host itself, or through the MoQ relay that it
 * publishes to, over WebTransport where the browser has it. Reports go to the host in both cases:
 * it knows the earlier part of each frame's way.
 */
import { Net } from "@moq/watch";
import type MoqWatch from "@moq/watch/element";
import { hostAddress } from "./host-address.ts";
import { atOnce, patience } from "./moq-connection.ts";
import { askForRelay, Tries } from "./relay-tries.ts";
import { recall, remember } from "./remembered.ts";

const wayKey = "onglass.way";

/** The connection of one `<watch-player>`, and the one it reports over. */
export class WatchWay {
  /** It will join again: pending frames will not arrive any more. */
  onChanged: () => void = () => undefined;
  /** There is no route to the relay for now. */
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
  /** Connections to the relay. */
  readonly #tries = new Tries();

  constructor(root: HTMLElement, watch: MoqWatch) {
    this.#root = root;
    this.#watch = watch;
    this.#select = root.querySelector<HTMLSelectElement>("[data-part=way]");
    const { connection } = watch;
    connection.delay = patience;
    connection.established.subscribe((established) => {
      if (!this.#isRelayed) this.#publish(established);
      else if (established !== undefined) this.#tries.connected();
    });
    connection.status.subscribe((status) => {
      if (status === "disconnected" && this.#isRelayed) this.#lostRelay();
    });
    watch.broadcast.out.status.subscribe((status) => {
      if (status === "live") this.#tries.received();
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

  /** A new connection starts with the newest picture. */
  joinAgain(): void {
    clearTimeout(this.#retry);
    this.#watch.removeAttribute("url");
    this.onChanged();
    window.setTimeout(() => this.#join());
  }

  /** Reports the page's state to the host; nothing while the page is hidden. */
  report(report: object): void {
    if (!this.#watch.renderer.out.visible.peek()) return;
    if (this.#track?.closed.peek() === undefined) this.#track?.writeJson(report);
  }

  /** It has no connection to the relay. */
  get isSearching(): boolean {
    return this.#isRelayed && this.#watch.connection.status.peek() !== "connected";
  }

  /** For so long that it will hardly get one soon: the relay is down, or rejects the token. */
  get isTurnedAway(): boolean {
    return this.#isRelayed && this.#tries.areFailing;
  }

  get #isRelayed(): boolean {
    return this.#select?.value === "relay";
  }

  #change(): void {
    this.#tries.beginAgain();
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
    // If a relay has WebTransport, that is tried first.
    connection.websocket = undefined;
    const url = hostAddress();
    url.searchParams.set("reports", this.#root.dataset.broadcast ?? "");
    const [websocket, delay] = [atOnce, patience];
    this.#line = new Net.Connection.Reload({ url, enabled: true, websocket, delay });
    this.#line.established.subscribe((established) => this.#publish(established));
    void this.#goToRelay();
  }

  #lostRelay(): void {
    this.#tries.lost();
    const url = this.#watch.getAttribute("url");
    if (url !== null) this.#watch.setAttribute("url", this.#tries.byScheme(url));
    void this.#goToRelay();
  }

  /** The same address changes nothing. */
  async #goToRelay(): Promise<void> {
    const relay = await askForRelay();
    if (!this.#isRelayed || this.#following.signal.aborted) return;
    clearTimeout(this.#retry);
    if (relay?.url !== undefined) {
      this.#watch.setAttribute("url", this.#tries.byScheme(relay.url));
      return;
    }
    // With an expired token there is nothing to try.
    if (relay !== undefined) this.#stop();
    this.#retry = window.setTimeout(() => void this.#goToRelay(), patience.max);
  }

  #stop(): void {
    this.#tries.giveUp();
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
