import { expect, test } from "bun:test";
import { KeyedQueue } from "../../src/base/keyed-queue.ts";

test("work of one name is done in the order in which it was given, and none overlaps", async () => {
  const queue = new KeyedQueue();
  const seen: string[] = [];
  const work = (name: string, turns: number) => async () => {
    seen.push(`begin ${name}`);
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    seen.push(`end ${name}`);
  };
  await Promise.all([
    queue.run("a", work("first", 9)),
    queue.run("a", work("second", 5)),
    queue.run("a", work("third", 0)),
  ]);
  expect(seen).toEqual(
    ["first", "second", "third"].flatMap((name) => [`begin ${name}`, `end ${name}`]),
  );
});

test("work of another name does not wait", async () => {
  const queue = new KeyedQueue();
  const { promise, resolve } = Promise.withResolvers<void>();
  const held = queue.run("a", () => promise);
  expect(await queue.run("b", () => Promise.resolve("done"))).toBe("done");
  resolve();
  await held;
});

test("work that fails keeps nothing from its turn", async () => {
  const queue = new KeyedQueue();
  const failing = queue.run("a", () => Promise.reject(new Error("full")));
  const next = queue.run("a", () => Promise.resolve("done"));
  await expect(failing).rejects.toThrow("full");
  expect(await next).toBe("done");
});

test("a name without work is not remembered", async () => {
  const queue = new KeyedQueue();
  const working = queue.run("a", () => Promise.resolve());
  expect(queue.size).toBe(1);
  await working;
  expect(queue.size).toBe(0);
});
