/**
 * All metrics of the host, gathered from its parts: base units, `_total` names, and labels that are
 * bounded in number. Sessions have no label of their own: each id would make a new series.
 */

import { version } from "../base/version.ts";
import { kinds } from "../model/capture.ts";
import { type CounterName, type CounterReport, roles, tiers } from "../model/counters.ts";
import { type MetricName, metricNames, metricRows } from "../model/metrics.ts";
import type { MetricSample, NumberMetric, ScrapedMetric } from "../model/scraped-metric.ts";
import type { Session } from "../model/session.ts";
import { causeCodes, type Verdict, verdictQualities } from "../model/verdict.ts";
import type { HostParts } from "../ports/host-parts.ts";
import type { Sessions } from "../ports/sessions.ts";
import type { Stats } from "../ports/stats.ts";
import type { VerdictReads } from "../ports/verdicts.ts";
import { machineMetrics } from "./machine-metrics.ts";

/** First segments of paths: the host's own are two. */
const prefixCountMax = 16;

/** The parts of the host that count something. */
export type MeasuredParts = Pick<HostParts, "counters" | "machine" | "telemetry"> & {
  readonly sessions: Pick<Sessions, "sessions">;
  readonly stats: Pick<Stats, "recordedTotals" | "status">;
  readonly verdicts: Pick<VerdictReads, "live">;
};

const counters: readonly { name: CounterName; help: string }[] = [
  { name: "broadcasts", help: "Broadcasts opened" },
  { name: "broadcasts_closed", help: "Broadcasts closed" },
  { name: "subscriptions", help: "Subscriptions opened" },
  { name: "subscriptions_closed", help: "Subscriptions closed" },
  { name: "bytes", help: "Payload bytes of frames" },
  { name: "frames", help: "Frames" },
  { name: "groups", help: "Groups of frames" },
];

/** In the same order each time. An unknown metric has no samples, or is left out. */
export async function hostMetrics(parts: MeasuredParts): Promise<ScrapedMetric[]> {
  const report = parts.counters.report({ depth: 1 });
  const recorded = parts.stats.recordedTotals();
  return [
    ...counters.map((counter) => counterMetric(counter, report)),
    ...metricNames.flatMap((name) => recordedMetric(name, recorded[name])),
    ...machineMetrics(parts.machine.totals()),
    gauge("sessions", "Sessions that stream now", sessionSamples(parts.sessions.sessions())),
    gauge(
      "verdict",
      "Sessions by their verdict of the last ten seconds",
      verdictSamples(parts.verdicts.live()),
    ),
    gauge("capture_armed", "1 while a capture records", [
      { labels: {}, value: parts.stats.status().armed ? 1 : 0 },
    ]),
    gauge("build_info", "The version that runs", [{ labels: { version }, value: 1 }]),
    ...(await parts.telemetry.metrics()),
  ];
}

function sessionSamples(sessions: readonly Session[]): MetricSample[] {
  return kinds.map((kind) => ({
    labels: { kind },
    value: sessions.filter((session) => session.kind === kind).length,
  }));
}

function counterMetric(
  { name, help }: { name: CounterName; help: string },
  report: CounterReport,
): NumberMetric {
  const levels = report.entries.filter(({ level }) => level !== "").slice(0, prefixCountMax);
  const samples = levels.flatMap((entry) =>
    tiers.flatMap((tier) =>
      roles.map((role) => ({
        labels: { prefix: entry.level, tier, role },
        value: entry[tier][role][name],
      })),
    ),
  );
  return { name: `${name}_total`, help, type: "counter", samples };
}

/** Named accordingly: it does not change while no capture records. */
function recordedMetric(name: MetricName, value: number | undefined): NumberMetric[] {
  if (value === undefined) return [];
  const what = metricRows[name].description.replace(/, this window$/, "");
  const help = `${what}, in recorded windows`;
  const samples = [{ labels: {}, value }];
  return [{ name: `recorded_${name}_total`, help, type: "counter", samples }];
}

/**
 * Every quality, so that no series appears and disappears; those that are not smooth by their
 * leading cause.
 */
function verdictSamples(verdicts: readonly Verdict[]): MetricSample[] {
  const count = (quality: string, cause: string) =>
    verdicts.filter((one) => one.quality === quality && leadOf(one) === cause).length;
  const judged = verdictQualities.filter((quality) => quality !== "cannot_tell");
  const causes = ["none", ...causeCodes] as const;
  return judged
    .flatMap((quality) => causes.map((cause) => ({ quality, cause, value: count(quality, cause) })))
    .filter(({ cause, value }) => cause === "none" || value > 0)
    .map(({ value, ...labels }) => ({ labels, value }));
}

function leadOf({ quality, causes }: Verdict): string {
  return quality === "smooth" ? "none" : (causes[0]?.code ?? "none");
}

function gauge(name: string, help: string, samples: readonly MetricSample[]): NumberMetric {
  return { name, help, type: "gauge", samples };
}
