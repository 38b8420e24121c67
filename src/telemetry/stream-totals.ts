/**
 * Totals of all streams since the host began, whether a capture records or not: from final rows of
 * slots, and from windows. Labels are path, codec and stage, never a session or a player; counts
 * survive their session.
 */
import {
  type CaptureSession,
  type CodecName,
  codecs,
  type Kind,
  kinds,
  type StatsSample,
} from "../model/capture.ts";
import type { FrameTable } from "../model/frames.ts";
import type {
  HistogramSample,
  MetricSample,
  NumberMetric,
  ScrapedMetric,
} from "../model/scraped-metric.ts";
import { type StreamCount, StreamCounts } from "./stream-counts.ts";
import { StreamTimes, type TimesFamily, timesFamilies } from "./stream-times.ts";

type Followed = {
  readonly kind: Kind;
  readonly codec: CodecName;
  readonly fps: number;
  /** The newest window. */
  sample: StatsSample | undefined;
};

/** Follows the rows and windows of all sessions. One for each host. */
export class StreamTotals {
  readonly #sessions = new Map<number, Followed>();
  readonly #counts = new Map<string, { readonly labels: Labels; readonly counts: StreamCounts }>();
  readonly #times = new Map<Kind, StreamTimes>();
  readonly #started = new Map<Kind, number>(kinds.map((kind) => [kind, 0]));

  /** A session begins: its series exist from now on, so that its first frame is a difference. */
  onStart(session: CaptureSession): void {
    const kind = kinds.find((one) => one === session.kind);
    const codec = codecs.find((one) => one === session.codec);
    if (kind === undefined || codec === undefined) return;
    this.#sessions.set(session.session_id, { kind, codec, fps: session.fps, sample: undefined });
    this.#started.set(kind, (this.#started.get(kind) ?? 0) + 1);
    this.#countsOf({ kind, codec });
    this.#timesOf(kind);
  }

  /** @param final complete rows, each once */
  onRows({ session_id }: CaptureSession, _written: FrameTable, final: FrameTable): void {
    const followed = this.#sessions.get(session_id);
    if (followed === undefined || final.count === 0) return;
    this.#countsOf(followed).addRows(final);
    this.#timesOf(followed.kind).addRows(final);
  }

  onSample(sample: StatsSample): void {
    const followed = this.#sessions.get(sample.session_id);
    if (followed === undefined) return;
    followed.sample = sample;
    this.#countsOf(followed).addWindow(sample);
    this.#timesOf(followed.kind).addWindow(sample);
  }

  /** Its counts stay in the totals. */
  onEnd(sessionId: number): void {
    this.#sessions.delete(sessionId);
  }

  /** As of the last rows, which are final about two seconds after their slot. */
  metrics(): ScrapedMetric[] {
    return [
      ...this.#countMetrics(),
      ...timesFamilies.map(([family, help]) => this.#timesMetric(family, help)),
      {
        ...{ name: "sessions_started_total", help: "Sessions started", type: "counter" },
        samples: kinds.map((kind) => ({ labels: { kind }, value: this.#started.get(kind) ?? 0 })),
      },
      ...this.#nowMetrics(),
    ];
  }

  #countMetrics(): NumberMetric[] {
    const byName = new Map<string, { help: string; samples: MetricSample[] }>();
    for (const { labels, counts } of this.#counts.values()) {
      for (const count of counts.read()) addCount(byName, labels, count);
    }
    return [...byName].map(([name, { help, samples }]) => ({
      ...{ name, help, samples },
      type: "counter",
    }));
  }

  #timesMetric(family: TimesFamily, help: string): ScrapedMetric {
    const samples = [...this.#times].flatMap(([kind, times]) =>
      times
        .read(family)
        .map(({ labels, values }): HistogramSample => ({ labels: { kind, ...labels }, values })),
    );
    return { name: `stream_${family}`, help, type: "histogram", samples };
  }

  /** Of running sessions, added up by path and codec: 0 if none runs any more. */
  #nowMetrics(): ScrapedMetric[] {
    const sum = (name: string, help: string, read: (followed: Followed) => number) => ({
      ...{ name: `stream_${name}`, help, type: "gauge" as const },
      samples: [...this.#counts.values()].map(({ labels }) => ({
        labels,
        value: this.#sumOf(labels, read),
      })),
    });
    const bytesPerMegabit = 1e6 / 8;
    return [
      sum(
        "target_frames_per_second",
        "Requested frame rate, sum of all sessions",
        ({ fps }) => fps,
      ),
      sum(
        "media_bytes_per_second",
        "Media payload in the last window, of all sessions",
        ({ sample }) => (sample?.mbps ?? 0) * bytesPerMegabit,
      ),
      sum(
        "media_target_bytes_per_second",
        "Target bitrate, sum of all sessions",
        ({ sample }) => ((sample?.bitrate_kbps ?? 0) * 1000) / 8,
      ),
    ];
  }

  #sumOf(labels: Labels, read: (followed: Followed) => number): number {
    let sum = 0;
    for (const followed of this.#sessions.values()) {
      if (followed.kind === labels.kind && followed.codec === labels.codec) sum += read(followed);
    }
    return Math.round(sum * 1000) / 1000;
  }

  #countsOf({ kind, codec }: Labels): StreamCounts {
    const key = `${kind} ${codec}`;
    const known = this.#counts.get(key) ?? {
      labels: { kind, codec },
      counts: new StreamCounts(),
    };
    this.#counts.set(key, known);
    return known.counts;
  }

  #timesOf(kind: Kind): StreamTimes {
    const known = this.#times.get(kind) ?? new StreamTimes();
    this.#times.set(kind, known);
    return known;
  }
}

type Labels = { readonly kind: Kind; readonly codec: CodecName };

function addCount(
  byName: Map<string, { help: string; samples: MetricSample[] }>,
  labels: Labels,
  { name, help, labels: more, value }: StreamCount,
): void {
  const metric = byName.get(name) ?? { help, samples: [] };
  byName.set(name, metric);
  metric.samples.push({ labels: { ...labels, ...more }, value });
}
