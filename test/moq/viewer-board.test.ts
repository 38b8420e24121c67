import { expect, test } from "bun:test";
import fc from "fast-check";
import type { ViewerReport } from "../../src/model/watch.ts";
import { readReport, ViewerBoard } from "../../src/moq/viewer-registry.ts";
import { ManualClock } from "../support/manual-clock.ts";

const report: ViewerReport = {
  v: 1,
  frames: 60,
  bytes: 60_000,
  shown: 60,
  dropped: 0,
  stalls: 0,
  decode_queue: 1,
  age_p50_us: 30_000,
  age_p99_us: 50_000,
};
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

function boardOf() {
  const clock = new ManualClock();
  const board = new ViewerBoard(clock);
  const add = (peerId: number, change: object) =>
    board.add(peerId, bytesOf({ ...report, ...change }));
  return { clock, board, add };
}

test("anything that is no report is refused without a fault", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(readReport(bytes)).toBeUndefined();
    }),
  );
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(readReport(new TextEncoder().encode(text))).toBeUndefined();
    }),
  );
});

test.each([
  [{ shown: -1 }],
  [{ shown: 1.5 }],
  [{ shown: "60" }],
  [{ shown: Number.NaN }],
  [{ v: 2 }],
  [{ age_p50_us: -1 }],
  [{ frames: null }],
])("a report with %p is refused", (change) => {
  expect(readReport(bytesOf({ ...report, ...change }))).toBeUndefined();
});

test("a report reads as it was written", () => {
  expect(readReport(bytesOf(report))).toEqual(report);
});

test("of several viewers the one worst off speaks for rate and age, and counts add up", () => {
  const { clock, board, add } = boardOf();
  add(1, {});
  add(2, {});
  clock.advanceMs(1000);
  add(1, { shown: 120, dropped: 1, age_p50_us: 20_000 });
  add(2, { shown: 90, dropped: 5, stalls: 2, age_p50_us: 90_000, age_p99_us: 200_000 });
  expect(board.closeWindow()).toEqual({
    client_fps: 30,
    client_dropped: 6,
    client_stalls: 2,
    client_age_p50_us: 90_000,
    client_age_p99_us: 200_000,
  });
});

test("a window without a report says nothing of the viewers", () => {
  const { clock, board, add } = boardOf();
  add(1, {});
  clock.advanceMs(1000);
  add(1, { shown: 100 });
  board.closeWindow();
  clock.advanceMs(1000);
  expect(board.closeWindow()).toEqual({});
});

test("a viewer that knows no age says none", () => {
  const { clock, board, add } = boardOf();
  add(1, {});
  clock.advanceMs(1000);
  board.add(1, bytesOf({ ...report, age_p50_us: undefined, age_p99_us: undefined, shown: 90 }));
  expect(board.closeWindow()).toEqual({ client_fps: 30, client_dropped: 0, client_stalls: 0 });
});

test("what is beyond belief is clamped", () => {
  const { clock, board, add } = boardOf();
  add(1, {});
  clock.advanceMs(1000);
  add(1, { shown: 1e15, dropped: 1e15, stalls: 1e15, age_p50_us: 1e300, age_p99_us: 60_000_001 });
  expect(board.closeWindow()).toEqual({
    client_fps: 10_000,
    client_dropped: 10_000,
    client_stalls: 10_000,
    client_age_p50_us: 60_000_000,
    client_age_p99_us: 60_000_000,
  });
});

test("totals that fall are those of a page that began anew", () => {
  const { clock, board, add } = boardOf();
  add(1, { shown: 5000 });
  clock.advanceMs(1000);
  add(1, { shown: 40 });
  expect(board.closeWindow().client_fps).toBe(40);
});

test("reports that come too fast are not looked at", () => {
  const { clock, board, add } = boardOf();
  add(1, {});
  clock.advanceMs(199);
  add(1, { shown: 1000 });
  expect(board.refusedCount).toBe(1);
  clock.advanceMs(1);
  add(1, { shown: 100 });
  expect(board.refusedCount).toBe(1);
  expect(board.closeWindow().client_fps).toBe(200);
});

test("a viewer that left is forgotten", () => {
  const { clock, board, add } = boardOf();
  add(1, {});
  clock.advanceMs(1000);
  add(1, { shown: 90 });
  board.retain((peerId) => peerId !== 1);
  expect(board.closeWindow()).toEqual({});
});
