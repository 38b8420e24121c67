import { expect, test } from "bun:test";
import type { Happening } from "../../src/model/happening.ts";
import { reason } from "../../src/model/reason.ts";
import { SessionLog } from "../../src/session/session-log.ts";

type More = { isRepeat?: boolean; isKey?: boolean; missedCount?: number };
const frame = (captureStartUs: number, more: More = {}) => ({
  captureStartUs,
  isRepeat: false,
  isKey: false,
  missedCount: 0,
  ...more,
});
const actions = (log: SessionLog) => log.take()?.happenings.map(({ action }) => action);

const facts = (packetsDroppedCount: number, framesLostCount = 0) => ({
  packetsDroppedCount,
  framesLostCount,
});

test("what happened is reported once, together", () => {
  const log = new SessionLog();
  log.onFrame(frame(1000, { isKey: true }));
  log.add({ atUs: 2000, action: "idr_requested", by: "player" });
  expect(log.take()).toEqual({
    happenings: [
      { atUs: 1000, action: "idr_sent" },
      { atUs: 2000, action: "idr_requested", by: "player" },
    ],
    leftOutCount: 0,
  });
  expect(log.take()).toBeUndefined();
});

test("of a flood 64 are reported and the rest is counted", () => {
  const log = new SessionLog();
  for (let n = 0; n < 100; n++) log.add({ atUs: n, action: "idr_sent" });
  const taken = log.take();
  expect([taken?.happenings.length, taken?.leftOutCount]).toEqual([64, 36]);
  log.add({ atUs: 1, action: "idr_sent" });
  expect(log.take()?.leftOutCount).toBe(0);
});

test("four packets lost between two reports are a burst, three are not", () => {
  const log = new SessionLog();
  log.onReport(facts(0), 0);
  log.onReport(facts(3), 500_000);
  expect(log.take()).toBeUndefined();
  log.onReport(facts(7), 1_000_000);
  expect(log.take()?.happenings).toEqual([
    { atUs: 1_000_000, action: "loss_burst", packets: 4, ms: 500 },
  ]);
});

test("a source with nothing new for a second is starved, told once each time", () => {
  const log = new SessionLog();
  log.onFrame(frame(0));
  log.onFrame(frame(999_999, { isRepeat: true }));
  expect(actions(log)).toBeUndefined();
  log.onFrame(frame(1_000_000, { isRepeat: true }));
  expect(log.take()?.happenings).toEqual([{ atUs: 1_000_000, action: "source_starved", ms: 1000 }]);
  log.onFrame(frame(5_000_000, { isRepeat: true }));
  expect(actions(log)).toBeUndefined();
  log.onFrame(frame(5_100_000));
  log.onFrame(frame(6_100_000, { isRepeat: true }));
  expect(log.take()?.happenings).toEqual([
    { atUs: 5_100_000, action: "source_resumed", ms: 5100 },
    { atUs: 6_100_000, action: "source_starved", ms: 1000 },
  ]);
});

test("a source that holds the worker up for 10 s is reported at the beginning and with its length", () => {
  const log = new SessionLog();
  log.onFrame(frame(0));
  for (let nowUs = 0; nowUs < 10_000_000; nowUs += 100_000) log.onTick(nowUs, "x11::9");
  log.onTick(1_100_000, "x11::9");
  expect(actions(log)).toEqual(["source_starved"]);
  // Its capture began when the source still answered; the frame arrives at the end.
  log.onFrame(frame(20_000), false, 10_020_000);
  expect(log.take()?.happenings).toEqual([
    { atUs: 10_020_000, action: "source_resumed", ms: 10_020 },
  ]);
});

test("a worker that is busy with something else does not make its source starve", () => {
  const log = new SessionLog();
  log.onFrame(frame(0));
  for (let nowUs = 0; nowUs < 3_000_000; nowUs += 100_000) log.onTick(nowUs, undefined);
  expect(actions(log)).toBeUndefined();
});

test("a stop of the whole process is reported, and not charged to the source", () => {
  const log = new SessionLog();
  log.onFrame(frame(0));
  log.onStopped(1_500_000, 1_520_000);
  log.onTick(1_520_000, "x11::9");
  log.onFrame(frame(1_530_000));
  expect(log.take()?.happenings).toEqual([{ atUs: 1_520_000, action: "host_stopped", ms: 1500 }]);
});

test("frames that a player lost are a stall of its picture, as it reports them", () => {
  const log = new SessionLog();
  log.onReport(facts(0, 2), 0);
  log.onReport(facts(0, 2), 500_000);
  log.onReport(facts(0, 3), 1_000_000);
  expect(log.take()?.happenings).toEqual([
    { atUs: 0, action: "stall", reason: reason("frames_lost", { frames: 2 }) },
    { atUs: 1_000_000, action: "stall", reason: reason("frames_lost", { frames: 1 }) },
  ]);
});

