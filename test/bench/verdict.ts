/** What a verdict of an hour costs, and the one that is kept while a session runs. */
import { readFileSync } from "node:fs";
import { systemClock } from "../../src/base/clock.ts";
import { LiveVerdicts } from "../../src/keep/live-verdicts.ts";
import { verdictOf } from "../../src/verdict/verdict.ts";
import { type Row, spread } from "../support/measure.ts";
import { madeRows, missedRow } from "../verdict/made-rows.ts";

const clock = systemClock();
const fps = 60;
const hourRowCount = 3600 * fps;
const stream = { session_id: 1, width: 1280, height: 720, fps, codec: "h264" };

export function benchVerdict(): Row[] {
  return [benchHour("calm", () => ({})), benchHour("with faults", faulty), benchLive()];
}

/** One frame in fifty is slow, one in eighty missed, one in sixty late at the player. */
function faulty(row: number) {
  if (row % 80 === 0) return missedRow;
  return {
    complete_us: row % 60 === 0 ? 45_000 : 9000,
    ...(row % 50 === 0 ? { encode_us: 40_000 } : {}),
  };
}

function benchHour(name: string, change: Parameters<typeof madeRows>[1]): Row {
  const rows = madeRows(hourRowCount, change);
  const windows = Array.from({ length: 1800 }, (_, index) => sampleAt((index + 1) * 2000));
  const times: number[] = [];
  const cpuTimes: number[] = [];
  for (let turn = 0; turn < 9; turn++) {
    const [startUs, before] = [clock.nowUs(), process.cpuUsage()];
    verdictOf({ stream, rows, windows });
    times.push((clock.nowUs() - startUs) / 1000);
    const { user, system } = process.cpuUsage(before);
    cpuTimes.push((user + system) / 1000);
  }
  return {
    what: `verdict of an hour at ${fps} fps, ${name}`,
    reach: "<= 150 ms",
    // The first ones are compiled meanwhile.
    measured: `${spread(times.slice(4))} ms; of CPU ${spread(cpuTimes.slice(4))} ms`,
  };
}

/** Four minutes of a session, second by second, as the history hands rows over. */
function benchLive(): Row {
  let nowUs = 0;
  const live = new LiveVerdicts({ nowUs: () => nowUs, onTurn: () => undefined });
  const none = madeRows(0);
  const session = { ...stream, kind: "native", client: "player" };
  const times = Array.from({ length: 240 }, (_, second) => {
    const made = (row: number) => ({
      frame: second * fps + row,
      due_us: Math.round(((second * fps + row) * 1e6) / fps),
      ...faulty(second * fps + row),
    });
    const rows = madeRows(fps, made);
    nowUs += 1_000_000;
    const beforeMs = mainThreadMs();
    live.onRows(session, none, rows);
    live.onSample(sampleAt(nowUs / 1000), nowUs);
    return mainThreadMs() - beforeMs;
  });
  const later = times.slice(120);
  const mean = later.reduce((sum, ms) => sum + ms, 0) / later.length;
  return {
    what: "live verdict, of the main thread's CPU, for one session",
    reach: "<= 1 ms a second",
    measured: `${mean.toFixed(2)} ms a second, longest ${Math.max(...later).toFixed(1)} ms`,
  };
}

/** What this thread has run, whatever else the machine does. */
function mainThreadMs(): number {
  const schedule = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8");
  return Number(schedule.split(" ")[0]) / 1e6;
}

function sampleAt(t_ms: number) {
  return {
    ...{ t_ms, session_id: 1, stages: [], fps, repeat_fps: 0, mbps: 7, bitrate_kbps: 10_000 },
    ...{ frames_dropped: 0, packets_dropped: 0, send_dropped: 0, fec_recovered: 0 },
    ...{ rtt_us: 2000, window_us: 2_000_000 },
    machine: { cpu_busy_share: 0.4, cpu_others_share: 0.1, encode_run_delay_us: 9000 },
  };
}
