/**
 * `<capture-charts>`: all charts of one capture, or of two compared. They share one range of time,
 * which is in the page's address; zooming fetches finer detail. Live ones follow the event stream.
 */
import type { StatsSample } from "../src/model/capture.ts";
import { type PageState, readAddress, writeAddress } from "./address.ts";
import { addSample, type Series, type SeriesSession } from "./columns.ts";
import { DrawnChart } from "./drawing.ts";
import { onRelinked, onSample } from "./events.ts";
import { type ChartName, chartNames, planChart, planComparison, type Words } from "./plan.ts";
import { moveRange, type Range, within, type ZoomStep } from "./range.ts";

/** Buckets: no more than half as many as a chart has pixels. */
const pointCount = { wide: 600, narrow: 300 } as const;
/** The page preloads what a wide window asks for by the same words. */
const wideWindow = "(min-width: 761px)";
/** A live chart begins with an axis of a minute and fills it. */
const liveMsMin = 60_000;
/** The figures of a live capture follow it at a pace that can be read. */
const figuresEveryMs = 10_000;

class CaptureCharts extends HTMLElement {
  static readonly observedAttributes = ["data-capture", "data-waiting"];
  readonly #charts = new Map<ChartName, DrawnChart>();
  #off: AbortController | undefined;
  #series: Series[] = [];
  #page: PageState = { range: undefined, session: undefined, stack: "mean", hasP99: true };
  #loads = 0;
  #frame = 0;
  #isDrawing = false;
  #figuresMs = performance.now();

