import { expect, test } from "bun:test";
import { NativeThreads } from "../../src/base/native-threads.ts";

test("a worker is alive until it has ended, also one that is left behind", () => {
  const threads = new NativeThreads();
  const [one, two] = [threads.add("a"), threads.add("b")];
  expect(threads.aliveCount).toBe(2);
  one.leave();
  expect(threads.aliveCount).toBe(2);
  one.end();
  two.end();
  expect(threads.aliveCount).toBe(0);
});

test("workers left behind are counted by name until they end", () => {
  const threads = new NativeThreads();
  const [one, two, other] = [threads.add("a"), threads.add("a"), threads.add("b")];
  expect([one.leave(), two.leave(), other.leave()]).toEqual([1, 2, 1]);
  one.end();
  expect([threads.leftCount("a"), threads.leftCount("b")]).toEqual([1, 1]);
});

test("a worker that is left behind twice counts once", () => {
  const threads = new NativeThreads();
  const thread = threads.add("a");
  expect([thread.leave(), thread.leave()]).toEqual([1, 1]);
  thread.end();
  expect(threads.leftCount("a")).toBe(0);
});

test("a worker that ended in time was never left behind", () => {
  const threads = new NativeThreads();
  const thread = threads.add("a");
  thread.end();
  expect([thread.leave(), threads.aliveCount]).toEqual([0, 0]);
});
