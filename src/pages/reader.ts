/** From a request to its reader: language, number format, time zone. */
import { Format, type Reader } from "../../views/format.ts";
import { asLanguage, catalogues, chooseLocale, type Language } from "../i18n/language.ts";

const languageCookie = "onglass_language";
/** The script of every page sets it: only the browser knows its time zone. */
const zoneCookie = "onglass_zone";

const yearSeconds = 365 * 24 * 3600;
const readerCountMax = 100;

/** Making formats costs a millisecond: they are reused for the same people. */
export class Readers {
  readonly #known = new Map<string, Reader>();

  of(request: Request): Reader {
    const cookies = request.headers.get("cookie") ?? "";
    const accepted = request.headers.get("accept-language") ?? "";
    const locale = chooseLocale(readCookie(cookies, languageCookie), accepted);
    const zone = readCookie(cookies, zoneCookie);
    const key = `${locale.tag} ${zone}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= readerCountMax) this.#known.clear();
    const reader: Reader = {
      language: locale.language,
      messages: catalogues[locale.language],
      format: new Format(locale.tag, asZone(zone)),
    };
    this.#known.set(key, reader);
    return reader;
  }
}

/** The `Set-Cookie` text that stores a language; nothing when it is not one of ours. */
export function rememberLanguage(text: string): string | undefined {
  const language: Language | undefined = asLanguage(text);
  if (language === undefined) return undefined;
  return `${languageCookie}=${language}; Path=/; Max-Age=${yearSeconds}; HttpOnly; SameSite=Strict`;
}

function readCookie(cookies: string, wanted: string): string | undefined {
  for (const pair of cookies.split(";")) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === wanted && value !== undefined) return value.slice(0, 64);
  }
  return undefined;
}

function asZone(text: string | undefined): string | undefined {
  if (text === undefined || !/^[A-Za-z0-9_+\-/]{1,64}$/.test(text)) return undefined;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
