/** Who runs first: threads of sessions, for as long as they have any, and never permanently. */
import { expect, test } from "bun:test";
import { type HelperRole, helperThreads } from "../../src/machine/helper-threads.ts";
import { priorityToGet, ThreadPriorities } from "../../src/machine/priority.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";

/** A kernel with two cores, whose threads a test makes busy. */
function kernel(grant: "realtime" | "none" = "realtime") {
  const scheduler = new ManualScheduler();
  const levels = new Map<number, number>();
  const ran = new Map<number, number>();
  const helpers = new Map<number, HelperRole>();
  const looks = { count: 0 };
  const priorities = new ThreadPriorities({
    scheduling: {
      helpers: () => helpers,
      ranNs: (thread) => {
        looks.count += 1;
        return ran.get(thread) ?? 0;
      },
      processRanNs: () => [...ran.values()].reduce((sum, ns) => sum + ns, 0),
      raise: (thread, level) => {
        levels.set(thread, level);
        return grant;
      },
      lower: (thread) => void levels.delete(thread),
    },
    scheduler,
    coreCount: 2,
    isOn: true,
  });
  const work = (thread: number, ms: number) => ran.set(thread, (ran.get(thread) ?? 0) + ms * 1e6);
  return { scheduler, priorities, levels, helpers, looks, work };
}

test("threads of a session are raised while it lasts, those of the encoder's library too", () => {
  const { scheduler, priorities, levels, helpers } = kernel();
  expect(priorities.grant).toBe("untried");
  helpers.set(31, "encoder");
  priorities.begin(1, { encode: 30, send: 20 });
  expect([...levels.keys()].sort()).toEqual([20, 30, 31]);
  expect(priorities.grant).toBe("realtime");
  // An encoder that is opened again has new threads.
  helpers.delete(31);
  helpers.set(32, "encoder");
  scheduler.advanceMs(1000);
  expect([...levels.keys()].sort()).toEqual([20, 30, 32]);
  // The host says so where it knows.
  helpers.set(33, "encoder");
  priorities.refresh();
  expect([...levels.keys()].sort()).toEqual([20, 30, 32, 33]);
  helpers.clear();
  priorities.end(1);
  expect(levels.size).toBe(0);
  expect(scheduler.waitingCount).toBe(0);
});

test("a thread that two sessions share stays raised until both have ended", () => {
  const { priorities, levels } = kernel();
  priorities.begin(1, { encode: 30, send: 20 });
  priorities.begin(2, { encode: 40, send: 20 });
  priorities.end(1);
  expect([...levels.keys()].sort()).toEqual([20, 40]);
});

test("the main thread is never raised, whatever it sends", () => {
  const { priorities, levels } = kernel();
  priorities.begin(1, { encode: 30, send: process.pid });
  expect([...levels.keys()]).toEqual([30]);
});

test("threads that use six tenths of the cores for two seconds lose their priority", () => {
  const { scheduler, priorities, levels, work } = kernel();
  priorities.begin(1, { encode: 30, send: 20 });
  const second = (encodeMs: number) => {
    work(30, encodeMs);
    work(20, 400);
    scheduler.advanceMs(1000);
  };
  for (const encodeMs of [900, 500, 900, 500]) second(encodeMs);
  expect(levels.size).toBe(2);
  for (const encodeMs of [900, 900]) second(encodeMs);
  expect(levels.size).toBe(0);
  scheduler.advanceMs(10_000);
  expect(levels.size).toBe(0);
});

test("threads of a process at rest are not looked at one by one", () => {
  const { scheduler, priorities, helpers, looks, work } = kernel();
  for (let helper = 31; helper < 51; helper++) helpers.set(helper, "encoder");
  priorities.begin(1, { encode: 30, send: 20 });
  looks.count = 0;
  work(20, 20);
  scheduler.advanceMs(1000);
  // Those of the session itself: whether they are there.
  expect(looks.count).toBe(2);
});

test("once all sessions have ended the next one is raised again", () => {
  const { priorities, levels } = kernel();
  priorities.begin(1, { encode: 30, send: 20 });
  priorities.giveUp();
  priorities.begin(2, { encode: 40, send: 20 });
  expect(levels.size).toBe(0);
  priorities.end(1);
  priorities.end(2);
  priorities.begin(3, { encode: 50, send: 20 });
  expect(levels.size).toBe(2);
});

test("what the machine refuses is reported", () => {
  const { priorities } = kernel("none");
  priorities.begin(1, { encode: 30, send: 20 });
  expect(priorities.grant).toBe("none");
});

test("threads that frames wait for are known by their names", () => {
  const names = new Map([
    [10, "onglass"],
    [11, "Bun Pool 0"],
    [12, "Bun Pool 1"],
    [13, "HeapHelper"],
    [14, "mi-scavenger"],
    [15, "JSCWarmUp"],
    [16, "toString"],
    [20, "onglass-encode"],
    [21, "onglass-encode"],
    [22, "JITWorker"],
    [23, "ollector Thread"],
    [30, "Bun Pool 1"],
    [31, "Bun Pool 1"],
  ]);
  const roles = [...helperThreads(names)].sort(([a], [b]) => a - b);
  expect(roles).toEqual([
    [13, "runtime"],
    [14, "allocator"],
    [20, "encoder"],
    [21, "encoder"],
    [22, "runtime"],
    [23, "runtime"],
    [30, "encoder"],
    [31, "encoder"],
  ]);
});

test("the thread that holds the allocator's lock runs before those that may spin on it", () => {
  const { priorities, levels, helpers } = kernel();
  helpers.set(14, "allocator").set(13, "runtime");
  priorities.begin(1, { encode: 30, send: 20 });
  const level = (thread: number) => levels.get(thread) ?? 0;
  expect(level(14)).toBeGreaterThanOrEqual(Math.max(level(20), level(30)));
  expect(level(13)).toBeLessThan(Math.min(level(20), level(30)));
});

test("what the runtime's own threads use costs no frame its priority", () => {
  const { scheduler, priorities, levels, helpers, work } = kernel();
  helpers.set(13, "runtime");
  priorities.begin(1, { encode: 30, send: 20 });
  for (let second = 0; second < 5; second++) {
    work(13, 1900);
    scheduler.advanceMs(1000);
  }
  expect(levels.size).toBe(3);
});

test("what can be got counts the service that gives real-time priority, as sessions do", () => {
  const tried: string[] = [];
  const schedule = (_thread: number, { policy }: { policy: string }) => {
    tried.push(policy);
    return policy === "shared";
  };
  expect(priorityToGet({ raise: () => true }, schedule)).toBe("realtime");
  // The thread is lowered again.
  expect(tried).toEqual(["round_robin", "shared"]);
  expect(priorityToGet({ raise: () => false }, schedule)).toBe("nice");
});
