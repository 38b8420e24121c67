import { expect, test } from "bun:test";
import { Gate } from "../../src/base/gate.ts";

test("a second view of the gate's memory sees it open, with its capture's number", () => {
  const recorder = new Gate();
  const worker = new Gate(recorder.memory);
  expect(worker.isArmed()).toBe(false);
  recorder.open(3);
  expect(worker.isArmed()).toBe(true);
  expect(worker.captureNumber()).toBe(3);
  recorder.close();
  expect(worker.isMeasuring()).toBe(false);
});

test("the performance log measures without a capture", () => {
  const gate = new Gate();
  gate.setPerf(true);
  expect(gate.isArmed()).toBe(false);
  expect(gate.isMeasuring()).toBe(true);
});
