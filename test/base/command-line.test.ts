/** Reading a command line against a table of flags. */
import { expect, test } from "bun:test";
import { readCommandLine } from "../../src/base/command-line.ts";

const flags = {
  out: { takes: "FILE", about: "where to" },
  width: { takes: "N", standard: "1280", about: "how wide" },
  name: { takes: "NAME", isRepeatable: true, about: "which" },
  json: { about: "as JSON" },
} as const;
const read = (...args: string[]) => readCommandLine(args, flags);

test("what is not given has its default, or is absent", () => {
  const { values, words } = read();
  expect([values.out, values.width, values.name, values.json]).toEqual([
    ...[undefined, "1280", undefined, false],
  ]);
  expect(words).toEqual([]);
});

test("a value stands behind its flag or behind an equals sign", () => {
  const { values } = read("--out", "a", "--width=2", "--json");
  expect([values.out, values.width, values.json]).toEqual(["a", "2", true]);
  expect(read("--out=a=b").values.out).toBe("a=b");
  expect(read("--out=").values.out).toBe("");
});

test("the last value counts, unless the flag may be repeated", () => {
  const { values } = read("--out", "a", "--out", "b", "--name", "c", "--name", "d");
  expect([values.out, values.name]).toEqual(["b", "c,d"]);
});

test("words keep their order; a dash alone is one, and all behind two dashes are", () => {
  expect(read("b", "--json", "a", "-", "--", "--out").words).toEqual(["b", "a", "-", "--out"]);
  expect(read("--out", "-").values.out).toBe("-");
});

test.each([
  [["--bogus"], "Unknown option --bogus"],
  [["--bogus=secret"], "Unknown option --bogus"],
  [["-x"], "Unknown option -x"],
  [["-json"], "Unknown option -json"],
  [["--constructor"], "Unknown option --constructor"],
  [["--out"], "Option --out takes FILE"],
  [["--out", "--json"], "Option --out takes FILE"],
  [["--json=yes"], "Option --json takes no value"],
])("%p is refused with %p", (args, text) => {
  expect(() => read(...args)).toThrow(new Error(text));
});
