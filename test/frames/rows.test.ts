/** Rows in shared memory: written by a sender, read by main, joined with what players report. */
import { expect, test } from "bun:test";
import { absentWord, fateIndex, finalUs, ringRowCount } from "../../src/frames/row-layout.ts";
import { RowReader } from "../../src/frames/row-reader.ts";
import { makeRowMemory, RowWriter } from "../../src/frames/row-writer.ts";
import { frameColumnNames, frameFates } from "../../src/model/frames.ts";

const intervalUs = 16_667;
const startUs = 5_000_000;
const due = (frame: number) => startUs + frame * intervalUs;

function makeRing(sessionId = 7) {
  const memory = makeRowMemory();
  const writer = new RowWriter(memory);
  const reader = new RowReader(memory, sessionId);
  const write = (frame: number, more: Partial<RowWriter["draft"]> = {}) => {
    Object.assign(writer.draft, { frame, dueUs: due(frame), ...more });
    writer.write();
  };
  return { memory, writer, reader, write };
}

test("a row is read with all that was written", () => {
  const { reader, write } = makeRing();
  write(0, {
    ...{ isKey: true, isRepeat: true, waitUs: 120, captureUs: 400, submitUs: 5, encodeUs: 2000 },
    ...{ packetizeUs: 30, sendUs: 600, queueUs: 15, gapUs: 32, cpuWaitUs: 9 },
    ...{ sourceAgeUs: 8000, bytes: 20_000, packets: 18, parity: 4, quantiser: 30, quality: 64 },
  });
  const { written } = reader.read(startUs);
  const row = Object.fromEntries(frameColumnNames.map((name) => [name, written.columns[name][0]]));
  expect(written.count).toBe(1);
  expect(row).toEqual({
    ...{ session_id: 7, frame: 0, due_us: startUs, fate: 0, repeat: 1, key: 1, wait_us: 120 },
    ...{ capture_us: 400, submit_us: 5, encode_us: 2000, packetize_us: 30, send_us: 600 },
    ...{ queue_us: 15, gap_us: 32, cpu_wait_us: 9, source_age_us: 8000, bytes: 20_000 },
    ...{
      packets: 18,
      parity: 4,
      quantiser: 30,
      quality: 64,
      lost_packets: Number.NaN,
      rebuilt: Number.NaN,
    },
    ...{ complete_us: Number.NaN, decode_us: Number.NaN, shown_us: Number.NaN },
    lost_head: Number.NaN,
  });
});

test("a time that was not measured is absent and not 0", () => {
  const { reader, write } = makeRing();
  write(0, { waitUs: 1, captureUs: absentWord });
  expect(reader.read(startUs).written.columns.capture_us[0]).toBeNaN();
});

test("each row is read once", () => {
  const { reader, write } = makeRing();
  write(0);
  write(1);
  expect(reader.read(startUs).written.count).toBe(2);
  write(2);
  expect([...reader.read(startUs).written.columns.frame]).toEqual([2]);
});

test("slots without a frame are rows with nothing but when they were due", () => {
  const { reader, writer } = makeRing();
  writer.begin(3);
  const fate = fateIndex("missed");
  writer.writeGap({ frame: 3, count: 2, dueUs: due(3), intervalUs, fate });
  const { columns } = reader.read(startUs).written;
  expect([...columns.frame]).toEqual([3, 4]);
  expect([...columns.due_us]).toEqual([due(3), due(4)]);
  expect([...columns.fate]).toEqual([fate, fate]);
  expect([...columns.encode_us, ...columns.bytes].every(Number.isNaN)).toBe(true);
});

test("a slot that an earlier frame stands for is a repeat that was sent without a byte", () => {
  const { reader, writer } = makeRing();
  writer.begin(0);
  const gap = { frame: 0, count: 2, dueUs: due(0), intervalUs };
  writer.writeGap({ ...gap, fate: fateIndex("sent"), isHeld: true });
  const { columns } = reader.read(startUs).written;
  expect([...columns.repeat, ...columns.fate]).toEqual([1, 1, 0, 0]);
  expect([...columns.bytes, ...columns.packets, ...columns.parity]).toEqual([0, 0, 0, 0, 0, 0]);
  expect([...columns.encode_us].every(Number.isNaN)).toBe(true);
});

test("a dropped frame waits for the one before it, which is still being sent", () => {
  const { reader, writer, write } = makeRing();
  write(0);
  const fate = fateIndex("dropped");
  writer.writeGap({ frame: 2, count: 1, dueUs: due(2), intervalUs, fate });
  expect([...reader.read(due(2)).written.columns.frame]).toEqual([0]);
  write(1);
  expect([...reader.read(due(2)).written.columns.frame]).toEqual([1, 2]);
});

