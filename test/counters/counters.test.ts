import { describe, expect, test } from "bun:test";
import { closedLevelAgeMsMax, closedLevelCountMax } from "../../src/counters/closed-levels.ts";
import { Counters } from "../../src/counters/counters.ts";
import { counting, levelOf } from "../support/counting.ts";

const zeros = {
  broadcasts: 0,
  broadcasts_closed: 0,
  subscriptions: 0,
  subscriptions_closed: 0,
  bytes: 0,
  frames: 0,
  groups: 0,
};
const external = (path: string) => ({ path, tier: "external" }) as const;
const internal = (path: string) => ({ path, tier: "internal" }) as const;

describe("what is counted", () => {
  test.each(["publisher", "subscriber"] as const)(
    "external %s touches its own set only",
    (role) => {
      const { counters } = counting({ levels: 2 });
      const counter = counters.broadcast(external("demo/bbb"));
      {
        using _broadcast = counter.open(role);
        using track = counter.track(role);
        track.frame();
        track.bytes(100);
        track.group();
      }
      const other = role === "publisher" ? "subscriber" : "publisher";
      for (const key of ["", "demo", "demo/bbb"]) {
        const level = levelOf(counters, key);
        expect(level.external[role]).toEqual({
          broadcasts: 1,
          broadcasts_closed: 1,
          subscriptions: 1,
          subscriptions_closed: 1,
          bytes: 100,
          frames: 1,
          groups: 1,
        });
        expect(level.external[other]).toEqual(zeros);
        expect(level.internal).toEqual({ publisher: zeros, subscriber: zeros });
      }
    },
  );

  test("the tiers are independent of each other", () => {
    const { counters } = counting({ levels: 1 });
    counters.broadcast(external("demo/bbb")).track("publisher").bytes(100);
    counters.broadcast(internal("demo/bbb")).track("subscriber").bytes(7);
    const root = levelOf(counters, "");
    expect(root.external.publisher.bytes).toBe(100);
    expect(root.external.subscriber.bytes).toBe(0);
    expect(root.internal.publisher.bytes).toBe(0);
    expect(root.internal.subscriber.bytes).toBe(7);
  });

  test("a track guard does not touch the broadcasts", () => {
    const { counters } = counting();
    counters.broadcast(external("demo/bbb")).track("publisher").close();
    expect(levelOf(counters, "").external.publisher).toEqual({
      ...zeros,
      subscriptions: 1,
      subscriptions_closed: 1,
    });
  });

  test("a guard counts its closing once", () => {
    const { counters } = counting();
    const counter = counters.broadcast(external("a"));
    const guards = [counter.open("publisher"), counter.track("publisher")];
    for (const guard of [...guards, ...guards, ...guards]) guard.close();
    const set = levelOf(counters, "").external.publisher;
    expect(set.broadcasts_closed).toBe(1);
    expect(set.subscriptions_closed).toBe(1);
    expect(levelOf(counters, "").open).toBe(0);
  });

  test("siblings add up in what is above them", () => {
    const { counters } = counting();
    counters.broadcast(external("live/1")).track("publisher").bytes(10);
    counters.broadcast(external("live/2")).track("publisher").bytes(5);
    expect(levelOf(counters, "live/1").external.publisher.bytes).toBe(10);
    expect(levelOf(counters, "live/2").external.publisher.bytes).toBe(5);
    expect(levelOf(counters, "live").external.publisher.bytes).toBe(15);
    expect(levelOf(counters, "").external.publisher.bytes).toBe(15);
  });
});

describe("what is not counted", () => {
  test.each([".stats/prefix/sjc", ".stats", "/.stats//nodes/a/"])(
    "%p, under its own prefix",
    (path) => {
      const { counters, outlet } = counting();
      const counter = counters.broadcast(external(path));
      expect(counter.isEmpty).toBe(true);
      using _broadcast = counter.open("publisher");
      using track = counter.track("publisher");
      track.bytes(100);
      track.frame();
      track.group();
      expect(counters.report().entries).toEqual([]);
      expect(outlet.events).toEqual([]);
    },
  );

  test("a path that only begins like the prefix is counted", () => {
    const { counters } = counting();
    expect(counters.broadcast(external(".statsx/a")).isEmpty).toBe(false);
  });

  test("anything, when there are no levels", () => {
    const { counters, outlet, scheduler, clock } = counting({ levels: 0 });
    const counter = counters.broadcast(external("demo/bbb"));
    expect(counter.isEmpty).toBe(true);
    using _broadcast = counter.open("publisher");
    using track = counter.track("publisher");
    track.bytes(100);
    expect(counters.report()).toEqual({
      prefix: ".stats",
      levels: 0,
      at_us: clock.nowUs(),
      entries: [],
    });
    expect(outlet.events).toEqual([]);
    expect(scheduler.waitingCount).toBe(0);
  });
});

