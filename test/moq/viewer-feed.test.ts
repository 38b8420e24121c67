import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Micros } from "../../src/base/clock.ts";
import type { OutgoingGroup } from "../../src/moq/feed.ts";
import { PublishedFrame } from "../../src/moq/published-frame.ts";
import { VideoTrack } from "../../src/moq/video-track.ts";
import { waitBytesMax, waitUsMax } from "../../src/moq/viewer-feed.ts";
import { ManualClock } from "../support/manual-clock.ts";

class Video {
  readonly clock = new ManualClock();
  readonly wanted: string[] = [];
  readonly settled: PublishedFrame[] = [];
  viewerCount = 0;
  readonly track = new VideoTrack({
    clock: this.clock,
    onViewers: (change) => {
      this.viewerCount += change === "viewer_joined" ? 1 : -1;
    },
    onKeyWanted: (why) => this.wanted.push(why),
  });
  #index = 0;

  push(isKey: boolean, byteCount = 4): number {
    const index = this.#index;
    this.#index += 1;
    const frame = {
      buffer: new ArrayBuffer(byteCount),
      byteCount,
      index,
      slot: index,
      dueUs: index as Micros,
      isKey,
      isRepeat: false,
      // The index, so that a test can distinguish frames by their time.
      captureStartUs: index as Micros,
      isMeasured: true,
      captureUs: 0,
      submitUs: 0,
      encodeUs: 0,
      droppedCount: 0,
      missedCount: 0,
    };
    const arrivedUs = this.clock.nowUs();
    const onSettled = (settled: PublishedFrame) => void this.settled.push(settled);
    this.track.publish(new PublishedFrame(frame, { arrivedUs, onSettled }));
    return index;
  }
}

const take = async (group: OutgoingGroup | undefined) =>
  (await group?.next())?.timestamp.as(1_000_000 as never);

describe("a viewer", () => {
  test("begins with a key frame, and has missed nothing before", async () => {
    const video = new Video();
    const feed = video.track.open(1);
    video.push(false);
    const key = video.push(true);
    const delta = video.push(false);
    const group = await feed.next();
    expect([await take(group), await take(group)]).toEqual([key, delta]);
    expect(video.wanted).toEqual(["came"]);
    expect(video.track.skippedCount).toBe(0);
  });

  test("gets a group for each key frame, numbered as for everybody", async () => {
    const video = new Video();
    const first = video.track.open(1);
    video.push(true);
    const second = video.track.open(2);
    video.push(true);
    expect((await first.next())?.sequence).toBe(0);
    expect((await first.next())?.sequence).toBe(1);
    expect((await second.next())?.sequence).toBe(1);
  });

  test("sees a group's end when the next one begins", async () => {
    const video = new Video();
    const feed = video.track.open(1);
    const key = video.push(true);
    video.push(true);
    const group = await feed.next();
    expect(await take(group)).toBe(key);
    expect(await take(group)).toBeUndefined();
  });

  test("gets what waits for it before the end", async () => {
    const video = new Video();
    const feed = video.track.open(1);
    const key = video.push(true);
    video.track.end();
    const group = await feed.next();
    expect([await take(group), await take(group)]).toEqual([key, undefined]);
    expect(await feed.next()).toBeUndefined();
    expect(video.settled.length).toBe(1);
  });

  test("that leaves is waited for no more", async () => {
    const video = new Video();
    const feed = video.track.open(1);
    video.push(true);
    await take(await feed.next());
    video.push(false);
    expect(video.settled).toEqual([]);
    feed.close();
    expect(video.settled.length).toBe(2);
    expect(video.viewerCount).toBe(0);
    expect(await feed.next()).toBeUndefined();
    expect(video.track.skippedCount).toBe(0);
  });
});

