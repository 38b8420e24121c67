/**
 * `<capture-charts>`: all charts of one capture, or of two compared. They share one range of time,
 * which is in the page's address; zooming fetches finer detail. Live ones follow the event stream.
 */
import type { StatsSample } from "../src/model/capture.ts";
import type { FramesPage } from "../src/model/frames-page.ts";
import type { ChartName } from "../src/model/metric-row.ts";
import { type PageState, pageDefault, readAddress, writeAddress } from "./address.ts";
import "./capture-frames.ts";
import { ChartSet } from "./chart-set.ts";
import { addSample, type Series, type SeriesSession } from "./columns.ts";
import { takeControls } from "./controls.ts";
import { onRelinked, onSample } from "./events.ts";
import { announceFrames, type FramesShown, fetchFrames } from "./frame-feed.ts";
import { planFrames, slowestLine } from "./frame-plan.ts";
import { fillKeepForm } from "./keep-shown.ts";
import { fetchSeries } from "./loading.ts";
import { EventMarking } from "./marking.ts";
import { worstMoment } from "./moment.ts";
import { type Line, type Plan, planChart, planComparison, type Words } from "./plan.ts";
import { moveRange, type Range, type WholeRange, within, type ZoomStep } from "./range.ts";
import { VerdictFeed } from "./verdict-feed.ts";

/** A live chart begins with an axis of a minute and fills it. */
const liveMsMin = 60_000;
/** The figures of a live capture are updated slowly enough to be read. */
const figuresEveryMs = 10_000;
/**
 * How long all charts wait for single frames, so that they are drawn in one pass from top to
 * bottom.
 */
const patienceMs = 100;

type Planned = {
  readonly page: FramesPage;
  readonly fps: number;
  readonly plan: Plan | undefined;
};

class CaptureCharts extends HTMLElement {
  static readonly observedAttributes = ["data-capture", "data-waiting"];
  #off: AbortController | undefined;
  #set: ChartSet | undefined;
  #marking: EventMarking | undefined;
  #verdict: VerdictFeed | undefined;
  #series: Series[] = [];
  #frames: FramesShown | undefined;
  /** What the single frames look like, planned once. */
  #planned: Planned | undefined;
  #page: PageState = pageDefault;
  #loads = 0;
  /** Pending requests: the windows of all charts, or the single frames of one. */
  #awaited: "all" | "stages" | undefined;
  #figuresMs = performance.now();

  connectedCallback(): void {
    if (this.#off !== undefined) return;
    this.#off = new AbortController();
    const { signal } = this.#off;
    if (this.#hasAddress()) {
      this.#page = readAddress();
      window.addEventListener("popstate", () => this.#change(readAddress()), { signal });
      const form = document.querySelector<HTMLFormElement>(`form[data-for="${this.id}"]`);
      const zoomed = (step: ZoomStep) =>
        this.#zoomTo(moveRange(step, this.#shown(), this.#whole()));
      const changed = () => this.#change(readAddress());
      if (form !== null) takeControls({ form, page: () => this.#page, changed, zoomed }, signal);
    }
    this.#set = new ChartSet(this, {
      plan: (name) => this.#plan(name),
      isAwaited: (name) => this.#awaited === "all" || this.#awaited === name,
      range: () => this.#shown(),
      marks: () => this.#marking?.marks ?? [],
      marked: () => this.#verdict?.marked,
      rangeName: () => nameOf(this.#page.range),
      zoomed: (range) => this.#zoomTo(within(range, this.#whole())),
      opened: (name, timeMs) => void this.#open(name, timeMs),
    });
    this.#followLive(signal);
    const { judged } = this.dataset;
    if (judged) this.#verdict = new VerdictFeed(judged, () => this.#set?.redrawVerdict());
    // What is drawn has priority: a verdict of the whole may take the host a while.
    void this.#load().finally(() => this.#loadMarked());
  }

  disconnectedCallback(): void {
    // A swap may move the element: it is finished only if it stays away.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#off?.abort();
      this.#off = undefined;
      this.#set?.destroy();
      this.#set = undefined;
    });
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (this.#off === undefined || before === after || before === null) return;
    if (name === "data-capture") {
      // The old session must not ask for frames of the new one.
      this.#series = [];
      void this.#load();
    } else if (this.#isEmpty()) this.#say(this.dataset.waiting);
  }

  #followLive(signal: AbortSignal): void {
    const isLive = this.#isLive();
    if (this.dataset.marks) {
      const changed = () => this.#redrawMarks();
      this.#marking = new EventMarking({ address: this.dataset.marks, isLive, changed });
    }
    if (!isLive) return;
    onSample(({ sample }) => this.#add(sample), signal);
    onRelinked(() => void this.#load(), signal);
    this.#marking?.follow(() => this.#wanted(), signal);
  }

  #zoomTo(range: Range | undefined): void {
    const page = { ...this.#page, range };
    fillKeepForm(range);
    if (this.#hasAddress()) writeAddress(page);
    this.#change(page);
  }

  #change(page: PageState): void {
    const before = this.#page;
    this.#page = page;
    const isSameRange = nameOf(before.range) === nameOf(page.range);
    if (isSameRange && before.session === page.session) this.#redraw();
    else void this.#load();
    if (isSameRange) this.#marking?.load(this.#wanted());
    const isSameWho =
      before.session === page.session && String(before.sides) === String(page.sides);
    if (!(isSameRange && isSameWho)) this.#loadFigures();
  }

  #loadFigures(): void {
    this.#figuresMs = performance.now();
    for (const part of ["figures", "verdict"] as const) this.#loadPart(part);
    this.#loadMarked();
  }

  /** What the verdict marks, for the range that is chosen. */
  #loadMarked(): void {
    const { range, session } = this.#page;
    void this.#verdict?.load({ range, session });
  }

  /** The figures beside the charts, for the range they show. */
  #loadPart(part: "figures" | "verdict"): void {
    const address = this.dataset[part];
    if (!address) return;
    const join = address.includes("?") ? "&" : "?";
    void window.htmx.ajax("GET", `${address}${join}${location.search.slice(1)}`, {
      target: `#${part}`,
      swap: "outerHTML",
    });
  }

  /** If several loads overlap, only the last one is drawn. */
  async #load(): Promise<void> {
    this.#loads += 1;
    const number = this.#loads;
    const isOver = () => number !== this.#loads || this.#off === undefined;
    this.#awaited = "all";
    const addresses = [this.dataset.source, this.dataset.other].filter((address) => address);
    const range = this.#page.range ?? this.#liveRange() ?? this.#part();
    if (range !== undefined) this.#marking?.load(this.#wanted());
    // If the session is known, frames are requested together with the windows.
    const early = this.#page.range && this.#session() && this.#fetchFrames();
    const loaded = await Promise.all(addresses.map((address) => fetchSeries(address ?? "", range)));
    if (isOver()) return;
    const series = loaded.filter((one) => one !== undefined);
    if (series.length < loaded.length) {
      this.#awaited = undefined;
      this.#say(this.#words().failed);
      this.#set?.resume();
      return;
    }
    this.#series = series;
    if (range === undefined) this.#marking?.load(this.#wanted());
    await this.#drawWith(early || this.#fetchFrames(), isOver);
  }

