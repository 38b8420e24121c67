/** Every reason that the host can give is written in both languages, and no German one is English. */
import { expect, test } from "bun:test";
import { reasonTexts } from "../../src/i18n/reasons.ts";
import { type CodedValues, type CodeTable, codedText } from "../../src/model/coded.ts";
import { type ReasonTexts, reasons } from "../../src/model/reason.ts";

/** Values that differ from each other, so that what a text leaves out or swaps is seen. */
function sampleValues(fields: CodeTable[string]): CodedValues {
  const names = Object.keys(fields);
  return Object.fromEntries(
    names.map((name, index) => [name, fields[name] === "count" ? index + 2 : `«${name}»`]),
  );
}

const codes = Object.entries(reasons).map(
  ([code, fields]) => [code, sampleValues(fields)] as const,
);
const write = (texts: ReasonTexts) => (code: string, values: CodedValues) =>
  codedText({ table: reasons, texts, number: String }, code, values);
const english = write(reasonTexts.en);
const german = write(reasonTexts.de);

test.each(codes)("the reason %s is written in both languages", (code, values) => {
  expect(english(code, values)).not.toBe("");
  expect(german(code, values)).not.toBe("");
  expect(german(code, values)).not.toBe(english(code, values));
});

test("no German reason has an English one in it", () => {
  const sentences = codes.map(([code, values]) => english(code, values) ?? "");
  for (const [code, values] of codes) {
    const text = german(code, values) ?? "";
    expect([text, sentences.filter((sentence) => text.includes(sentence))]).toEqual([text, []]);
  }
});
