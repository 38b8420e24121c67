/** Work that many ask for at once is done once, and what would wait too long is refused. */
import { expect, test } from "bun:test";
import { SharedWork } from "../../src/base/shared-work.ts";

test("who asks for what is under way gets the same answer, and later ones a new one", async () => {
  const shared = new SharedWork<number>(1);
  const { promise, resolve } = Promise.withResolvers<void>();
  let begun = 0;
  const work = async () => {
    begun += 1;
    await promise;
    return begun;
  };
  const all = Array.from({ length: 50 }, () => shared.run("a", work));
  resolve();
  expect(new Set(await Promise.all(all))).toEqual(new Set([1]));
  expect(await shared.run("a", work)).toBe(2);
});

test("different pieces beyond the number are refused, until one has ended, well or not", async () => {
  const shared = new SharedWork<number>(2);
  const held = Promise.withResolvers<void>();
  const fail = async () => {
    await held.promise;
    throw new Error("none");
  };
  const failing = Promise.allSettled(["a", "b"].map((key) => shared.run(key, fail)));
  expect(shared.run("c", () => Promise.resolve(1))).rejects.toMatchObject({ code: "too_busy" });
  held.resolve();
  expect((await failing).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await shared.run("c", () => Promise.resolve(1))).toBe(1);
});
