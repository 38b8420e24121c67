/**
 * The host's totals in Prometheus' text format 0.0.4: base units, `_total` names, and labels that
 * are bounded in number. No session has a label of its own: its id would make a new series each.
 */

import { kinds } from "../model/capture.ts";
import { type CounterName, type CounterReport, roles, tiers } from "../model/counters.ts";
import { type MetricName, metricNames, metricRows } from "../model/metrics.ts";
import type { Session } from "../model/session.ts";
import type { HostStatus } from "../model/status.ts";
import { causeCodes, type Verdict, verdictQualities } from "../model/verdict.ts";
import type { MachineTotals } from "../ports/machine.ts";
import { machineMetrics } from "./machine-metrics.ts";

export const metricsType = "text/plain; version=0.0.4; charset=utf-8";
/** First segments of paths: the host's own are two. */
const prefixCountMax = 16;

type Facts = {
  /** Down to the first segment. */
  readonly report: CounterReport;
  readonly sessions: readonly Session[];
  readonly status: HostStatus;
  /** Of the windows that captures recorded. */
  readonly recorded: Readonly<Partial<Record<MetricName, number>>>;
  readonly machine: MachineTotals;
  /** Of sessions that run. */
  readonly verdicts: readonly Verdict[];
};

/** One metric with all its samples; without the prefix that all names have. */
export type ScrapedMetric = {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly samples: readonly { readonly labels: Labels; readonly value: number }[];
};
type Labels = Readonly<Record<string, string>>;

const counters: readonly { name: CounterName; help: string }[] = [
  { name: "broadcasts", help: "Broadcasts opened" },
  { name: "broadcasts_closed", help: "Broadcasts closed" },
  { name: "subscriptions", help: "Subscriptions opened" },
  { name: "subscriptions_closed", help: "Subscriptions closed" },
  { name: "bytes", help: "Payload bytes of frames" },
  { name: "frames", help: "Frames" },
  { name: "groups", help: "Groups of frames" },
];

/** The whole answer, ended by a line break. */
export function metricsText({
  report,
  sessions,
  status,
  recorded,
  machine,
  verdicts,
}: Facts): string {
  const metrics = [
    ...counters.map((counter) => counterMetric(counter, report)),
    ...metricNames.flatMap((name) => recordedMetric(name, recorded[name])),
    ...machineMetrics(machine),
    gauge("sessions", "Sessions that stream now", [
      ...kinds.map((kind) => ({
        labels: { kind },
        value: sessions.filter((session) => session.kind === kind).length,
      })),
    ]),
    gauge("verdict", "Sessions by their verdict of the last ten seconds", verdictSamples(verdicts)),
    gauge("capture_armed", "1 while a capture records", [
      { labels: {}, value: status.capture.armed ? 1 : 0 },
    ]),
    gauge("uptime_seconds", "Since the host began", [
      { labels: {}, value: status.uptime_ms / 1000 },
    ]),
    gauge("build_info", "The version that runs", [
      { labels: { version: status.version }, value: 1 },
    ]),
  ];
  return metrics.map(write).join("");
}

function counterMetric(
  { name, help }: { name: CounterName; help: string },
  report: CounterReport,
): ScrapedMetric {
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

/** Named for what it is: it stands still while no capture records. */
function recordedMetric(name: MetricName, value: number | undefined): ScrapedMetric[] {
  if (value === undefined) return [];
  const what = metricRows[name].description.replace(/, this window$/, "");
  const help = `${what}, in recorded windows`;
  const samples = [{ labels: {}, value }];
  return [{ name: `recorded_${name}_total`, help, type: "counter", samples }];
}

/** Every quality, so that no series comes and goes; those that are not smooth by their leading cause. */
function verdictSamples(verdicts: readonly Verdict[]): ScrapedMetric["samples"] {
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

function gauge(name: string, help: string, samples: ScrapedMetric["samples"]): ScrapedMetric {
  return { name, help, type: "gauge", samples };
}

function write({ name, help, type, samples }: ScrapedMetric): string {
  const full = `onglass_${name}`;
  const lines = samples.map(({ labels, value }) => `${full}${writeLabels(labels)} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join("")}`;
}

function writeLabels(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
