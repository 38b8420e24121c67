/** Who is answered by which key frame, and how often an encoder is asked. */
import { expect, test } from "bun:test";
import { KeyFrames } from "../../src/session/key-frames.ts";
import { SessionLog } from "../../src/session/session-log.ts";
import { ManualClock } from "../support/manual-clock.ts";

function setUp() {
  const clock = new ManualClock();
  const log = new SessionLog();
  const state = { askedCount: 0, isOpen: true };
  const keyFrames = new KeyFrames({
    ...{ clock, log, intervalUs: 100_000 },
    ask: () => {
      if (state.isOpen) state.askedCount += 1;
      return state.isOpen;
    },
  });
  const logged = () =>
    log
      .take()
      ?.happenings.map((each) => (each.action === "idr_requested" ? each.by : each.action)) ?? [];
  const pass = (ms: number) => {
    clock.advanceMs(ms);
    keyFrames.advance(clock.nowUs());
  };
  const came = () => keyFrames.came(clock.nowUs());
  return { clock, keyFrames, state, logged, pass, came };
}

test("one that is on its way answers everybody who asks before it comes", () => {
  const { keyFrames, state, logged, pass, came } = setUp();
  expect(keyFrames.request("player")).toBe(true);
  expect(keyFrames.request("player")).toBe(false);
  pass(50);
  expect(keyFrames.request("host")).toBe(false);
  expect([state.askedCount, logged()]).toEqual([1, ["player"]]);
  came();
  pass(60);
  expect(keyFrames.request("operator")).toBe(true);
  expect([state.askedCount, logged()]).toEqual([2, ["operator"]]);
});

test("an encoder is asked ten times a second at most, and what waits is asked for then", () => {
  const { keyFrames, state, logged, pass, came } = setUp();
  keyFrames.request("player");
  came();
  keyFrames.request("player");
  keyFrames.request("host");
  pass(99);
  expect(state.askedCount).toBe(1);
  pass(1);
  expect([state.askedCount, logged()]).toEqual([2, ["player", "player"]]);
});

test("one that never comes is asked for again after a second, without another line in the log", () => {
  const { keyFrames, state, logged, pass } = setUp();
  keyFrames.request("player");
  pass(999);
  expect(state.askedCount).toBe(1);
  pass(1);
  expect([state.askedCount, logged()]).toEqual([2, ["player"]]);
});

test("what is asked before there is an encoder waits for it", () => {
  const { keyFrames, state, pass } = setUp();
  state.isOpen = false;
  keyFrames.request("operator");
  state.isOpen = true;
  pass(1);
  expect(state.askedCount).toBe(1);
});

test("the key frame that begins a group answers who asks meanwhile, and then is worth a line", () => {
  const { clock, keyFrames, state, logged, pass, came } = setUp();
  came();
  pass(3999);
  keyFrames.beginGroup(clock.nowUs(), 4_000_000);
  expect([state.askedCount, keyFrames.isNextRegular]).toEqual([0, false]);
  pass(1);
  keyFrames.beginGroup(clock.nowUs(), 4_000_000);
  expect([state.askedCount, keyFrames.isNextRegular, logged()]).toEqual([1, true, []]);
  expect(keyFrames.request("player")).toBe(true);
  expect([state.askedCount, keyFrames.isNextRegular, logged()]).toEqual([1, false, ["player"]]);
});

test("who can wait gets it so long after the last one, unless somebody else cannot", () => {
  const { keyFrames, state, pass, came } = setUp();
  came();
  keyFrames.request("player", { sinceLastUs: 2_000_000 });
  pass(1999);
  expect(state.askedCount).toBe(0);
  keyFrames.request("player", { sinceLastUs: 200_000 });
  expect(state.askedCount).toBe(1);
});