test("a slot that nobody measured holds up no other for longer than a row takes to be final", () => {
  const { reader, write } = makeRing();
  write(0);
  write(2);
  expect(reader.read(due(2) + finalUs).written.count).toBe(1);
  expect([...reader.read(due(2) + finalUs + 1).written.columns.frame]).toEqual([2]);
});

test("what a player reports within two seconds is in the final row", () => {
  const { reader, writer, write } = makeRing();
  write(0);
  write(1);
  reader.read(due(1));
  expect(writer.addLate(0, { lost_packets: 2, rebuilt: 2, complete_us: 9000 }, due(0) + finalUs));
  const { final } = reader.read(due(0) + finalUs + 1);
  expect([...final.columns.frame]).toEqual([0]);
  expect(final.columns.lost_packets[0]).toBe(2);
  expect(final.columns.complete_us[0]).toBe(9000);
  expect(final.columns.shown_us[0]).toBeNaN();
});

test("a time that has not come yet when a player reports it is left out", () => {
  const { reader, writer, write } = makeRing();
  write(0);
  const nowUs = due(0) + 100_000;
  expect(writer.addLate(0, { lost_packets: 2, complete_us: 60_000_000 }, nowUs)).toBe(true);
  const { final } = reader.read(Number.POSITIVE_INFINITY);
  expect(final.columns.lost_packets[0]).toBe(2);
  expect(final.columns.complete_us[0]).toBeNaN();
});

test("a frame that the player could not complete is lost", () => {
  const { reader, writer, write } = makeRing();
  write(0, { isKey: true });
  writer.addLate(0, { lost_packets: 9, isLost: true }, due(0));
  const { final } = reader.read(Number.POSITIVE_INFINITY);
  expect(frameFates[final.columns.fate[0] ?? 0]).toBe("lost");
  expect(final.columns.key[0]).toBe(1);
});

test("what was reported of an older row in the same place is not taken for a newer one's", () => {
  const { writer, reader, write } = makeRing();
  const newer = 3 + ringRowCount;
  write(3);
  writer.addLate(3, { lost_packets: 2, complete_us: 9000, shown_us: 20_000 }, due(4));
  writer.begin(newer);
  write(newer);
  reader.read(due(newer));
  expect(reader.peek().columns.complete_us.at(-1)).toBeNaN();
  writer.addLate(newer, { decode_us: 7000 }, due(newer + 1));
  const { columns } = reader.read(Number.POSITIVE_INFINITY).final;
  const reported = (["lost_packets", "complete_us", "decode_us", "shown_us"] as const).map((name) =>
    columns[name].at(-1),
  );
  expect(reported).toEqual([Number.NaN, Number.NaN, 7000, Number.NaN]);
});

test("what a player reports after a row is final is refused and counted", () => {
  const { reader, writer, write } = makeRing();
  write(0);
  expect(writer.addLate(0, { rebuilt: 1 }, due(0) + finalUs)).toBe(true);
  expect(writer.addLate(0, { rebuilt: 1 }, due(0) + finalUs + 1)).toBe(false);
  expect(writer.addLate(1, { rebuilt: 1 }, due(1))).toBe(false);
  expect(reader.refusedCount).toBe(2);
});

test("all rows are final when the session is over", () => {
  const { reader, write } = makeRing();
  for (let frame = 0; frame < 5; frame++) write(frame);
  expect(reader.read(due(4)).final.count).toBe(0);
  expect(reader.read(Number.POSITIVE_INFINITY).final.count).toBe(5);
});

test("rows that were overwritten unread are counted", () => {
  const { reader, write } = makeRing();
  for (let frame = 0; frame < ringRowCount; frame++) write(frame);
  expect(reader.read(startUs).written.count).toBe(ringRowCount);
  expect(reader.overwrittenCount).toBe(0);
  for (let frame = ringRowCount; frame < 2 * ringRowCount + 5; frame++) write(frame);
  expect(reader.read(startUs).written.count).toBe(ringRowCount);
  expect(reader.overwrittenCount).toBe(5);
});

test("slots that passed while nobody measured are not counted as overwritten", () => {
  const { reader, writer, write } = makeRing();
  write(0);
  reader.read(due(0));
  writer.begin(100_000);
  write(100_000);
  expect(reader.read(due(100_000)).written.count).toBe(1);
  expect(reader.overwrittenCount).toBe(0);
});
