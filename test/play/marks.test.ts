/** Inputs that are answered with a mark in the picture. */
import { expect, test } from "bun:test";
import { ClickFigures } from "../../public/click-figures.ts";
import { readHostAnswer, shownMessage } from "../../public/input-wire.ts";
import type { ClickTimes } from "../../src/model/click.ts";
import { PageMarks } from "../../src/play/marks.ts";
import { readPlayMessage } from "../../src/play/wire/message.ts";
import { drawCode, drawMark, markPlace, readCode } from "../../src/video/code-block.ts";

type Draw = (drawn: { capturedUs: number; encodedUs: number }) => void;

function setUp() {
  const drawing = new Map<number, Draw>();
  const sent: Uint8Array<ArrayBuffer>[] = [];
  const clicks: ClickTimes[] = [];
  const marks = new PageMarks({
    draw: (mark, onDrawn) => void drawing.set(mark, onDrawn),
    send: (bytes) => void sent.push(bytes),
    onClick: (times) => void clicks.push(times),
  });
  return { marks, drawing, sent, clicks };
}

test("the parts of the way add up to the whole, and the page hears the host's times", () => {
  const { marks, drawing, sent, clicks } = setUp();
  marks.ask(7, 1_000_000);
  drawing.get(7)?.({ capturedUs: 1_009_000, encodedUs: 1_012_000 });
  expect(readHostAnswer(sent[0]?.buffer ?? new ArrayBuffer())).toEqual({
    ...{ kind: "drawn", mark: 7, receivedUs: 1_000_000 },
    ...{ capturedUs: 1_009_000, encodedUs: 1_012_000 },
  });
  const message = readPlayMessage(shownMessage(999, 7, 1037));
  expect(message).toEqual({ kind: "shown", mark: 7, atUs: 999_000, shownUs: 1_037_000 });
  marks.shown(7, { sentUs: 999_000, shownUs: 1_037_000 });
  const [click] = clicks;
  expect(click).toEqual({
    ...{ to_host_us: 1000, to_capture_us: 9000, to_encoded_us: 3000 },
    ...{ to_shown_us: 25_000, total_us: 38_000 },
  });
});

test("what a page says of a mark it did not ask for, twice, or out of order is left out", () => {
  const { marks, drawing, clicks } = setUp();
  const times = { sentUs: 0, shownUs: 5000 };
  marks.shown(7, times);
  marks.ask(7, 1000);
  marks.shown(7, times);
  drawing.get(7)?.({ capturedUs: 2000, encodedUs: 3000 });
  marks.shown(7, { sentUs: 0, shownUs: 500 });
  marks.shown(7, times);
  marks.ask(8, 101_000);
  drawing.get(8)?.({ capturedUs: 102_000, encodedUs: 103_000 });
  marks.shown(8, { sentUs: 100_000, shownUs: 100_000_000 });
  expect(clicks).toEqual([]);
});

test("a page that asks more often than a person clicks is not answered each time", () => {
  const { marks, drawing } = setUp();
  for (let mark = 1; mark <= 100; mark += 1) marks.ask(mark, mark * 1000);
  expect(drawing.size).toBe(2);
});

test("a mark stands below the code, and both are read", () => {
  const size = { width: 640, height: 360 };
  const luma = { data: new Uint8Array(640 * 360), stride: 640, ...size };
  drawCode(luma, 12, 5_000_000);
  expect(drawMark(luma, 60_001, 4_983_333)).toBe(true);
  expect(readCode(luma)).toEqual({ frameNumber: 12, captureStartUs: 5_000_000 });
  const place = markPlace(size) ?? { top: 0 };
  const below = { ...luma, data: luma.data.subarray(place.top * 640) };
  expect(readCode(below)).toEqual({ frameNumber: 60_001, captureStartUs: 4_983_333 });
  expect(markPlace({ width: 320, height: 180 })).toBeUndefined();
});

test("figures are medians of the parts, and bars of ten milliseconds", () => {
  const figures = new ClickFigures();
  for (const total of [20_000, 30_000, 200_000]) {
    figures.add([0, 1000, 5000, 8000, total]);
  }
  expect(figures.summary()).toMatchObject({
    ...{ clickP50: 30_000, clickP99: 200_000, toHost: 1000, toCapture: 4000, toEncoded: 3000 },
    toShown: 22_000,
  });
  expect(figures.histogram(5)).toEqual([0, 0, 1, 1, 1]);
});
