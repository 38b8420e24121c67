/**
 * What the viewers of one broadcast say of themselves, as input from outside: fixed shape, bounded,
 * clamped. Totals become the counts of a window; of several viewers the one worst off speaks for
 * times and rates, since percentiles of viewers do not average.
 */
import { TypeCompiler } from "@sinclair/typebox/compiler";
import type { Clock, Micros } from "../base/clock.ts";
import type { StatsSample } from "../model/capture.ts";
import type { ClientAction } from "../model/happening.ts";
import { type Reason, reason } from "../model/reason.ts";
import { ViewerReport } from "../model/watch.ts";

const check = TypeCompiler.Compile(ViewerReport);
/** Nothing that is shown is older; a report that says more counts as this. */
const ageUsMax = 60_000_000;
/** No viewer shows more in a window; a report that says more counts as this. */
const deltaMax = 10_000;
/** Reports come once a second; the rest is not looked at. */
const reportIntervalUsMin = 200_000;
/** A page that says it was hidden for longer was so for a day. */
const hiddenMsMax = 86_400_000;
/** Without a report for so long a viewer says nothing of the window. */
const reportAgeUsMax = 3_000_000;

/** `undefined` for anything that is no report. */
export function readReport(payload: Uint8Array): ViewerReport | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    return undefined;
  }
  return check.Check(value) ? value : undefined;
}

type Viewer = {
  report: ViewerReport;
  atUs: Micros;
  /** As of the last window. */
  counted: ViewerReport;
  countedUs: Micros;
};

export type ClientFields = Pick<
  StatsSample,
  "client_fps" | "client_age_p50_us" | "client_age_p99_us" | "client_dropped" | "client_stalls"
>;

/** Something that a viewer's report says has happened since the one before. */
export type ViewerNews = {
  readonly action: ClientAction;
  readonly ms?: number;
  readonly reason?: Reason;
};

export class ViewerBoard {
  /** Reports that were none, or came too fast. */
  refusedCount = 0;
  readonly #clock: Clock;
  readonly #viewers = new Map<number, Viewer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns what is new in it, besides numbers; the first of a viewer has none. */
  add(peerId: number, payload: Uint8Array): ViewerNews[] {
    const report = readReport(payload);
    const atUs = this.#clock.nowUs();
    const viewer = this.#viewers.get(peerId);
    const isTooFast = viewer !== undefined && atUs - viewer.atUs < reportIntervalUsMin;
    if (report === undefined || isTooFast) {
      this.refusedCount += 1;
      return [];
    }
    if (viewer === undefined) {
      this.#viewers.set(peerId, { report, atUs, counted: report, countedUs: atUs });
      return [];
    }
    const news = newsOf(report, viewer.report);
    viewer.report = report;
    viewer.atUs = atUs;
    return news;
  }

  /** The last one; `undefined` of a viewer that reports nothing. */
  reportOf(peerId: number): ViewerReport | undefined {
    return this.#viewers.get(peerId)?.report;
  }

  /** Keeps those that still watch. */
  retain(isWatching: (peerId: number) => boolean): void {
    for (const peerId of this.#viewers.keys()) {
      if (!isWatching(peerId)) this.#viewers.delete(peerId);
    }
  }

  /** The fields of a window's sample: what came since the window before. Empty without a report. */
  closeWindow(): ClientFields {
    const nowUs = this.#clock.nowUs();
    const news = [...this.#viewers.values()]
      .filter(({ atUs, countedUs }) => atUs > countedUs && nowUs - atUs < reportAgeUsMax)
      .map(takeNews);
    if (news.length === 0) return {};
    return {
      client_fps: Math.min(...news.map(({ fps }) => fps)),
      client_dropped: sum(news.map(({ dropped }) => dropped)),
      client_stalls: sum(news.map(({ stalls }) => stalls)),
      ...worst(
        "client_age_p50_us",
        news.map(({ report }) => report.age_p50_us),
      ),
      ...worst(
        "client_age_p99_us",
        news.map(({ report }) => report.age_p99_us),
      ),
    };
  }
}

function newsOf(now: ViewerReport, before: ViewerReport): ViewerNews[] {
  const news: ViewerNews[] = [];
  const stalls = growth(now.stalls, before.stalls);
  const errors = growth(now.decode_errors ?? 0, before.decode_errors ?? 0);
  const [hiddenMs = 0, hiddenBeforeMs = 0] = [now.hidden_ms, before.hidden_ms];
  if (stalls > 0)
    news.push({ action: "stall", reason: reason("picture_froze", { times: stalls }) });
  if (errors > 0) {
    news.push({ action: "decode_error", reason: reason("decoding_failed", { times: errors }) });
  }
  if (hiddenMs > hiddenBeforeMs) {
    const ms = Math.min(hiddenMs - hiddenBeforeMs, hiddenMsMax);
    news.push({ action: "tab_hidden", ms });
  }
  return news;
}

function takeNews(viewer: Viewer) {
  const { report, counted } = viewer;
  const seconds = (viewer.atUs - viewer.countedUs) / 1e6;
  viewer.counted = report;
  viewer.countedUs = viewer.atUs;
  return {
    report,
    fps: Math.round((growth(report.shown, counted.shown) / seconds) * 1000) / 1000,
    dropped: growth(report.dropped, counted.dropped),
    stalls: growth(report.stalls, counted.stalls),
  };
}

/** A total that fell is that of a page that began anew. */
function growth(now: number, before: number): number {
  return Math.min(now >= before ? now - before : now, deltaMax);
}

function worst<Name extends string>(name: Name, ages: readonly (number | undefined)[]) {
  const known = ages.filter((age) => age !== undefined);
  if (known.length === 0) return {};
  return { [name]: Math.min(Math.max(...known), ageUsMax) } as Record<Name, number>;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
