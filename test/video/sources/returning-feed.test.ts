/** Screens that go and come back, with a screen that does so at our word. */
import { expect, test } from "bun:test";
import { ReturningFeed, type ReturningScreen } from "../../../src/video/sources/returning-feed.ts";
import type { FeedPicture } from "../../../src/video/sources/screen-source.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const picture: FeedPicture = {
  bytes: new Uint8Array(16),
  isBlueFirst: true,
  width: 2,
  height: 2,
  stride: 8,
  shownUs: 0,
};

type Screen = { -readonly [Name in keyof ReturningScreen]: ReturningScreen[Name] } & {
  isClosed: boolean;
};

function screenOf(): Screen {
  const screen: Screen = {
    next: () => picture,
    fault: undefined,
    isOutputGone: false,
    isOff: false,
    isClosed: false,
    [Symbol.dispose]: () => {
      screen.isClosed = true;
    },
  };
  return screen;
}

function feedOf(first: Screen, open: () => Screen) {
  const clock = new ManualClock();
  const openInputTarget = () => undefined;
  return { clock, feed: new ReturningFeed(first, { open, openInputTarget, clock }) };
}

test("a screen that is switched off is away until it gives a picture again, however long", () => {
  const screen = screenOf();
  const { clock, feed } = feedOf(screen, screenOf);
  expect([feed.next(0), feed.absence]).toEqual([picture, undefined]);
  Object.assign(screen, { isOff: true, next: () => undefined });
  expect([feed.next(0), feed.absence]).toEqual([undefined, "screen_off"]);
  clock.advanceMs(3_600_000);
  expect([feed.next(0), feed.absence, feed.fault]).toEqual([undefined, "screen_off", undefined]);
  Object.assign(screen, { isOff: false, next: () => picture });
  expect([feed.next(0), feed.absence]).toEqual([picture, undefined]);
});

test.each([
  [true, "output_gone"],
  [false, "desktop_gone"],
] as const)(
  "with its output gone %p, it is away as %s, looked for at once and then twice a second",
  (isOutputGone, why) => {
    const first = screenOf();
    let openedCount = 0;
    let isThere = false;
    const { clock, feed } = feedOf(first, () => {
      openedCount += 1;
      if (!isThere) throw new Error("it is not there");
      return screenOf();
    });
    Object.assign(first, { fault: "gone", isOutputGone, next: () => undefined });
    expect([feed.next(0), feed.absence, first.isClosed]).toEqual([undefined, why, true]);
    expect([feed.next(0), openedCount]).toEqual([undefined, 1]);
    clock.advanceMs(499);
    feed.next(0);
    expect(openedCount).toBe(1);
    clock.advanceMs(1);
    expect([feed.next(0), openedCount]).toEqual([undefined, 2]);
    isThere = true;
    clock.advanceMs(500);
    expect([feed.next(0), feed.absence, feed.fault]).toEqual([picture, undefined, undefined]);
  },
);

test("a screen that does not come back within ten seconds is a fault, with what was in the way last", () => {
  const first = screenOf();
  const { clock, feed } = feedOf(first, () => {
    throw new Error("nothing listens there");
  });
  Object.assign(first, { fault: "gone", next: () => undefined });
  feed.next(0);
  clock.advanceMs(9_999);
  expect([feed.next(0), feed.fault]).toEqual([undefined, undefined]);
  clock.advanceMs(1);
  expect([feed.next(0), feed.fault]).toEqual([undefined, "nothing listens there"]);
});

test("a screen that is gone takes as long as a picture may be waited for", () => {
  const first = screenOf();
  const { feed } = feedOf(first, () => {
    throw new Error("it is not there");
  });
  Object.assign(first, { fault: "gone", next: () => undefined });
  feed.next(0);
  const startMs = performance.now();
  feed.next(20);
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(19);
});
