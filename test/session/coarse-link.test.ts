/** The bitrate of players that say little: a round trip, and what was lost, once a second. */
import { expect, test } from "bun:test";
import { CoarseLink } from "../../src/session/coarse-link.ts";

const asked = 10_000;

/** A link of so many kbit/s with a queue of 100 ms before it; the round trip is smoothed as ENet's. */
function run(seconds: number, capacityKbps: (second: number) => number, lossShare = 0): number[] {
  const link = new CoarseLink({ askedKbps: asked, floorKbps: 500 });
  const kbps: number[] = [];
  let [now, queueUs, rttUs, sentCount, lostCount] = [asked, 0, 10_000, 0, 0];
  for (let second = 0; second < seconds; second++) {
    const capacity = capacityKbps(second);
    const sent = (now * 1.1 * 125) / 1200;
    const grownUs = queueUs + ((now * 1.1) / capacity - 1) * 1e6;
    queueUs = Math.min(Math.max(grownUs, 0), 100_000);
    const over = Math.max(0, grownUs - 100_000) / 1e6;
    for (let sample = 0; sample < 2; sample++) rttUs += (10_000 + queueUs - rttUs) / 8;
    sentCount += sent;
    lostCount += sent * lossShare + (over * capacity * 125) / 1200;
    now = link.add({ rttUs, sentCount, lostCount }, asked);
    kbps.push(now);
  }
  return kbps;
}

const mean = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0) / list.length;

test("on a link that carries it the bitrate stays, also with two of a hundred lost", () => {
  expect(run(120, () => 50_000).every((kbps) => kbps === asked)).toBe(true);
  expect(run(120, () => 50_000, 0.02).every((kbps) => kbps === asked)).toBe(true);
});

test.each([0.08, 0.15, 0.25])(
  "a loss of %d that a lower bitrate does not change is no full link",
  (lossShare) => {
    expect(mean(run(120, () => 50_000, lossShare).slice(10))).toBeGreaterThan(asked * 0.9);
  },
);

test("a link that loses by chance and is cut as well is followed all the same", () => {
  const kbps = run(60, (second) => (second < 20 ? 50_000 : 3000), 0.15);
  expect(Math.max(...kbps.slice(28, 34))).toBeLessThan(3600);
  expect(mean(kbps.slice(30))).toBeGreaterThan(1500);
});

test("a link cut to 3 Mbit/s is followed within five seconds, and used", () => {
  const kbps = run(60, (second) => (second < 10 ? 50_000 : 3000));
  expect(Math.max(...kbps.slice(15, 20))).toBeLessThan(3200);
  expect(mean(kbps.slice(20))).toBeGreaterThan(1800);
  expect(mean(kbps.slice(20))).toBeLessThan(3000);
});

test("a link that has become wide again is used within twenty-five seconds", () => {
  const kbps = run(60, (second) => (second >= 10 && second < 25 ? 5000 : 50_000));
  expect(kbps[50]).toBeGreaterThan(asked * 0.8);
});

test("nothing goes below the floor or above what is asked for", () => {
  const kbps = run(100, (second) => (second < 40 ? 50 : 80_000));
  expect(Math.min(...kbps)).toBe(500);
  expect(Math.max(...kbps)).toBe(asked);
});

test("a longer way to the player is not taken for a full link for more than ten seconds", () => {
  const link = new CoarseLink({ askedKbps: asked, floorKbps: 500 });
  let [rttUs, sentCount] = [10_000, 0];
  const kbps: number[] = [];
  for (let second = 0; second < 60; second++) {
    // From the tenth second on over another network, 130 ms away.
    for (let sample = 0; sample < 2; sample++) {
      rttUs += ((second < 10 ? 10_000 : 140_000) - rttUs) / 8;
    }
    sentCount += 900;
    kbps.push(link.add({ rttUs, sentCount, lostCount: 0 }, asked));
  }
  expect(kbps.slice(30).every((each) => each === asked)).toBe(true);
});

test.each([3000, 4500, 6860, 7000, 9800])(
  "a deep queue before a link of %d kbit/s is not taken for a longer way",
  (linkKbps) => {
    const link = new CoarseLink({ askedKbps: 20_000, floorKbps: 500 });
    let [queueUs, rttUs, sentCount, kbps] = [0, 10_000, 0, 20_000];
    for (let second = 0; second < 60; second++) {
      const carriedKbps = second < 5 ? 50_000 : linkKbps;
      for (let half = 0; half < 2; half++) {
        queueUs = Math.max(0, queueUs + 500_000 * (kbps / carriedKbps - 1));
        rttUs += (10_000 + queueUs - rttUs) / 8;
      }
      sentCount += 900;
      kbps = link.add({ rttUs, sentCount, lostCount: 0 }, 20_000);
      // Until the queue is gone once, nothing is sent that fills it again.
      if (second > 18 && queueUs > 0) expect(kbps).toBeLessThan(linkKbps);
      if (second > 18 && queueUs === 0) break;
    }
    expect(queueUs).toBe(0);
  },
);

test("what was lost before the first second of a watch lowers nothing", () => {
  const link = new CoarseLink({ askedKbps: asked, floorKbps: 500 });
  expect(link.add({ rttUs: 10_000, sentCount: 9000, lostCount: 4000 }, asked)).toBe(asked);
  expect(link.add({ rttUs: 10_000, sentCount: 9900, lostCount: 4000 }, asked)).toBe(asked);
});
