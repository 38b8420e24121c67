/** Windows by frames and by the clock, and slots that pass while no frame comes. */
import { expect, test } from "bun:test";
import type { Micros } from "../../src/base/clock.ts";
import { Gate } from "../../src/base/gate.ts";
import type { StatsSample } from "../../src/model/capture.ts";
import { emptyRecord, fillRecord } from "../../src/session/frame-record.ts";
import { WindowSampler } from "../../src/session/window-sampler.ts";
import { encodedFrame } from "../support/encoded-frame.ts";

const fps = 30;
const intervalUs = 1e6 / fps;
const windowUs = 2_000_000;
const tickUs = 100_000;

function setUp() {
  const gate = new Gate();
  const samples: StatsSample[] = [];
  const state = { slot: 0, missedCount: 0 };
  const record = emptyRecord();
  const sampler = new WindowSampler({
    gate,
    windowUs,
    stages: ["capture"],
    frameCountMax: 100,
    fps: () => fps,
    takers: {
      onRecording: () => undefined,
      onSample: (_captureNumber, sample) => samples.push(sample),
      onWindow: () => undefined,
    },
    stageTimes: (_record, times) => times.fill(0),
    onBegin: () => undefined,
    close: (window, { nowUs, missedSlots }) =>
      window.close(nowUs, {
        ...{ bitrate_kbps: 0, frames_dropped: 0, packets_dropped: 0, send_dropped: 0 },
        ...{ fec_recovered: 0, missed_slots: missedSlots },
      }),
  });
  /** The frame of the next slot, at its time or later. */
  const send = (atUs = state.slot * intervalUs, quietUs?: number) => {
    const dueUs = (state.slot * intervalUs) as Micros;
    const { missedCount, slot } = state;
    const isMeasured = gate.isMeasuring();
    const frame = encodedFrame({
      slot,
      dueUs,
      captureStartUs: dueUs,
      missedCount,
      isMeasured,
      quietUs,
    });
    sampler.onArrival(frame);
    sampler.onTaken(frame, atUs);
    fillRecord(record, frame, atUs);
    sampler.onFrame(record);
    state.slot += 1;
  };
  const tickFor = (fromUs: number, toUs: number) => {
    for (let atUs = fromUs; atUs <= toUs; atUs += tickUs) sampler.tick(atUs);
  };
  const missed = () => samples.map((sample) => sample.missed_slots ?? 0);
  return { gate, samples, sampler, state, send, tickFor, missed };
}

test("slots of a stall that never ends are counted in the windows in which they pass", () => {
  const { gate, sampler, send, tickFor, missed } = setUp();
  gate.open(1);
  for (let slot = 0; slot < 60; slot++) send();
  const stoppedUs = 59 * intervalUs;
  tickFor(stoppedUs, stoppedUs + 14e6);
  sampler.end(stoppedUs + 14e6);
  const total = missed().reduce((sum, count) => sum + count, 0);
  expect(total).toBeWithin(414, 421);
  // The first of the windows was half over when the stall began; none has more than its length.
  for (const count of missed().slice(1, -1)) expect(count).toBeWithin(60, 75);
  expect(Math.max(...missed())).toBeLessThan(76);
});

test("a stall that ends is counted once, whatever was reported while it lasted", () => {
  const { gate, state, send, tickFor, missed } = setUp();
  gate.open(1);
  for (let slot = 0; slot < 30; slot++) send();
  const stoppedUs = 29 * intervalUs;
  tickFor(stoppedUs, stoppedUs + 5e6);
  // The frame of slot 30 comes five seconds late; the worker has counted what passed meanwhile.
  send(stoppedUs + 5e6);
  state.slot += 148;
  state.missedCount = 148;
  for (let slot = 0; slot < 75; slot++) send();
  expect(missed().reduce((sum, count) => sum + count, 0)).toBe(148);
});

test("a capture that is started during a stall has its slots from then on", () => {
  const { gate, samples, send, tickFor, missed } = setUp();
  for (let slot = 0; slot < 30; slot++) send();
  gate.open(1);
  tickFor(2e6, 2e6 + windowUs + 300_000);
  expect(missed()).toEqual([69]);
  expect(samples[0]).toMatchObject({ frame_count: 0, fps: 0 });
});

test("frames that waited while the thread that sends stood still are not missed", () => {
  const { gate, sampler, send, tickFor, missed } = setUp();
  gate.open(1);
  for (let slot = 0; slot < 30; slot++) send();
  tickFor(5e5, 29 * intervalUs);
  // It runs again after 400 ms: first it looks at the clock, then it takes the frames that waited.
  const wokeUs = 29 * intervalUs + 400_000;
  expect(sampler.missedBy(wokeUs)).toBe(0);
  sampler.tick(wokeUs);
  for (let slot = 30; slot < 42; slot++) send(wokeUs);
  sampler.end(2e6);
  expect(missed()).toEqual([0]);
});

test("a stall is still counted whose begin the thread that sends did not see", () => {
  const { gate, sampler, send, tickFor, missed } = setUp();
  gate.open(1);
  for (let slot = 0; slot < 30; slot++) send();
  tickFor(5e5, 29 * intervalUs);
  const wokeUs = 29 * intervalUs + 400_000;
  tickFor(wokeUs, wokeUs + 600_000);
  sampler.end(29 * intervalUs + 1e6);
  expect(missed()).toEqual([28]);
});

test("a still picture rests until its next frame is due, and its rarer ticks are no pause", () => {
  const { gate, sampler, samples, send } = setUp();
  gate.open(1);
  send();
  expect(sampler.isAtRest(0)).toBe(false);
  send(undefined, 1_500_000);
  for (let atUs = 100_000; atUs < 1_500_000; atUs += 400_000) {
    expect(sampler.isAtRest(atUs)).toBe(true);
    sampler.tick(atUs, 400_000);
  }
  expect(sampler.isAtRest(1_600_000)).toBe(false);
  sampler.end(1_700_000);
  expect(samples[0]).toMatchObject({ missed_slots: 0, machine: { send_pause_us: 0 } });
});

test("frames that are only late are not missed", () => {
  const { gate, sampler, send, tickFor, missed } = setUp();
  gate.open(1);
  for (let slot = 0; slot < 30; slot++) send();
  tickFor(29 * intervalUs, 29 * intervalUs + 249_999);
  sampler.end(29 * intervalUs + 249_999);
  expect(missed()).toEqual([0]);
});

test("a session's last window is reported when it was open for half its length", () => {
  const lengths = [windowUs / 2 - 1, windowUs / 2].map((lengthUs) => {
    const { gate, samples, sampler, send } = setUp();
    gate.open(1);
    send();
    sampler.end(lengthUs);
    sampler.end(lengthUs + windowUs);
    return samples.map(({ window_us }) => window_us);
  });
  expect(lengths).toEqual([[], [windowUs / 2]]);
});
