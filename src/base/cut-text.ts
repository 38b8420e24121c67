/**
 * Cuts text that may be too long, between two characters as a reader sees them: never in the middle
 * of a letter with its accents, or of an emoji made of several.
 */

/** Loaded with the first text that is too long: its tables are not needed at start. */
let segmenter: Intl.Segmenter | undefined;

/**
 * The beginning of `text`, of at most `lengthMax` UTF-16 units, as schemas and `length` count them.
 * One character that is longer than that is cut between its code points. Always well-formed.
 */
export function cutText(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text.toWellFormed();
  // Text far after the cut has no influence on where it is.
  const near = text.slice(0, lengthMax + lookAheadLength);
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  const end = segmenter.segment(near).containing(lengthMax)?.index ?? 0;
  return text.slice(0, end === 0 ? codePointEnd(text, lengthMax) : end).toWellFormed();
}

const lookAheadLength = 32;

function codePointEnd(text: string, end: number): number {
  const isPair = /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(Math.max(0, end - 1), end + 1));
  return isPair && end > 0 ? end - 1 : end;
}

/** A sentence as the continuation of another. */
export function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
