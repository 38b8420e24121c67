/**
 * A capture as comma-separated values (RFC 4180), one row a sample, for spreadsheets and scripts.
 * A counter that was not measured is an empty field, never a zero.
 */
import { type Capture, type StatsSample, stageNames } from "../model/capture.ts";

const counters = [
  "frames_dropped",
  "packets_dropped",
  "send_dropped",
  "fec_recovered",
  "rtt_us",
] as const;
const totals = [
  "total_mean_us",
  "total_p50_us",
  "total_p99_us",
  "gap_mean_us",
  "gap_p99_us",
] as const;
const stageFigures = ["mean_us", "p50_us", "p99_us", "max_us"] as const;

export function captureCsv(capture: Capture): string {
  const used = stageNames.filter((name) =>
    capture.samples.some((sample) => sample.stages.some((stage) => stage.name === name)),
  );
  const stageColumns = used.flatMap((name) => stageFigures.map((figure) => `${name}_${figure}`));
  const columns = ["t_ms", "session_id", "fps", "repeat_fps", "mbps", "bitrate_kbps"];
  const header = [...columns, ...stageColumns, ...totals, ...counters].join(",");
  return [header, ...capture.samples.map((sample) => rowOf(sample, used).join(","))].join("\r\n");
}

function rowOf(sample: StatsSample, used: readonly string[]): string[] {
  const { t_ms, session_id, fps, repeat_fps, mbps, bitrate_kbps } = sample;
  const stageCells = used.flatMap((name) => {
    const stage = sample.stages.find((candidate) => candidate.name === name);
    return stageFigures.map((figure) => cell(stage?.[figure]));
  });
  return [
    ...[t_ms, session_id, fps, repeat_fps, mbps, bitrate_kbps].map(String),
    ...stageCells,
    ...totals.map((name) => cell(sample[name])),
    ...counters.map((name) => (sample.unmeasured?.includes(name) ? "" : cell(sample[name]))),
  ];
}

function cell(value: number | undefined): string {
  return value === undefined ? "" : String(value);
}
