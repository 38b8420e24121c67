/** One word for one thing, and each language in its own words: what the texts of the console do not say. */
import { expect, test } from "bun:test";
import { doctorTexts } from "../../src/i18n/doctor.ts";
import { failureTexts } from "../../src/i18n/failures.ts";
import { catalogues, type Language, languages } from "../../src/i18n/language.ts";
import { linkAdviceTexts } from "../../src/i18n/link-check.ts";
import { reasonTexts, replayReasonTexts } from "../../src/i18n/reasons.ts";
import { warningTexts } from "../../src/i18n/warnings.ts";

/** A word that the console does not use, and the one that it uses instead. */
type Rule = readonly [RegExp, string];

const rules: Readonly<Record<Language, readonly Rule[]>> = {
  en: [
    [/\b(some|any|every)body\b|\bnobody\b/i, "someone, anyone, everyone, no one"],
    [/\b(frames?|pictures?|MB|bits?|times?) a second\b/i, "per second"],
    [/\bpictures? per second\b/i, "frames per second"],
    [/\bset aside\b/i, "moved aside"],
    [/\brebuil[td]\b|\brecovered packets\b/i, "repaired"],
    [/\bhanded over\b/i, "sent"],
    [/\bmissed (frame|slot)s?\b/i, "skipped frames"],
    [/\bIDR\b|\bkeyframes?\b/i, "key frame"],
    [/\b(stood|stands?) still\b/i, "paused (a player), frozen (a picture)"],
    [/\bpads\b/i, "gamepads"],
    [/\w …/, "no space before an ellipsis"],
    [/\basked for\b|\bask for (a|the) (stream|bitrate|session)\b/i, "requested"],
    [/(?<!-)\bgamestream\b/, "GameStream"],
    [/\bcolor\b/i, "colour"],
    [/\bMb\/s\b|(?<!\{)\bMbps\b/, "Mbit/s"],
    [/µs/, "ms"],
    [/\d %/, "no space before % in English"],
  ],
  de: [
    [/\bNetz\b/, "Netzwerk"],
    [/\b(Fest)?[Pp]latten?\b/, "Datenträger"],
    [/\b[Ee]n[ck]odier/, "kodieren"],
    [/\bAufnahmen?\b/, "Aufzeichnung; Erfassen bei Bildern"],
    [/\bSpieler\b|\bStrom\b/, "Player, Stream"],
    [/\bverlangt/, "angefordert"],
    [/\bzurückgestellt\b/, "wiederhergestellt"],
    [/\b(Keyframes?|Frames?|IDR)\b/, "Schlüsselbild, Bild"],
    [/\bRecordings?\b|\bCaptures?\b|\bSettings?\b|\bVerdict\b/, "das deutsche Wort"],
    [/\b(stand|steht) still\b/i, "angehalten, eingefroren"],
    [/\bPads\b/, "Gamepads"],
    [/\w …/, "kein Leerzeichen vor Auslassungspunkten"],
    [/\b(Ihnen|Ihrem|Ihres)\b|\b(können|müssen|wählen|starten) Sie\b/, "du"],
    [/\bVersuche es\b/, "Versuch es"],
    [/\bMb\/s\b|(?<!\{)\bMbps\b/, "Mbit/s"],
    [/µs/, "ms"],
    [/\d%/, "mit Leerzeichen vor %"],
  ],
};

type Text = readonly [key: string, text: string];

/** Every text of a table, with these values where it takes some. */
function textsOf(table: object, values: readonly unknown[], path = ""): Text[] {
  return Object.entries(table).flatMap(([key, inner]): Text[] => {
    if (typeof inner === "object" && inner !== null)
      return textsOf(inner, values, `${path}${key}.`);
    const text = typeof inner === "function" ? String(inner(...values)) : String(inner);
    return [[`${path}${key}`, text]];
  });
}

/** All that one language says; what a value says of itself is left out. */
function allTextsOf(language: Language): Text[] {
  const named = [{}, String];
  return [
    ...textsOf(catalogues[language], ["7", "7", "7"]),
    ...textsOf(warningTexts[language], []),
    ...textsOf(failureTexts[language], named),
    ...textsOf(reasonTexts[language], named),
    ...textsOf(replayReasonTexts[language], named),
    ...textsOf(doctorTexts[language], named),
    ...textsOf(linkAdviceTexts[language], named),
  ];
}

test.each(languages)("in %s the console has one word for one thing", (language) => {
  const found = allTextsOf(language).flatMap(([key, text]) => {
    const better = rules[language].find(([word]) => word.test(text))?.[1];
    return better === undefined ? [] : [`${key}: "${text}" (better: ${better})`];
  });
  expect(found).toEqual([]);
});
