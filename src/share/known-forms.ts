/**
 * The forms in which a known value can occur in a text: as it is, escaped, encoded, or truncated.
 */
import type { KnownValue } from "./redactor.ts";

/** Shorter values match only as whole words: they occur in others by chance. */
const anywhereLengthMin = 3;
/** Encoded forms of shorter values would match anything. */
const encodedLengthMin = 5;
/** A truncated value is recognised from this length on. */
const cutLengthMin = 4;

/** Each as a pattern that matches all of it. */
export function formsOf({ kind, value }: KnownValue): RegExp[] {
  const found = [wordPattern(value, kind !== "secret")];
  for (const text of escapedForms(value)) found.push(new RegExp(literally(text), "giu"));
  if (value.length < encodedLengthMin) return found;
  for (const text of encodedForms(value)) found.push(new RegExp(literally(text), "gu"));
  return found;
}

/** A name also matches without or with other separators between its words. */
function wordPattern(value: string, isName: boolean): RegExp {
  const words = isName ? value.split(/[\s._-]+/u).filter(Boolean) : [value];
  const source = (words.length === 0 ? [value] : words).map(literally).join("(?:[\\s._+-]|%20)*");
  if (value.length >= anywhereLengthMin) return new RegExp(source, "giu");
  return new RegExp(`(?<![\\p{L}\\p{N}])${source}(?![\\p{L}\\p{N}])`, "giu");
}

/** In JSON, in an address, in HTML, with escapes for everything that is not ASCII. */
function escapedForms(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const ascii = json.replace(
    /[\u0080-\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const address = wellFormed(value);
  const html = value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const named = value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
  const form = new URLSearchParams({ x: wellFormedText(value) }).toString().slice(2);
  // Letters that become several when capitalized are not matched by a case-insensitive pattern.
  const cases = [value.toUpperCase(), value.toLowerCase()];
  const all = [
    ...cases,
    form,
    json,
    ascii,
    JSON.stringify(json).slice(1, -1),
    address,
    address.replaceAll("%20", "+"),
    html,
    named,
  ];
  return [...new Set(all)].filter((text) => text !== value && text.length >= anywhereLengthMin);
}

/** `encodeURIComponent` throws at a lone surrogate. */
function wellFormed(value: string): string {
  return encodeURIComponent(wellFormedText(value));
}

function wellFormedText(value: string): string {
  return value.replace(/[\ud800-\udfff]/gu, "\ufffd");
}

/** Base64 at each of its three possible offsets, in both alphabets, and hexadecimal. */
function encodedForms(value: string): string[] {
  const bytes = Buffer.from(value, "utf8");
  const found = [bytes.toString("hex"), bytes.toString("hex").toUpperCase()];
  for (let shift = 0; shift < 3; shift++) {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    const text = shifted.toString("base64").replaceAll("=", "");
    // Characters that also contain bits of the preceding or following text.
    const head = shift === 0 ? 0 : shift + 1;
    const tail = shifted.length % 3 === 0 ? text.length : text.length - 1;
    const core = text.slice(head, tail);
    found.push(core, core.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return [...new Set(found)].filter((text) => text.length >= encodedLengthMin);
}

/** The start of a value at the end of a text, and its end at the start. */
export function cutPattern(value: string): RegExp[] {
  if (value.length <= cutLengthMin) return [];
  const signs = [...value];
  const begin = nested(signs.slice(0, -1));
  const end = nested(signs.slice(1).reverse(), true);
  return [
    new RegExp(`${begin}(?=\\s*(?:…|\\.\\.\\.)?["'\\s)\\]]*$)`, "giu"),
    new RegExp(`^(?<=^["'\\s(\\[]*(?:…|\\.\\.\\.)?)${end}`, "giu"),
  ];
}

/** `abcd(?:e(?:f)?)?`: the first characters are required, each further one is optional. */
function nested(signs: readonly string[], isReversed = false): string {
  const least = signs.slice(0, cutLengthMin).map(literally);
  const rest = signs.slice(cutLengthMin).map(literally);
  if (isReversed) {
    const optional = rest.reduceRight((inner, sign) => `(?:${inner}${sign})?`, "");
    return optional + least.reverse().join("");
  }
  return least.join("") + rest.reduceRight((inner, sign) => `(?:${sign}${inner})?`, "");
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}
