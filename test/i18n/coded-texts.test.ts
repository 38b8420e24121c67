/** Every sentence that the host can give is written in both languages, and no German one is English. */
import { expect, test } from "bun:test";
import { type FailureCode, failures, valueNamesOf } from "../../src/base/failure-codes.ts";
import { type WarningCode, warnings } from "../../src/base/warnings.ts";
import { checkpointTexts } from "../../src/i18n/checkpoints.ts";
import { failureTexts } from "../../src/i18n/failures.ts";
import type { Language } from "../../src/i18n/language.ts";
import { reasonTexts, replayReasonTexts } from "../../src/i18n/reasons.ts";
import { warningTexts } from "../../src/i18n/warnings.ts";
import { checkpointLabels } from "../../src/model/checkpoint-label.ts";
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
    names.map((name, index) => [name, fields[name] === "text" ? `«${name}»` : index + 2]),
  );
}

type Texts = CodedTexts<CodeTable>;
const tables: Record<string, { table: CodeTable; texts: Readonly<Record<Language, Texts>> }> = {
  // Each language is typed over its table; here all tables are walked alike.
  reasons: { table: reasons, texts: reasonTexts as unknown as Record<Language, Texts> },
  labels: { table: checkpointLabels, texts: checkpointTexts as unknown as Record<Language, Texts> },
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

test.each(Object.keys(warnings) as WarningCode[])(
  "warning %s is written in both languages",
  (code) => {
    const [english, german] = [warningTexts.en[code], warningTexts.de[code]];
    expect([english, german]).not.toContain("");
    expect(german).not.toBe(english);
  },
);

const failureRows = (Object.keys(failures) as FailureCode[]).map((code) => {
  const values = Object.fromEntries(valueNamesOf(code).map((name) => [name, `«${name}»`]));
  const write = (language: Language) =>
    (failureTexts[language][code] as (values: object) => string)(values);
  return [`failure: ${code}`, write("en"), write("de")] as const;
});

test.each(failureRows)("%s is written in both languages", (name, english, german) => {
  for (const text of [english, german]) {
    expect([name, text]).toEqual([name, expect.stringMatching(/^\S.*\.$/)]);
    expect(text).not.toContain("undefined");
  }
  expect(german).not.toBe(english);
  expect(failureRows.filter(([, other]) => german.includes(other))).toEqual([]);
});

test("what the texts of a failure are made with is in them", () => {
  for (const code of Object.keys(failures) as FailureCode[]) {
    const [, english = "", german = ""] =
      failureRows.find(([name]) => name === `failure: ${code}`) ?? [];
    for (const name of valueNamesOf(code)) {
      expect([code, english, german]).toEqual([
        code,
        ...[expect.stringContaining(`«${name}»`), expect.stringContaining(`«${name}»`)],
      ]);
    }
  }
});

test("no German reason has an English one in it", () => {
  // Some are the system's own words alone, which a text of another language may quote.
  const sentences = rows.filter(([, english]) => !/^«\w+»$/.test(english));
  for (const [name, , german] of rows) {
    const inside = sentences.filter(([, english]) => german.includes(english));
    expect([name, inside]).toEqual([name, []]);
  }
});
