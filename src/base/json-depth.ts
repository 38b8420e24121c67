/** Checks of foreign JSON before and right after it is parsed. */

/** Our own exports have events of objects of values: some eight levels. */
export const depthMax = 32;

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const openBracket = 0x5b;
const closeBrace = 0x7d;
const closeBracket = 0x5d;

/** Deepest nesting in the bytes of a JSON text, without parsing it. 64 MB take a tenth of a second. */
export function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = endOfText(bytes, at);
    else if (byte === openBrace || byte === openBracket) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (byte === closeBrace || byte === closeBracket) depth -= 1;
  }
  return deepest;
}

const comma = 0x2c;
const colon = 0x3a;

/**
 * The minimum memory of a parsed value, in bytes, by the character that begins or separates it in
 * the text.
 */
const bytesOf = { container: 64, text: 32, name: 32, place: 16 } as const;
/** A capture of three hours with the largest timeline takes three quarters of it. */
const parsedBytesMax = 400 * 1024 * 1024;

/**
 * Whether a JSON text, once parsed, would take more memory than any document of ours: a text of
 * only brackets takes some thirty times its size. Counted without parsing it.
 */
export function isTooHeavy(bytes: Uint8Array): boolean {
  // The text with the highest cost for its length: `{},` or `[],`.
  if (bytes.length * (bytesOf.container / 2) <= parsedBytesMax) return false;
  let parsed = 0;
  for (let at = 0; at < bytes.length && parsed <= parsedBytesMax; at++) {
    const byte = bytes[at];
    if (byte === quote) {
      at = endOfText(bytes, at);
      parsed += bytesOf.text;
    } else if (byte === openBrace || byte === openBracket) parsed += bytesOf.container;
    else if (byte === comma) parsed += bytesOf.place;
    else if (byte === colon) parsed += bytesOf.name;
  }
  return parsed > parsedBytesMax;
}

function endOfText(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at;
}

/** Names with a special meaning for code that copies one object into another. */
const forbiddenNames = ["__proto__", "constructor", "prototype"];

/** The first such name anywhere in `value`, which is no deeper than `depthMax`. */
export function checkNames(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const own = Array.isArray(value)
    ? undefined
    : forbiddenNames.find((name) => Object.hasOwn(value, name));
  if (own !== undefined) return own;
  for (const member of Object.values(value)) {
    const name = checkNames(member);
    if (name !== undefined) return name;
  }
  return undefined;
}
