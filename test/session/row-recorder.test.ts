/** Rows of a session: made of the same record as its samples, on every path. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { Gate } from "../../src/base/gate.ts";
import { fateIndex, ringRowCount } from "../../src/frames/row-layout.ts";
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
    totals: () => ({ ...nothingYet, invalidations: 0, silencesJudged: 0 }),
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

test("a slot that is missed while the first frame is still being sent has its row", () => {
  const rows = new RowRecorder(paths.native);
  const reader = new RowReader(rows.memory, 1);
  const first = { slot: 7, dueUs: 7000, isMeasured: true };
  rows.onArrival(first);
  rows.onUnsent({ slot: 8, count: 2, dueUs: 8000, intervalUs: 1000, fate: "missed" });
  rows.onFrame({ ...emptyRecord(), ...first });
  const { columns } = reader.read(Number.POSITIVE_INFINITY).written;
  expect([...columns.frame]).toEqual([7, 8, 9]);
});

const fps = 50;
const intervalUs = 1e6 / fps;

/** A recorder that was given frames for slots 0 to 9, and its reader. */
function streaming() {
  const rows = new RowRecorder(paths.native);
  const reader = new RowReader(rows.memory, 1);
  const frame = (slot: number) => {
    const dueUs = slot * intervalUs;
    rows.onArrival({ slot, dueUs, isMeasured: true });
    rows.onFrame({ ...emptyRecord(), slot, dueUs, captureStartUs: dueUs, isMeasured: true });
  };
  for (let slot = 0; slot < 10; slot++) frame(slot);
  return { rows, reader, frame };
}

test("slots that pass until the end of a stream that never recovers are missed", () => {
  const { rows, reader } = streaming();
  rows.end(9 * intervalUs + 1_000_000, fps);
  const { columns, count } = reader.read(Number.POSITIVE_INFINITY).written;
  // The last two may have been on their way still, as in the samples.
  expect([...columns.frame]).toEqual(Array.from({ length: 58 }, (_, slot) => slot));
  expect([...columns.fate.slice(10)]).toEqual(Array(count - 10).fill(fateIndex("missed")));
  expect(columns.due_us[57]).toBe(57 * intervalUs);
});

test("a stream that ends while frames come has no missed slot more", () => {
  const { rows, reader } = streaming();
  rows.end(9 * intervalUs + 249_999, fps);
  expect(reader.read(Number.POSITIVE_INFINITY).written.count).toBe(10);
});

test("a stall that recovers has each of its slots once", () => {
  const { rows, reader, frame } = streaming();
  rows.tick(9 * intervalUs + 3_000_000, fps);
  frame(10);
  rows.onUnsent({ slot: 11, count: 150, dueUs: 11 * intervalUs, intervalUs, fate: "missed" });
  frame(161);
  const { columns } = reader.read(162 * intervalUs).written;
  expect([...columns.frame]).toEqual(Array.from({ length: 162 }, (_, slot) => slot));
  expect(columns.fate[10]).toBe(fateIndex("sent"));
});

test("a stall that the ring could not hold is written while it lasts", () => {
  const { rows, reader, frame } = streaming();
  const lastSlot = 5 * ringRowCount;
  const read: number[] = [];
  for (let slot = 10; slot <= lastSlot; slot += 50) {
    rows.tick(slot * intervalUs, fps);
    read.push(...reader.read(slot * intervalUs).written.columns.frame);
  }
  frame(10);
  const gap = { dueUs: 11 * intervalUs, intervalUs, fate: "missed" } as const;
  rows.onUnsent({ slot: 11, count: lastSlot - 11, ...gap });
  frame(lastSlot);
  read.push(...reader.read(lastSlot * intervalUs).written.columns.frame);
  expect(read).toEqual(Array.from({ length: lastSlot + 1 }, (_, slot) => slot));
  expect(reader.overwrittenCount).toBe(0);
});

test("what the encode worker knows of a frame is in its row on every path", () => {
  const known = { ...emptyRecord(), isMeasured: true, cpuWaitUs: 0, sourceAgeUs: 7000 };
  for (const path of ["native", "gamestream", "moq"] as const) {
    const { columns } = rowOf(path, known);
    expect([columns.cpu_wait_us[0], columns.source_age_us[0]]).toEqual([0, 7000]);
    expect(rowOf(path, emptyKnown).columns.source_age_us[0]).toBeNaN();
  }
});

const emptyKnown = { ...emptyRecord(), isMeasured: true };

test("a picture that stands still when the stream ends has a row for each of its slots", () => {
  const { rows, reader } = streaming();
  const dueUs = 10 * intervalUs;
  rows.onArrival({ slot: 10, dueUs, quietUs: 50 * intervalUs, isMeasured: true });
  rows.onFrame({ ...emptyRecord(), slot: 10, dueUs, captureStartUs: dueUs, isMeasured: true });
  rows.tick(dueUs + 40 * intervalUs, fps);
  rows.end(dueUs + 40 * intervalUs, fps);
  const { columns, count } = reader.read(Number.POSITIVE_INFINITY).written;
  expect([...columns.frame]).toEqual(Array.from({ length: 51 }, (_, slot) => slot));
  expect([...columns.fate]).toEqual(Array(count).fill(fateIndex("sent")));
  expect([...columns.bytes.slice(11)]).toEqual(Array(40).fill(0));
});

test("a stream that stalls after its picture stood still has missed no slot before that was over", () => {
  const { rows, reader } = streaming();
  const dueUs = 10 * intervalUs;
  rows.onArrival({ slot: 10, dueUs, quietUs: 50 * intervalUs, isMeasured: true });
  rows.onFrame({ ...emptyRecord(), slot: 10, dueUs, captureStartUs: dueUs, isMeasured: true });
  rows.end(dueUs + 100 * intervalUs, fps);
  const { columns } = reader.read(Number.POSITIVE_INFINITY).written;
  const missed = [...columns.frame].filter((_, row) => columns.fate[row] === fateIndex("missed"));
  expect(missed[0]).toBe(61);
  expect(missed.at(-1)).toBe(108);
  expect([...columns.frame]).toEqual(Array.from({ length: 109 }, (_, slot) => slot));
});
