/** Every reason that the host can give is written in both languages, and no German one is English. */
import { expect, test } from "bun:test";
import type { Language } from "../../src/i18n/language.ts";
import { reasonTexts, replayReasonTexts } from "../../src/i18n/reasons.ts";
import {
  type CodedTexts,
  type CodedValues,
  type CodeTable,
  codedText,
} from "../../src/model/coded.ts";
import { reasons } from "../../src/model/reason.ts";
import { replayReasons } from "../../src/model/replay.ts";

/** Values that differ from each other, so that what a text leaves out or swaps is seen. */
function sampleValues(fields: CodeTable[string]): CodedValues {
  const names = Object.keys(fields);
  return Object.fromEntries(
    names.map((name, index) => [name, fields[name] === "count" ? index + 2 : `«${name}»`]),
  );
}

type Texts = CodedTexts<CodeTable>;
const tables: Record<string, { table: CodeTable; texts: Readonly<Record<Language, Texts>> }> = {
  // Each language is typed over its table; here all tables are walked alike.
  reasons: { table: reasons, texts: reasonTexts as unknown as Record<Language, Texts> },
  replays: { table: replayReasons, texts: replayReasonTexts as unknown as Record<Language, Texts> },
};
const rows = Object.entries(tables).flatMap(([name, { table, texts }]) =>
  Object.entries(table).map(([code, fields]) => {
    const values = sampleValues(fields);
    const write = (language: Language) =>
      codedText({ table, texts: texts[language], number: String }, code, values) ?? "";
    return [`${name}: ${code}`, write("en"), write("de")] as const;
  }),
);

test.each(rows)("%s is written in both languages", (_name, english, german) => {
  expect(english).not.toBe("");
  expect(german).not.toBe("");
  expect(german).not.toBe(english);
});

test("no German reason has an English one in it", () => {
  for (const [name, , german] of rows) {
    const inside = rows.filter(([, english]) => german.includes(english));
    expect([name, inside]).toEqual([name, []]);
  }
});
