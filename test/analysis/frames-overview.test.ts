/** The overview of rows: whatever the rows, counts add up and the slowest frame is in it. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { binOf, OverviewFold } from "../../src/analysis/frames-overview.ts";
import { fateIndex } from "../../src/frames/row-layout.ts";
import { latenessUs, makeColumns, sliceTable } from "../../src/frames/table.ts";
import type { FrameTable } from "../../src/model/frames.ts";
import { binBeginUs, binCount, type FramesOverview } from "../../src/model/frames-overview.ts";
import { madeRows } from "../support/made-rows.ts";

const slot = fc.record({
  encodeUs: fc.integer({ min: 0, max: 8_000_000 }),
  isMissed: fc.boolean(),
  isRepeat: fc.boolean(),
});
type Slot = { encodeUs: number; isMissed: boolean; isRepeat: boolean };

function tableOf(slots: readonly Slot[]): FrameTable {
  const columns = makeColumns(slots.length);
  for (const [row, { encodeUs, isMissed, isRepeat }] of slots.entries()) {
    columns.session_id[row] = 1;
    columns.frame[row] = row;
    columns.due_us[row] = row * 10_000;
    columns.fate[row] = fateIndex(isMissed ? "missed" : "sent");
    columns.repeat[row] = Number(isRepeat);
    columns.wait_us[row] = 100;
    if (isMissed) continue;
    columns.encode_us[row] = encodeUs;
    columns.gap_us[row] = 0;
  }
  return { count: slots.length, columns };
}

function overviewOf(tables: readonly FrameTable[], toMs: number, points?: number): FramesOverview {
  const fold = new OverviewFold({ fromMs: 0, toMs, points });
  for (const table of tables) fold.add(table);
  return fold.finish();
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

test("counts add up to the rows, and the slowest frame of all and of each part is never lost", () => {
  fc.assert(
    fc.property(
      fc.array(slot, { minLength: 1, maxLength: 400 }),
      fc.integer({ min: 10, max: 100 }),
      fc.nat(400),
      (slots, points, cut) => {
        const table = tableOf(slots);
        const parts = [sliceTable(table, 0, cut), sliceTable(table, cut, slots.length)];
        const toMs = (slots.length - 1) * 10;
        const overview = overviewOf(parts, toMs, points);
        const late = slots.map((_, row) => latenessUs(table, row));
        const known = late.filter((us) => us !== undefined);
        expect(overview.frames).toBe(slots.length);
        expect(sum(overview.buckets.frames)).toBe(slots.length);
        expect(sum(overview.buckets.gone)).toBe(slots.length - known.length);
        expect(sum(overview.cells.count)).toBe(known.length);
        expect(sum(overview.total.counts)).toBe(overview.total.count);
        const worst = overview.buckets.worst_us.filter((us) => us !== null);
        expect(Math.max(0, ...worst)).toBe(Math.max(0, ...known));
        for (const [bucket, us] of overview.buckets.worst_us.entries()) {
          if (us === null) continue;
          const cells = overview.cells.bin.filter((_, i) => overview.cells.bucket[i] === bucket);
          expect(Math.max(...cells)).toBe(binOf(us));
          expect(late[(overview.buckets.worst_at_us[bucket] ?? 0) / 10_000]).toBe(us);
        }
        expect(overviewOf([table], toMs, points)).toEqual(overview);
      },
    ),
    { numRuns: 300 },
  );
});

test("a bin begins where the one before it ends", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e8, noNaN: true }), (us) => {
      const bin = binOf(us);
      expect(us * (1 + 1e-9)).toBeGreaterThanOrEqual(binBeginUs(bin));
      if (bin < binCount - 1) expect(us).toBeLessThan(binBeginUs(bin + 1) * (1 + 1e-9));
    }),
  );
});

test("the low frame rates are those of the definitions", () => {
  // 99 intervals of 10 ms and one of 40 ms: handed over 30 ms late, the frame after is on time again.
  const slots = Array.from({ length: 101 }, (_, row) => ({
    ...{ isMissed: false, isRepeat: false },
    encodeUs: row === 100 ? 31_000 : 1000,
  }));
  const { lows, interval } = overviewOf([tableOf(slots)], 1000);
  expect(interval).toMatchObject({ count: 100, measured_until: "handed_over", max_us: 40_000 });
  expect(lows.average_fps).toBeCloseTo(1e6 / ((99 * 10_000 + 40_000) / 100), 2);
  expect(lows.p1_fps).toBe(100);
  expect(lows.low_integral_fps).toBe(25);
});

test("the age is measured to the farthest end that most frames have, and is absent without one", () => {
  const shown = overviewOf([madeRows({ count: 600 })], 10_000);
  expect([shown.age.measured_until, shown.age.count]).toEqual(["shown", 588]);
  const none = overviewOf([tableOf([{ encodeUs: 5, isMissed: false, isRepeat: false }])], 10);
  expect(none.age).toMatchObject({ count: 0, p50_us: null });
});

test("rows outside of the range are left out, those on its ends are in", () => {
  const slots = Array.from({ length: 10 }, () => ({
    ...{ encodeUs: 1000, isMissed: false, isRepeat: false },
  }));
  const fold = new OverviewFold({ fromMs: 20, toMs: 50 });
  fold.add(tableOf(slots));
  expect(fold.finish().frames).toBe(4);
});
