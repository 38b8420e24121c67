/** Text that is too long ends between two characters. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { cutText } from "../../src/base/cut-text.ts";

const family = "👨\u200d👩\u200d👧";

test("text that is short enough stays as it is", () => {
  expect(cutText("four", 4)).toBe("four");
  expect(cutText(family, family.length)).toBe(family);
});

test("text is cut in front of the character that does not fit", () => {
  expect(cutText("fives", 4)).toBe("five");
  expect(cutText("a😀b", 2)).toBe("a");
  expect(cutText("a😀b", 3)).toBe("a😀");
  expect(cutText("ae\u0301b", 2)).toBe("a");
  expect(cutText(`a${family}`, 6)).toBe("a");
});

test("one character that never fits is cut between its code points", () => {
  expect(cutText(family, 3)).toBe("👨\u200d");
  expect(cutText("😀", 1)).toBe("");
});

test("whatever the text, what is left is well-formed and not too long", () => {
  const text = fc.string({ unit: "binary", maxLength: 100 });
  fc.assert(
    fc.property(text, fc.nat(80), (whole, lengthMax) => {
      const cut = cutText(whole, lengthMax);
      expect(cut.length).toBeLessThanOrEqual(lengthMax);
      expect(cut.isWellFormed()).toBe(true);
    }),
  );
});
