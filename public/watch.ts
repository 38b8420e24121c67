/**
 * `<watch-player>`: the unmodified player of @moq/watch, what it shows about itself, and the report
 * `viewer/<id>` that it publishes to the host on the same connection, once a second.
 */
import { Net } from "@moq/watch";
import MoqWatch from "@moq/watch/element";
import { measureOffsetUs } from "./clock-offset.ts";
import { numberFormat } from "./format.ts";

const reportMs = 1000;
const offsetMs = 30_000;

/** The player's decoder is its own; this one only lets its queue and its errors be seen. */
let decoder: VideoDecoder | undefined;
let decodeErrorCount = 0;

function watchDecoders(): void {
  if (!("VideoDecoder" in globalThis)) return;
  globalThis.VideoDecoder = class extends VideoDecoder {
    constructor(init: VideoDecoderInit) {
      const error = (fault: DOMException) => {
        decodeErrorCount += 1;
        init.error(fault);
      };
      super({ output: init.output, error });
      decoder = this;
    }
  };
}

class WatchPlayer extends HTMLElement {
  readonly #ages: number[] = [];
  #watch: MoqWatch | undefined;
  #offsetUs: number | undefined;
  #shown = 0;
  #stalls = 0;
  #before = { shown: 0, bytes: 0, atMs: 0 };
  /** How long the page was not seen, and since when it is not. */
  #hiddenMs = 0;
  #hiddenSinceMs: number | undefined;
  #timers: number[] = [];
  #track: Net.Track.Producer | undefined;

  connectedCallback(): void {
    if (!isSecureContext || !("VideoDecoder" in globalThis)) {
      this.#part("insecure")?.removeAttribute("hidden");
      return;
    }
    const full = this.#part("full");
    full?.addEventListener("click", () => void this.#part("picture")?.requestFullscreen());
    this.#before.atMs = performance.now();
    document.addEventListener("visibilitychange", this.#followVisibility);
    this.#followVisibility();
    this.#play();
    void this.#measureOffset();
    this.#timers = [
      window.setInterval(() => this.#report(), reportMs),
      window.setInterval(() => void this.#measureOffset(), offsetMs),
    ];
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.#followVisibility);
    for (const timer of this.#timers) clearInterval(timer);
    this.#watch?.remove();
  }

  /** Counted once the page is seen again, so that each time is reported as a whole. */
  readonly #followVisibility = (): void => {
    const nowMs = performance.now();
    if (document.visibilityState === "hidden") {
      this.#hiddenSinceMs ??= nowMs;
      return;
    }
    this.#hiddenMs += nowMs - (this.#hiddenSinceMs ?? nowMs);
    this.#hiddenSinceMs = undefined;
  };

  #play(): void {
    const picture = this.#part("picture");
    const canvas = picture?.querySelector("canvas");
    if (picture === null || canvas === null || canvas === undefined) return;
    const watch = new MoqWatch();
    // An https page would wait half a second for WebTransport, which this host does not speak.
    watch.connection.websocket = { delay: 0 as Net.Time.Milli };
    watch.setAttribute("url", `${location.origin}/moq`);
    watch.setAttribute("name", this.dataset.broadcast ?? "");
    watch.setAttribute("latency", "0");
    watch.append(canvas);
    picture.append(watch);
    this.#watch = watch;
    watch.renderer.out.timestamp.subscribe((atMs) => this.#frameShown(atMs));
    let wasStalled = true;
    watch.video.out.stalled.subscribe((isStalled) => {
      if (isStalled && !wasStalled && this.#shown > 0) this.#stalls += 1;
      wasStalled = isStalled;
    });
    watch.broadcast.out.status.subscribe(() =>
      document.body.dispatchEvent(new CustomEvent("stream-changed")),
    );
    watch.connection.established.subscribe((connection) => this.#publish(connection));
    this.#publish(watch.connection.established.peek());
  }

  #frameShown(atMs: number | undefined): void {
    if (atMs === undefined) return;
    this.#shown += 1;
    if (this.#offsetUs === undefined) return;
    this.#ages.push(performance.now() * 1000 + this.#offsetUs - atMs * 1000);
  }

  #publish(connection: Net.Connection.Established | undefined): void {
    if (connection === undefined) return;
    const broadcast = new Net.Broadcast.Producer();
    this.#track = broadcast.createTrack("qoe.json");
    connection.publish(Net.Path.from("viewer", crypto.randomUUID()), broadcast);
  }

  async #measureOffset(): Promise<void> {
    this.#offsetUs = (await measureOffsetUs()) ?? this.#offsetUs;
  }

  #report(): void {
    const { frameCount = 0, bytesReceived = 0 } = this.#watch?.video.out.stats.peek() ?? {};
    const ages = this.#ages
      .splice(0)
      .filter((age) => age >= 0)
      .sort((a, b) => a - b);
    const at = (share: number) => ages[Math.ceil(share * ages.length) - 1];
    const waiting = decoder?.decodeQueueSize ?? 0;
    const report = {
      v: 1,
      frames: frameCount,
      bytes: bytesReceived,
      shown: this.#shown,
      dropped: Math.max(0, frameCount - this.#shown - waiting),
      stalls: this.#stalls,
      decode_queue: waiting,
      decode_errors: decodeErrorCount,
      hidden_ms: Math.round(this.#hiddenMs),
      ...(ages.length === 0 ? {} : { age_p50_us: at(0.5), age_p99_us: at(0.99) }),
    };
    this.dataset.report = JSON.stringify(report);
    if (this.#track?.closed.peek() === undefined) this.#track?.writeJson(report);
    this.#show(bytesReceived, at(0.5));
  }

  #show(bytes: number, ageUs: number | undefined): void {
    const nowMs = performance.now();
    const seconds = (nowMs - this.#before.atMs) / 1000;
    const say = (name: string, text: string) => {
      const figure = this.querySelector(`[data-figure="${name}"]`);
      if (figure !== null) figure.textContent = text;
    };
    const one = numberFormat(1);
    say("latency", ageUs === undefined ? "–" : `${one.format(ageUs / 1000)} ms`);
    say("fps", `${one.format((this.#shown - this.#before.shown) / seconds)} fps`);
    say("mbps", `${one.format(((bytes - this.#before.bytes) * 8) / 1e6 / seconds)} Mbit/s`);
    say("stalls", String(this.#stalls));
    this.#before = { shown: this.#shown, bytes, atMs: nowMs };
  }

  #part(name: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-part="${name}"]`);
  }
}

watchDecoders();
customElements.define("watch-player", WatchPlayer);
