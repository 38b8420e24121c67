/** Samples of the path: windows, stages, what is known and what is not. */
import { expect, test } from "bun:test";
import type { Micros } from "../../../src/base/clock.ts";
import { Gate } from "../../../src/base/gate.ts";
import { openSampler, type VideoTotals, windowUs } from "../../../src/gamestream/media/sampler.ts";
import type { StatsSample } from "../../../src/model/capture.ts";
import { emptyRecord, fillRecord } from "../../../src/session/frame-record.ts";
import { encodedFrame } from "../../support/encoded-frame.ts";

const zero: VideoTotals = {
  framesDropped: 0,
  sendDropped: 0,
  unreachableUs: 0,
  packetsDropped: 0,
  fecRecovered: 0,
  framesLost: 0,
  idrRequests: 0,
  invalidations: 0,
  silencesJudged: 0,
  reports: 0,
  rttUs: 900,
  bitrateKbps: 8000,
};

function open(reportsLoss = true) {
  const gate = new Gate();
  const samples: StatsSample[] = [];
  const recordings: number[] = [];
  const state = { totals: zero };
  const sampler = openSampler({
    gate,
    fps: () => 60,
    reportsLoss,
    totals: () => state.totals,
    takers: {
      onRecording: (captureNumber) => recordings.push(captureNumber),
      onSample: (_captureNumber, sample) => samples.push(sample),
      onWindow: () => undefined,
    },
  });
  const record = emptyRecord();
  const send = (takenUs: number) => {
    const captureStartUs = (takenUs - 2000) as Micros;
    const frame = encodedFrame({ captureStartUs, isMeasured: gate.isMeasuring() });
    sampler.onTaken(frame, takenUs);
    fillRecord(record, frame, takenUs);
    record.packetizedUs = takenUs + 300;
    record.handedUs = takenUs + 700;
    record.byteCount = 1000;
    sampler.onFrame(record);
  };
  return { gate, samples, recordings, state, sampler, send };
}

test("stages and gap add up to the total, the hand-over to the encoder being part of encode", () => {
  const { gate, samples, send } = open();
  gate.open(1);
  for (let frame = 0; frame < 62; frame++) send(frame * 16_667);
  const [sample] = samples;
  expect(sample?.stages.map(({ name }) => name)).toEqual([
    "capture",
    "encode",
    "packetize",
    "send",
  ]);
  expect(sample?.stages.map(({ p50_us }) => p50_us)).toEqual([100, 1010, 300, 400]);
  const sum = (sample?.stages ?? []).reduce((total, stage) => total + (stage.mean_us ?? 0), 0);
  expect(sum + (sample?.gap_mean_us ?? 0)).toBeCloseTo(sample?.total_mean_us ?? 0, 6);
  expect(sample?.total_p50_us).toBe(2700);
});

test("a window lasts a second and holds the differences of its totals", () => {
  const { gate, samples, state, send } = open();
  gate.open(1);
  send(0);
  state.totals = { ...zero, packetsDropped: 7, fecRecovered: 5, invalidations: 2, reports: 3 };
  send(windowUs - 1);
  expect(samples).toHaveLength(0);
  send(windowUs);
  expect(samples[0]).toMatchObject({
    packets_dropped: 7,
    fec_recovered: 5,
    rfi_requests: 2,
    fec_reports: 3,
    rtt_us: 900,
    lower_bounds: ["packets_dropped", "fec_recovered", "frames_lost"],
    window_us: windowUs,
  });
  expect(samples[0]?.unmeasured).toBeUndefined();
  send(2 * windowUs);
  expect(samples[1]?.packets_dropped).toBe(0);
});

test("from a player that reports nothing, losses are not measured", () => {
  const { gate, samples, state, send } = open(false);
  gate.open(1);
  state.totals = { ...zero, rttUs: undefined };
  send(0);
  send(windowUs);
  expect(samples[0]?.unmeasured).toEqual(["packets_dropped", "fec_recovered", "rtt_us"]);
  expect(samples[0]?.lower_bounds).toEqual(["frames_lost"]);
  expect(samples[0]?.fec_reports).toBeUndefined();
});

test("a session announces itself once in each capture", () => {
  const { gate, recordings, send } = open();
  send(0);
  gate.open(1);
  send(20_000);
  send(40_000);
  gate.close();
  send(60_000);
  gate.open(2);
  send(80_000);
  expect(recordings).toEqual([1, 2]);
});

test("a stream that stands still closes its window by the clock", () => {
  const { gate, samples, sampler, send } = open();
  gate.open(1);
  send(0);
  sampler.tick(windowUs + 249_999);
  expect(samples).toHaveLength(0);
  sampler.tick(windowUs + 250_000);
  expect(samples[0]?.frame_count).toBe(1);
});

test("the latency of the sound is the mean of a window's packets, and absent where there was none", () => {
  const { gate, samples, state, send } = open();
  gate.open(1);
  state.totals = { ...zero, sound: { us: 30_000, packetCount: 1 } };
  send(0);
  state.totals = { ...zero, sound: { us: 130_000, packetCount: 3 } };
  send(windowUs);
  send(2 * windowUs);
  expect(samples.map((sample) => sample.sound_latency_us)).toEqual([50_000, undefined]);
  expect(samples[0]?.lower_bounds).toContain("sound_latency_us");
  expect(samples[1]?.lower_bounds).not.toContain("sound_latency_us");
});
