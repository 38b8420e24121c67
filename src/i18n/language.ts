/** Which language a person gets: the one they chose, else the browser's first that we speak. */
import { english, type Messages } from "./english.ts";
import { german } from "./german.ts";

export const languages = ["en", "de"] as const;
/** A language of the console. */
export type Language = (typeof languages)[number];

export const catalogues: Readonly<Record<Language, Messages>> = { en: english, de: german };

/** A language, and the tag that numbers and dates are written by, such as `en-GB`. */
export type Locale = { readonly language: Language; readonly tag: string };

const tagCountMax = 20;

/** `accepted` is an Accept-Language header: its order counts, its weights only break that order. */
export function chooseLocale(chosen: string | undefined, accepted: string): Locale {
  const tags = readTags(accepted);
  const language =
    asLanguage(chosen) ?? tags.map(asLanguage).find((found) => found !== undefined) ?? "en";
  return { language, tag: tags.find((tag) => asLanguage(tag) === language) ?? language };
}

/** The language of a tag such as `de-CH`; `undefined` when the console does not have it. */
export function asLanguage(tag: string | undefined): Language | undefined {
  const primary = tag?.toLowerCase().split("-", 1)[0];
  return languages.find((language) => language === primary);
}

function readTags(accepted: string): string[] {
  return accepted
    .slice(0, 500)
    .split(",", tagCountMax)
    .map((part) => {
      const [tag = "", weight] = part.trim().split(/\s*;\s*q=/);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ tag, weight }) => /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(tag) && weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
}