  /** Frames usually arrive at once; until they do, the other charts are drawn. */
  async #drawWith(frames: Promise<FramesShown> | undefined, isOver: () => boolean): Promise<void> {
    const isLate = frames !== undefined && !(await Promise.race([frames, pause(patienceMs)]));
    if (isOver()) return;
    this.#awaited = isLate ? "stages" : undefined;
    if (isLate) this.#redraw();
    const shown = await frames;
    if (isOver()) return;
    this.#awaited = undefined;
    this.#frames = shown;
    // Single frames are in the charts, which come first; for a longer range the heat map has all of
    // them.
    const isSingle = shown?.page !== undefined;
    if (shown !== undefined && !isSingle) announceFrames(shown);
    if (!isLate) this.#redraw();
    else {
      this.#sayEmpty();
      this.#set?.resume();
    }
    if (shown === undefined || !isSingle) return;
    await painted();
    if (!isOver()) announceFrames(shown);
  }

  /**
   * Single frames and the overview of the range; for a live capture only once somebody zooms in.
   */
  #fetchFrames(): Promise<FramesShown> | undefined {
    const { frames } = this.dataset;
    const isFollowing = this.#isLive() && this.#page.range === undefined;
    if (!frames || isFollowing) return undefined;
    return fetchFrames(frames, { range: this.#shown(), session: this.#session()?.session_id });
  }

  /** For a live capture the range that the address names as whole is its end. */
  #liveRange(): Partial<Range> | undefined {
    if (this.#windowMs() === 0) return undefined;
    const elapsedMs = Number(this.dataset.elapsedMs ?? 0);
    return { fromMs: Math.max(0, Math.floor(elapsedMs - this.#windowMs())) };
  }

  /** For a session of the history, the part that its page is about. */
  #part(): Range | undefined {
    const { fromMs, toMs } = this.dataset;
    return fromMs && toMs ? { fromMs: Number(fromMs), toMs: Number(toMs) } : undefined;
  }

  #wanted() {
    return { range: this.#shown(), kinds: this.#page.kinds, markCount: this.#set?.markCount ?? 1 };
  }

  #add(sample: StatsSample): void {
    const [series] = this.#series;
    const { range } = this.#page;
    // A reader who looks closely at an earlier range is not moved.
    if (range !== undefined) return;
    if (series === undefined || !addSample(series, sample)) void this.#load();
    else this.#redraw();
    if (performance.now() - this.#figuresMs > figuresEveryMs) this.#loadFigures();
  }

  #redraw(): void {
    this.#sayEmpty();
    this.#set?.redraw();
  }

  #sayEmpty(): void {
    const hasFrames = this.#framePlan() !== undefined;
    this.#say(this.#isEmpty() && !hasFrames ? this.dataset.waiting : undefined);
  }

  /** The latest event may lie beyond what is drawn. */
  #redrawMarks(): void {
    const newestMs = this.#marking?.newestMs ?? 0;
    const isBeyond = this.#isLive() && newestMs > (this.#series[0]?.to_ms ?? 0);
    if (isBeyond) this.#set?.redraw();
    else this.#set?.redrawMarks();
  }

  /** For a short range every frame is drawn. */
  #framePlan(): Plan | undefined {
    const { page, range } = this.#frames ?? {};
    if (page === undefined || nameOf(range) !== nameOf(this.#shown())) return undefined;
    const fps = this.#session()?.fps ?? 0;
    if (this.#planned?.page !== page || this.#planned.fps !== fps) {
      this.#planned = { page, fps, plan: planFrames(page, { words: this.#words(), fps }) };
    }
    return this.#planned.plan;
  }

  #plan(name: ChartName): Plan | undefined {
    const frames = name === "stages" ? this.#framePlan() : undefined;
    if (frames !== undefined) return { ...frames, lines: [...frames.lines, ...this.#totals()] };
    if (this.#isEmpty()) return undefined;
    const words = this.#words();
    const [first, second] = this.#series;
    if (this.dataset.other) {
      const [a, b] = this.#page.sides;
      return planComparison(name, [sessionOf(first, a), sessionOf(second, b)], words);
    }
    const session = this.#session();
    if (session === undefined) return { lines: [], missing: [] };
    const plan = planChart(name, session, { ...this.#page, words });
    const { overview } = this.#frames ?? {};
    if (name !== "stages" || overview === undefined || overview.frames === 0) return plan;
    return { ...plan, lines: [...plan.lines, slowestLine(overview, words)] };
  }

  /** Median and tail of the windows, over single frames. */
  #totals(): readonly Line[] {
    const session = this.#isEmpty() ? undefined : this.#session();
    if (session === undefined) return [];
    const { lines } = planChart("stages", session, { ...this.#page, words: this.#words() });
    return lines.filter(({ kind, isDashed }) => kind === "line" && isDashed !== true);
  }

  /**
   * The chosen session; at the end of a live capture the one that began last, otherwise the first.
   */
  #session(): SeriesSession | undefined {
    const [series] = this.#series;
    const isEnd = this.#windowMs() > 0;
    return isEnd ? series?.sessions.at(-1) : sessionOf(series, this.#page.session);
  }

  async #open(name: ChartName, timeMs: number): Promise<void> {
    const { moments, source = "", frame } = this.dataset;
    const session = this.#session();
    if (frame && session !== undefined && name === "stages" && this.#framePlan() !== undefined) {
      location.assign(`${frame}?session=${session.session_id}&at=${Math.round(timeMs)}`);
      return;
    }
    if (!moments || session === undefined) return;
    const atMs = await worstMoment({ name, source, session, timeMs });
    location.assign(`${moments}?at=${Math.round(atMs)}`);
  }

  /** Where there are single frames, a range of one second is useful. */
  #whole(): WholeRange {
    const least = this.dataset.frames ? { leastMs: 1000 } : {};
    const part = this.#part();
    if (part !== undefined) return { ...part, ...least };
    const ends = this.#series.map(({ duration_ms, to_ms }) => Math.max(duration_ms, to_ms));
    const newestMs = this.#isLive() ? (this.#marking?.newestMs ?? 0) : 0;
    return { fromMs: 0, toMs: Math.max(1000, newestMs, ...ends), ...least };
  }

  #shown(): Range {
    const whole = this.#whole();
    const windowMs = this.#windowMs();
    if (windowMs === 0) return this.#page.range ?? whole;
    const toMs = Math.max(this.#series[0]?.to_ms ?? whole.toMs, this.#marking?.newestMs ?? 0);
    return { fromMs: Math.max(0, toMs - windowMs), toMs: Math.max(toMs, liveMsMin) };
  }

  #say(text: string | undefined): void {
    const note = this.querySelector<HTMLElement>(".chart-note");
    if (note === null) return;
    note.hidden = !text;
    note.textContent = text ?? "";
  }

  #words(): Words {
    return JSON.parse(this.dataset.words ?? "{}");
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

  /** Charts embedded in another page do not own its address. */
  #hasAddress(): boolean {
    return Boolean(this.dataset.figures);
  }
}

/** Resolves once everything drawn so far is on the screen. */
function painted(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined));
}

function nameOf(range: Range | undefined): string {
  return range === undefined ? "whole" : `${range.fromMs}-${range.toMs}`;
}

/** The chosen session, otherwise the first. */
function sessionOf(series: Series | undefined, id: number | undefined): SeriesSession | undefined {
  return series?.sessions.find(({ session_id }) => session_id === id) ?? series?.sessions[0];
}

customElements.define("capture-charts", CaptureCharts);
