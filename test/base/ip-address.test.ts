/** Addresses and names are distinguished as the runtime’s own module does it. */
import { expect, test } from "bun:test";
import { isIP } from "node:net";
import fc from "fast-check";
import { ipVersionOf } from "../../src/base/ip-address.ts";

const odd = [
  ...["", "::", "::1", "1.2.3.4", "01.2.3.4", "256.1.1.1", "1.2.3", "1.2.3.4.5", "0.0.0.0"],
  ...["fe80::1%eth0", "fe80::1%", "::ffff:1.2.3.4", "::ffff:1.2.3", "1::2::3", "1:2:3:4:5:6:7:8"],
  ...[
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7::",
    ":1",
    "g::",
    "[::1]",
    "::1]",
    "localhost",
    "1",
    "a.b",
    "::1/64",
  ],
];

test("an address is what node:net takes for one, odd ones too", () => {
  for (const text of odd)
    expect([text, ipVersionOf(text)]).toEqual([text, isIP(text) as 0 | 4 | 6]);
});

test("any text of the characters of addresses is what node:net takes it for", () => {
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(..."0123456789abcdefF:.%".split("")), maxLength: 24 }),
  );
  fc.assert(
    fc.property(texts, (text) => ipVersionOf(text) === isIP(text)),
    { numRuns: 3000 },
  );
});
