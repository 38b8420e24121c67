/** What waits before a sender: order, room, and what goes when there is none. */
import { expect, test } from "bun:test";
import { FrameQueue, type LentFrame } from "../../src/session/frame-queue.ts";
import { type CountedFrame, encodedFrame } from "../support/encoded-frame.ts";

/** A sender that is done when a test says so. */
function open() {
  const sending: { frame: LentFrame; done: (isSent: boolean) => void }[] = [];
  const state = { brokenCount: 0 };
  const queue = new FrameQueue({
    send: (frame) => new Promise((done) => sending.push({ frame, done })),
    onDropped: () => {
      state.brokenCount += 1;
    },
  });
  const finish = async (isSent = true) => {
    sending.at(-1)?.done(isSent);
    await Promise.resolve();
    await Promise.resolve();
  };
  const sentIndexes = () => sending.map(({ frame }) => frame.index);
  return { queue, state, finish, sentIndexes };
}

const key = (index: number): CountedFrame => encodedFrame({ isKey: true, index });
const delta = (index: number): CountedFrame => encodedFrame({ index });

test("frames are sent one after the other, each released once", async () => {
  const { queue, finish, sentIndexes } = open();
  const frames = [key(0), delta(1), delta(2)];
  for (const frame of frames) queue.push(frame);
  expect(sentIndexes()).toEqual([0]);
  await finish();
  await finish();
  await finish();
  expect(sentIndexes()).toEqual([0, 1, 2]);
  expect(frames.map(({ releaseCount }) => releaseCount)).toEqual([1, 1, 1]);
});

test("four wait; the fifth costs all that hangs on the oldest, up to a key frame", async () => {
  const { queue, state, finish, sentIndexes } = open();
  queue.push(key(0));
  for (let index = 1; index <= 4; index++) queue.push(delta(index));
  expect(queue.droppedCount).toBe(0);
  queue.push(delta(5));
  expect([queue.droppedCount, state.brokenCount]).toEqual([5, 5]);
  queue.push(delta(6));
  queue.push(key(7));
  expect(queue.droppedCount).toBe(6);
  await finish();
  expect(sentIndexes()).toEqual([0, 7]);
});

test("a key frame that waits is kept, and so is what hangs on it", async () => {
  const { queue, finish, sentIndexes } = open();
  for (const frame of [key(0), delta(1), key(2), delta(3), delta(4), delta(5)]) queue.push(frame);
  expect(queue.droppedCount).toBe(1);
  for (let count = 0; count < 5; count++) await finish();
  expect(sentIndexes()).toEqual([0, 2, 3, 4, 5]);
});

test("a frame that cannot be sent at all is dropped, and those after it wait for a key frame", async () => {
  const { queue, state, finish, sentIndexes } = open();
  const frames = [key(0), delta(1)];
  for (const frame of frames) queue.push(frame);
  await finish();
  await finish(false);
  queue.push(delta(2));
  queue.push(key(3));
  expect(sentIndexes()).toEqual([0, 1, 3]);
  expect([queue.droppedCount, state.brokenCount]).toEqual([2, 2]);
  expect(frames[1]?.releaseCount).toBe(1);
});

test("a closed queue releases what waits and what comes", () => {
  const { queue, sentIndexes } = open();
  const frames = [key(0), delta(1), delta(2)];
  for (const frame of frames) queue.push(frame);
  queue.close();
  const late = key(3);
  queue.push(late);
  expect([...frames.slice(1), late].map(({ releaseCount }) => releaseCount)).toEqual([1, 1, 1]);
  expect(sentIndexes()).toEqual([0]);
});
