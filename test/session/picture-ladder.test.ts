/** What the picture is lowered to when its bitrate cannot bear it, and when it comes back. */
import { expect, test } from "bun:test";
import { PictureFollower } from "../../src/session/picture-follower.ts";
import { PictureLadder, rungsOf, type StreamPicture } from "../../src/session/picture-ladder.ts";
import { runLink } from "../support/link-model.ts";

const asked = { width: 1280, height: 720, fps: 60 };
const sizes = (pictures: readonly StreamPicture[]) =>
  pictures.map(({ width, height, fps }) => `${width}x${height}@${fps}`);

/** Of a moving picture, as x264 makes it at 1280x720 and 60 a second: 50 % at 4 Mbit/s. */
function qualityAt(kbps: number, { width, height, fps }: StreamPicture): number {
  const load = (width * height * fps ** 0.7) / (1280 * 720 * 60 ** 0.7);
  return Math.min(100, Math.max(0, 50 + 18 * Math.log2(kbps / 4000 / load)));
}

function seconds(ladder: PictureLadder, count: number, kbps: (second: number) => number) {
  const taken: string[] = [];
  for (let second = 0; second < count; second++) {
    if (ladder.add(qualityAt(kbps(second), ladder.picture)))
      taken.push(`${second} ${sizes([ladder.picture])[0]}`);
  }
  return taken;
}

test("first the frame rate goes down, then the size, all sides even", () => {
  expect(sizes(rungsOf(asked))).toEqual([
    ...["1280x720@60", "1280x720@30", "854x480@30", "640x360@30", "426x240@30", "320x180@30"],
  ]);
  expect(sizes(rungsOf({ width: 640, height: 360, fps: 30 }))).toEqual([
    ...["640x360@30", "426x240@30", "320x180@30"],
  ]);
  expect(sizes(rungsOf({ width: 320, height: 180, fps: 25 }))).toEqual(["320x180@25"]);
});

test("a bitrate that bears the picture leaves it alone, also with a second of need", () => {
  const ladder = new PictureLadder(asked);
  expect(seconds(ladder, 60, (second) => (second === 20 ? 200 : 4000))).toEqual([]);
});

test("a bitrate far too low has a picture that one can see within five seconds", () => {
  const ladder = new PictureLadder(asked);
  expect(seconds(ladder, 60, () => 300).at(0)).toMatch(/^1 /);
  expect(seconds(ladder, 5, () => 300)).toEqual([]);
  expect(qualityAt(300, ladder.picture)).toBeGreaterThan(25);
});

test("the picture comes back rung by rung, and no faster than it can be judged", () => {
  const ladder = new PictureLadder(asked);
  seconds(ladder, 10, () => 300);
  const back = seconds(ladder, 60, () => 6000);
  expect(sizes([ladder.picture])).toEqual(["1280x720@60"]);
  expect(back.length).toBeGreaterThan(1);
  const times = back.map((line) => Number(line.split(" ")[0]));
  for (let index = 1; index < times.length; index++)
    expect((times[index] ?? 0) - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(6);
});

test("a rate between two rungs does not make the picture jump to and fro", () => {
  for (let kbps = 250; kbps < 3000; kbps *= 1.15) {
    expect(seconds(new PictureLadder(asked), 300, () => kbps).length).toBeLessThanOrEqual(3);
  }
});

test("a scene that is hard now and then is tried again more and more rarely", () => {
  const ladder = new PictureLadder(asked);
  let lowered = 0;
  for (let second = 0; second < 600; second++) {
    const { fps } = ladder.picture;
    ladder.add(fps === 60 ? 5 : 80);
    if (ladder.picture.fps < fps) lowered += 1;
  }
  expect(lowered).toBeLessThan(16);
});

test("where nothing is known of the frames nothing is lowered", () => {
  const ladder = new PictureLadder(asked);
  for (let second = 0; second < 20; second++) expect(ladder.add(undefined)).toBe(false);
});

const seeds = [1, 2, 3, 5, 8, 13];

test.each(seeds)(
  "over a link cut to 400 kbit/s for half a minute the picture follows, and comes back whole (%d)",
  (seed) => {
    const capacityKbps = (second: number) => (second >= 5 && second < 35 ? 400 : 20_000);
    const link = { seed, capacityKbps, queueBytes: 64_000, delayUs: 5000 };
    const [tenths = []] = runLink([8000], 110, link);
    const seen: { second: number; picture: StreamPicture; isLowered: boolean }[] = [];
    let now: StreamPicture = asked;
    const follower = new PictureFollower({
      asked: () => asked,
      onPicture: (picture, { isLowered }) => {
        now = picture;
        seen.push({ second: seen.length, picture, isLowered });
      },
    });
    const grey: number[] = [];
    for (const { second, targetKbps } of tenths) {
      const quality = qualityAt(targetKbps, now);
      if (quality < 10) grey.push(second);
      for (let frame = 0; frame < 6; frame++) follower.onFrame({ quality });
      follower.tick(second * 1e6);
    }
    expect(seen.some(({ isLowered }) => isLowered)).toBe(true);
    // Not one rate: the queue of a second is emptied below what the link carries, and filled again to look.
    expect(Math.max(...grey) - Math.min(...grey)).toBeLessThan(8);
    expect(grey.length / 10).toBeLessThan(5.5);
    expect(now).toEqual(asked);
  },
);

test("another picture that is asked for is tried at once, and one that is not followed is whole", () => {
  let wanted = asked;
  const taken: string[] = [];
  const follower = new PictureFollower({
    asked: () => wanted,
    onPicture: (picture, { isLowered }) => taken.push(`${sizes([picture])[0]} ${isLowered}`),
  });
  const pass = (from: number, count: number) => {
    for (let second = from; second < from + count; second++) {
      for (let frame = 0; frame < 60; frame++) follower.onFrame({ quality: 3 });
      follower.tick(second * 1e6);
    }
  };
  pass(0, 4);
  expect(taken).toHaveLength(1);
  wanted = { ...asked, fps: 30 };
  pass(4, 1);
  expect(taken.at(-1)).toBe("1280x720@30 false");
  pass(5, 3);
  follower.release();
  follower.release();
  expect(taken.slice(2)).toEqual(["640x360@30 true", "1280x720@30 false"]);
});
