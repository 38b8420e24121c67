/** Made rows and windows, judged. */
import type { StatsSample } from "../../src/model/capture.ts";
import type { Machine } from "../../src/model/machine.ts";
import type { VerdictInput } from "../../src/verdict/input.ts";
import { verdictOf } from "../../src/verdict/verdict.ts";
import { type MadeRow, madeRows } from "./made-rows.ts";

const stream = { session_id: 1, width: 1280, height: 720, fps: 60, codec: "h264" };

const sample = (t_ms: number, fields: Partial<StatsSample> & { machine?: Machine } = {}) => ({
  t_ms,
  session_id: 1,
  stages: [],
  fps: 60,
  repeat_fps: 0,
  mbps: 7,
  bitrate_kbps: 10_000,
  frames_dropped: 0,
  packets_dropped: 0,
  send_dropped: 0,
  fec_recovered: 0,
  ...(fields.unmeasured?.includes("rtt_us") ? {} : { rtt_us: 2000 }),
  window_us: 2_000_000,
  ...fields,
});

type Fields = Parameters<typeof sample>[1];
const windows = (seconds: number, of: (t_ms: number) => Fields = () => ({})) =>
  Array.from({ length: Math.ceil(seconds / 2) }, (_, index) =>
    sample((index + 1) * 2000, of((index + 1) * 2000)),
  );

/** The verdict of a made minute at 60 fps, with a window each two seconds. */
export function judgeRows(
  change: (row: number) => MadeRow,
  of?: (t_ms: number) => Fields,
  count = 1800,
) {
  return verdictOf({ stream, rows: madeRows(count, change), windows: windows(count / 60, of) });
}

/** The same of half a minute in which settings were changed. */
export function judgeChanged(
  change: (row: number) => MadeRow,
  changes: NonNullable<VerdictInput["changes"]>,
) {
  return verdictOf({ stream, rows: madeRows(1800, change), windows: windows(30), changes });
}

/** Fields of a window with what the machine did. */
export const strained = (machine: Machine, fields: Fields = {}) => ({ ...fields, machine });
