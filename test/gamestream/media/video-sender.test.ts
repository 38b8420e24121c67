/** From encoded frames to the kernel: what is sent, dropped, refused and released. */
import { expect, test } from "bun:test";
import { type Micros, systemClock } from "../../../src/base/clock.ts";
import { FecLossCounter } from "../../../src/gamestream/media/loss-counter.ts";
import { FramePacketizer } from "../../../src/gamestream/media/video-packetizer.ts";
import { VideoSender } from "../../../src/gamestream/media/video-sender.ts";
import type { FrameRecord } from "../../../src/session/frame-record.ts";
import { type CountedFrame, encodedFrame } from "../../support/encoded-frame.ts";
import { until } from "../../support/until.ts";

function open(outlet: (datagramCount: number) => number = (count) => count, share = 0) {
  const clock = systemClock();
  const sent: FrameRecord[] = [];
  const groups: number[] = [];
  const state = { brokenCount: 0 };
  const sender = new VideoSender({
    clock,
    packetizer: new FramePacketizer({ packetSize: 1024 }),
    losses: new FecLossCounter(),
    outlet: (datagrams, first) => {
      groups.push(datagrams.length - first);
      return outlet(datagrams.length - first);
    },
    pace: { frameIntervalUs: 16_667, share },
    parityCountMin: 2,
    parityBounds: { percentMin: 0, percentMax: 50 },
    onTaken: () => undefined,
    onSent: (record) => sent.push({ ...record }),
    onDropped: () => {
      state.brokenCount += 1;
    },
  });
  sender.address = { address: "127.0.0.1", port: 9 };
  const frame = (change: Parameters<typeof encodedFrame>[0] = {}): CountedFrame =>
    encodedFrame({ captureStartUs: clock.nowUs() as Micros, ...change });
  return { sender, paced: sender.paced, sent, groups, state, frame };
}

test("a frame is sent, timed in order, and released once", async () => {
  const { sender, paced, sent, frame } = open();
  const first = frame({ isKey: true });
  sender.push(first);
  await until(() => sent.length === 1, { what: "it is sent" });
  const { takenUs, packetizedUs, handedUs, byteCount, packetCount, parityCount } =
    sent[0] ?? expect.unreachable();
  expect(takenUs).toBeLessThanOrEqual(packetizedUs);
  expect(packetizedUs).toBeLessThanOrEqual(handedUs);
  expect(byteCount).toBe(5000);
  expect(first.releaseCount).toBe(1);
  expect(paced).toMatchObject({ framesSentCount: 1, framesDroppedCount: 0, sendDroppedCount: 0 });
  expect(sent[0]).toMatchObject({ fate: "sent", isKey: true, refusedCount: 0 });
  expect([packetCount, parityCount]).toEqual([5, 3]);
});

test("a large frame leaves in groups of 64, a millisecond apart", async () => {
  const { sender, paced, sent, groups, frame } = open();
  sender.push(frame({ isKey: true, byteCount: 200_000 }));
  await until(() => sent.length === 1, { what: "it is sent" });
  expect(Math.max(...groups)).toBeWithin(50, 65);
  expect(groups.reduce((sum, count) => sum + count, 0)).toBe(paced.packetsSentCount);
  const { packetizedUs, handedUs } = sent[0] ?? expect.unreachable();
  expect(handedUs - packetizedUs).toBeGreaterThanOrEqual((groups.length - 1) * 1000);
});

test("a frame's packets spread over the share of its interval that is set", async () => {
  const { sender, paced, sent, groups, frame } = open(undefined, 0.5);
  sender.push(frame({ isKey: true, byteCount: 60_000 }));
  await until(() => sent.length === 1, { what: "it is sent" });
  expect(groups).toHaveLength(8);
  expect(Math.max(...groups) - Math.min(...groups)).toBeLessThanOrEqual(1);
  paced.pace = { frameIntervalUs: 16_667, share: 0 };
  sender.push(frame({ byteCount: 60_000 }));
  await until(() => sent.length === 2, { what: "the next is sent" });
  expect(groups).toHaveLength(10);
});

test("nothing is sent before a key frame, nor before the player's address is known", () => {
  const { sender, sent, state, frame } = open();
  const early = frame();
  sender.push(early);
  expect([early.releaseCount, state.brokenCount]).toEqual([1, 1]);
  sender.address = undefined;
  const nowhere = frame({ isKey: true });
  sender.push(nowhere);
  expect(nowhere.releaseCount).toBe(1);
  expect(sent).toHaveLength(0);
});

test("what the kernel refuses is offered again until the frame's time is over, then counted", async () => {
  const { sender, paced, sent, frame } = open(() => 0);
  sender.push(frame({ isKey: true }));
  await until(() => sent.length === 1, { what: "it is dropped" });
  const [facts] = sent;
  expect(paced.sendDroppedCount).toBeGreaterThan(4);
  expect(facts).toMatchObject({ fate: "refused", refusedCount: paced.sendDroppedCount });
  expect(facts?.byteCount).toBe(0);
  // Not forever; a busy machine's timers come late, by 43 ms once.
  expect((facts?.handedUs ?? 0) - (facts?.packetizedUs ?? 0)).toBeLessThan(500_000);
});

test("what the kernel takes late is not a loss", async () => {
  let calls = 0;
  const { sender, paced, sent, frame } = open((count) => (calls++ === 0 ? count - 1 : count));
  sender.push(frame({ isKey: true }));
  await until(() => sent.length === 1, { what: "it is sent" });
  expect(paced.sendDroppedCount).toBe(0);
  expect(sent[0]?.byteCount).toBe(5000);
});

test("with the queue full the oldest frames go, all counted and released, until a key frame", async () => {
  const { sender, paced, sent, state, frame } = open();
  const frames = [
    frame({ isKey: true, byteCount: 300_000 }),
    ...Array.from({ length: 7 }, () => frame()),
    frame({ isKey: true, slot: 9 }),
  ];
  for (const each of frames) sender.push(each);
  await until(() => sent.some(({ slot }) => slot === 9), { what: "the last is sent" });
  expect(paced.framesDroppedCount + sent.length).toBe(frames.length);
  expect(paced.framesDroppedCount).toBeGreaterThan(0);
  expect(state.brokenCount).toBe(paced.framesDroppedCount);
  expect(frames.map((each) => each.releaseCount)).toEqual(frames.map(() => 1));
});

test("a closed sender releases what waits and what comes", () => {
  const { sender, paced, frame } = open();
  const frames = [frame({ isKey: true }), frame(), frame()];
  for (const each of frames) sender.push(each);
  paced.close();
  const late = frame({ isKey: true });
  sender.push(late);
  expect(frames[2]?.releaseCount).toBe(1);
  expect(late.releaseCount).toBe(1);
});
