import { expect, test } from "bun:test";
import { lingerMs, tickMs } from "../../src/counters/level-task.ts";
import { counting } from "../support/counting.ts";

const external = (path: string) => ({ path, tier: "external" }) as const;
const open = (settings = {}) => {
  const all = counting({ levels: 1, ...settings });
  return { ...all, counter: all.counters.broadcast(external("foo/bar")) };
};

test("a broadcast without subscriptions starts no task", () => {
  const { counter, outlet, scheduler } = open();
  counter.open("publisher");
  expect(outlet.events).toEqual([]);
  expect(scheduler.waitingCount).toBe(0);
});

test("the first subscription announces every level of the path", () => {
  const { counter, outlet } = open({ node: "sjc" });
  counter.track("publisher");
  counter.track("subscriber");
  expect(outlet.events).toEqual(["announced .stats/prefix/sjc", "announced .stats/prefix/foo/sjc"]);
});

test("the deepest level is the broadcast's own path", () => {
  const { counter, outlet } = open({ levels: 2 });
  counter.track("publisher");
  expect([...outlet.announced]).toEqual([
    ".stats/prefix",
    ".stats/prefix/foo",
    ".stats/prefix/foo/bar",
  ]);
});

test("four baselines are written at once, zeros too", () => {
  const { counter, outlet, clock } = open({ node: "sjc" });
  counter.track("publisher");
  const written = outlet.frames.filter(({ path }) => path === ".stats/prefix/foo/sjc");
  expect(written.map(({ track }) => track)).toEqual([
    "publisher.json",
    "subscriber.json",
    "internal/publisher.json",
    "internal/subscriber.json",
  ]);
  expect(written[0]?.frame).toEqual({
    v: 1,
    level: "foo",
    tier: "external",
    role: "publisher",
    node: "sjc",
    ts_ms: clock.wallMs(),
    broadcasts: 0,
    broadcasts_closed: 0,
    subscriptions: 1,
    subscriptions_closed: 0,
    bytes: 0,
    frames: 0,
    groups: 0,
  });
  expect(written[3]?.frame).toMatchObject({ tier: "internal", role: "subscriber", bytes: 0 });
});

test("a frame names no node when none is set", () => {
  const { counter, outlet } = open();
  counter.track("publisher");
  expect(Object.keys(outlet.frames[0]?.frame ?? {})).not.toContain("node");
});

test("a set that changed is written on the next second, one that did not is not", () => {
  const { counter, outlet, scheduler } = open();
  const track = counter.track("publisher");
  const before = outlet.frames.length;
  scheduler.advanceMs(5 * tickMs);
  expect(outlet.frames.length).toBe(before);
  track.bytes(10);
  scheduler.advanceMs(tickMs);
  expect(outlet.framesOf(".stats/prefix/foo").map(({ bytes }) => bytes)).toEqual([0, 10]);
  expect(outlet.framesOf(".stats/prefix/foo", "subscriber.json").length).toBe(1);
});

test("late ticks do not burst", () => {
  const { counter, outlet, scheduler } = open();
  const track = counter.track("publisher");
  track.bytes(1);
  scheduler.stallMs(10 * tickMs);
  scheduler.advanceMs(0);
  expect(outlet.framesOf(".stats/prefix").length).toBe(2);
  track.bytes(1);
  scheduler.advanceMs(tickMs - 1);
  expect(outlet.framesOf(".stats/prefix").length).toBe(2);
  scheduler.advanceMs(1);
  expect(outlet.framesOf(".stats/prefix").length).toBe(3);
});

test("with nothing open any more the last counts go out before the levels are unannounced", () => {
  const { counter, outlet, scheduler } = open();
  const track = counter.track("publisher");
  track.bytes(77);
  track.close();
  scheduler.advanceMs(tickMs);
  expect(outlet.announced.size).toBe(2);
  expect(outlet.framesOf(".stats/prefix/foo").at(-1)).toMatchObject({
    bytes: 77,
    subscriptions: 1,
    subscriptions_closed: 1,
  });
  scheduler.advanceMs(lingerMs);
  expect(outlet.announced.size).toBe(0);
  expect(scheduler.waitingCount).toBe(1); // the closed level's age
});

test("what changes in the linger is published and lingers again", () => {
  const { counter, outlet, scheduler } = open();
  const broadcast = counter.open("publisher");
  counter.track("publisher").close();
  scheduler.advanceMs(tickMs);
  broadcast.close();
  scheduler.advanceMs(lingerMs);
  expect(outlet.framesOf(".stats/prefix").at(-1)?.broadcasts_closed).toBe(1);
  expect(outlet.announced.size).toBe(2);
  scheduler.advanceMs(lingerMs);
  expect(outlet.announced.size).toBe(0);
});

test("counts that never rest do not keep a level announced", () => {
  const { counter, outlet, scheduler } = open();
  counter.track("publisher").close();
  scheduler.advanceMs(tickMs);
  for (let round = 0; round < 4; round += 1) {
    counter.open("publisher").close();
    scheduler.advanceMs(lingerMs);
  }
  expect(outlet.announced.size).toBe(0);
});

test("a subscription in the linger keeps the task", () => {
  const { counter, outlet, scheduler } = open();
  counter.track("publisher").close();
  scheduler.advanceMs(tickMs);
  const track = counter.track("publisher");
  scheduler.advanceMs(lingerMs);
  expect(outlet.announced.size).toBe(2);
  track.bytes(5);
  scheduler.advanceMs(tickMs);
  expect(outlet.framesOf(".stats/prefix").at(-1)?.bytes).toBe(5);
  expect(outlet.events.filter((event) => event.startsWith("unannounced"))).toEqual([]);
});

test("a subscription after the end starts a fresh task with four baselines", () => {
  const { counter, outlet, scheduler } = open();
  counter.track("publisher").close();
  scheduler.advanceMs(tickMs + lingerMs);
  const before = outlet.framesOf(".stats/prefix", "internal/publisher.json").length;
  counter.track("publisher");
  expect(outlet.announced.size).toBe(2);
  expect(outlet.framesOf(".stats/prefix", "internal/publisher.json").length).toBe(before + 1);
});

test("any open set keeps the task", () => {
  const { counters, counter, outlet, scheduler } = open();
  counter.track("publisher").close();
  const monitor = counters.broadcast({ path: "foo", tier: "internal" }).track("subscriber");
  scheduler.advanceMs(10 * tickMs);
  expect(outlet.announced.size).toBe(2);
  monitor.close();
  scheduler.advanceMs(tickMs + lingerMs);
  expect(outlet.announced.size).toBe(0);
});

test("a refused path is tried again at the next subscription", () => {
  const { counter, outlet } = open();
  outlet.isRefusing = true;
  counter.track("publisher");
  expect(outlet.announced.size).toBe(0);
  outlet.isRefusing = false;
  counter.track("publisher");
  expect(outlet.announced.size).toBe(2);
});

test("stopping unannounces all levels at once", () => {
  const { counters, counter, outlet, scheduler } = open();
  counter.track("publisher");
  counters.stop();
  expect(outlet.announced.size).toBe(0);
  expect(scheduler.waitingCount).toBe(0);
});
