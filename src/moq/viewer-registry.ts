/**
 * Reports of the viewers of one broadcast, as input from outside: fixed shape, bounded, clamped.
 * Totals become the counts of a window. Rates and times are those of the worst viewer, since
 * percentiles of viewers cannot be averaged.
 */
import type { Clock, Micros } from "../base/clock.ts";
import { parseJson } from "../base/parse-json.ts";
import type { StatsSample } from "../model/capture.ts";
import type { ClickTimes } from "../model/click.ts";
import type { ClientAction } from "../model/happening.ts";
import { type Reason, reason } from "../model/reason.ts";
import { shapeCheck } from "../model/shape-check.ts";
import { type FramesSeen, ViewerReport, type WatchViewer } from "../model/watch.ts";
import { type ClickFields, ClickWindow } from "./click-window.ts";
import {
  highestPageTotals,
  noPageTotals,
  type PageFields,
  type PageTotals,
  pageFieldsOf,
  pageTotalsOf,
  sum,
} from "./page-windows.ts";
import { relayPeerId } from "./relay-link.ts";

const check = shapeCheck(ViewerReport);
/** The age of an older picture counts as this. */
const ageUsMax = 60_000_000;
/** More frames in a window count as this. */
const deltaMax = 10_000;
/** Reports arrive once a second; faster ones are ignored. */
const reportIntervalUsMin = 200_000;
/** A page that reports a longer hidden time counts as hidden for a day. */
const hiddenMsMax = 86_400_000;
/** A viewer that was silent for longer has no rate: its frames do not belong to one window. */
const silenceUsMax = 3_000_000;
/** How long the previous report may have been delayed. */
const onWayUsMax = 2_000_000;

/** `undefined` for anything that is not a valid report. */
export function readReport(payload: Uint8Array): ViewerReport | undefined {
  const value = parseJson(payload);
  return check.Check(value) ? value : undefined;
}

/** The totals of a report; each only grows while its page lives. */
type Totals = PageTotals & {
  readonly frames: number;
  readonly shown: number;
  readonly dropped: number;
  readonly stalls: number;
  readonly decodeErrors: number;
  readonly hiddenMs: number;
  readonly jumps: number;
  /** For the page itself; `undefined` if it does not report that. */
  readonly lateMs: number | undefined;
  readonly unpaintedMs: number;
};

type Viewer = {
  /** It watches through a relay. */
  readonly isRelayed: boolean;
  report: ViewerReport;
  /** The highest that this page has reported. */
  totals: Totals;
  atUs: Micros;
  /** As of the last window. */
  counted: Totals;
  countedUs: Micros;
};

/** The fields of a sample that come from viewers. */
export type ClientFields = PageFields &
  ClickFields &
  Pick<
    StatsSample,
    | "client_fps"
    | "client_age_p50_us"
    | "client_age_p99_us"
    | "client_dropped"
    | "client_stalls"
    | "player_pause_us"
    | "player_wait_us"
  >;

/** An event in a viewer's report since the previous one. */
export type ViewerNews = {
  readonly action: ClientAction;
  readonly ms?: number;
  readonly reason?: Reason;
};

/** The reports of one broadcast's viewers, by connection. */
export class ViewerRegistry {
  /** Payloads that were not valid reports, or arrived too fast. */
  refusedCount = 0;
  readonly #clock: Clock;
  readonly #viewers = new Map<number, Viewer>();
  readonly #clicks = new ClickWindow();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the new events in it; a viewer's first report has none. */
  add(peerId: number, payload: Uint8Array, isRelayed = false): ViewerNews[] {
    const report = readReport(payload);
    const atUs = this.#clock.nowUs();
    const viewer = this.#viewers.get(peerId);
    const isTooFast = viewer !== undefined && atUs - viewer.atUs < reportIntervalUsMin;
    if (report === undefined || isTooFast) {
      this.refusedCount += 1;
      return [];
    }
    if (viewer === undefined) {
      const totals = totalsOf(report);
      const counted = { counted: totals, countedUs: atUs };
      this.#viewers.set(peerId, { isRelayed, report, totals, atUs, ...counted });
      return [];
    }
    return renew(viewer, report, atUs);
  }

