/** What viewers report of single frames, joined to their slots. */
import { expect, test } from "bun:test";
import type { LateFacts } from "../../src/frames/row-writer.ts";
import { SeenFrames } from "../../src/moq/seen-frames.ts";

const intervalUs = 16_667;
const dueUs = (slot: number) => 1_000_000 + slot * intervalUs;

function published(count: number) {
  const joined = new Map<number, LateFacts>();
  const seen = new SeenFrames({ addLate: (slot, facts) => void joined.set(slot, facts) });
  for (let slot = 0; slot < count; slot++) {
    const captureStartUs = dueUs(slot) + 100;
    seen.add({ slot, dueUs: dueUs(slot), captureStartUs, arrivedUs: captureStartUs, byteCount: 9 });
  }
  const report = (slots: readonly number[], completeUs: number, shownUs: number) => {
    const first_us = dueUs(slots[0] ?? 0) + 100;
    seen.onReport(
      {
        first_us,
        at_us: slots.map((slot) => dueUs(slot) + 100 - first_us),
        complete_us: slots.map(() => completeUs),
        shown_us: slots.map(() => shownUs),
      },
      dueUs(count),
    );
  };
  return { seen, joined, report };
}

test("a frame is known by when it was captured, and counted from when it was due", () => {
  const { joined, report } = published(10);
  report([3, 5], 9000, 30_000);
  expect([...joined]).toEqual([
    [3, { complete_us: 9100, shown_us: 30_100 }],
    [5, { complete_us: 9100, shown_us: 30_100 }],
  ]);
});

test("a frame that was never shown has no such time", () => {
  const { joined, report } = published(10);
  report([4], 9000, -1);
  expect(joined.get(4)).toEqual({ complete_us: 9100 });
});

test("of several viewers the one that had it last counts", () => {
  const { joined, report } = published(10);
  report([4], 9000, 30_000);
  report([4], 5000, 50_000);
  expect(joined.get(4)).toEqual({ complete_us: 9100, shown_us: 50_100 });
});

test("a time that is none of ours joins nothing, and those after it are still found", () => {
  const { seen, joined } = published(10);
  const first_us = dueUs(2) + 100;
  seen.onReport(
    {
      first_us,
      at_us: [0, 777, 2 * intervalUs],
      complete_us: [1, 1, 1],
      shown_us: [2, 2, 2],
    },
    dueUs(10),
  );
  expect([...joined.keys()]).toEqual([2, 4]);
});

test("lists of unequal length are read as far as all of them go", () => {
  const { seen, joined } = published(10);
  seen.onReport(
    { first_us: dueUs(1) + 100, at_us: [0], complete_us: [1, 2], shown_us: [] },
    dueUs(10),
  );
  expect(joined.size).toBe(0);
});

test("when a picture was decoded is joined where the viewer says it", () => {
  const { seen, joined } = published(10);
  const first_us = dueUs(1) + 100;
  const lists = { at_us: [0, intervalUs], complete_us: [1, 1], shown_us: [-1, -1] };
  seen.onReport({ first_us, ...lists, decode_us: [8000, -1] }, dueUs(10));
  expect([...joined.values()]).toEqual([
    { complete_us: 101, decode_us: 8100 },
    { complete_us: 101 },
  ]);
});

test("a picture that was decoded or shown in the future is passed over", () => {
  const { seen, joined } = published(10);
  const first_us = dueUs(8) + 100;
  const seenOf = (decodeUs: number, shownUs: number) => ({
    ...{ first_us, at_us: [0], complete_us: [1000] },
    ...{ decode_us: [decodeUs], shown_us: [shownUs] },
  });
  const arrived = [
    seen.onReport(seenOf(2000, 60_000_000), dueUs(10)),
    seen.onReport(seenOf(60_000_000, -1), dueUs(10)),
  ];
  expect(arrived).toEqual([[], []]);
  expect(joined.size).toBe(0);
  seen.onReport(seenOf(2000, 3000), dueUs(10));
  expect(joined.get(8)).toMatchObject({ shown_us: 3100 });
});