/** A second of a stream at 60, all slots of which have a frame but `missed`. */
function second(log: SessionLog, startUs: number, missed: { before: number; in: number }): void {
  for (let slot = 0; slot <= 60 - missed.in; slot++) {
    const isEnded = slot === 60 - missed.in;
    const missedCount = missed.before + (isEnded ? missed.in : 0);
    log.onFrame(frame(startUs + (isEnded ? 1_000_000 : slot * 16_000), { missedCount }));
  }
}

test("a second in which the host missed more than a twentieth of its slots is reported", () => {
  const log = new SessionLog();
  second(log, 0, { before: 7, in: 3 });
  expect(log.take()).toBeUndefined();
  second(log, 1_016_000, { before: 10, in: 5 });
  expect(log.take()?.happenings).toEqual([
    { atUs: 2_016_000, action: "slots_missed", slots: 5, ms: 1016 },
  ]);
});

test("of a slow stream a single slot is not told", () => {
  const log = new SessionLog();
  for (let slot = 0; slot <= 5; slot++) {
    log.onFrame(frame(slot * 200_000, { missedCount: slot === 5 ? 1 : 0 }));
  }
  expect(log.take()).toBeUndefined();
});

test("a stall is reported while it lasts, by the clock, and more rarely the longer it is", () => {
  const log = new SessionLog();
  log.onFrame(frame(0));
  const told: unknown[] = [];
  for (let nowUs = 100_000; nowUs <= 14_000_000; nowUs += 100_000) {
    log.onTick(nowUs, undefined, Math.floor((nowUs * 30) / 1e6));
    told.push(...(log.take()?.happenings ?? []));
  }
  const atUs = (seconds: number) => seconds * 1_000_000;
  expect(told).toEqual([
    { atUs: atUs(1), action: "slots_missed", slots: 30, ms: 1000 },
    { atUs: atUs(2), action: "slots_missed", slots: 30, ms: 1000 },
    { atUs: atUs(4), action: "slots_missed", slots: 60, ms: 2000 },
    { atUs: atUs(8), action: "slots_missed", slots: 120, ms: 4000 },
  ]);
  // It ends, and the encoder's own count is one behind the clock's.
  for (let slot = 0; slot < 2; slot++) {
    log.onFrame(frame(atUs(14) + slot * 33_000, { missedCount: 419 }));
  }
  expect(log.take()?.happenings).toContainEqual({
    ...{ atUs: atUs(14) + 33_000, action: "slots_missed", slots: 180, ms: 6033 },
  });
});

test("slots that pass while the worker waits for its source name the source", () => {
  const log = new SessionLog();
  log.onFrame(frame(0));
  for (let nowUs = 100_000; nowUs <= 1_000_000; nowUs += 100_000)
    log.onTick(nowUs, "x11::9", Math.floor((nowUs * 30) / 1e6));
  expect(log.take()?.happenings).toContainEqual({
    ...{ atUs: 1_000_000, action: "slots_missed", slots: 30, ms: 1000, source: "x11::9" },
  });
});

/** 30 frames a second until `hangsUs`, then none; reported ten times a second, as a session does. */
function hangs(log: SessionLog, hangsUs: number): Happening[] {
  const happenings: Happening[] = [];
  for (let nowUs = 0; nowUs <= 3_000_000; nowUs += 100_000) {
    for (let at = nowUs; at < Math.min(nowUs + 99_000, hangsUs); at += 33_000)
      log.onFrame(frame(at));
    const missed = Math.floor((Math.max(0, nowUs - hangsUs) * 30) / 1e6);
    log.onTick(nowUs + 99_000, nowUs < hangsUs ? undefined : "x11::9", missed);
    happenings.push(...(log.take()?.happenings ?? []));
  }
  return happenings;
}

test("a source that begins to hang at any moment of a second is never taken for a slow host", () => {
  for (let hangsUs = 1_000_000; hangsUs < 2_000_000; hangsUs += 100_000) {
    const missed = hangs(new SessionLog(), hangsUs).filter(
      ({ action }) => action === "slots_missed",
    );
    expect(missed.length).toBeGreaterThan(0);
    for (const one of missed) expect(one).toMatchObject({ source: "x11::9" });
  }
});

test("a source that is slow with every picture does not hide the slots that pass", () => {
  const log = new SessionLog();
  const happenings: Happening[] = [];
  for (let nowUs = 0; nowUs <= 3_000_000; nowUs += 100_000) {
    log.onFrame(frame(nowUs, { missedCount: (nowUs / 100_000) * 2 }));
    log.onTick(nowUs + 50_000, "x11::9", (nowUs / 100_000) * 2);
    happenings.push(...(log.take()?.happenings ?? []));
  }
  expect(happenings.filter(({ action }) => action === "slots_missed")).toHaveLength(2);
});
