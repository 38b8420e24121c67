/** What `onglass captures list` and `show` print of a capture. */
import { Format } from "../../views/format.ts";
import { makeFigures } from "../analysis/figures.ts";
import { english } from "../i18n/english.ts";
import { stageText } from "../i18n/stages.ts";
import type { Capture, CaptureMeta, StageTiming, StatsSample } from "../model/capture.ts";
import type { Figure } from "../model/figures.ts";
import { isLowerBound, measured } from "../model/metric-columns.ts";
import type { MetricUnit } from "../model/metric-fold.ts";
import { digitsOf, shownUnits } from "../model/metric-units.ts";
import { type MetricName, metricNames, metricRows } from "../model/metrics.ts";
import { clickLines } from "./capture-clicks.ts";
import { saidOf } from "./capture-notes.ts";
import { printTable, type Terminal } from "./output.ts";

const format = new Format("en");

/** Formatted like the result of `captureRow`. */
export const captureHeading = ["ID", "KIND", "CODEC", "FPS", "CLIENT", "SECONDS", ""];

/** A line of the list: the id contains start and size. */
export function captureRow(meta: CaptureMeta): string[] {
  return [
    meta.id,
    meta.kind || "-",
    meta.codec || "-",
    meta.fps > 0 ? `${meta.fps}` : "-",
    meta.client || "-",
    (meta.duration_ms / 1000).toFixed(1),
    marksOf(meta),
  ];
}

function marksOf(meta: CaptureMeta): string {
  const marks = [
    meta.truncated ? "truncated" : "",
    meta.unread ? "incomplete" : "",
    meta.rows_until_ms === undefined ? "" : "frames-cut",
    meta.recovered ? "recovered" : "",
    meta.origin ?? "",
    meta.trigger === undefined ? "" : `(${meta.trigger.rule})`,
    saidOf(meta).trim(),
  ];
  return marks.filter((mark) => mark !== "").join(" ");
}

/** The facts of a capture, and the figures of each of its sessions, or every sample. */
export function printCapture(
  capture: Capture,
  { terminal, isWhole }: { readonly terminal: Terminal; readonly isWhole: boolean },
): void {
  printTable(terminal, [captureHeading, captureRow(capture.meta)]);
  terminal.print("");
  if (capture.samples.length === 0) terminal.print("no samples");
  else if (isWhole) printSamples(capture.samples, terminal);
  else printFigures(capture, terminal);
}

function printFigures({ meta, samples }: Capture, terminal: Terminal): void {
  const ids = [...new Set(samples.map(({ session_id }) => session_id))].sort((a, b) => a - b);
  for (const [place, session] of ids.entries()) {
    if (place > 0) terminal.print("");
    const whole = { session, fromMs: undefined, toMs: undefined };
    const { rows, windowCount, clicks } = makeFigures({ meta, samples }, whole);
    terminal.print(`session ${session}: ${format.integer(windowCount)} samples`);
    printTable(terminal, [figureHeading, ...rows.map(figureRow)]);
    for (const line of clickLines(clicks)) terminal.print(line);
  }
}

const figureHeading = ["FIGURE", "UNIT", "MIN", "P50", "P99", "MAX", "SUM"];

function figureRow(figure: Figure): string[] {
  const { unit, isLowerBound: isAtLeast = false } = figure;
  const text = (value: number | undefined) =>
    value === undefined ? "-" : `${isAtLeast ? ">=" : ""}${shownText(unit, value)}`;
  const unitText = shownUnits[unit].text;
  if (figure.p50 === undefined) return [nameOf(figure), unitText, "not measured"];
  const { min, p50, p99, max, sum } = figure;
  return [nameOf(figure), unitText, ...[min, p50, p99, max, sum].map(text)];
}

function nameOf({ name }: Figure): string {
  if (name === "total") return english.figures.total;
  if (name === "gap") return english.stages.gap;
  return typeof name === "string" ? english.metrics[name] : stageText(english.stages, name.stage);
}

/** A column for each metric that at least one session has; times in milliseconds. */
function printSamples(samples: readonly StatsSample[], terminal: Terminal): void {
  const names = metricNames.filter((name) => samples.some((sample) => sample[name] !== undefined));
  const stages = samples.reduce((count, sample) => Math.max(count, sample.stages.length), 0);
  const columns = [
    ...["SECONDS", "SESSION"],
    ...Array<string>(stages).fill("STAGE p50/p99 ms"),
    ...names.map(headingOf),
  ];
  const rows = samples.map((sample) => [
    (sample.t_ms / 1000).toFixed(1),
    String(sample.session_id),
    ...Array.from({ length: stages }, (_, index) => timingText(sample.stages[index])),
    ...names.map((name) => valueText(sample, name)),
  ]);
  printTable(terminal, [columns, ...rows]);
}

/** `total_p50_us` → TOTAL P50 ms */
function headingOf(name: MetricName): string {
  const unit = shownUnits[metricRows[name].unit].text;
  const words = name
    .replace(/_(us|kbps)$|^mbps$/, "")
    .replaceAll("_", " ")
    .toUpperCase();
  return [words, unit === "fps" ? "" : unit].filter((part) => part !== "").join(" ");
}

function timingText(stage: StageTiming | undefined): string {
  if (stage === undefined) return "-";
  return `${stage.name} ${[stage.p50_us, stage.p99_us].map((us) => shownText("us", us)).join("/")}`;
}

function valueText(sample: StatsSample, name: MetricName): string {
  const value = measured(sample, name);
  if (value === undefined) return metricRows[name].isOccasional ? "-" : "not measured";
  const text = shownText(metricRows[name].unit, value);
  return isLowerBound(sample, name) ? `>=${text}` : text;
}

function shownText(unit: MetricUnit, value: number): string {
  const shown = value / shownUnits[unit].divisor;
  return String(Number(shown.toFixed(digitsOf(unit, shown))));
}
