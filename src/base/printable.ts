/**
 * Foreign text made safe for a log, a terminal or a line of results: nothing in it can move the
 * cursor, start a new line, or change the reading direction.
 */

/**
 * Controls, line and paragraph separators, and characters that set the direction of text or are
 * invisible.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Each unsafe character as `\u001b`, which means the same within the JSON of a log line. */
export function printable(text: string): string {
  return text.replace(unsafe, escaped);
}

/** The same for text of several lines: its line breaks stay. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** The same, cut to `lengthMax` characters, for text of any length from strangers. */
export function printableShort(text: string, lengthMax = 300): string {
  const characters = [...text.slice(0, 2 * lengthMax)];
  const isCut = characters.length > lengthMax || text.length > 2 * lengthMax;
  return printable(characters.slice(0, lengthMax).join("")) + (isCut ? "…" : "");
}

function escaped(character: string): string {
  let text = "";
  for (let at = 0; at < character.length; at++) {
    text += `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }
  return text;
}
