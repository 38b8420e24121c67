/**
 * `<watch-player>`: the unmodified player of @moq/watch, what it shows about itself, and the report
 * `viewer/<id>` that it publishes to the host on the same connection, once a second.
 */
import MoqWatch from "@moq/watch/element";
import { followHostClock } from "./clock-offset.ts";
import { Decoders, type Decoding } from "./decoding.ts";
import { type PictureShown, pictureShown } from "./events.ts";
import { followPage } from "./follow-page.ts";
import "./click-meter.ts";
import "./input-element.ts";
import { HiddenTime } from "./hidden-time.ts";
import { LateJumps } from "./late-jumps.ts";
import { PageWatch } from "./page-facts.ts";
import { PagePulse } from "./page-pulse.ts";
import { PictureCanvas } from "./picture-canvas.ts";
import { ShownFrames } from "./shown-frames.ts";
import { WatchFigures } from "./watch-figures.ts";
import { WatchSound } from "./watch-sound.ts";
import { WatchStage } from "./watch-stage.ts";
import { WatchWay } from "./watch-way.ts";

const reportMs = 1000;
/** What was reported last goes out before the connection ends. */
const farewellMs = 100;
/** The host takes reports that are so far apart. */
const reportGapMs = 250;

const decoders = new Decoders();

class WatchPlayer extends HTMLElement {
  readonly #frames = new ShownFrames();
  readonly #pulse = new PagePulse();
  readonly #page = new PageWatch();
  readonly #sound = new WatchSound(this);
  readonly #lateJumps = new LateJumps();
  readonly #hidden = new HiddenTime();
  readonly #figures = new WatchFigures(this);
  #following = new AbortController();
  #watch: MoqWatch | undefined;
  #way: WatchWay | undefined;
  #decoding: Decoding | undefined;
  #timer = 0;
  #jumps = 0;
  #behindMs = 0;

  connectedCallback(): void {
    if (!isSecureContext || !("VideoDecoder" in globalThis)) {
      this.#part("insecure")?.removeAttribute("hidden");
      return;
    }
    this.#part("live")?.addEventListener("click", () => this.#jumpSoon());
    this.#figures.begin();
    this.#following = new AbortController();
    this.#hidden.follow(() => this.#frames.rest(), this.#following.signal);
    this.#play();
    followPage({ pulse: this.#pulse, watch: this.#page }, this.#following.signal);
    new WatchStage(this).follow(this.#following.signal);
    followHostClock(this.dataset.clock, this.#following.signal, (offsetUs) => {
      this.#frames.offsetUs = offsetUs;
    });
    this.#timer = window.setInterval(() => this.#report(), reportMs);
  }

  disconnectedCallback(): void {
    clearInterval(this.#timer);
    this.#following.abort();
    this.#sound.close();
    this.#way?.close();
    this.#watch?.remove();
  }

  #play(): void {
    const picture = this.#part("picture");
    const canvas = picture?.querySelector("canvas");
    if (picture === null || canvas === null || canvas === undefined) return;
    const watch = new MoqWatch();
    watch.setAttribute("name", this.dataset.broadcast ?? "");
    watch.setAttribute("latency", "0");
    watch.append(canvas);
    picture.append(watch);
    this.#watch = watch;
    this.#sound.follow(watch);
    const decoding = decoders.follow(watch);
    this.#decoding = decoding;
    new PictureCanvas(watch, {
      canvas,
      hasNewer: () => (decoding.current?.decodeQueueSize ?? 0) > 0,
      onShown: (timeUs, drawnMs) => this.#frameShown(timeUs, drawnMs),
    });
    decoding.onChunk = (timeUs) => this.#frames.received(timeUs, performance.now());
    decoding.onPicture = (timeUs) => this.#frames.decoded(timeUs, performance.now());
    watch.broadcast.out.status.subscribe((status) => {
      if (status !== "live") this.#frames.rest();
      this.#sayJoining(status !== "live");
      document.body.dispatchEvent(new CustomEvent("stream-changed"));
    });
    this.#way = new WatchWay(this, watch);
    this.#way.onChanged = () => this.#frames.rejoin();
    this.#way.onTurnedAway = () => this.#sayJoining(true);
    watch.connection.status.subscribe(() => this.#sayJoining(this.dataset.live !== "yes"));
  }

  /** What stands over the last picture until the next comes. */
  #sayJoining(isJoining: boolean): void {
    this.dataset.live = isJoining ? "no" : "yes";
    const note = this.querySelector<HTMLElement>(".watch-joining");
    if (note === null) return;
    note.textContent = isJoining ? this.#whyJoining(note.dataset) : "";
  }

  #whyJoining({ text = "", relay = "", refused = "" }: DOMStringMap): string {
    if (this.#way?.isSearching !== true) return text;
    return this.#way.isTurnedAway ? refused : relay;
  }

  #frameShown(timeUs: number, nowMs: number): void {
    this.#frames.shown(timeUs, nowMs);
    this.#sound.pictureShown(timeUs, nowMs);
    const detail: PictureShown = { timeUs, nowMs };
    this.dispatchEvent(new CustomEvent(pictureShown, { detail }));
  }

  #report(): void {
    const { frameCount = 0, bytesReceived = 0 } = this.#watch?.video.out.stats.peek() ?? {};
    const nowMs = performance.now();
    const { agesUs, behindMs = 0, ...totals } = this.#frames.take(nowMs);
    if (this.#lateJumps.isDue(behindMs)) this.#countJump(behindMs);
    const at = (share: number) => agesUs[Math.ceil(share * agesUs.length) - 1];
    const frames_seen = this.#frames.takeFrames();
    const report = {
      v: 1,
      frames: frameCount,
      bytes: bytesReceived,
      ...totals,
      decode_queue: this.#decoding?.current?.decodeQueueSize ?? 0,
      decode_errors: this.#decoding?.errorCount ?? 0,
      jumps: this.#jumps,
      behind_ms: this.#behindMs,
      hidden_ms: Math.round(this.#hidden.totalMs),
      ...this.#pulse.take(nowMs),
      ...this.#sound.take(),
      ...this.#page.take(),
      ...(this.#decoding?.kind === undefined ? {} : { decoder: this.#decoding.kind }),
      ...(agesUs.length === 0 ? {} : { age_p50_us: at(0.5), age_p99_us: at(0.99) }),
      ...(frames_seen === undefined ? {} : { frames_seen }),
    };
    this.dataset.report = JSON.stringify(report);
    this.#way?.report(report);
    this.#figures.show({ ...totals, bytes: bytesReceived, ageUs: at(0.5), jumps: this.#jumps });
  }

  /** Once asked for: the host ignores reports that come too fast, and has to hear of this one. */
  #jumpSoon(): void {
    const waitMs = Math.max(0, this.#figures.shownMs + reportGapMs - performance.now());
    window.setTimeout(() => {
      this.#countJump(0);
      this.#report();
    }, waitMs);
  }

  /** Joins again, once this report is sent: the new connection begins with the newest picture. */
  #countJump(behindMs: number): void {
    this.#jumps += 1;
    this.#behindMs = behindMs;
    this.#lateJumps.joined();
    window.setTimeout(() => {
      this.#way?.joinAgain();
    }, farewellMs);
  }

  #part(name: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-part="${name}"]`);
  }
}

customElements.define("watch-player", WatchPlayer);
