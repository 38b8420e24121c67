/**
 * `<capture-frames>`: the heat map, the distributions and the low frame rates of the range that the
 * charts show. `<recent-frames>`: the heat map of the last two minutes of a session that runs.
 */
import type { Distribution, FramesOverview } from "../src/model/frames-overview.ts";
import { showDistribution } from "./distribution.ts";
import { fetchJson } from "./fetch-json.ts";
import { formatDuration, numberFormat } from "./format.ts";
import { onFrames } from "./frame-feed.ts";
import { HeatMap } from "./heat-map.ts";

const recentEveryMs = 2000;
const recentSeconds = 120;
const recentPoints = 240;

class CaptureFrames extends HTMLElement {
  #off: AbortController | undefined;
  #heat: HeatMap | undefined;
  #bucket: number | undefined;

  connectedCallback(): void {
    if (this.#off !== undefined) return;
    this.#off = new AbortController();
    const { signal } = this.#off;
    const place = this.querySelector<HTMLElement>(".heat");
    if (place === null) return;
    this.#heat = new HeatMap(place);
    onFrames(({ overview }) => this.#show(overview), signal);
    place.addEventListener("pointermove", ({ clientX }) => this.#pointAt(clientX), { signal });
    place.addEventListener("pointerleave", () => this.#point(undefined), { signal });
    place.addEventListener("click", ({ clientX }) => this.#openAt(clientX), { signal });
    place.addEventListener("keydown", (event) => this.#press(event), { signal });
    redrawing(place, () => this.#heat?.redraw(), signal);
  }

  disconnectedCallback(): void {
    this.#off?.abort();
    this.#off = undefined;
  }

  #show(overview: FramesOverview | undefined): void {
    this.hidden = overview === undefined || overview.frames === 0;
    if (overview === undefined || this.hidden) return;
    this.#bucket = undefined;
    this.#heat?.point(undefined);
    this.#heat?.draw(overview);
    for (const name of ["total", "interval", "age"] as const) {
      this.#showDistribution(name, overview[name], overview.bins_us);
    }
    const format = numberFormat(1);
    for (const [name, fps] of Object.entries(overview.lows)) {
      const place = this.querySelector(`[data-low="${name}"]`);
      if (place !== null) place.textContent = fps === null ? "–" : format.format(fps);
    }
    this.dataset.range = `${overview.from_ms}-${overview.to_ms}`;
  }

  #showDistribution(name: string, distribution: Distribution, binsUs: readonly number[]): void {
    const figure = this.querySelector<HTMLElement>(`[data-distribution="${name}"]`);
    const place = figure?.querySelector<HTMLElement>(".distribution");
    const [until, figures] = ["[data-until]", "[data-figures]"].map((one) =>
      figure?.querySelector(one),
    );
    if (!(place && until && figures)) return;
    showDistribution(place, distribution, binsUs);
    const words = this.#words();
    const { count, p50_us, p99_us, max_us, measured_until } = distribution;
    until.textContent = count === 0 ? "" : (words.until?.[measured_until] ?? "");
    const ms = (us: number | null) =>
      us === null ? "–" : `${numberFormat(us < 20_000 ? 1 : 0).format(us / 1000)} ms`;
    figures.textContent =
      count === 0
        ? (words.notMeasured ?? "")
        : `p50 ${ms(p50_us)} · p99 ${ms(p99_us)} · max ${ms(max_us)}`;
  }

  #pointAt(clientX: number): void {
    this.#point(this.#heat?.bucketAt(clientX));
  }

  #point(bucket: number | undefined): void {
    if (bucket === this.#bucket) return;
    this.#bucket = bucket;
    this.#heat?.point(bucket);
    const note = this.querySelector(".heat-moment");
    if (note !== null) note.textContent = this.#momentText(bucket) || "\u00a0";
  }

  #momentText(bucket: number | undefined): string {
    const overview = this.#heat?.overview;
    if (overview === undefined || bucket === undefined) return "";
    const { buckets, from_ms, to_ms } = overview;
    const share = bucket / buckets.frames.length;
    const worstUs = buckets.worst_us[bucket];
    const values: Readonly<Record<string, string>> = {
      time: formatDuration(from_ms + share * (to_ms - from_ms)),
      count: numberFormat(0).format(buckets.frames[bucket] ?? 0),
      worst:
        worstUs === null || worstUs === undefined ? "–" : numberFormat(1).format(worstUs / 1000),
    };
    const text = this.#words().heatMoment ?? "";
    return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
  }

  #openAt(clientX: number): void {
    this.#pointAt(clientX);
    this.#open();
  }

  /** The slowest frame of the part under the pointer. */
  #open(): void {
    const { frame } = this.dataset;
    const atUs = this.#heat?.overview?.buckets.worst_at_us[this.#bucket ?? -1];
    if (!frame || atUs === null || atUs === undefined) return;
    const session = new URLSearchParams(location.search).get("session");
    const whose = session === null ? "" : `&session=${encodeURIComponent(session)}`;
    location.assign(`${frame}?at=${Math.round(atUs / 1000)}${whose}`);
  }

  #press(event: KeyboardEvent): void {
    const count = this.#heat?.overview?.buckets.frames.length ?? 0;
    const step = event.key === "ArrowLeft" ? -1 : Number(event.key === "ArrowRight");
    if (event.key === "Enter") this.#open();
    else if (event.key === "Escape") this.#point(undefined);
    else if (step !== 0 && count > 0) {
      event.preventDefault();
      const from = this.#bucket ?? (step > 0 ? -1 : count);
      this.#point(Math.max(0, Math.min(count - 1, from + step)));
    }
  }

  #words(): Texts {
    return JSON.parse(this.dataset.words ?? "{}");
  }
}

type Texts = {
  readonly heatMoment?: string;
  readonly notMeasured?: string;
  readonly until?: Readonly<Record<string, string>>;
};

/** Fetched again while the page is visible. */
class RecentFrames extends HTMLElement {
  #off: AbortController | undefined;
  #timer = 0;

  connectedCallback(): void {
    if (this.#off !== undefined) return;
    this.#off = new AbortController();
    const { signal } = this.#off;
    const place = this.querySelector<HTMLElement>(".heat");
    if (place === null) return;
    const heat = new HeatMap(place);
    redrawing(place, () => heat.redraw(), signal);
    void this.#follow(heat, signal);
  }

  disconnectedCallback(): void {
    this.#off?.abort();
    this.#off = undefined;
    clearTimeout(this.#timer);
  }

  async #follow(heat: HeatMap, signal: AbortSignal): Promise<void> {
    if (document.visibilityState === "visible") {
      const address = `${this.dataset.source}?last_s=${recentSeconds}&points=${recentPoints}`;
      const overview = await fetchJson<FramesOverview>(address, { signal });
      if (signal.aborted) return;
      if (overview !== undefined) heat.draw(overview);
      this.dataset.state = overview === undefined ? "empty" : "drawn";
    }
    this.#timer = window.setTimeout(() => void this.#follow(heat, signal), recentEveryMs);
  }
}

/** Redrawn for a new width or colour scheme. */
function redrawing(element: HTMLElement, redraw: () => void, signal: AbortSignal): void {
  const sizes = new ResizeObserver(redraw);
  sizes.observe(element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw, { signal });
  signal.addEventListener("abort", () => sizes.disconnect());
}

customElements.define("capture-frames", CaptureFrames);
customElements.define("recent-frames", RecentFrames);