  /** A viewer has seen the picture that answers its input. */
  clicked(times: ClickTimes): void {
    this.#clicks.add(times);
  }

  /** Single frames of the last report, given once. */
  takeFrames(peerId: number): FramesSeen | undefined {
    const viewer = this.#viewers.get(peerId);
    if (viewer === undefined) return undefined;
    const { frames_seen: frames, ...report } = viewer.report;
    viewer.report = report;
    return frames;
  }

  /**
   * The subscribers, with the last report of each, and those who watch through a relay: a hidden
   * page is silent there, and is not subscribed here.
   */
  viewers(subscribed: readonly number[]): WatchViewer[] {
    const direct = subscribed.map((id) => ({
      ...{ id, isRelay: id === relayPeerId },
      report: this.#viewers.get(id)?.report,
    }));
    const nowUs = this.#clock.nowUs();
    const relayed = [...this.#viewers].flatMap(([id, { isRelayed, report, atUs }]) =>
      isRelayed && nowUs - atUs < silenceUsMax ? [{ id, isRelay: false, isRelayed, report }] : [],
    );
    return [...direct, ...relayed];
  }

  /**
   * Removes a viewer whose connection has ended. One that only stops watching keeps its entry: a
   * hidden tab unsubscribes, and reports how long it was hidden when it watches again.
   */
  remove(peerId: number): void {
    this.#viewers.delete(peerId);
  }