describe("a viewer that is too slow", () => {
  test("is one that has not taken a frame for longer than half a second", () => {
    const video = new Video();
    video.track.open(1);
    video.push(true);
    video.clock.advanceMs(waitUsMax / 1000);
    video.push(false);
    expect(video.track.skippedCount).toBe(0);
    video.clock.advanceMs(1);
    video.push(false);
    // Two that waited and the one that came.
    expect(video.track.skippedCount).toBe(3);
    expect(video.wanted).toContain("skipped");
  });

  test("is one for which too much waits", () => {
    const video = new Video();
    video.track.open(1);
    const stampBytes = 1;
    video.push(true, waitBytesMax - stampBytes);
    video.push(false, 1);
    expect(video.track.skippedCount).toBe(0);
    video.push(false);
    expect(video.track.skippedCount).toBe(3);
  });

  test("continues with the next key frame", async () => {
    const video = new Video();
    const feed = video.track.open(1);
    video.push(true);
    const stuck = await feed.next();
    await take(stuck);
    video.clock.advanceMs(waitUsMax / 1000 + 1);
    video.push(false);
    video.push(false);
    const key = video.push(true);
    const delta = video.push(false);
    expect(await take(stuck)).toBeUndefined();
    const group = await feed.next();
    expect(group?.sequence).toBe(1);
    expect([await take(group), await take(group)]).toEqual([key, delta]);
    expect(video.track.skippedCount).toBe(2);
  });

  test("does not hold up another", async () => {
    const video = new Video();
    video.track.open(1);
    const fast = video.track.open(2);
    video.push(true);
    const group = await fast.next();
    for (let index = 0; index < 40; index += 1) {
      expect(await take(group)).toBe(index);
      video.clock.advanceMs(50);
      video.push(false);
    }
    // The fast one has been handed 39, has one in hand, and one waits for it.
    expect(video.settled.length).toBe(39);
    expect(video.track.skippedCount).toBeGreaterThan(30);
  });
});

describe("a frame", () => {
  test("is sent when the slowest viewer that does not skip has been handed it", async () => {
    const video = new Video();
    const [first, second] = [video.track.open(1), video.track.open(2)];
    video.push(true);
    const groups = [await first.next(), await second.next()];
    await Promise.all(groups.map(take));
    video.push(false);
    video.clock.advanceMs(10);
    await take(groups[0]);
    expect(video.settled).toEqual([]);
    video.clock.advanceMs(20);
    await take(groups[1]);
    expect(video.settled.map(({ sentUs, arrivedUs }) => sentUs - arrivedUs)).toEqual([30_000]);
  });

  test("that nobody watches is settled and not sent", () => {
    const video = new Video();
    video.push(true);
    expect(video.settled.map(({ sentUs }) => sentUs)).toEqual([0]);
  });
});

type Step = { kind: "push"; isKey: boolean } | { kind: "take" } | { kind: "pass"; ms: number };
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("push" as const), isKey: fc.boolean() }),
  fc.record({ kind: fc.constant("take" as const) }),
  fc.record({ kind: fc.constant("pass" as const), ms: fc.nat(300) }),
);

/** A viewer that takes frames when it is asked to. */
class Viewing {
  readonly video = new Video();
  readonly taken: number[] = [];
  /** From the first key frame on. */
  pushedCount = 0;
  readonly feed = this.video.track.open(1);
  #group: OutgoingGroup | undefined;

  async do(next: Step): Promise<void> {
    if (next.kind === "pass") this.video.clock.advanceMs(next.ms);
    else if (next.kind === "push") this.#push(next.isKey);
    else if (this.pushedCount > this.accountedCount) await this.take();
  }

  get accountedCount(): number {
    return this.taken.length + this.video.track.skippedCount;
  }

  /** One frame or the end of one group. `false` at the end of all. */
  async take(): Promise<boolean> {
    this.#group ??= await this.feed.next();
    if (this.#group === undefined) return false;
    const index = await take(this.#group);
    if (index === undefined) this.#group = undefined;
    else this.taken.push(index);
    return true;
  }

  #push(isKey: boolean): void {
    this.video.push(isKey);
    if (this.pushedCount > 0 || isKey) this.pushedCount += 1;
  }
}

test("every frame from its first key frame on is handed over or counted as skipped", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 80 }), async (steps) => {
      const viewing = new Viewing();
      for (const next of steps) await viewing.do(next);
      viewing.video.track.end();
      while (await viewing.take());
      expect(viewing.accountedCount).toBe(viewing.pushedCount);
      expect(viewing.taken).toEqual([...new Set(viewing.taken)].sort((a, b) => a - b));
      const { settled } = viewing.video;
      expect(new Set(settled).size).toBe(settled.length);
    }),
  );
});
