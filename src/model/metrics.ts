/**
 * The metrics of a sample, one row each. From a row follow the sample's field, its columns in a
 * series, its line in a chart, its rows in figures and comparisons, CSV, `captures show`, the
 * Prometheus totals, and what each language must name. The page loads this file too: no schema here.
 *
 * The seed's eight come first in a sample and are always present; the others are optional. CSV has its
 * columns in the order of the rows, so new rows go to the end.
 */
import { namesOf } from "../base/record.ts";
import { clickTime, type Metric, occasionalOfPages, ofPages } from "./metric-row.ts";

/** Rows are only added, at the end: never renamed, never removed. */
const metrics = {
  fps: {
    unit: "fps",
    fold: { new_fps: "min", new_fps_mean: "time_mean" },
    of: "host",
    line: { chart: "fps", color: "encode", pair: 0, bad: "low" },
    isRequired: true,
    description: "Frames per second with something new from the source",
  },
  repeat_fps: {
    unit: "fps",
    fold: { repeat_fps_max: "max", repeat_fps: "time_mean" },
    of: "host",
    line: { chart: "fps", color: "capture" },
    isRequired: true,
    description: "Frames per second encoded again because the source had nothing new",
  },
  mbps: {
    unit: "mbps",
    fold: "time_mean",
    of: "host",
    line: { chart: "bitrate", color: "send", pair: 0, bad: "low" },
    isRequired: true,
    description: "Media payload, without parity and headers",
  },
  bitrate_kbps: {
    unit: "kbps",
    fold: "last",
    of: "host",
    line: { chart: "bitrate", color: "muted", isDashed: true },
    isRequired: true,
    description: "Target bitrate",
  },
  total_mean_us: {
    unit: "us",
    fold: "frame_mean",
    of: "host",
    part: { row: "total", value: "none" },
    description: "Start of capture until the last packet was sent, mean",
  },
  total_p50_us: {
    unit: "us",
    fold: "window_mean",
    of: "host",
    line: { chart: "stages", color: "ink", pair: 0 },
    part: { row: "total", value: "p50" },
    description: "Start of capture until the last packet was sent, median",
  },
  total_p99_us: {
    unit: "us",
    fold: "max",
    of: "host",
    line: { chart: "stages", color: "alarm", isTail: true, pair: 1, bad: "high" },
    part: { row: "total", value: "p99" },
    description: "Start of capture until the last packet was sent, 99th percentile",
  },
  gap_mean_us: {
    unit: "us",
    fold: "frame_mean",
    of: "host",
    part: { row: "gap", value: "p50" },
    description: "Total minus the stages, mean; means of stages and gap add up to total_mean_us",
  },
  gap_p99_us: {
    unit: "us",
    fold: "max",
    of: "host",
    part: { row: "gap", value: "p99" },
    description: "Total minus the stages, 99th percentile",
  },
  frames_dropped: {
    unit: "count",
    fold: "sum",
    of: "host",
    line: { chart: "health", color: "alarm", pair: 0, bad: "high" },
    isRequired: true,
    description: "Frames captured or encoded but never sent, this window",
  },
  packets_dropped: {
    unit: "count",
    fold: "sum",
    of: "player",
    line: { chart: "health", color: "encode", pair: 1, bad: "high" },
    isRequired: true,
    description: "Datagrams sent but reported missing by the player, this window",
  },
  send_dropped: {
    unit: "count",
    fold: "sum",
    of: "host",
    line: { chart: "health", color: "packetize", pair: 2, bad: "high" },
    isRequired: true,
    description: "Datagrams that the kernel did not accept, this window",
  },
  fec_recovered: {
    unit: "count",
    fold: "sum",
    of: "player",
    // If as many were rebuilt as lost, the loss would be hidden.
    line: { chart: "health", color: "submit", isDashed: true },
    isRequired: true,
    description: "Data shards that the player repaired with parity, this window",
  },
  rtt_us: {
    unit: "us",
    fold: "max",
    of: "player",
    line: { chart: "rtt", color: "packetize", pair: 0, bad: "high" },
    isWhole: true,
    description: "Round trip to the player",
  },
  missed_slots: {
    unit: "count",
    fold: "sum",
    of: "host",
    line: { chart: "health", color: "send", pair: 3, bad: "high" },
    description: "Slots without a frame, this window",
  },
  stopped_us: {
    unit: "us",
    fold: "sum",
    of: "host",
    isOccasional: true,
    isWhole: true,
    description:
      "How long the whole process was stopped or the machine suspended, this window; only if it was",
  },
  unreachable_us: {
    unit: "us",
    fold: "sum",
    of: "host",
    isOccasional: true,
    isWhole: true,
    description: "How long the player was silent, this window; only if that was too long",
  },
  frames_lost: {
    unit: "count",
    fold: "sum",
    of: "player",
    line: { chart: "health", color: "other", pair: 4, bad: "high" },
    description: "Frames that the player could not complete, this window",
  },
  idr_requests: {
    unit: "count",
    fold: "sum",
    of: "player",
    line: { chart: "health", color: "capture", isDashed: true },
    description: "Key frames that the player requested, this window",
  },
  viewers: {
    unit: "count",
    fold: "last",
    of: "host",
    only: "moq",
    description: "Browsers that are watching at the end of the window",
  },
  viewer_skipped: {
    unit: "count",
    fold: "sum",
    of: "host",
    only: "moq",
    line: { chart: "health", color: "gap", bad: "high" },
    description: "Frames not sent to viewers that were too slow, all viewers together, this window",
  },
  client_fps: {
    unit: "fps",
    fold: "min",
    ...ofPages,
    line: { chart: "fps", color: "send", pair: 1 },
    description: "Frames displayed per second, slowest viewer",
  },
  client_age_p50_us: {
    unit: "us",
    fold: "window_mean",
    ...ofPages,
    line: { chart: "rtt", color: "encode", pair: 1 },
    description: "From capture until displayed, median, worst viewer",
  },
  client_age_p99_us: {
    unit: "us",
    fold: "max",
    ...ofPages,
    line: { chart: "rtt", color: "alarm", isTail: true, pair: 2, bad: "high" },
    description: "From capture until displayed, 99th percentile, worst viewer",
  },
  client_dropped: {
    unit: "count",
    fold: "sum",
    ...ofPages,
    line: { chart: "health", color: "capture", pair: 1, bad: "high" },
    description: "Frames received but not displayed, all viewers together, this window",
  },
  client_stalls: {
    unit: "count",
    fold: "sum",
    ...ofPages,
    line: { chart: "health", color: "ink", pair: 2, bad: "high" },
    description: "Times the picture froze, all viewers together, this window",
  },
  rfi_requests: {
    unit: "count",
    fold: "sum",
    of: "player",
    only: "gamestream",
    description: "Ranges of frames that the player asked the encoder not to refer to, this window",
  },
  fec_reports: {
    unit: "count",
    fold: "sum",
    of: "player",
    only: "gamestream",
    description: "Reports behind the player’s figures, this window",
  },
  keyframes: {
    unit: "count",
    fold: "sum",
    of: "host",
    line: { chart: "health", color: "muted", isDashed: true },
    description: "IDR frames sent, this window",
  },
  player_pause_us: {
    unit: "us",
    fold: "sum",
    of: "player",
    isOccasional: true,
    isWhole: true,
    description:
      "How long the player’s program was paused or its page not painted, as it reports or as its ping numbers show, this window; 0 if it was silent but running",
  },
  player_wait_us: {
    unit: "us",
    fold: "sum",
    of: "player",
    isOccasional: true,
    isWhole: true,
    description:
      "How long the player’s receiving thread waited for a core, or how late its page ran, as it reports, this window",
  },
  bitrate_asked_kbps: {
    unit: "kbps",
    fold: "last",
    of: "host",
    isOccasional: true,
    isWhole: true,
    description: "Bitrate requested by player or operator; only while the link carries less",
  },
  quality: {
    unit: "percent",
    fold: { quality_min: "min", quality_mean: "frame_mean" },
    of: "host",
    line: { chart: "quality", color: "capture", pair: 0, bad: "low" },
    isWhole: true,
    description: "Picture quality, mean: 100 looks like the source, 0 is the coarsest",
  },
  client_sound_offset_us: {
    unit: "us",
    fold: "max",
    ...occasionalOfPages,
    isWhole: true,
    description:
      "Offset between the sound a browser plays and its picture; worst viewer, only while someone listens",
  },
  client_sound_empty: {
    unit: "count",
    fold: "sum",
    ...occasionalOfPages,
    description: "Times the sound ran out in browsers, all viewers together, this window",
  },
  client_long_tasks_us: {
    unit: "us",
    fold: "sum",
    ...occasionalOfPages,
    isWhole: true,
    description:
      "Time that tasks of 50 ms or more occupied a page’s main thread; worst viewer, this window",
  },
  client_display_fps: {
    unit: "fps",
    fold: "min",
    ...occasionalOfPages,
    description: "Refresh rate of the browser’s display; slowest viewer",
  },
  client_software_decoding: {
    unit: "count",
    fold: "max",
    ...occasionalOfPages,
    description: "Viewers that decode in software, among those whose browser reports it",
  },
  sound_latency_us: {
    unit: "us",
    fold: "max",
    of: "host",
    isOccasional: true,
    isWhole: true,
    description: "From sound being played at the source until its packet was sent, mean",
  },
  input_count: {
    unit: "count",
    fold: "sum",
    of: "host",
    isOccasional: true,
    description:
      "Inputs of players (keys, pointer, gamepads, touch, pens) that reached the source, this window; only if there were any",
  },
  click_count: {
    unit: "count",
    fold: "sum",
    ...occasionalOfPages,
    description: "Measured inputs whose pictures browsers displayed, this window",
  },
  click_p50_us: clickTime(
    "window_mean",
    "From an input in the page until its picture was displayed, median",
  ),
  click_p99_us: clickTime(
    "max",
    "From an input in the page until its picture was displayed, 99th percentile",
  ),
  click_to_host_us: clickTime(
    "window_mean",
    "Part of this: from the input in the page until the host had it, median",
  ),
  click_to_capture_us: clickTime(
    "window_mean",
    "Part of this: from there until the capture of the picture that answers it, median",
  ),
  click_to_encoded_us: clickTime(
    "window_mean",
    "Part of this: from there until that picture was encoded, median",
  ),
  click_to_shown_us: clickTime(
    "window_mean",
    "Part of this: from there until it was displayed in the page, median",
  ),
} as const satisfies Readonly<Record<string, Metric>>;

/** The table as it is written, for types that follow from single rows. */
export type MetricTable = typeof metrics;
/** The name of a metric: of its field in a sample, its column in CSV, and its texts. */
export type MetricName = keyof MetricTable;

type RequiredIn<Name extends MetricName> = MetricTable[Name] extends { readonly isRequired: true }
  ? Name
  : never;
/** The metrics that every sample has. */
export type RequiredMetricName = { [Name in MetricName]: RequiredIn<Name> }[MetricName];
export type OptionalMetricName = Exclude<MetricName, RequiredMetricName>;

/** All of them, in the order of the table. */
export const metricNames: readonly MetricName[] = namesOf(metrics);

/** The same rows, each with everything that a row may say. */
export const metricRows: Readonly<Record<MetricName, Metric>> = metrics;

export const requiredMetricNames: readonly RequiredMetricName[] = metricNames.filter(isRequired);
export const optionalMetricNames: readonly OptionalMetricName[] = metricNames.filter(
  (name): name is OptionalMetricName => !isRequired(name),
);

function isRequired(name: MetricName): name is RequiredMetricName {
  return metricRows[name].isRequired === true;
}

/** Names come from files and players too. */
export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(metrics, name);
}
