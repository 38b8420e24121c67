/** The card that looks at the machine, in both languages. */
import { expect, test } from "bun:test";
import { catalogues, type Language } from "../../src/i18n/language.ts";
import { findingOf } from "../../src/model/doctor.ts";
import { doctorSection } from "../../views/doctor.ts";
import { Format } from "../../views/format.ts";

const readerFor = (language: Language) => {
  const format = new Format(language, "UTC");
  return { language, messages: catalogues[language], format };
};

const findings = [
  findingOf("disk", "fair", { code: "disk_slow", values: { mb: 7 } }),
  findingOf("source", "fair", { code: "source_problem", values: { source: "<x>", detail: "no" } }),
];

test("findings are written in the reader's language, and what they name is escaped", () => {
  const german = doctorSection(readerFor("de"), findings).text;
  expect(german).toContain("nimmt nur 7 MB pro Sekunde an");
  expect(german).toContain("&lt;x&gt; lässt sich nicht streamen");
  expect(doctorSection(readerFor("en"), findings).text).toContain("takes only 7 MB a second");
});

test("before it is asked for there is a button alone; a check that failed says so", () => {
  expect(doctorSection(readerFor("en")).text).not.toContain("<table");
  expect(doctorSection(readerFor("en"), []).text).toContain("could not be run");
});