describe("settings", () => {
  test.each([
    [{ prefix: "" }],
    [{ prefix: "//" }],
    [{ levels: -1 }],
    [{ levels: 17 }],
    [{ levels: 1.5 }],
    [{ node: "" }],
    [{ node: "a/b" }],
  ])("%p is refused", (settings) => {
    expect(() => counting(settings)).toThrow(/^Cannot use/);
  });

  test.each([[{ levels: 16 }], [{ levels: 0 }], [{ node: "a" }], [{ prefix: "m/n" }]])(
    "%p is taken",
    (settings) => {
      expect(counting(settings).counters).toBeInstanceOf(Counters);
    },
  );
});

describe("the report", () => {
  test("says where it is published, and lists the levels in order", () => {
    const { counters, clock } = counting({ node: "sjc", levels: 2 });
    counters.broadcast(external("b/x/y")).open("publisher");
    counters.broadcast(external("a")).open("subscriber").close();
    const { entries, ...head } = counters.report();
    expect(head).toEqual({ prefix: ".stats", node: "sjc", levels: 2, at_us: clock.nowUs() });
    expect(entries.map(({ level, open }) => [level, open])).toEqual([
      ["", 1],
      ["a", 0],
      ["b", 1],
      ["b/x", 1],
    ]);
    expect(entries.every(({ since_unix_ms }) => since_unix_ms === clock.wallMs())).toBe(true);
  });

  test("can be narrowed to a prefix and a depth under it", () => {
    const { counters } = counting();
    counters.broadcast(external("live/1/a")).open("publisher");
    counters.broadcast(external("livex/1")).open("publisher");
    const keys = (range: { prefix?: string; depth?: number }) =>
      counters.report(range).entries.map(({ level }) => level);
    expect(keys({ prefix: "live" })).toEqual(["live", "live/1", "live/1/a"]);
    expect(keys({ prefix: "/live/", depth: 1 })).toEqual(["live", "live/1"]);
    expect(keys({ depth: 0 })).toEqual([""]);
    expect(keys({ depth: 1 })).toEqual(["", "live", "livex"]);
    expect(keys({ prefix: "nothing" })).toEqual([]);
  });
});

describe("a closed level", () => {
  test("stays for ten minutes with its totals", () => {
    const { counters, scheduler } = counting();
    counters.broadcast(external("a")).open("publisher").close();
    scheduler.advanceMs(closedLevelAgeMsMax - 1);
    expect(levelOf(counters, "a").external.publisher.broadcasts).toBe(1);
    scheduler.advanceMs(1);
    expect(counters.report().entries.map(({ level }) => level)).toEqual([""]);
  });

  test("that is opened again in time continues with its totals", () => {
    const { counters, scheduler } = counting();
    const counter = counters.broadcast(external("a"));
    counter.open("publisher").close();
    const since = levelOf(counters, "a").since_unix_ms;
    scheduler.advanceMs(closedLevelAgeMsMax - 1);
    const guard = counter.open("publisher");
    scheduler.advanceMs(2 * closedLevelAgeMsMax);
    expect(levelOf(counters, "a").external.publisher.broadcasts).toBe(2);
    expect(levelOf(counters, "a").since_unix_ms).toBe(since);
    guard.close();
    scheduler.advanceMs(closedLevelAgeMsMax);
    expect(counters.report().entries.map(({ level }) => level)).toEqual([""]);
  });

  test("that comes back later says that its totals started again", () => {
    const { counters, scheduler } = counting();
    const counter = counters.broadcast(external("a"));
    counter.open("publisher").close();
    const before = levelOf(counters, "a").since_unix_ms;
    scheduler.advanceMs(closedLevelAgeMsMax);
    counter.open("publisher");
    const level = levelOf(counters, "a");
    expect(level.external.publisher.broadcasts).toBe(1);
    expect(level.since_unix_ms).toBe(before + closedLevelAgeMsMax);
    expect(levelOf(counters, "").external.publisher.broadcasts).toBe(2);
  });

  test("is one of at most 4,096; the oldest goes first", () => {
    const { counters } = counting({ levels: 1 });
    const open = counters.broadcast(external("open")).open("publisher");
    for (let index = 0; index <= closedLevelCountMax; index += 1) {
      counters
        .broadcast(external(`b${index}`))
        .open("publisher")
        .close();
    }
    const keys = new Set(counters.report().entries.map(({ level }) => level));
    // The root and the open one do not count as closed.
    expect(keys.size).toBe(closedLevelCountMax + 2);
    expect(keys.has("b0")).toBe(false);
    expect(keys.has("b1")).toBe(true);
    expect(keys.has("open")).toBe(true);
    open.close();
  });
});

test("ten thousand subscriptions opened and closed leave no task and a bounded rest", () => {
  const { counters, scheduler, outlet } = counting();
  for (let index = 0; index < 10_000; index += 1) {
    counters
      .broadcast(external(`live/${index}`))
      .track("publisher")
      .close();
    if (index % 100 === 0) scheduler.advanceMs(1250);
  }
  scheduler.advanceMs(5000);
  expect(outlet.announced.size).toBe(0);
  expect(counters.report().entries.length).toBeLessThanOrEqual(closedLevelCountMax + 2);
  scheduler.advanceMs(2 * closedLevelAgeMsMax);
  expect(counters.report().entries.map(({ level }) => level)).toEqual([""]);
  expect(scheduler.waitingCount).toBe(0);
});
