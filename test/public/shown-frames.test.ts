/** What a viewer counts of its frames, from the decoder to the canvas. */
import { expect, test } from "bun:test";
import { ShownFrames } from "../../public/shown-frames.ts";

const stepMs = 1000 / 60;
const timeUs = (index: number) => Math.round((index * 1e6) / 60);

/** Sixty frames a second, each shown `lateMs` after its capture; the clocks are the same. */
function playing() {
  const frames = new ShownFrames();
  frames.offsetUs = 0;
  const show = (index: number, lateMs = 40) =>
    frames.shown(timeUs(index), timeUs(index) / 1000 + lateMs);
  const play = (from: number, to: number, lateMs?: number) => {
    for (let index = from; index < to; index += 1) {
      frames.received(timeUs(index));
      show(index, lateMs);
    }
  };
  return { frames, show, play };
}

test("a frame that waits is not dropped, and nothing is when all of them are shown", () => {
  const { frames, show } = playing();
  for (let index = 0; index < 420; index += 1) {
    frames.received(timeUs(index));
    if (index >= 3) show(index - 3, 90);
    expect(frames.take(timeUs(index) / 1000 + 90).dropped).toBe(0);
  }
});

test("a frame that a later one overtook is dropped", () => {
  const { frames, show } = playing();
  for (let index = 0; index < 10; index += 1) frames.received(timeUs(index));
  show(0);
  show(3);
  expect(frames.take(100)).toMatchObject({ shown: 2, dropped: 2 });
  show(9);
  expect(frames.take(300)).toMatchObject({ shown: 3, dropped: 7 });
});

test("frames that no canvas takes are dropped beyond a thousand that wait", () => {
  const { frames } = playing();
  for (let index = 0; index < 1024; index += 1) frames.received(timeUs(index));
  expect(frames.take(0).dropped).toBe(0);
  frames.received(timeUs(1024));
  expect(frames.take(0).dropped).toBe(1);
});

test("ages are whole microseconds from capture, and are given once", () => {
  const { frames } = playing();
  frames.offsetUs = 0.25;
  frames.shown(1_000_000, 1040.4162);
  expect(frames.take(1041).agesUs).toEqual([40_416]);
});

test("a frame that would be of the future has no age: the host's clock is known too badly", () => {
  const { frames } = playing();
  frames.shown(1_040_000, 1039.9);
  expect(frames.take(1039.9).agesUs).toEqual([]);
});

test("a viewer that is far behind says so by the age of what it shows", () => {
  const { frames, play } = playing();
  play(0, 60, 9900);
  expect(frames.take(timeUs(60) / 1000 + 9900).agesUs).toEqual(new Array(60).fill(9_900_000));
});

test("a gap of 150 ms beyond the usual is not a stall, and one that is longer is counted once", () => {
  const { frames, play } = playing();
  play(0, 60);
  const lastMs = timeUs(59) / 1000 + 40;
  expect(frames.take(lastMs + stepMs + 149).stalls).toBe(0);
  expect(frames.take(lastMs + stepMs + 151).stalls).toBe(1);
  expect(frames.take(lastMs + 5000).stalls).toBe(1);
  frames.shown(timeUs(300), lastMs + 5001);
  expect(frames.take(lastMs + 5002).stalls).toBe(1);
});

test("a page that was frozen counts its stall with the first picture after it", () => {
  const { frames, play } = playing();
  play(0, 60);
  frames.shown(timeUs(360), timeUs(360) / 1000 + 40);
  expect(frames.take(timeUs(361) / 1000 + 40)).toMatchObject({ shown: 61, stalls: 1 });
});

test("a picture that stands still grows older, second by second", () => {
  const { frames, play } = playing();
  play(0, 1);
  frames.take(50);
  expect(frames.take(1040).agesUs).toEqual([1_040_000]);
  expect(frames.take(2040).agesUs).toEqual([2_040_000]);
});

test("a stream of five frames a second does not stall", () => {
  const { frames } = playing();
  for (let index = 0; index < 20; index += 1) frames.shown(index * 200_000, index * 200);
  expect(frames.take(20 * 200).stalls).toBe(0);
});

test("a page that is hidden shows nothing and does not stall", () => {
  const { frames, play } = playing();
  play(0, 60);
  frames.rest();
  expect(frames.take(60_000)).toMatchObject({ stalls: 0 });
  frames.shown(timeUs(3600), 61_000);
  expect(frames.take(61_001).stalls).toBe(0);
});

test("no age is known before the host's clock is", () => {
  const { frames, play } = playing();
  frames.offsetUs = undefined;
  play(0, 60);
  expect(frames.take(2000)).toEqual({
    shown: 60,
    dropped: 0,
    stalls: 1,
    agesUs: [],
    behindMs: undefined,
  });
});

test("single frames are reported once, with when they were whole, decoded and shown", () => {
  const { frames } = playing();
  for (let index = 0; index < 3; index += 1) {
    frames.received(timeUs(index), timeUs(index) / 1000 + 10);
  }
  frames.decoded(timeUs(0), timeUs(0) / 1000 + 15);
  frames.decoded(timeUs(2), timeUs(2) / 1000 + 20);
  frames.decoded(timeUs(9), timeUs(9) / 1000 + 20);
  frames.shown(timeUs(0), timeUs(0) / 1000 + 40);
  frames.shown(timeUs(2), timeUs(2) / 1000 + 50);
  expect(frames.takeFrames()).toEqual({
    first_us: 0,
    at_us: [0, timeUs(1), timeUs(2)],
    complete_us: [10_000, 10_000, 10_000],
    decode_us: [15_000, -1, 20_000],
    shown_us: [40_000, -1, 50_000],
  });
  expect(frames.takeFrames()).toBeUndefined();
});

test("a page is as far behind as its freshest picture is older than frames that come in", () => {
  const { frames } = playing();
  const behind = (lateMs: number) => {
    for (let index = 0; index < 60; index += 1) {
      frames.received(timeUs(index), timeUs(index) / 1000 + 30);
      frames.shown(timeUs(index), timeUs(index) / 1000 + 30 + lateMs + index);
    }
    return frames.take(timeUs(60) / 1000).behindMs;
  };
  expect(behind(5)).toBe(5);
  expect(behind(700)).toBe(700);
});

test("a page that shows nothing of what comes in is behind by what waits", () => {
  const { frames } = playing();
  frames.received(timeUs(0), 20);
  frames.received(timeUs(1), timeUs(1) / 1000 + 20);
  expect(frames.take(920).behindMs).toBe(900);
  // Nothing comes any more: that is not the page's doing.
  expect(frames.take(1920).behindMs).toBeUndefined();
});

test("on a new connection what waited is dropped, and what is usual is learnt again", () => {
  const { frames } = playing();
  frames.received(timeUs(0), 20);
  frames.received(timeUs(1), 40);
  frames.rejoin();
  expect(frames.take(1000)).toMatchObject({ dropped: 2, shown: 0, behindMs: undefined });
  frames.received(timeUs(60), 1800);
  frames.shown(timeUs(60), 1810);
  expect(frames.take(2000).behindMs).toBe(10);
});
