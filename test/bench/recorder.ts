/** Timings of recorder, store and window. Asserts nothing. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { makeSeries } from "../../src/analysis/series.ts";
import { systemClock } from "../../src/base/clock.ts";
import { Gate } from "../../src/base/gate.ts";
import { SharedSequence } from "../../src/base/shared-sequence.ts";
import { SampleWindow } from "../../src/measure/sample-window.ts";
import type { Capture, StageName } from "../../src/model/capture.ts";
import { Recorder } from "../../src/recorder/recorder.ts";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { type Row, spread } from "../support/measure.ts";
import { recordThreeHours } from "../support/memory-runs.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const stages: StageName[] = ["capture", "submit", "encode", "send"];
const counters = {
  bitrate_kbps: 10_000,
  frames_dropped: 0,
  packets_dropped: 3,
  send_dropped: 0,
  fec_recovered: 3,
  rtt_us: 420,
};
const clock = systemClock();

/** The gate's read, once for every frame of every stream; many gates, so that each read is made. */
export function benchGate(): Row[] {
  const gates = Array.from({ length: 64 }, () => new Gate());
  let at = 0;
  let seen = 0;
  const next = () => {
    at = (at + 1) & 63;
    return gates[at];
  };
  const rows = [
    timed({ what: "the same without a read", reach: "" }, () => {
      if (next() === undefined) seen += 1;
    }),
    timed({ what: "gate read: armed?", reach: "<= 5 ns" }, () => {
      if (next()?.isArmed()) seen += 1;
    }),
    timed({ what: "gate read: armed or performance log?", reach: "<= 5 ns" }, () => {
      if (next()?.isMeasuring()) seen += 1;
    }),
  ];
  if (seen > 0) throw new Error("Bug: a gate that nobody opened was open");
  return rows;
}

/** A frame into its window, and the sample at its end. */
export function benchWindow(): Row[] {
  const window = new SampleWindow({ stages, frameCountMax: 1024 });
  const fill = () => {
    window.open(0);
    for (let frame = 0; frame < 120; frame++) addFrame(window, frame);
  };
  const close = () => {
    fill();
    window.close(2_000_000, counters);
  };
  return [
    timed({ what: "120 frames into a window", reach: "" }, fill, 4000),
    timed({ what: "120 frames and close", reach: "" }, close, 4000),
  ];
}

/** Push, stop, live, and what charts ask for, of a capture with 5,400 samples. */
export async function benchRecorder(): Promise<Row[]> {
  await using directory = await tempDirectory();
  const { capture, rows } = await recordFull(directory.path);
  return [
    ...rows,
    timed({ what: "series, 600 of 5,400 samples", reach: "" }, () => makeSeries(capture), 60),
    timed(
      { what: "series as JSON text", reach: "" },
      () => JSON.stringify(makeSeries(capture)),
      60,
    ),
  ];
}

/** A listing of 1,000 captures of 5,400 samples each. */
export async function benchListing(): Promise<Row[]> {
  await using directory = await tempDirectory();
  const captures = join(directory.path, "many");
  await mkdir(captures);
  const text = JSON.stringify((await recordFull(directory.path)).capture);
  for (let index = 0; index < 1000; index++) {
    await Bun.write(join(captures, `capture-${index}.json`), text);
  }
  const store = new CaptureStore(captures);
  await store.list();
  return [
    await timedOnce({ what: "listing 1,000 captures, heads read", reach: "" }, () =>
      new CaptureStore(captures).list(),
    ),
    await timedOnce({ what: "listing 1,000 captures, warm", reach: "<= 25 ms" }, () =>
      store.list(),
    ),
    await timedOnce({ what: "load and check one capture", reach: "" }, () =>
      store.load("capture-7"),
    ),
  ];
}

/** Three hours of windows, by the manual clock: what the recorder keeps of them. */
export async function benchMemory(): Promise<Row[]> {
  const { fullMb, savedMb } = await recordThreeHours(4);
  const list = (values: readonly number[]) => values.map((mb) => mb.toFixed(1)).join(", ");
  const measured = `${list(fullMb)} at its end, ${list(savedMb)} once saved`;
  return [{ what: "heap MB, four captures of 3 h", reach: "flat", measured }];
}

/** A full capture as a stream makes one, and what making it took. */
export async function recordFull(directory: string): Promise<{ capture: Capture; rows: Row[] }> {
  const store = new CaptureStore(join(directory, "captures"));
  await using recorder = new Recorder({
    gate: new Gate(),
    clock,
    vault: store,
    journalDirectory: join(directory, "journal"),
    hostName: "bench",
    sessionIds: new SharedSequence(),
  });
  await recorder.start();
  const session = recorder.registerSession({
    kind: "native",
    width: 1280,
    height: 720,
    fps: 60,
    codec: "h264",
    client: "bench",
  });
  const window = new SampleWindow({ stages, frameCountMax: 1024 });
  window.open(0);
  for (let frame = 0; frame < 120; frame++) addFrame(window, frame);
  const sample = window.close(2_000_000, counters);
  const startUs = clock.nowUs();
  for (let index = 0; index < 5400; index++) recorder.pushSample(session, sample);
  const pushUs = (clock.nowUs() - startUs) / 5400;
  const capture = recorder.live() ?? { meta: undefined, samples: [] };
  const stopUs = clock.nowUs();
  const saved = await recorder.stop();
  const stopMs = (clock.nowUs() - stopUs) / 1000;
  if (saved === undefined) throw new Error("Bug: nothing was recording");
  // Windows two seconds apart, as a stream has them; the loop above pushed them all at once.
  const samples = capture.samples.map((one, index) => ({ ...one, t_ms: (index + 1) * 2000 }));
  return {
    capture: { meta: { ...saved, duration_ms: 10_800_000 }, samples },
    rows: [
      { what: "push a sample, journal included", reach: "", measured: `${pushUs.toFixed(1)} us` },
      { what: "stop: 5,400 samples to disk", reach: "", measured: `${stopMs.toFixed(1)} ms` },
    ],
  };
}

const plainFrame = { isRepeat: false, isKey: false };

function addFrame(window: SampleWindow, frame: number): void {
  window.stageUs[0] = 400 + ((frame * 37) % 300);
  window.stageUs[1] = 20;
  window.stageUs[2] = 1900 + ((frame * 101) % 900);
  window.stageUs[3] = 3000;
  window.addFrame(6400 + ((frame * 13) % 1200), 20_833, plainFrame);
}

type Named = Omit<Row, "measured">;

/** The best of five runs: what else the machine does only adds to it. */
function timed(row: Named, work: () => void, rounds = 4_000_000): Row {
  let bestUs = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const startUs = clock.nowUs();
    for (let round = 0; round < rounds; round++) work();
    bestUs = Math.min(bestUs, (clock.nowUs() - startUs) / rounds);
  }
  const isShort = bestUs < 1;
  return {
    ...row,
    measured: isShort ? `${(bestUs * 1000).toFixed(1)} ns` : `${bestUs.toFixed(1)} us`,
  };
}

/** Seven runs. */
async function timedOnce(row: Named, work: () => Promise<unknown>): Promise<Row> {
  const timesMs: number[] = [];
  for (let run = 0; run < 7; run++) {
    const startUs = clock.nowUs();
    await work();
    timesMs.push((clock.nowUs() - startUs) / 1000);
  }
  return { ...row, measured: `${spread(timesMs, 1)} ms` };
}
