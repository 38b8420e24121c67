/** Losses of single packets, and of a queue that runs over, as a round of a check sees them. */
import { expect, test } from "bun:test";
import { RoundLoss } from "../../../src/native/player/round-loss.ts";
import { dice } from "../../verdict/made-rows.ts";

const packetBytes = 1200;
const fps = 60;

/**
 * Half of what a link of 2 Mbit/s carries, through a queue of 40 KB: frames of 1 Mbit/s, each all at
 * once, and key frames of 90 KB at these seconds. Gives what arrived and what was lost, ten times a second.
 */
function queued(keySeconds: readonly number[], seconds = 6) {
  const looks: { receivedCount: number; lostCount: number }[] = [];
  let [queueBytes, receivedCount, lostCount] = [0, 0, 0];
  for (let frame = 0; frame < seconds * fps; frame++) {
    queueBytes = Math.max(0, queueBytes - 2_000_000 / 8 / fps);
    const isKey = keySeconds.some((second) => second * fps === frame);
    const frameBytes = isKey ? 90_000 : 1_000_000 / 8 / fps;
    const sentCount = Math.ceil(frameBytes / packetBytes);
    const takenCount = Math.min(sentCount, Math.floor((40_000 - queueBytes) / packetBytes));
    queueBytes += takenCount * packetBytes;
    receivedCount += takenCount;
    lostCount += sentCount - takenCount;
    if (frame % 6 === 5) looks.push({ receivedCount, lostCount });
  }
  return looks;
}

function lossOf(looks: ReturnType<typeof queued>): RoundLoss {
  const loss = new RoundLoss();
  for (const look of looks) loss.look(look);
  return loss;
}

test("what the first key frame overran before the round counts is no loss", () => {
  const looks = queued([0]);
  expect(looks[9]?.lostCount).toBeGreaterThan(30);
  const { share, isBursty } = lossOf(looks.slice(9));
  expect([share, isBursty]).toEqual([0, false]);
});

test("a queue that key frames overrun loses in bursts", () => {
  const { share = 0, isBursty } = lossOf(queued([0, 2, 3, 4, 5]).slice(9));
  expect(share).toBeGreaterThan(0.05);
  expect(isBursty).toBe(true);
});

test("packets lost one by one are no bursts, be they few or many", () => {
  const roll = dice(7);
  for (const lossShare of [0.01, 0.03, 0.1]) {
    const counts = { receivedCount: 0, lostCount: 0 };
    const looks = Array.from({ length: 50 }, () => {
      for (let packet = 0; packet < 20; packet++) {
        if (roll() < lossShare) counts.lostCount += 1;
        else counts.receivedCount += 1;
      }
      return { ...counts };
    });
    const { share = 0, isBursty } = lossOf(looks);
    expect(isBursty).toBe(false);
    expect(Math.abs(share - lossShare)).toBeLessThan(lossShare / 2);
  }
});

test("where nothing was sent there is no loss to speak of", () => {
  expect(new RoundLoss().share).toBeUndefined();
  expect(lossOf([{ receivedCount: 5, lostCount: 1 }]).share).toBeUndefined();
});
