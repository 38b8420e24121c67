import { expect, test } from "bun:test";
import type { Micros } from "../../../src/base/clock.ts";
import { Gate } from "../../../src/base/gate.ts";
import type { StatsSample } from "../../../src/model/capture.ts";
import { openSampler, windowUs } from "../../../src/native/host/sampler.ts";
import { emptyRecord, fillRecord } from "../../../src/session/frame-record.ts";
import type { SessionTotals } from "../../../src/session/session-totals.ts";
import { encodedFrame } from "../../support/encoded-frame.ts";

function setUp() {
  const gate = new Gate();
  const totals: { -readonly [K in keyof SessionTotals]: SessionTotals[K] } = {
    framesDropped: 0,
    sendDropped: 0,
    unreachableUs: 0,
    packetsDropped: 0,
    fecRecovered: 0,
    framesLost: 0,
    idrRequests: 0,
    reports: 0,
    rttUs: undefined,
    bitrateKbps: 5000,
  };
  const recordings: number[] = [];
  const samples: { captureNumber: number; sample: StatsSample }[] = [];
  const windows: StatsSample[] = [];
  const sampler = openSampler({
    gate,
    fps: () => 50,
    totals: () => ({ ...totals }),
    takers: {
      onRecording: (captureNumber) => recordings.push(captureNumber),
      onSample: (captureNumber, sample) => samples.push({ captureNumber, sample }),
      onWindow: (sample) => windows.push(sample),
    },
  });
  /** A frame whose capture began 2 ms before it was taken, sent in 300 µs. */
  const state = { missedCount: 0 };
  const record = emptyRecord();
  const send = (takenUs: number, change: { isMeasured?: boolean; isRepeat?: boolean } = {}) => {
    const captureStartUs = (takenUs - 2000) as Micros;
    const frame = encodedFrame({ captureStartUs, missedCount: state.missedCount, ...change });
    sampler.onArrival(frame);
    sampler.onTaken(frame, takenUs);
    fillRecord(record, frame, takenUs);
    record.handedUs = takenUs + 300;
    record.byteCount = frame.byteCount;
    sampler.onFrame(record);
  };
  /** Sixty frames a second, from `startUs` up to and with `endUs`. */
  const sendFor = (startUs: number, endUs: number) => {
    for (let slot = 0; startUs + slot * 20_000 <= endUs; slot++) send(startUs + slot * 20_000);
  };
  return { gate, totals, state, sampler, recordings, samples, windows, send, sendFor };
}

const t0 = 1_000_000_000;

test("a window holds the frames of two seconds, no more, with all stages and the gap", () => {
  const { gate, samples, sendFor, recordings } = setUp();
  gate.open(4);
  sendFor(t0, t0 + windowUs - 1);
  expect(samples).toEqual([]);
  sendFor(t0 + windowUs, t0 + windowUs);
  expect(recordings).toEqual([4]);
  expect(samples).toHaveLength(1);
  const { sample, captureNumber } = samples[0] ?? { captureNumber: 0 };
  expect(captureNumber).toBe(4);
  expect(sample).toMatchObject({
    fps: 50,
    repeat_fps: 0,
    frame_count: 100,
    window_us: windowUs,
    mbps: 2,
    total_mean_us: 2300,
    gap_mean_us: 890,
    bitrate_kbps: 5000,
  });
  expect(sample?.stages.map(({ name, mean_us }) => [name, mean_us])).toEqual([
    ["capture", 100],
    ["submit", 10],
    ["encode", 1000],
    ["send", 300],
  ]);
});

test("frames that were captured before the gate opened belong to no window", () => {
  const { gate, samples, send, sendFor } = setUp();
  gate.open(1);
  send(t0 - 20_000, { isMeasured: false });
  sendFor(t0, t0 + windowUs);
  expect(samples[0]?.sample).toMatchObject({ frame_count: 100, window_us: windowUs });
});

test("a new capture restarts its window and leaves the old one open", () => {
  const { gate, samples, recordings, sendFor } = setUp();
  gate.open(1);
  sendFor(t0, t0 + 1_000_000);
  gate.close();
  gate.open(2);
  sendFor(t0 + 1_020_000, t0 + 1_020_000 + windowUs);
  expect(recordings).toEqual([1, 2]);
  expect(samples.map(({ captureNumber, sample }) => [captureNumber, sample.frame_count])).toEqual([
    [2, 100],
  ]);
});

test("a stream that stands still closes its window by the clock, with no frames in the next", () => {
  const { gate, samples, sampler, sendFor } = setUp();
  gate.open(1);
  sendFor(t0, t0 + 480_000);
  sampler.tick(t0 + windowUs + 249_999);
  expect(samples).toEqual([]);
  sampler.tick(t0 + windowUs + 250_000);
  expect(samples[0]?.sample).toMatchObject({ frame_count: 25, window_us: 2_250_000 });
  sampler.tick(t0 + 2 * (windowUs + 250_000));
  expect(samples[1]?.sample).toMatchObject({ frame_count: 0, fps: 0, stages: [] });
});

test("what only the player knows is unmeasured without a report, and not lost with the next", () => {
  const { gate, totals, state, samples, sendFor } = setUp();
  gate.open(1);
  sendFor(t0, t0 + 1_000_000);
  totals.framesDropped = 2;
  state.missedCount = 5;
  totals.sendDropped = 3;
  totals.packetsDropped = 4;
  sendFor(t0 + 1_020_000, t0 + windowUs);
  expect(samples[0]?.sample).toMatchObject({
    frames_dropped: 2,
    missed_slots: 5,
    send_dropped: 3,
    packets_dropped: 0,
    unmeasured: ["packets_dropped", "fec_recovered", "rtt_us"],
  });
  totals.packetsDropped = 9;
  totals.reports = 1;
  totals.rttUs = 700;
  sendFor(t0 + windowUs + 20_000, t0 + 2 * windowUs);
  const { sample } = samples[1] ?? {};
  expect(sample).toMatchObject({
    frames_dropped: 0,
    missed_slots: 0,
    send_dropped: 0,
    packets_dropped: 9,
    rtt_us: 700,
  });
  expect(sample?.unmeasured ?? []).toEqual([]);
});

test("counts from before the capture stay out of it", () => {
  const { gate, totals, samples, sendFor } = setUp();
  totals.framesDropped = 100;
  totals.packetsDropped = 100;
  totals.reports = 5;
  gate.open(1);
  sendFor(t0, t0 + 1_000_000);
  totals.reports = 6;
  sendFor(t0 + 1_020_000, t0 + windowUs);
  expect(samples[0]?.sample).toMatchObject({ frames_dropped: 0, packets_dropped: 0 });
});

test("the performance log gets its window without a capture", () => {
  const { gate, samples, windows, recordings, sendFor } = setUp();
  gate.setPerf(true);
  sendFor(t0, t0 + windowUs);
  expect(windows).toHaveLength(1);
  expect(samples).toEqual([]);
  expect(recordings).toEqual([]);
});
