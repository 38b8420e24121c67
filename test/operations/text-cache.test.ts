import { expect, test } from "bun:test";
import { TextCache } from "../../src/operations/text-cache.ts";

function makerOf(text: string) {
  let count = 0;
  const make = () => {
    count += 1;
    return Promise.resolve(text);
  };
  return { make, count: () => count };
}

test("a text is made once, however many ask for it at the same time", async () => {
  const cache = new TextCache({ lengthMax: 10 });
  const maker = makerOf("abc");
  const asked = [1, 2, 3].map(() => cache.get("key", maker.make));
  expect(await Promise.all(asked)).toEqual(["abc", "abc", "abc"]);
  expect(await cache.get("key", maker.make)).toBe("abc");
  expect(maker.count()).toBe(1);
});

test("the text least recently asked for goes when there is no room for another", async () => {
  const cache = new TextCache({ lengthMax: 6 });
  const [first, second, third] = [makerOf("aaa"), makerOf("bbb"), makerOf("ccc")];
  await cache.get("1", first.make);
  await cache.get("2", second.make);
  await cache.get("1", first.make);
  await cache.get("3", third.make);
  expect(cache.length).toBe(6);
  await cache.get("1", first.make);
  await cache.get("2", second.make);
  expect([first.count(), second.count(), third.count()]).toEqual([1, 2, 1]);
});

test("a text as long as the limit is kept, a longer one only answered", async () => {
  const cache = new TextCache({ lengthMax: 3 });
  expect(await cache.get("longer", makerOf("abcd").make)).toBe("abcd");
  expect(cache.length).toBe(0);
  await cache.get("longest", makerOf("abc").make);
  expect(cache.length).toBe(3);
});

test("a text that could not be made is made again", async () => {
  const cache = new TextCache({ lengthMax: 10 });
  const failed = cache.get("key", () => Promise.reject(new Error("no")));
  await expect(failed).rejects.toThrow("no");
  expect(await cache.get("key", makerOf("yes").make)).toBe("yes");
});