  connectedCallback(): void {
    if (this.#off !== undefined) return;
    this.#off = new AbortController();
    const { signal } = this.#off;
    this.#makeCharts();
    if (this.#hasAddress()) {
      this.#page = readAddress();
      window.addEventListener("popstate", () => this.#change(readAddress()), { signal });
      this.#takeControls(signal);
    }
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => this.#redraw(), { signal });
    if (this.#isLive()) {
      onSample(({ sample }) => this.#add(sample), signal);
      onRelinked(() => void this.#load(), signal);
    }
    void this.#load();
  }

  disconnectedCallback(): void {
    // A swap may move the element: only one that stays away is over.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#off?.abort();
      this.#off = undefined;
      cancelAnimationFrame(this.#frame);
      for (const chart of this.#charts.values()) chart.destroy();
      this.#charts.clear();
    });
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (this.#off === undefined || before === after || before === null) return;
    if (name === "data-capture") void this.#load();
    else if (this.#isEmpty()) this.#say(this.dataset.waiting);
  }

  #makeCharts(): void {
    const words: Words = JSON.parse(this.dataset.words ?? "{}");
    for (const name of chartNames) {
      const plot = this.querySelector<HTMLElement>(`[data-chart=${name}]`);
      const legend = this.querySelector<HTMLElement>(`[data-legend=${name}]`);
      if (plot === null || legend === null) continue;
      const zoomed = (range: Range) => this.#zoomTo(within(range, this.#whole()));
      this.#charts.set(name, new DrawnChart({ name, plot, legend, words, zoomed }));
    }
  }

  #takeControls(signal: AbortSignal): void {
    const form = document.querySelector<HTMLFormElement>(`form[data-for="${this.id}"]`);
    if (!form) return;
    form.addEventListener("change", () => this.#takeForm(form), { signal });
    form.addEventListener("submit", (event) => event.preventDefault(), { signal });
    form.addEventListener(
      "click",
      (event) => {
        const step = event.target instanceof HTMLElement && event.target.dataset.zoom;
        // The server wrote the buttons: their names are the steps.
        if (step) this.#zoomTo(moveRange(step as ZoomStep, this.#shown(), this.#whole()));
      },
      { signal },
    );
  }

  #takeForm(form: HTMLFormElement): void {
    const data = new FormData(form);
    const session = data.get("session");
    const page: PageState = {
      range: this.#page.range,
      session: session === null ? undefined : Number(session),
      stack: data.get("stack") === "p50" ? "p50" : "mean",
      hasP99: data.get("p99") === "yes",
    };
    const isOther = page.session !== this.#page.session;
    writeAddress(page);
    this.#page = page;
    this.#redraw();
    if (isOther) this.#loadFigures();
  }

  #zoomTo(range: Range | undefined): void {
    const page = { ...this.#page, range };
    if (this.#hasAddress()) writeAddress(page);
    this.#change(page);
  }

  #change(page: PageState): void {
    this.#page = page;
    void this.#load();
    this.#loadFigures();
  }

  #loadFigures(): void {
    const address = this.dataset.figures;
    if (!address) return;
    this.#figuresMs = performance.now();
    const join = address.includes("?") ? "&" : "?";
    void window.htmx.ajax("GET", `${address}${join}${location.search.slice(1)}`, {
      target: "#figures",
      swap: "outerHTML",
    });
  }

  /** Of several loads under way only the last one is drawn. */
  async #load(): Promise<void> {
    this.#loads += 1;
    const number = this.#loads;
    const addresses = [this.dataset.source, this.dataset.other].filter(Boolean);
    const loaded = await Promise.all(addresses.map((address) => this.#fetch(address ?? "")));
    if (number !== this.#loads || this.#off === undefined) return;
    const series = loaded.filter((one) => one !== undefined);
    if (series.length < loaded.length) {
      this.#say(JSON.parse(this.dataset.words ?? "{}").failed);
      return;
    }
    this.#series = series;
    this.#redraw();
  }

  async #fetch(address: string): Promise<Series | undefined> {
    const query = new URLSearchParams();
    query.set(
      "points",
      String(matchMedia(wideWindow).matches ? pointCount.wide : pointCount.narrow),
    );
    const { range } = this.#page;
    if (range !== undefined) {
      query.set("from", String(range.fromMs));
      query.set("to", String(range.toMs));
    } else if (this.#windowMs() > 0) {
      const elapsedMs = Number(this.dataset.elapsedMs ?? 0);
      query.set("from", String(Math.max(0, Math.floor(elapsedMs - this.#windowMs()))));
    }
    const answer = await fetch(`${address}?${query}`).catch(() => undefined);
    return answer?.ok ? await answer.json() : undefined;
  }

  #add(sample: StatsSample): void {
    const [series] = this.#series;
    const { range } = this.#page;
    // Who looks closely at an earlier range is left alone.
    if (range !== undefined) return;
    if (series === undefined || !addSample(series, sample)) void this.#load();
    else this.#redraw();
    if (performance.now() - this.#figuresMs > figuresEveryMs) this.#loadFigures();
  }

  /** Once a frame at most, and never while one drawing is under way. */
  #redraw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => void this.#draw());
  }

  async #draw(): Promise<void> {
    if (this.#isDrawing) {
      this.#redraw();
      return;
    }
    this.#isDrawing = true;
    this.#say(this.#isEmpty() ? this.dataset.waiting : undefined);
    try {
      for (const [name, chart] of this.#charts) await this.#drawOne(name, chart);
    } finally {
      this.#isDrawing = false;
    }
  }

  /** The figure says what it shows, for the style sheet: one that is not seen cannot be drawn into. */
  async #drawOne(name: ChartName, chart: DrawnChart): Promise<void> {
    const figure = this.querySelector<HTMLElement>(`.chart-${name}`);
    if (figure === null) return;
    if (this.#isEmpty()) {
      figure.dataset.state = "empty";
      chart.destroy();
      return;
    }
    if (figure.dataset.state !== "drawn") figure.dataset.state = "drawing";
    await chart.draw(this.#plan(name), this.#shown());
    const { range } = this.#page;
    figure.dataset.state = "drawn";
    figure.dataset.range = range === undefined ? "whole" : `${range.fromMs}-${range.toMs}`;
  }

  #plan(name: ChartName) {
    const words: Words = JSON.parse(this.dataset.words ?? "{}");
    const [first, second] = this.#series;
    if (this.dataset.other) {
      return planComparison(name, [first?.sessions[0], second?.sessions[0]], words);
    }
    const session = this.#session();
    if (session === undefined) return { lines: [], missing: [] };
    return planChart(name, session, { ...this.#page, words });
  }

  /** The one chosen; of a live capture the one that began last, of a saved one the first. */
  #session(): SeriesSession | undefined {
    const sessions = this.#series[0]?.sessions ?? [];
    const chosen = sessions.find(({ session_id }) => session_id === this.#page.session);
    return chosen ?? (this.#windowMs() > 0 ? sessions.at(-1) : sessions[0]);
  }

  #whole(): Range {
    const ends = this.#series.map(({ duration_ms, to_ms }) => Math.max(duration_ms, to_ms));
    return { fromMs: 0, toMs: Math.max(1000, ...ends) };
  }

  #shown(): Range {
    const whole = this.#whole();
    const windowMs = this.#windowMs();
    if (windowMs === 0) return this.#page.range ?? whole;
    const toMs = this.#series[0]?.to_ms ?? whole.toMs;
    return { fromMs: Math.max(0, toMs - windowMs), toMs: Math.max(toMs, liveMsMin) };
  }

  #say(text: string | undefined): void {
    const note = this.querySelector<HTMLElement>(".chart-note");
    if (note === null) return;
    note.hidden = !text;
    note.textContent = text ?? "";
  }

  #isEmpty(): boolean {
    return this.#series.every(({ sessions }) => sessions.every(({ t_ms }) => t_ms.length === 0));
  }

  #isLive(): boolean {
    return this.dataset.live === "yes";
  }

  #windowMs(): number {
    return Number(this.dataset.windowMs ?? 0);
  }

  /** Charts beside other things do not own the page's address. */
  #hasAddress(): boolean {
    return Boolean(this.dataset.figures);
  }
}

customElements.define("capture-charts", CaptureCharts);