  /**
   * The fields of a window's sample: changes since the previous window. Empty without a report or
   * click.
   */
  closeWindow(): ClientFields {
    return { ...this.#clicks.take(), ...this.#closeReports() };
  }

  #closeReports(): ClientFields {
    const nowUs = this.#clock.nowUs();
    const windows = [...this.#viewers.values()]
      .filter(({ atUs, countedUs }) => atUs > countedUs && nowUs - atUs < silenceUsMax)
      .map(takeWindow);
    if (windows.length === 0) return {};
    const rates = windows.map(({ fps }) => fps).filter((fps) => fps !== undefined);
    return {
      ...(rates.length === 0 ? {} : { client_fps: Math.min(...rates) }),
      client_dropped: sum(windows.map(({ dropped }) => dropped)),
      client_stalls: sum(windows.map(({ stalls }) => stalls)),
      ...pageFields(windows),
      ...pageFieldsOf(windows),
      ...worst(
        "client_age_p50_us",
        windows.map(({ report }) => report.age_p50_us),
      ),
      ...worst(
        "client_age_p99_us",
        windows.map(({ report }) => report.age_p99_us),
      ),
    };
  }
}

function totalsOf(report: ViewerReport): Totals {
  return {
    ...pageTotalsOf(report),
    frames: report.frames,
    shown: report.shown,
    dropped: report.dropped,
    stalls: report.stalls,
    decodeErrors: report.decode_errors ?? 0,
    hiddenMs: report.hidden_ms ?? 0,
    jumps: report.jumps ?? 0,
    lateMs: report.late_ms,
    unpaintedMs: report.unpainted_ms ?? 0,
  };
}

const noTotals: Totals = {
  ...noPageTotals,
  ...{ frames: 0, shown: 0, dropped: 0, stalls: 0, decodeErrors: 0, hiddenMs: 0, jumps: 0 },
  ...{ lateMs: undefined, unpaintedMs: 0 },
};

/**
 * Takes a report into the viewer's totals. The frames received say whether the page is still the
 * same: they never fall while it lives. Its page may correct any other total downwards, which then
 * counts again only when it exceeds the counted value.
 */
function renew(viewer: Viewer, report: ViewerReport, atUs: Micros): ViewerNews[] {
  const now = totalsOf(report);
  const isOtherPage = now.frames < viewer.totals.frames;
  const before = isOtherPage ? noTotals : viewer.totals;
  if (isOtherPage) viewer.counted = noTotals;
  viewer.report = report;
  viewer.totals = highestOf(now, before);
  viewer.atUs = atUs;
  return [...newsOf(viewer.totals, before), ...jumpsOf(viewer.totals, before, report)];
}

function highestOf(a: Totals, b: Totals): Totals {
  return {
    ...highestPageTotals(a, b),
    frames: Math.max(a.frames, b.frames),
    shown: Math.max(a.shown, b.shown),
    dropped: Math.max(a.dropped, b.dropped),
    stalls: Math.max(a.stalls, b.stalls),
    decodeErrors: Math.max(a.decodeErrors, b.decodeErrors),
    hiddenMs: Math.max(a.hiddenMs, b.hiddenMs),
    jumps: Math.max(a.jumps, b.jumps),
    lateMs: a.lateMs === undefined ? b.lateMs : Math.max(a.lateMs, b.lateMs ?? 0),
    unpaintedMs: Math.max(a.unpaintedMs, b.unpaintedMs),
  };
}

function newsOf(now: Totals, before: Totals): ViewerNews[] {
  const news: ViewerNews[] = [];
  const stalls = growth(now.stalls, before.stalls);
  const errors = growth(now.decodeErrors, before.decodeErrors);
  if (stalls > 0) {
    news.push({ action: "stall", reason: reason("picture_froze", { times: stalls }) });
  }
  if (errors > 0) {
    news.push({ action: "decode_error", reason: reason("decoding_failed", { times: errors }) });
  }
  const empty = growth(now.soundEmptyCount, before.soundEmptyCount);
  if (empty > 0) {
    news.push({ action: "sound_out", reason: reason("sound_ran_out", { times: empty }) });
  }
  if (now.hiddenMs > before.hiddenMs) {
    const ms = Math.min(now.hiddenMs - before.hiddenMs, hiddenMsMax);
    news.push({ action: "tab_hidden", ms });
  }
  return news;
}

function jumpsOf(now: Totals, before: Totals, { behind_ms: ms = 0 }: ViewerReport): ViewerNews[] {
  if (now.jumps <= before.jumps) return [];
  const action = "jumped_to_live";
  return [ms === 0 ? { action } : { action, ms: Math.min(ms, hiddenMsMax) }];
}

function takeWindow(viewer: Viewer) {
  const { report, totals, counted } = viewer;
  const durationUs = viewer.atUs - viewer.countedUs;
  viewer.counted = totals;
  viewer.countedUs = viewer.atUs;
  const rate = growth(totals.shown, counted.shown) / (durationUs / 1e6);
  return {
    ...{ report, totals, counted },
    fps: durationUs > silenceUsMax ? undefined : Math.round(rate * 1000) / 1000,
    dropped: growth(totals.dropped, counted.dropped),
    stalls: growth(totals.stalls, counted.stalls),
    pauseUs: msGrowth(totals.unpaintedMs, counted.unpaintedMs, durationUs),
    waitUs:
      totals.lateMs === undefined
        ? undefined
        : msGrowth(totals.lateMs, counted.lateMs ?? 0, durationUs),
  };
}

/**
 * In microseconds; a page cannot have been frozen for longer than it was silent, or may be silent.
 */
function msGrowth(now: number, before: number, sinceUs: number): number {
  return Math.min((now - before) * 1000, sinceUs + onWayUsMax, ageUsMax);
}

/** Of the worst page: how long it painted nothing, and how late it ran. */
function pageFields(
  windows: readonly { readonly pauseUs: number; readonly waitUs: number | undefined }[],
): ClientFields {
  const waits = windows.flatMap(({ waitUs }) => waitUs ?? []);
  const pauseUs = Math.max(...windows.map(({ pauseUs: one }) => one));
  return {
    ...(pauseUs > 0 ? { player_pause_us: pauseUs } : {}),
    ...(waits.length === 0 ? {} : { player_wait_us: Math.max(...waits) }),
  };
}

function growth(now: number, before: number): number {
  return Math.min(now - before, deltaMax);
}

function worst<Name extends string>(name: Name, ages: readonly (number | undefined)[]) {
  const known = ages.filter((age) => age !== undefined);
  if (known.length === 0) return {};
  const ageUs = Math.round(Math.min(Math.max(...known), ageUsMax));
  return { [name]: ageUs } as Record<Name, number>;
}
