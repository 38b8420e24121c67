/** What is shared names nobody and opens nothing, in whatever form a text holds it. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { Redactor } from "../../src/share/redactor.ts";

const redact = (text: string, ...known: ConstructorParameters<typeof Redactor>[0][]) =>
  new Redactor(known.flat()).text(text);

test("a PIN is digits, with and without a word that says so", () => {
  expect(redact("PIN 4711 entered")).toBe("PIN secret-1 entered");
  expect(redact('{"pin": "0042"}')).toBe('{"pin": secret-1}');
  expect(redact("pin=98765432")).toBe("pin=secret-1");
  expect(redact("paired with '1234'")).toBe("paired with 'secret-1'");
});

test("numbers that are measures stay", () => {
  const text = "4711 frames in 16.7 ms at 10000 kbit/s, 1920x1080@60, 12:30:45";
  expect(redact(text)).toBe(text);
});

test("a secret in quotes goes with all its words", () => {
  expect(redact('passphrase: "correct horse battery"')).toBe("passphrase: secret-1");
  expect(redact(`{\\"token\\": \\"ab cd\\"}`)).not.toContain("ab cd");
  expect(redact("Authorization: Bearer abc.def")).not.toContain("abc.def");
  expect(redact('key = "cut off in the mid')).toBe("key = secret-1");
});

test("names that run together are found, and so are other separators", () => {
  const known = [
    { kind: "player", value: "Living Room" },
    { kind: "host", value: "marys-laptop" },
  ] as const;
  for (const text of ["livingroom", "LivingRoom", "living_room", "living-room", "living%20room"]) {
    expect(redact(`seen by ${text}.`, known)).toBe("seen by player-1.");
  }
  expect(redact("marys_laptopLivingRoom", known)).toBe("host-1player-1");
});

test("ids that open doors go: tokens, codes, certificates, tickets", () => {
  expect(redact(`client ${"ab12".repeat(16)} paired`)).toBe("client secret-1 paired");
  expect(redact("ticket=Zm9vYmFy_x-1")).toBe("ticket=secret-1");
  expect(redact("5f0c1b9e-8d2a-4f53-9e0b-1c2d3e4f5a6b")).toBe("secret-1");
  expect(redact("Q2h1Y2sgTm9ycmlzIDEyMzQ1Ng==")).toBe("secret-1");
});

test("a secret cut in the middle is found at both ends of a text", () => {
  const known = [{ kind: "secret", value: "hunter2-and-more-of-it" }] as const;
  expect(redact("wrong: hunter2-an…", known)).toBe("wrong: secret-1…");
  expect(redact("wrong: hunt", known)).toBe("wrong: secret-1");
  expect(redact("more-of-it was refused", known)).toBe("secret-1 was refused");
});

test("addresses, paths and machines go, whatever text they stand in", () => {
  const text =
    'from 192.168.1.20:47998 and [fe80::1%eth0]:7781, aa:bb:cc:dd:ee:ff, file:/home/mary/a.mkv, "/mnt/My Films/x.mkv", tower.local, mary@example.org, https://box.lan/x?y=z';
  const result = redact(text);
  for (const part of ["192.168", "fe80", "aa:bb", "mary", "Films", "tower", "example", "box"]) {
    expect(result).not.toContain(part);
  }
});

test("the same value has the same placeholder, and the list says how often it was replaced", () => {
  const redactor = new Redactor([{ kind: "player", value: "Deck" }]);
  expect(redactor.text("Deck left")).toBe("player-1 left");
  expect(redactor.name("player", "deck")).toBe("player-1");
  expect(redactor.name("player", "Phone")).toBe("player-2");
  redactor.text("token=abcdef");
  expect(redactor.replaced()).toEqual([
    { kind: "player", placeholder: "player-1", value: "Deck", count: 2 },
    { kind: "player", placeholder: "player-2", value: "Phone", count: 1 },
    { kind: "secret", placeholder: "secret-1", count: 1 },
  ]);
});

const forms: Readonly<Record<string, (value: string) => string>> = {
  plain: (value) => value,
  json: (value) => JSON.stringify(value),
  "json in json": (value) => JSON.stringify(JSON.stringify({ a: value })),
  ascii: (value) =>
    JSON.stringify(value).replace(
      /[\u0080-\uffff]/g,
      (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  address: (value) => `x=${encodeURIComponent(value)}&y=1`,
  form: (value) => new URLSearchParams({ x: value }).toString(),
  html: (value) => value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;"),
  base64: (value) => Buffer.from(value).toString("base64"),
  "base64 within": (value) => Buffer.from(`user:${value}!`).toString("base64"),
  base64url: (value) => Buffer.from(value).toString("base64url"),
  hex: (value) => Buffer.from(value).toString("hex"),
  upper: (value) => value.toUpperCase(),
};

test("no known value survives in any form, whatever stands around it", () => {
  const word = fc
    .string({ minLength: 6, maxLength: 24, unit: "grapheme" })
    .filter((value) => value.trim().length >= 6 && /[\p{L}\p{N}]{4}/u.test(value));
  fc.assert(
    fc.property(
      fc.record({
        value: word,
        kind: fc.constantFrom("player", "host", "secret"),
        form: fc.constantFrom(...Object.keys(forms)),
        around: fc.constantFrom("", "x", " - ", "…"),
      }),
      ({ value, kind, form, around }) => {
        const written = forms[form]?.(value) ?? "";
        const result = new Redactor([{ kind, value } as const]).text(around + written + around);
        const core = written.replaceAll(/^[\\"]+|[\\"=]+$/g, "");
        expect(result.toLowerCase()).not.toContain(core.toLowerCase());
        expect(result.toLowerCase()).not.toContain(value.toLowerCase());
      },
    ),
    { numRuns: 600, seed: 13 },
  );
});
