/** Distributions of one path's streams, from rows and windows, since the host began. */
import { type StageName, type StatsSample, stageNames } from "../model/capture.ts";
import type { FrameTable } from "../model/frames.ts";
import { measured } from "../model/metric-columns.ts";
import type { HistogramSample } from "../model/scraped-metric.ts";
import { Counted } from "./counted.ts";

/** Seconds; one frame at 240, 120, 60 and 30 per second are among them. */
const frameBounds = [
  0.000_5, 0.001, 0.002, 0.004, 0.008, 0.012, 0.016, 0.025, 0.033, 0.05, 0.1, 0.25, 1,
];
const viewerBounds = [0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1];
const roundTripBounds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
const qualityBounds = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1];

const viewerEnds = ["shown", "complete"] as const;
/** The farthest point that the player reports of a frame. */
type ViewerEnd = (typeof viewerEnds)[number];

const families = {
  stage_seconds: "Time of frames in each stage",
  frame_seconds: "Start of capture until the last packet was sent",
  viewer_latency_seconds: "Start of capture until the player had, or displayed, the frame",
  round_trip_seconds: "Host to player and back, once per window",
  quality_ratio: "Picture quality: 1 looks like the source, 0 is the coarsest",
} as const;

/** A family of distributions; the name is without its prefix. */
export type TimesFamily = keyof typeof families;

/** All families with their words, in the order in which they are written. */
export const timesFamilies = Object.entries(families) as [TimesFamily, string][];

/** Only grows. Unmeasured times have no distribution. */
export class StreamTimes {
  readonly #stages = new Map<StageName, Counted>();
  readonly #viewer = new Map<ViewerEnd, Counted>();
  readonly #frame = new Counted(frameBounds);
  readonly #roundTrip = new Counted(roundTripBounds);
  readonly #quality = new Counted(qualityBounds);

  /** Rows that are final. */
  addRows({ count, columns }: FrameTable): void {
    for (let row = 0; row < count; row++) {
      const totalUs = this.#addStages(columns, row);
      const gapUs = columns.gap_us[row] ?? Number.NaN;
      if (!Number.isNaN(gapUs)) {
        this.#frame.add((totalUs + gapUs + (columns.queue_us[row] ?? 0)) / 1e6);
      }
      this.#addViewer(columns, row);
      const quality = columns.quality[row] ?? Number.NaN;
      if (!Number.isNaN(quality)) this.#quality.add(quality / 100);
    }
  }

  /** A window that is over. */
  addWindow(sample: StatsSample): void {
    const rttUs = measured(sample, "rtt_us");
    if (rttUs !== undefined) this.#roundTrip.add(rttUs / 1e6);
  }

  read(family: TimesFamily): HistogramSample[] {
    switch (family) {
      case "stage_seconds":
        return [...this.#stages].map(([stage, times]) => sampleOf(times, { stage }));
      case "viewer_latency_seconds":
        return [...this.#viewer].map(([until, times]) => sampleOf(times, { until }));
      case "frame_seconds":
        return [sampleOf(this.#frame)];
      case "round_trip_seconds":
        return known(this.#roundTrip);
      case "quality_ratio":
        return known(this.#quality);
    }
  }

  /** @returns their sum in microseconds */
  #addStages(columns: FrameTable["columns"], row: number): number {
    let sumUs = 0;
    for (const stage of stageNames) {
      const us = columns[`${stage}_us`][row] ?? Number.NaN;
      if (Number.isNaN(us)) continue;
      sumUs += us;
      countedOf(this.#stages, stage, frameBounds).add(us / 1e6);
    }
    return sumUs;
  }

  #addViewer(columns: FrameTable["columns"], row: number): void {
    const waitUs = columns.wait_us[row] ?? 0;
    const shownUs = columns.shown_us[row] ?? Number.NaN;
    const until = Number.isNaN(shownUs) ? "complete" : "shown";
    const us = until === "shown" ? shownUs : (columns.complete_us[row] ?? Number.NaN);
    if (Number.isNaN(us)) return;
    countedOf(this.#viewer, until, viewerBounds).add(Math.max(0, us - waitUs) / 1e6);
  }
}

function countedOf<Key>(all: Map<Key, Counted>, key: Key, bounds: readonly number[]): Counted {
  const found = all.get(key) ?? new Counted(bounds);
  all.set(key, found);
  return found;
}

function sampleOf(times: Counted, labels: HistogramSample["labels"] = {}): HistogramSample {
  return { labels, values: times.read() };
}

/** Nothing for never-measured times. */
function known(times: Counted): HistogramSample[] {
  const sample = sampleOf(times);
  return sample.values.counts.some((count) => count > 0) ? [sample] : [];
}
