import { expect, test } from "bun:test";
import { SharedSequence } from "../../src/base/shared-sequence.ts";

test("two views of one sequence never give the same number", () => {
  const here = new SharedSequence();
  const there = new SharedSequence(here.memory);
  expect([here.next(), there.next(), here.next()]).toEqual([1, 2, 3]);
});
