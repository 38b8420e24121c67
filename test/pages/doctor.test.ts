/** The card that looks at the machine, in both languages. */
import { expect, test } from "bun:test";
import { catalogues, type Language } from "../../src/i18n/language.ts";
import { findingOf } from "../../src/model/doctor.ts";
import { doctorSection } from "../../views/doctor.ts";
import { Format } from "../../views/format.ts";
import { linkAnswer } from "../../views/link-check.ts";

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
  expect(german).toContain("lässt sich nur mit 7 MB/s schreiben");
  expect(german).toContain("&lt;x&gt; lässt sich nicht streamen");
  expect(doctorSection(readerFor("en"), findings).text).toContain("can be written at only 7 MB/s");
});

test("what a page measured of its link is said with what to set, in the reader's language", () => {
  const facts = { carried_kbps: 12_000, is_at_least: true, jitter_us: 20_000 };
  const english = linkAnswer(readerFor("en"), facts).text;
  expect(english).toContain("at least 12 Mbit/s");
  expect(english).toContain("Set the bitrate to 8.4 Mbit/s, enough for 1280x720 at 60 fps");
  expect(english).toContain("Frames arrive unevenly");
  expect(english).toContain("not measured");
  expect(linkAnswer(readerFor("de"), facts).text).toContain("Stelle die Bitrate auf 8,4 Mbit/s");
});

test("before it is asked for there is a button alone; a check that failed says so", () => {
  expect(doctorSection(readerFor("en")).text).not.toContain("<table");
  expect(doctorSection(readerFor("en"), []).text).toContain("could not be run");
});
