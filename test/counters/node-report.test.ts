/** All broadcasts of a host in one, as readers of relay fleets take it. */
import { expect, test } from "bun:test";
import { counting } from "../support/counting.ts";

const path = ".stats/node/sjc";
const foo = { path: "foo/bar", tier: "external" } as const;

function reporting(settings = {}) {
  const all = counting({ node: "sjc", ...settings });
  all.counters.publishNode();
  const frames = (track: string) =>
    all.outlet.frames.filter((one) => one.path === path && one.track === track);
  const last = (track: string) => frames(track).at(-1)?.frame as unknown;
  return { ...all, frames, last };
}

test("the broadcast is there without any traffic, with an empty frame on each of its tracks", () => {
  const { outlet } = reporting();
  expect([...outlet.announced]).toEqual([path]);
  expect(outlet.frames.map(({ track, frame }) => [track, frame as unknown])).toEqual(
    [
      ...["publisher.json", "subscriber.json", "internal/publisher.json"],
      ...["internal/subscriber.json", "sessions.json", "internal/sessions.json"],
    ].map((track) => [track, {}]),
  );
});

test("a host without a node's name publishes none, and is not woken up for it", () => {
  const { outlet, scheduler } = reporting({ node: undefined });
  expect([...outlet.announced]).toEqual([]);
  expect(scheduler.waitingCount).toBe(0);
});

test("an entry has the broadcast's own counts in both spellings, and what is above it has none", () => {
  const { counters, scheduler, last } = reporting();
  const counter = counters.broadcast(foo);
  counter.open("publisher");
  counter.viewer();
  const track = counter.track("publisher");
  track.group();
  track.frame(2);
  track.bytes(300);
  scheduler.advanceMs(1000);
  expect(last("publisher.json")).toEqual({
    "foo/bar": {
      ...{ announces_started: 1, announces_ended: 0 },
      ...{ broadcasts_started: 1, broadcasts_ended: 0 },
      ...{ subscriptions_started: 1, subscriptions_ended: 0 },
      ...{ bytes: 300, frames: 2, groups: 1 },
      ...{ announced: 1, announced_closed: 0, broadcasts: 1, broadcasts_closed: 0 },
      ...{ subscriptions: 1, subscriptions_closed: 0 },
    },
  });
  expect(last("internal/publisher.json")).toEqual({});
});

test("nothing is written while nothing changes", () => {
  const { counters, scheduler, frames } = reporting();
  counters.broadcast(foo).open("publisher");
  for (let second = 0; second < 5; second += 1) scheduler.advanceMs(1000);
  expect(frames("publisher.json")).toHaveLength(2);
});

test("what has closed is there once more with its last counts, and then no longer", () => {
  const { counters, scheduler, frames, last } = reporting();
  const guard = counters.broadcast(foo).open("publisher");
  scheduler.advanceMs(1000);
  guard.close();
  scheduler.advanceMs(1000);
  expect(last("publisher.json")).toMatchObject({
    "foo/bar": { announces_started: 1, announces_ended: 1 },
  });
  scheduler.advanceMs(1000);
  expect(last("publisher.json")).toEqual({});
  scheduler.advanceMs(5000);
  expect(frames("publisher.json")).toHaveLength(4);
});

test("connections are counted when they come and once when they go", () => {
  const { counters, scheduler, last } = reporting();
  const leave = counters.session("external");
  counters.session("external");
  leave();
  leave();
  scheduler.advanceMs(1000);
  expect(last("sessions.json")).toEqual({
    "": { sessions_started: 2, sessions_ended: 1, sessions: 2, sessions_closed: 1 },
  });
});

test("with counting off there is none, and stopping unannounces it", () => {
  const off = reporting({ levels: 0 });
  expect([...off.outlet.announced]).toEqual([]);
  const { counters, outlet } = reporting();
  counters.stop();
  expect([...outlet.announced]).toEqual([]);
});
