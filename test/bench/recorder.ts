/** Timings of recorder, store and window: `bun test/bench/recorder.ts`. Asserts nothing. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { Gate } from "../../src/base/gate.ts";
import { SharedSequence } from "../../src/base/shared-sequence.ts";
import type { Capture, StageName } from "../../src/model/capture.ts";
import { Recorder } from "../../src/recorder/recorder.ts";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { SampleWindow } from "../../src/window/sample-window.ts";
import { makeSeries } from "../../src/window/series.ts";

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

/** The gate's read, once for every frame of every stream. */
export function benchGate(): void {
  const gate = new Gate();
  let seen = 0;
  report("gate read: armed?", 20_000_000, () => {
    if (gate.isArmed()) seen += 1;
  });
  report("gate read: armed or performance log?", 20_000_000, () => {
    if (gate.isMeasuring()) seen += 1;
  });
  if (seen > 0) throw new Error("Bug: a gate that nobody opened was open");
}

/** A frame into its window, and the sample at its end. */
export function benchWindow(): void {
  const window = new SampleWindow({ stages, frameCountMax: 1024 });
  const fill = () => {
    window.open(0);
    for (let frame = 0; frame < 120; frame++) addFrame(window, frame);
  };
  report("120 frames into a window", 20_000, fill);
  report("120 frames and close", 20_000, () => {
    fill();
    window.close(2_000_000, counters);
  });
}

/** Push, stop, live, and what charts ask for, of a capture with 5,400 samples. */
export async function benchRecorder(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    const capture = await recordFull(directory);
    report("series, 600 of 5,400 samples", 300, () => makeSeries(capture));
    report("series as JSON text", 300, () => JSON.stringify(makeSeries(capture)));
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A listing of 1,000 captures of 5,400 samples each. */
export async function benchListing(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    const captures = join(directory, "many");
    await mkdir(captures);
    const text = JSON.stringify(await recordFull(directory));
    for (let index = 0; index < 1000; index++) {
      await Bun.write(join(captures, `capture-${index}.json`), text);
    }
    const store = new CaptureStore(captures);
    await reportOnce("listing 1,000 captures, heads read", () => new CaptureStore(captures).list());
    await store.list();
    await reportOnce("listing 1,000 captures, heads known", () => store.list());
    await reportOnce("load and check one capture", () => store.load("capture-7"));
    console.log(`${"one capture in bytes".padEnd(40)} ${text.length}`);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function recordFull(directory: string): Promise<Capture> {
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
  print("push a sample, journal included", (clock.nowUs() - startUs) / 5400);
  const capture = recorder.live() ?? { meta: undefined, samples: [] };
  let saved: Awaited<ReturnType<Recorder["stop"]>>;
  await reportOnce("stop: 5,400 samples to disk", async () => {
    saved = await recorder.stop();
  });
  if (saved === undefined) throw new Error("Bug: nothing was recording");
  // Windows two seconds apart, as a stream has them; the loop above pushed them all at once.
  const samples = capture.samples.map((one, index) => ({ ...one, t_ms: (index + 1) * 2000 }));
  return { meta: { ...saved, duration_ms: 10_800_000 }, samples };
}

function addFrame(window: SampleWindow, frame: number): void {
  window.stageUs[0] = 400 + ((frame * 37) % 300);
  window.stageUs[1] = 20;
  window.stageUs[2] = 1900 + ((frame * 101) % 900);
  window.stageUs[3] = 3000;
  window.addFrame(6400 + ((frame * 13) % 1200), 20_833, false);
}

/** The best of five runs: what else the machine does only adds to it. An empty call takes some 1 ns. */
function report(name: string, rounds: number, work: () => void): void {
  let bestUs = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const startUs = clock.nowUs();
    for (let round = 0; round < rounds / 5; round++) work();
    bestUs = Math.min(bestUs, (clock.nowUs() - startUs) / (rounds / 5));
  }
  print(name, bestUs);
}

/** The median of seven. */
async function reportOnce(name: string, work: () => Promise<unknown>): Promise<void> {
  const timesUs: number[] = [];
  for (let run = 0; run < (name.startsWith("stop") ? 1 : 7); run++) {
    const startUs = clock.nowUs();
    await work();
    timesUs.push(clock.nowUs() - startUs);
  }
  print(name, timesUs.sort((a, b) => a - b)[Math.floor(timesUs.length / 2)] ?? 0);
}

function print(name: string, timeUs: number): void {
  const text = timeUs < 1 ? `${(timeUs * 1000).toFixed(1)} ns` : `${timeUs.toFixed(1)} us`;
  console.log(`${name.padEnd(40)} ${text}`);
}

if (import.meta.main) {
  benchGate();
  benchWindow();
  await benchRecorder();
  await benchListing();
}
