/** The codes of failures: one table, which a typing error does not get past. */
import { expect, test } from "bun:test";
import { Failure } from "../../src/base/failure.ts";
import { isFailureCode, statusOf } from "../../src/base/failure-codes.ts";

test("a code that is not in the table does not compile", () => {
  // @ts-expect-error: the code is "port_taken"
  const failure = new Failure("port_takn", "Cannot listen");
  expect(isFailureCode(failure.code)).toBe(false);
});

test("a code from outside is taken only where it is in the table itself", () => {
  expect(["not_found", "constructor", "__proto__", ""].map(isFailureCode)).toEqual([
    ...[true, false, false, false],
  ]);
});

test("only what the API answers has a status", () => {
  expect([statusOf("not_found"), statusOf("native_failed"), statusOf("usage")]).toEqual([
    ...[404, 503, undefined],
  ]);
});
