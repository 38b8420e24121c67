/** Rows of a session: made of the same record as its samples, on every path. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { Gate } from "../../src/base/gate.ts";
import { fateIndex } from "../../src/frames/row-layout.ts";
import { RowReader } from "../../src/frames/row-reader.ts";
import { openSampler as openGamestream } from "../../src/gamestream/media/sampler.ts";
import type { FrameTable } from "../../src/model/frames.ts";
import { openSampler as openMoq } from "../../src/moq/sampler.ts";
import { openSampler as openNative } from "../../src/native/host/sampler.ts";
import { emptyRecord, type FrameRecord } from "../../src/session/frame-record.ts";
import { RowRecorder } from "../../src/session/row-recorder.ts";
import { nothingYet } from "../../src/session/session-totals.ts";

const none = () => undefined;
const common = {
  gate: new Gate(),
  takers: { onRecording: none, onSample: none, onWindow: none },
  fps: () => 60,
};
const paths = {
  native: openNative({ ...common, totals: () => nothingYet }).path,
  gamestream: openGamestream({
    ...common,
    reportsLoss: true,
    totals: () => ({ ...nothingYet, invalidations: 0 }),
  }).path,
  moq: openMoq({
    ...common,
    sessionId: 1,
    sink: { registerSession: none, pushSample: none },
    describe: () => {
      throw new Error("nobody records");
    },
    totals: () => {
      throw new Error("no window closes");
    },
    clientFields: () => ({}),
  }).path,
};

const timeUs = fc.integer({ min: 0, max: 3_000_000 });
/** A frame whose moments follow each other as they do in earnest. */
const records = fc
  .record({
    slot: fc.integer({ min: 0, max: 1_000_000 }),
    dueUs: fc.integer({ min: 0, max: 2 ** 46 }),
    steps: fc.tuple(timeUs, timeUs, timeUs, timeUs, timeUs, timeUs, timeUs),
    isRepeat: fc.boolean(),
    isKey: fc.boolean(),
    fate: fc.constantFrom("sent" as const, "refused" as const),
  })
  .map(({ steps, ...facts }): FrameRecord => {
    const [wait, captureUs, submitUs, encodeUs, queue, packetize, send] = steps;
    const captureStartUs = facts.dueUs + wait;
    const takenUs = captureStartUs + captureUs + submitUs + encodeUs + queue;
    const packetizedUs = takenUs + packetize;
    return {
      ...emptyRecord(),
      ...facts,
      ...{ isMeasured: true, captureStartUs, captureUs, submitUs, encodeUs, takenUs, packetizedUs },
      ...{ handedUs: packetizedUs + send, byteCount: 1000, packetCount: 3, parityCount: 1 },
    };
  });

function rowOf(path: keyof typeof paths, record: FrameRecord): FrameTable {
  const rows = new RowRecorder(paths[path]);
  rows.onFrame(record);
  return new RowReader(rows.memory, 1).read(Number.POSITIVE_INFINITY).written;
}

const summands = [
  ...["wait_us", "capture_us", "submit_us", "encode_us", "packetize_us", "send_us"],
  ...["queue_us", "gap_us"],
] as const;

for (const path of ["native", "gamestream", "moq"] as const) {
  test(`on ${path}, wait, stages, queue and gap are all the time until a frame was handed over`, () => {
    fc.assert(
      fc.property(records, (record) => {
        const { columns, count } = rowOf(path, record);
        expect(count).toBe(1);
        const names = summands as readonly (keyof typeof columns)[];
        const times = names.map((name) => columns[name][0] ?? Number.NaN);
        const sumUs = times.reduce((sum, time) => sum + (Number.isNaN(time) ? 0 : time), 0);
        expect(sumUs).toBe(record.handedUs - record.dueUs);
      }),
    );
  });
}

test("a stage that the path does not have is absent", () => {
  const record = fc.sample(records, 1)[0] ?? emptyRecord();
  expect(rowOf("native", record).columns.packetize_us[0]).toBeNaN();
  expect(rowOf("gamestream", record).columns.submit_us[0]).toBeNaN();
  expect(rowOf("gamestream", record).columns.packetize_us[0]).not.toBeNaN();
});

test("a dropped frame has the stages it went through and no others", () => {
  const record = { ...emptyRecord(), isMeasured: true, captureUs: 5, encodeUs: 7, takenUs: 20 };
  const { columns } = rowOf("native", { ...record, fate: "dropped" });
  expect(columns.fate[0]).toBe(fateIndex("dropped"));
  expect([columns.capture_us[0], columns.encode_us[0], columns.queue_us[0]]).toEqual([5, 7, 8]);
  for (const name of ["send_us", "gap_us", "bytes", "packets"] as const) {
    expect(columns[name][0]).toBeNaN();
  }
});

test("rows pause with measuring and continue with the first frame measured again", () => {
  const rows = new RowRecorder(paths.native);
  const reader = new RowReader(rows.memory, 1);
  const frame = (slot: number, isMeasured: boolean) =>
    rows.onFrame({ ...emptyRecord(), slot, dueUs: slot * 1000, isMeasured });
  const gap = (slot: number) =>
    rows.onUnsent({ slot, count: 1, dueUs: slot * 1000, intervalUs: 1000, fate: "missed" });
  gap(0);
  frame(1, true);
  gap(2);
  frame(3, false);
  gap(4);
  frame(500, true);
  expect([...reader.read(500_000).written.columns.frame]).toEqual([1, 2, 500]);
});
