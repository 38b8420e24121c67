import { expect, test } from "bun:test";
import { type Micros, systemClock } from "../../src/base/clock.ts";
import { Gate } from "../../src/base/gate.ts";
import { SharedTime } from "../../src/base/shared-time.ts";
import { openEncoder } from "../../src/video/encoder.ts";
import { quiet } from "../../src/video/ffmpeg.ts";
import type { PlacedFrame } from "../../src/video/link.ts";
import { Pipeline } from "../../src/video/pipeline.ts";
import { ReopenBudget } from "../../src/video/reopen-budget.ts";
import { openSource } from "../../src/video/sources/open.ts";
import type { Source } from "../../src/video/sources/source.ts";
import { smallMode } from "../support/stream.ts";

test("so many uses fit into any stretch of time, and no more", () => {
  const budget = new ReopenBudget({ count: 3, withinUs: 100 });
  const uses = [0, 10, 20, 99, 100, 101, 110, 111].map((us) => budget.use(us as Micros));
  expect(uses).toEqual([true, true, true, false, true, false, true, false]);
});

/** A test picture that an encoder refuses in some slots: there is nothing in it. */
class OddSource implements Source {
  readonly #source = openSource("testsrc", smallMode);
  readonly #oddSlots: readonly number[];

  constructor(oddSlots: readonly number[]) {
    this.#oddSlots = oddSlots;
  }

  get frame() {
    return this.#source.frame;
  }

  capture(index: number, captureStartUs: Micros): boolean {
    this.#source.capture(index, captureStartUs);
    if (this.#oddSlots.includes(index)) this.frame.unref();
    return true;
  }

  close(): void {
    this.#source.close();
  }
}

/** Opens an encoder; the attempts with these numbers, from 0, find none. */
function openerOf(failedAttempts: readonly number[]): typeof openEncoder {
  let attempt = 0;
  return (options) => {
    attempt += 1;
    if (failedAttempts.includes(attempt - 1)) throw new Error("the device is away");
    return openEncoder(options);
  };
}

function lineOf(oddSlots: readonly number[], failedAttempts: readonly number[] = []) {
  quiet();
  const frames: PlacedFrame[] = [];
  const failures: string[] = [];
  const pipeline: Pipeline = new Pipeline(smallMode, {
    clock: systemClock(),
    gate: new Gate(),
    activity: new Int32Array(2),
    onAbsence: () => undefined,
    onInputMoved: () => undefined,
    onQuestion: () => undefined,
    onSizeKept: () => undefined,
    onChosen: () => undefined,
    filmStart: new SharedTime(),
    source: new OddSource(oddSlots),
    encoder: openEncoder(smallMode),
    send: (frame) => {
      frames.push(frame);
      pipeline.pool.give(frame.place);
    },
    onUnsent: () => undefined,
    onMemory: () => undefined,
    onOpening: () => undefined,
    onResized: () => undefined,
    openEncoder: openerOf(failedAttempts),
    onReopened: (detail) => void failures.push(detail),
  });
  const make = (count: number) => {
    for (let slot = 0; slot < count; slot++) {
      pipeline.makeFrame((slot * 16_667) as Micros);
      pipeline.drain();
    }
  };
  return { pipeline, frames, failures, make };
}

test("an encoder that fails is opened again, and the stream continues from a key frame", () => {
  const { pipeline, frames, failures, make } = lineOf([5, 9]);
  make(12);
  pipeline.close();
  expect(failures).toHaveLength(2);
  expect(failures[0]).toContain('Cannot encode with "libx264"');
  expect(frames.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 10, 11]);
  expect(frames.filter(({ isKey }) => isKey).map(({ index }) => index)).toEqual([0, 6, 10]);
  expect(frames.at(-1)?.droppedCount).toBe(2);
});

test("an encoder that fails a fourth time within a minute ends its stream", () => {
  const { pipeline, failures, make } = lineOf([1, 2, 3, 4]);
  expect(() => make(6)).toThrow('Cannot encode with "libx264"');
  expect(failures).toHaveLength(3);
  pipeline.close();
});

test("an encoder that does not open again at once is tried a second time", () => {
  const { pipeline, frames, failures, make } = lineOf([2], [0]);
  make(5);
  pipeline.close();
  expect(failures).toHaveLength(1);
  expect(frames.map(({ index }) => index)).toEqual([0, 1, 3, 4]);
});

test("an encoder that does not open within three attempts ends its stream with their reason", () => {
  const { pipeline, failures, make } = lineOf([2], [0, 1, 2]);
  expect(() => make(5)).toThrow("the device is away");
  expect(failures).toEqual([]);
  pipeline.close();
});
