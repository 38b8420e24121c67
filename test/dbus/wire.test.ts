import { expect, test } from "bun:test";
import fc from "fast-check";
import { readBusAddress } from "../../src/dbus/session-bus.ts";
import {
  messageLength,
  messageTypes,
  readDBusMessage,
  writeDBusMessage,
} from "../../src/dbus/wire/message.ts";
import { splitSignature } from "../../src/dbus/wire/signature.ts";
import { type DBusValue, readValues, Variant, writeValues } from "../../src/dbus/wire/value.ts";

type Typed = { readonly type: string; readonly value: DBusValue };

const text = fc.string({ unit: "grapheme", maxLength: 20 });
const basic: fc.Arbitrary<Typed> = fc.oneof(
  fc.record({ type: fc.constant("y"), value: fc.nat(255) }),
  fc.record({ type: fc.constant("q"), value: fc.nat(65_535) }),
  fc.record({ type: fc.constant("i"), value: fc.integer() }),
  fc.record({ type: fc.constant("u"), value: fc.nat(0xffff_ffff) }),
  fc.record({ type: fc.constant("b"), value: fc.boolean() }),
  fc.record({ type: fc.constant("t"), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({
    type: fc.constant("x"),
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  }),
  fc.record({ type: fc.constant("d"), value: fc.double({ noNaN: true }) }),
  fc.record({ type: fc.constant("s"), value: text }),
);
const struct = fc.array(basic, { minLength: 1, maxLength: 5 }).map((members) => ({
  type: `(${members.map(({ type }) => type).join("")})`,
  value: members.map(({ value }) => value),
}));
const names = fc.uniqueArray(text, { maxLength: 4 });
const dictionary = names.map((keys) => ({
  type: "a{su}",
  value: new Map(keys.map((key, index) => [key, index])),
}));
const list = fc.array(struct, { maxLength: 1 }).chain(([only]) => {
  const one = only ?? { type: "(u)", value: [1] };
  return fc.nat(4).map((count) => ({
    type: `a${one.type}`,
    value: Array.from({ length: count }, () => one.value),
  }));
});
const anything: fc.Arbitrary<Typed> = fc.oneof(basic, struct, dictionary, list);

test("values of any signature are read as they were written", () => {
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 6 }), (values) => {
      const signature = values.map(({ type }) => type).join("");
      const given = values.map(({ value }) => value);
      expect(readValues(signature, writeValues(signature, given))).toEqual(given);
    }),
  );
});

test("a variant is read as its value", () => {
  fc.assert(
    fc.property(anything, ({ type, value }) => {
      expect(readValues("v", writeValues("v", [new Variant(type, value)]))).toEqual([value]);
    }),
  );
});

test("a message is read as it was written, and its length is known from its first bytes", () => {
  const header = { type: messageTypes.call, serial: 7, path: "/a/b", member: "Do" } as const;
  const bytes = writeDBusMessage({ ...header, signature: "sa{sv}" }, [
    "Grüße",
    new Map([["size", new Variant("(ii)", [1280, 720])]]),
  ]);
  expect(messageLength(bytes.subarray(0, 16))).toBe(bytes.length);
  expect(messageLength(bytes.subarray(0, 15))).toBeUndefined();
  const message = readDBusMessage(bytes);
  expect(message).toMatchObject({ ...header, body: ["Grüße", new Map([["size", [1280, 720]]])] });
});

test.each(["a", "(", "()", "(i", "{sv}", "a{s}", "a{vs", "z", "a".repeat(40), "i".repeat(256)])(
  "the signature %s is refused",
  (signature) => {
    expect(() => splitSignature(signature)).toThrow();
  },
);

test("an array that claims to be longer than its message is refused", () => {
  const bytes = writeValues("au", [[1, 2, 3]]);
  bytes.writeUInt32LE(0xffff_fff0, 0);
  expect(() => readValues("au", bytes)).toThrow("longer");
});

test("a bus is found by the first Unix socket of its address", () => {
  expect(readBusAddress("tcp:host=a;unix:path=/run/user/0/b%20us,guid=1")).toBe("/run/user/0/b us");
  expect(readBusAddress("unix:abstract=/tmp/x")).toBe("\0/tmp/x");
  expect(readBusAddress("unix:tmpdir=/tmp")).toBeUndefined();
});
